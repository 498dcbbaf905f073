"""The rules: one operation a file, and the folder is the list.

`find("MaxPool2d")` looks for the file whose name is the rule's in small letters, `max_pool2d.py`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from backproof.errors import UnknownName
from backproof.rules.rule import Rule


@cache
def files() -> dict[str, str]:
    """Module by folded rule name: `maxpool2d` -> `max_pool2d`."""
    stems = sorted(p.stem for p in Path(__file__).parent.glob("*.py"))
    return {stem.replace("_", ""): stem for stem in stems if stem not in ("__init__", "rule")}


def names() -> list[str]:
    """The name of every rule in the folder, in alphabetical order."""
    return [rule.__name__ for rule in map(load, files().values())]


def find(name: str) -> type[Rule]:
    """The rule of this name; an unknown one is answered with the nearest.

    >>> find("PReLU").__name__
    'PReLU'
    >>> find("MaxPol2d")
    Traceback (most recent call last):
      ...
    backproof.errors.UnknownName: there is no rule 'MaxPol2d'; did you mean MaxPool2d?
    """
    stem = files().get(name.lower())
    rule = load(stem) if stem else None
    if rule is None or rule.__name__ != name:
        raise UnknownName("rule", name, names())
    return rule


def load(stem: str) -> type[Rule]:
    module = import_module(f"backproof.rules.{stem}")
    return next(v for k, v in vars(module).items() if isinstance(v, type) and k.lower() == stem.replace("_", ""))
