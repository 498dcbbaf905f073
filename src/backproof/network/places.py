"""Where in a TOML file a key stands, so that an error can name the line. Only called when there is an error."""

from __future__ import annotations

from typing import Any

MARK = "«here»"


def line_of(text: str, place: tuple[str | int, ...]) -> int | None:
    """The line of the value at this place; of the nearest thing around it where it is not there itself.

    >>> line_of('a = 1\\n[[layers]]\\nrule = "ReLU"\\n', ("layers", 0, "rule"))
    3
    """
    for length in range(len(place), 0, -1):
        line = marked(text, place[:length])
        if line is not None:
            return line
    return None


def marked(text: str, place: tuple[str | int, ...]) -> int | None:
    """Put a mark where the value stands, write the file again, and see in which line the mark is."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import AoT, Table

    try:
        document: Any = tomlkit.parse(text)
        holder = document
        for key in place[:-1]:
            holder = holder[key]
        value = holder[place[-1]]
        table = value[0] if isinstance(value, AoT) else value
        if isinstance(table, Table):
            table.comment(MARK)
        else:
            holder[place[-1]] = MARK
    except (KeyError, IndexError, TypeError, ValueError, RecursionError, TOMLKitError):
        return None
    before, mark, _ = tomlkit.dumps(document).partition(MARK)
    return before.count("\n") + 1 if mark else None
