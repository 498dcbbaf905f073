"""Rules wired together: shapes, parameters, names; the plan of one step; the problem file."""
