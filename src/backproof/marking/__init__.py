"""An answer sheet read, each claim judged, each slip explained."""
