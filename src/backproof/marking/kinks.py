"""Kinks and ties: where a rule is not smooth, any subgradient is right."""
def subgradient(course, found, task, key, cells):
    return False
