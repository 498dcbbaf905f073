"""Pages as HTML. Every text is escaped; markup is only what the code of backproof itself made."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from backproof.drawing.drawing import style
from backproof.notation.prose import paragraphs
from backproof.practice.state import LARGEST_PROBLEM, LAST_HINT
from backproof.worksheet.html import mathematics, page
from backproof.worksheet.sheet import compared

HERE = Path(__file__).parent
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@cache
def assets() -> dict[str, tuple[bytes, str]]:
    """What is served beside pages, all of it, each with its type: no other name leads anywhere."""
    found = {path.name: path.read_bytes() for path in sorted((HERE / "static").iterdir()) if path.suffix in KINDS}
    found["drawing.css"] = style().encode()
    found |= {name: page.asset(name).encode() for name in ("page.css", "alone.css", "numbers.js")}
    return {name: (content, KINDS[Path(name).suffix]) for name, content in found.items()}


def asset(name: str) -> str:
    """Where one of them is had; another content has another address, so that browsers may keep what they have."""
    return f"/static/{name}?v={blake2b(assets()[name][0], digest_size=6).hexdigest()}"


@cache
def environment() -> Environment:
    own, worksheets = FileSystemLoader(HERE / "pages"), FileSystemLoader(page.FOLDER)
    loader = ChoiceLoader([own, PrefixLoader({"worksheet": worksheets})])
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    cast("Any", made).globals.update(
        asset=asset, compared=compared, mathematics=mathematics, paragraphs=paragraphs,
        longest=LARGEST_PROBLEM, last_hint=LAST_HINT,
    )  # fmt: skip
    return made


def prepare() -> None:
    """Read all templates, so that no file is opened later."""
    for name in environment().list_templates(extensions=["html"]):
        environment().get_template(name)
    assets()


def render(template: str, whole: bool = True, **values: Any) -> str:
    """A page; or, where it is not wanted whole, what stands in its `main`."""
    return environment().get_template(template).render(whole=whole, **values)
