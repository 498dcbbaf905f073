"""Wrong versions of rules, one file a rule; the folder is the list."""
