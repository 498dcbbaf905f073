"""The drawing at the head of a page, from left to right and, for a phone, from top to bottom."""

from __future__ import annotations

from collections.abc import Set

from markupsafe import Markup

from backproof.drawing.drawing import drawing, style
from backproof.record.record import Record

__all__ = ["picture", "style"]


def picture(record: Record, covered: Set[str], scope: str) -> Markup:
    """The network with its numbers, but for those of quantities that are covered."""
    wide, upright = (drawing(record, scope=scope, upright=up, covered=covered) for up in (False, True))
    return Markup(f'<div class="wide">{wide}</div><div class="upright">{upright}</div>')
