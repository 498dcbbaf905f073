"""Derivations line by line: a small language for them, and a check of every "="."""
