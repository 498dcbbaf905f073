"""The address of a number: its quantity's name, and where in it, as `U[0,1]`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

SPACE = "_"


def address(name: str, index: Sequence[int] = ()) -> str:
    """What a record knows a number by.

    >>> address("dL/dU", (1, 0)), address("L")
    ('dL/dU[1,0]', 'L')
    """
    return f"{name}[{','.join(map(str, index))}]" if index else name


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
