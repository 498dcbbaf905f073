"""The practice server under load, and under requests that are no requests."""
