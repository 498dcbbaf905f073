"""Every error a user can meet. Each says what was given, what was expected, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self


class BackproofError(Exception):
    """Anything that is wrong with what was asked; never a fault of backproof's own.

    `place` says where in a problem file the fault lies, as keys and numbers: `("layers", 2, "kernel_size")`.
    """

    place: tuple[str | int, ...] = ()

    def at(self, *place: str | int) -> Self:
        """The same error with its place, unless an inner one is known."""
        self.place = self.place or place
        return self


class BadNumber(BackproofError, ValueError):
    """Something that was to be a number is none."""

    def __init__(self, given: object, where: str = "", expected: str = "a number", too_large: bool = False) -> None:
        self.given, self.too_large = given, too_large
        subject = f"{where} is {shortened(given)}, which" if where else shortened(given)
        if too_large:
            limits = "at most 4,000 digits and an exponent of 20,000"
            super().__init__(f"{subject} has too many digits or too large an exponent; expected {limits}")
        else:
            advice = '; write digits such as 2, -0.5, 1e-3 or "1/3"' if expected == "a number" else ""
            super().__init__(f"{subject} is not {expected}{advice}")


class BadOption(BackproofError, ValueError):
    """A rule was given an option that it cannot take."""


class BadShape(BackproofError, ValueError):
    """An array has a shape that its place does not allow."""


class BadNetwork(BackproofError, ValueError):
    """Layers that cannot be wired together as asked."""


class UnknownName(BackproofError, KeyError):
    """A name that nothing has: a rule, an option, a quantity, an example."""

    def __init__(self, kind: str, given: object, known: Iterable[str]) -> None:
        names = list(known)
        near = nearest(str(given), names)
        hint = f"did you mean {near}?" if near else f"there {'is' if len(names) < 2 else 'are'} {listed(names)}"
        super().__init__(f"there is no {kind} {shortened(given)}; {hint}")

    def __str__(self) -> str:
        return str(self.args[0])


class BadData(BackproofError, ValueError):
    """Data that a network cannot learn from or be asked about; the message names the row and the column."""


class NotExact(BackproofError, ArithmeticError):
    """A number that is not a ratio of whole numbers was asked of exact arithmetic."""


class Undecided(BackproofError, ArithmeticError):
    """Two enclosures overlap, so that neither can be called the larger."""


class TooCoarse(Undecided):
    """Enclosures that an earlier pass left are too wide for the digits asked for; that pass needs more bits."""


class BadFile(BackproofError):
    """A file that cannot be used, with the place where it goes wrong."""

    def __init__(self, path: object, what: str, line: int | None = None) -> None:
        super().__init__(f"{path}:{line}: {what}" if line else f"{path}: {what}")


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one most likely stands for, if any is near."""
    names = list(known)
    folded = {name.lower(): name for name in reversed(names)}
    close = get_close_matches(given.lower(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def listed(names: Iterable[str]) -> str:
    """`a, b and c`, cut short after a dozen."""
    names = list(names)
    if not names:
        return "none"
    if len(names) > 12:
        return ", ".join(names[:12]) + ", …"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def plural(n: int) -> str:
    """`s`, unless there is one."""
    return "" if n == 1 else "s"


def shortened(given: object) -> str:
    """What was given, quoted, and cut where it is long."""
    try:
        text = repr(str(given)) if isinstance(given, str) else repr(given)
    except (ValueError, RecursionError):
        return f"{type(given).__name__} too large to be shown"
    return text if len(text) <= 60 else text[:57] + "…"
