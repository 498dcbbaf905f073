"""The derivations that ship with backproof: one a file, and the folder is the list."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from backproof.errors import BadFile, nearest


def shipped() -> dict[str, Path]:
    """Every derivation's file by its name, in alphabetical order."""
    folder = Path(str(files("backproof.derivations.shipped")))
    return {path.stem: path for path in sorted(folder.glob("*.txt"), key=lambda path: path.stem)}


def locate(name: str) -> Path:
    """The file of that name, or the shipped derivation. Raises `BadFile` where there is neither."""
    path, known = Path(name), shipped()
    if name in known and not path.is_file():
        return known[name]
    if path.is_file():
        return path
    if path.is_dir():
        raise BadFile(name, "this is a folder; expected a file or the name of a derivation")
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else "`backproof derive` lists those that ship"
    raise BadFile(name, f"there is no such file or derivation; {hint}")
