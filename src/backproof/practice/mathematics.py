"""Expressions as a page shows them: the one place that decides how."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from backproof.notation.mathml import MATHML, formula
from backproof.notation.spoken import SPOKEN
from backproof.notation.styles import Style


def mathematics(write: Callable[[Style], str], display: bool = True) -> Markup:
    """What `write` writes in a style, as an element to look at and with words to listen to.

    display: on a line of its own.

    >>> mathematics(lambda style: style.number("0.5"), display=False)
    Markup('<math alttext="0.5" aria-label="0.5"><mn>0.5</mn></math>')
    """
    return Markup(formula(write(MATHML), write(SPOKEN), display))
