"""A network drawn with all its numbers, as an SVG element."""
