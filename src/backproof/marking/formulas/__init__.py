"""Formulas on a sheet: what they mean in the network at hand, whether two are equal, numbers that show they are not."""
