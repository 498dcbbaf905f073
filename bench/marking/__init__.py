"""Marking measured: how often a misconception is named, what damage to a text does, how long it takes."""
