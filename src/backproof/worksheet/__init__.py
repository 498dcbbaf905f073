"""A record as numbered steps, each with its rule, its substitution, its result and its reason."""
