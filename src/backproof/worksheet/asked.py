"""What somebody who works a problem out is asked for, in the problem itself and in its variants."""

from __future__ import annotations

from collections.abc import Mapping

from backproof.arithmetic.array import Array, Places
from backproof.record.record import Record


def asked(record: Record) -> tuple[str, ...]:
    return tuple(name for name in record.names if name in record.made)


def changed(record: Record, before: Record) -> tuple[str, ...]:
    """What a variant makes that the problem itself does not, or not with these numbers."""
    known: Mapping[str, Array] = {name: before.array(name) for name in before.names}
    return tuple(n for n in asked(record) if n not in known or different(record.array(n), known[n]))


def different(a: Array, b: Array) -> bool:
    return a.shape != b.shape or any(repr(a[i]) != repr(b[i]) for i in a.indices() if not isinstance(a.shape, Places))
