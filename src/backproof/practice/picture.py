"""The drawing at the head of a page."""

from __future__ import annotations

from collections.abc import Container

from markupsafe import Markup

from backproof.record.record import Record


def picture(record: Record, covered: Container[str]) -> Markup:
    """The network with its numbers, but for those of quantities that are covered."""
    return Markup("")


def style() -> str:
    """How it looks."""
    return ""
