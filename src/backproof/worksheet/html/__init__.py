"""A worksheet as a page that stands alone."""
