"""Where a page tells of a number: ids, and links to them, of the addresses of numbers."""

from __future__ import annotations

from urllib.parse import quote

SPACE = "_"


def anchor(scope: str, place: str) -> str:
    """The id of what a page says of a number; `scope` tells the passes of one page apart.

    >>> anchor("1", "dL/dW by datum[0,1]")
    '1.dL/dW_by_datum[0,1]'
    """
    return f"{scope}.{place}".replace(" ", SPACE)


def link(scope: str, place: str) -> str:
    """A link within the page to the same.

    >>> link("1", "U[0,1]")
    '#1.U%5B0%2C1%5D'
    """
    return "#" + quote(anchor(scope, place))
