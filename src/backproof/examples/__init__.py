"""The problem files that ship with backproof."""

from __future__ import annotations

from pathlib import Path

from backproof.errors import BadFile, listed, nearest

FOLDER = Path(__file__).parent
STARTER = FOLDER / "starter.toml"


def names() -> list[str]:
    """`question-01`, `question-02`, …"""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path != STARTER)


def locate(name: str) -> Path:
    """The file of this path, or the example of this name.

    >>> locate("question-01").name
    'question-01.toml'
    """
    path = Path(name)
    if not path.exists() and name in names():
        return FOLDER / f"{name}.toml"
    if not path.exists() and not path.suffix:
        near = nearest(name, names())
        hint = f"did you mean the example {near}?" if near else f"the examples are {listed(names())}"
        raise BadFile(name, f"there is no such file or example; {hint}")
    return path
