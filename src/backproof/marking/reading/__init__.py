"""From an answer sheet's text to claims."""
