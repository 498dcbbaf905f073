"""The contenders, each library in a file of its own. What such a file offers:

NAME                             what tables call it
version()                        a line for the report; ImportError where it is not installed
forms(work)                      the ways it can do a work, "family, variant"; only the best variant of a family is kept
prepare(work, form, threads)     a Contender for a `Work`, or `None` where it has none
softmax_forms(), softmax(x, t, form)    the same for the gradient of softmax cross-entropy
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Contender(Protocol):
    """One way to do one work."""

    def start(self) -> None:
        """Back to the first weights (or logits); not timed."""
        ...

    def run(self, steps: int) -> None:
        """That many steps from the first datum on, done when this returns; timed."""
        ...

    def result(self) -> dict[str, np.ndarray[Any, Any]]:
        """The weights (or the gradient) now."""
        ...
