"""A worksheet as PDF pages, set by Typst: the same bytes on every machine, and as PDF/UA-1 asks for people who listen.

https://typst.app/docs/reference/pdf/; ISO 14289-1 (PDF/UA-1).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias, get_args

from backproof.errors import BackproofError, BadOption, UnknownName
from backproof.notation.typst import literal
from backproof.worksheet.printed.examination import examination
from backproof.worksheet.printed.markup import call
from backproof.worksheet.printed.solution import solution
from backproof.worksheet.sheet import Sheet

Kind: TypeAlias = Literal["solution", "blank", "key"]
Paper: TypeAlias = Literal["a4", "letter"]

NAMES = {"solution": "Solution", "blank": "", "key": "Answer key"}
PAPERS = {"a4": "a4", "letter": "us-letter"}
LONGEST_HEADER = 70
LATIN = 0x24F
UNTITLED = {"solution": "Worked solution", "blank": "Question", "key": "Question"}


def pdf(sheet: Sheet, kind: Kind = "solution", paper: Paper = "a4") -> bytes:
    """The pages of a worked solution, of the question with boxes to fill in, or of its key.

    Raises `BackproofError` where Typst is not installed, `BadOption` for a sheet or a key of one quantity explained alone.
    """
    return typeset(source(sheet, kind, paper))[0]


def source(sheet: Sheet, kind: Kind = "solution", paper: Paper = "a4") -> str:
    """The same as a Typst document."""
    for what, given, kinds in (("kind of sheet", kind, Kind), ("paper", paper, Paper)):
        if given not in get_args(kinds):
            raise UnknownName(what, given, get_args(kinds))
    if sheet.explain and kind != "solution":
        raise BadOption(f"{sheet.explain} explained alone is no question; leave out what is to be explained")
    title = " ".join(sheet.title.split()) or UNTITLED[kind]
    short = title if len(title) <= LONGEST_HEADER else title[: LONGEST_HEADER - 1] + "…"
    texts = {"title": title, "short": short, "name": NAMES[kind], "paper": PAPERS[paper]}
    options = ", ".join(f"{key}: {literal(text)}" for key, text in texts.items())
    parts = solution(sheet) if kind == "solution" else examination(sheet, keyed=kind == "key")
    body = "\n".join([f"#show: {call('sheet.with', options)}", *(f"#{part}" for part in parts), ""])
    return layout() + boxed(body) + body


@cache
def layout() -> str:
    return resources.files("backproof.worksheet.printed").joinpath("sheet.typ").read_text(encoding="utf-8")


def typeset(document: str) -> tuple[bytes, list[str]]:
    """The pages of a Typst document, and what Typst warns of; it reaches no file, no package and no font but its own."""
    try:
        import typst
    except ImportError:
        raise BackproofError('PDF pages are set by Typst: pip install "backproof[pdf]"') from None
    with tempfile.TemporaryDirectory() as empty:
        try:
            compiler = typst.Compiler(
                document.encode(), root=empty, ignore_system_fonts=True, package_path=empty, package_cache_path=empty
            )
            pages, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards="ua-1")
        except typst.TypstError as error:
            raise BackproofError(f"Typst cannot set these pages: {error.message}") from error
    assert isinstance(pages, bytes)
    return pages, [warning.message for warning in warnings]


def boxed(document: str) -> str:
    """A rule that shows □ for each character that Typst's own fonts have no picture of, which PDF/UA forbids."""
    unusual = sorted({c for c in document if ord(c) > LATIN and not is_known(c)})
    missing = "".join(f"\\\\x{{{ord(c):x}}}" for c in undrawable(unusual))
    return f'#show regex("[{missing}]"): "□"\n' if missing else ""


def is_known(c: str) -> bool:
    """Greek letters and the signs of the worksheet's own."""
    return "Α" <= c <= "ω" or c in "−∂′″…≈≤≥≠Σ√⌊⌋←→⟨⟩∞·–—‘’“”"


def undrawable(characters: list[str]) -> Iterator[str]:
    """Those that fail, found by halves."""
    if not characters or drawn("".join(characters)):
        return
    if len(characters) == 1:
        yield characters[0]
        return
    middle = len(characters) // 2
    yield from undrawable(characters[:middle])
    yield from undrawable(characters[middle:])


@cache
def drawn(text: str) -> bool:
    """Whether Typst has a picture of each character, in text and in formulas."""
    both = f'#{literal(text)}\n#math.equation(alt: "x", ${literal(text)}$)'
    try:
        typeset(f'#set document(title: "x", date: none)\n#set text(font: "New Computer Modern")\n{both}')
    except BackproofError as error:
        if error.__cause__ is None:
            raise
        return False
    return True
