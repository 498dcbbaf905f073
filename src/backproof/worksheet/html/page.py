"""A worksheet as HTML: one file that needs nothing else, or a fragment for a notebook.

The page is in `page.html`, its looks in `page.css`. `numbers.js` lights up where a number came from and unfolds its
substitution; without it all is there to be read, and a link in the drawing leads to the line behind a number.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from backproof.drawing import drawing
from backproof.notation.anchors import SPACE, link
from backproof.notation.prose import paragraphs
from backproof.worksheet.html import mathematics
from backproof.worksheet.sheet import Section, Sheet, compared, sections

OWN = "worksheet-0000-"
"""Stands before the ids of a fragment until it is known what it says."""
FOLDER = Path(__file__).parent
HREF = re.compile('href="#([^"]*)"')


def html(sheet: Sheet) -> str:
    """A whole page. It asks the network for nothing, and says so to the browser."""
    style, script = asset("page.css") + asset("alone.css") + drawing.style(), asset("numbers.js")
    policy = f"default-src 'none'; img-src data:; style-src {digest(style)}; script-src {digest(script)}"
    return rendered("page.html", sheet, "", policy=policy, style=Markup(style), script=Markup(script))


def fragment(sheet: Sheet) -> str:
    """The same as one element, to stand in a page with others; its ids are told from theirs by what it says."""
    style, script = asset("page.css") + drawing.style(), asset("numbers.js")
    text = rendered("fragment.html", sheet, OWN, style=Markup(style), script=Markup(script))
    return text.replace(OWN, f"{hashlib.sha256(text.encode()).hexdigest()[:8]}-")


def rendered(template: str, sheet: Sheet, prefix: str, **more: object) -> str:
    return environment().get_template(template).render(
        sheet=sheet, sections=list(sections(sheet)), prefix=prefix, compared=compared, mathematics=mathematics,
        paragraphs=paragraphs, drawn=drawn, **more,
    )  # fmt: skip


def drawn(section: Section, others: list[Section], prefix: str, upright: bool = False) -> Markup:
    """The network with the numbers of one section. A number that it does not tell of leads to its base, or its head."""
    scope = prefix + section.scope
    base = next((other for other in others if other.scope == section.base), section)
    here, there = told(section), told(base)

    def led(match: re.Match[str]) -> str:
        place = unquote(match[1]).removeprefix(f"{scope}.")
        quantity = place.partition("[")[0]
        if quantity in here:
            return match[0]
        return f'href="{link(prefix + base.scope, place) if quantity in there else f"#{scope}"}"'

    return Markup(HREF.sub(led, drawing.drawing(section.record, scope=scope, upright=upright)))


def told(section: Section) -> set[str]:
    """The quantities of a section that can be jumped to, as anchors spell them."""
    names = [*(step.quantity for step in section.steps), *(quantity.name for quantity in section.givens)]
    return {name.replace(" ", SPACE) for name in names}


def asset(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Templates in which every text is escaped that is not mathematics or a drawing of our own making."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def digest(text: str) -> str:
    """What a content security policy knows an inline text by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
