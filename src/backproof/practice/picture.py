"""The drawing beside a page's steps, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Set
from html import escape

from markupsafe import Markup

from backproof.drawing.drawing import drawing
from backproof.record.record import Record


def picture(record: Record, covered: Set[str], scope: str) -> Markup:
    """The network with its numbers, but for those of quantities that are covered."""
    return Markup(drawing(record, scope=scope, upright=True, covered=covered))


def marked(drawn: Markup, roles: Mapping[str, str]) -> Markup:
    """The same with what stands out in it: what a quantity is in the step that is looked at, as the attribute `data-role`."""
    text = str(drawn)
    for name, role in roles.items():
        own = f'data-quantity="{escape(name)}"'
        text = text.replace(own, f'{own} data-role="{role}"')
    return Markup(text)
