"""Names as they are set, and how much room a text takes."""

from __future__ import annotations

from functools import cache
from html import escape
from unicodedata import category, east_asian_width

LONGEST_NAME = 18
"""Of a longer name the rest is left out, and told when it is pointed at."""
NAME_SIZE, LETTER_SIZE, NUMBER_SIZE, SMALL, RULE_SIZE = 14.0, 16.0, 12.0, 10.5, 11.5
"""The style sheet's sizes: of a name, of a name of one letter, of numbers, of a shape, of a rule."""
D = "<tspan class='symbol'>∂</tspan>"
THIN, SLIM, BROAD, SIGNS = "ijlI.,:;|'′", "frtJ()[]/! ", "mwMW@%…", "−+=±<>×≈~^"


def symbol(name: str) -> str:
    """A quantity's name as SVG text: letters italic, words upright, a derivative as one."""
    top, slash, rest = name.partition("/")
    if slash:
        return f"{D}{letters(top[1:])}/{D}{letters(rest[1:])}"
    return letters(name)


def letters(name: str) -> str:
    text = escape(shortened(name).replace("'", "′"))
    return f"<tspan class='symbol'>{text}</tspan>" if single(name) else text


def single(name: str) -> bool:
    return len(name.rstrip("'")) == 1


def shortened(name: str) -> str:
    """A name, or as much of it as there is room for; in a derivative, of both names.

    >>> shortened("W_long_name"), shortened("dL/dweights_of_the_first_layer'")
    ('W_long_name', "dL/dweights_of_the_fi…'")
    """
    top, slash, rest = name.partition("/")
    if slash:
        return f"{top[:1]}{shortened(top[1:])}/{rest[:1]}{shortened(rest[1:])}"
    stem = name.rstrip("'")
    return name if len(stem) <= LONGEST_NAME else f"{stem[: LONGEST_NAME - 1]}…{name[len(stem) :]}"


def name_width(name: str) -> float:
    """How wide a quantity's name is, as `symbol` sets it."""
    top, slash, rest = name.partition("/")
    if slash:
        return name_width(top[1:]) + name_width(rest[1:]) + breadth("∂∂", LETTER_SIZE) + breadth("/", NAME_SIZE)
    return breadth(shortened(name), LETTER_SIZE if single(name) else NAME_SIZE)


def breadth(text: str, size: float) -> float:
    """How wide a text is at most, in the widest of the fonts that a page may be read in.

    >>> breadth("−0.05", 10) > breadth("0.05", 10) > breadth("ill", 10)
    True
    """
    return size * sum(map(advance, text))


@cache
def advance(character: str) -> float:
    """A character's width as a part of the font's size."""
    if character in THIN:
        return 0.32
    if character in SLIM:
        return 0.42
    if character in BROAD:
        return 1.0
    if character in SIGNS:
        return 0.84
    if category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.3
    return 0.75 if character.isupper() else 0.64


def spoken(name: str) -> str:
    """A quantity's name in words: `gradient of U`."""
    _, slash, rest = name.partition("/")
    return f"gradient of {rest[1:]}" if slash else name
