"""The worksheet in print: a worked solution, an examination sheet to fill in, and its key."""
