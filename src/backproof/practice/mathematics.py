"""Formulas of hints as markup, from whatever writes them in a style."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from backproof.notation.mathml import MATHML
from backproof.notation.spoken import SPOKEN
from backproof.notation.styles import Style
from backproof.worksheet.html.mathematics import spoken


def mathematics(write: Callable[[Style], str]) -> Markup:
    """What `write` writes in a style, as an element to look at and with words to listen to.

    >>> "<mn>0.5</mn>" in mathematics(lambda style: style.number("0.5"))
    True
    """
    return spoken(write(SPOKEN), write(MATHML))
