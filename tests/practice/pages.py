"""A page taken apart, for the tests."""

from xml.etree.ElementTree import Element

import html5lib

from backproof.practice import work
from backproof.practice.state import State

CLEAN = "class id name value href action method type role aria-label".split()


def parsed(text: bytes) -> Element:
    """The page as a tree; fails where it is not well-formed."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text.decode())
    assert not parser.errors, parser.errors[:3]
    return tree


def page(do: str = "", **state: object) -> Element:
    """The page of a state, worked out in this process."""
    reply = work.page(State(**{"example": "question-01", **state}), do, True)
    assert reply.status == 200, reply.text.decode()
    return parsed(reply.text)


def fields(tree: Element) -> list[tuple[str, str]]:
    """What the page's form would send, but for the button."""
    return [(i.get("name", ""), i.get("value", "")) for i in tree.iter("input") if i.get("name")]


def box(tree: Element, name: str) -> Element:
    """The box of this name."""
    (found,) = (i for i in tree.iter("input") if i.get("name") == name)
    return found


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def described(tree: Element, name: str) -> str:
    """What is said of a box: all that it is described by."""
    ids = box(tree, name).get("aria-describedby", "").split()
    by_id = {e.get("id"): e for e in tree.iter() if e.get("id")}
    return " ".join(text(by_id[i]) for i in ids)


def cells(tree: Element) -> dict[str, str]:
    """Every number that is shown in a table, by its address."""
    return {e.get("data-cell", ""): text(e) for e in tree.iter("td") if e.get("data-cell") and e.find("input") is None}
