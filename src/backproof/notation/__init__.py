"""Expressions as people write them: in plain text, or in LaTeX."""
