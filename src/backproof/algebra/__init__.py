"""Symbolic algebra that decides: equal, different, or not to be told; and in which cases."""
