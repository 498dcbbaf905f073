"""From claims to verdicts: the work done again on a person's own numbers."""
