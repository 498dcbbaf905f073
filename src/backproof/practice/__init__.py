"""The practice page: a question worked through, or answered and judged cell by cell, in a browser."""
