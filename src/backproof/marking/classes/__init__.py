"""Many sheets at once."""
