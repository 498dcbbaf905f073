"""What all tests share: examples by Hypothesis without a time limit for each, because the first loads what it needs."""

from hypothesis import settings

settings.register_profile("backproof", deadline=None, max_examples=60)
settings.load_profile("backproof")
