"""Proofs and derivations in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import IO

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from backproof.arithmetic.shown import Shown
from backproof.errors import plural
from backproof.notation.styles import TEXT
from backproof.notation.writing import written
from backproof.proofs.derivation import Chain, Derivation, Line
from backproof.proofs.equality import Status
from backproof.proofs.proof import WIRING, Claim, Part, Proof
from backproof.proofs.table import Table

COLOURS: dict[Status, str] = {"proved": "green", "refuted": "bold red", "undecided": "bold yellow"}
STATUS_COLOURS: dict[str, str] = {**COLOURS}
SIGNS = {"!=": "≠"}


def print_proofs(proofs: Sequence[Proof | Derivation], file: IO[str] | None = None, cases: bool = False) -> None:
    """Print to the terminal, or as plain text where that is none; with every case written out if so wished."""
    out: IO[str] = file or sys.stdout
    console = Console(file=out, highlight=False)
    if console.is_terminal:
        for each in proofs:
            console.print(Rendered(each, cases))
    else:
        out.write("\n".join(plain(each, console.width, cases) for each in proofs))


def plain(what: Proof | Derivation | Table, width: int = 100, cases: bool = False) -> str:
    """The same without colour."""
    console = Console(width=width, color_system=None, highlight=False, force_terminal=False)
    with console.capture() as capture:
        console.print(grid(what) if isinstance(what, Table) else Rendered(what, cases))
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


class Rendered:
    """What rich prints."""

    def __init__(self, what: Proof | Derivation, cases: bool = False) -> None:
        self.what, self.cases = what, cases

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        what = self.what
        yield from of_proof(what, self.cases) if isinstance(what, Proof) else of_derivation(what)


def of_proof(proof: Proof, cases: bool) -> Iterator[RenderableType]:
    yield Text.assemble((proof.title, "bold"), ": ", (proof.status, COLOURS[proof.status]))
    group = ""
    for part in proof.parts:
        if part.group != group:
            group = part.group
            yield Text()
            yield Rule(Text(group), align="left", style="dim")
        yield Text()
        yield from of_part(part)
        for target, block in part.blocks if cases else ():
            yield Text()
            if target:
                yield Text(f"    {target}", style="italic")
            yield Padding(Text(str(block)), (0, 0, 0, 4), expand=False)
    yield Text()
    yield Text(closing(proof), style="dim")


def of_part(part: Part) -> Iterator[RenderableType]:
    yield Text.assemble((part.title, "bold cyan"), f"   {part.shapes}")
    if part.title != WIRING:
        yield Text(f"  {branches(part)}", style="dim")
    for claim in part.claims:
        yield Padding(of_claim(claim), (0, 0, 0, 2), expand=False)
    if part.convention and part.boundaries:
        yield Padding(Text(f"Convention: {part.convention}", style="yellow"), (0, 0, 0, 2), expand=False)


def of_claim(claim: Claim) -> RenderableType:
    lines = [claim.statement, claim.reason] if claim.reason else [claim.statement]
    shown = claim.counterexample
    if shown:
        lines.append(str(shown))
        if shown.floats:
            given, true = (f"{number:.9g}".replace("-", "−") for number in shown.floats)
            lines.append(f"in float64 it is {given}, the difference quotient of forward {true}")
    row = Grid.grid(padding=(0, 1))
    row.add_column(style=COLOURS[claim.status], no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(claim.status, Text("\n".join(lines)))
    return row


def branches(part: Part) -> str:
    """How many cases there are, and how many of them are boundaries."""
    if not part.counted:
        return "too many cases to write out: all branches decided at once"
    if part.cases == 1:
        return "no branches"
    boundaries = f", {brief(part.boundaries)} of them boundaries" if part.boundaries else ""
    return f"{brief(part.cases)} cases{boundaries}"


def brief(n: int) -> str:
    """A whole number with its digits, or where there are many of them with the first ones."""
    return f"{n:,}" if n < 10**9 else f"{n:.2e}".replace("e+", "·10^")


def closing(proof: Proof) -> str:
    what = {"rule": "every input, parameter and numeric option", "network": "every input, parameter and target"}[
        proof.kind
    ]
    text = f"for {what} at these shapes, {proof.seconds:.2f} s"
    return f"Proved {text}" if proof else f"Not proved; {text}"


def overview(proofs: Sequence[Proof]) -> Table:
    """All rules in a table: shapes, branches, time."""
    rows = [
        (
            proof.title,
            proof.status,
            str(len(proof.parts)),
            f"{sum(part.cases for part in proof.parts):,}" + ("" if all(p.counted for p in proof.parts) else " +"),
            f"{sum(part.boundaries for part in proof.parts):,}",
            f"{proof.seconds:.2f}",
        )
        for proof in proofs
    ]
    missing = [proof.title for proof in proofs if not proof]
    seconds = sum(proof.seconds for proof in proofs)
    note = f"{len(proofs) - len(missing)} of {len(proofs)} proved in {seconds:.1f} s"
    note += f"; not proved: {', '.join(missing)}" if missing else ""
    if any(" +" in row[3] for row in rows):
        note += ". +: and more than can be written out, decided all at once"
    return Table("", ("rule", "", "settings", "cases", "boundaries", "seconds"), tuple(rows), note)


def of_derivation(derivation: Derivation) -> Iterator[RenderableType]:
    yield Text(derivation.title or derivation.name, style="bold")
    if derivation.about:
        yield Text(derivation.about)
    for left, right, reason in derivation.definitions:
        yield Text()
        yield Text(f"    {text(left)} = {text(right)}", style="green").append(f"   {reason}", style="not green italic")
    for chain in derivation.chains:
        yield Text()
        yield Rule(heading(chain), align="left", style="dim")
        for line in chain.lines:
            yield from of_line(line)
    for table in derivation.tables:
        yield Text()
        yield grid(table)
    yield Text()
    yield Text(verdict(derivation), style=COLOURS[derivation.status])


def heading(chain: Chain) -> Text:
    conditions = " and ".join(f"{text(a)} {SIGNS.get(sign, sign)} {text(b)}" for a, sign, b in chain.conditions)
    return Text.assemble(
        (chain.title, "bold"), (f"{': ' if chain.title else ''}where {conditions}" if conditions else "")
    )


def of_line(line: Line) -> Iterator[RenderableType]:
    sign = "  " if line.first else "= "
    table = Grid.grid(padding=(0, 1))
    table.add_column(justify="right", style="bold cyan", no_wrap=True, min_width=3)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(f"{line.number}.", Text(sign, style="green"), Text(text(line.expression), style="green"))
    if line.reason:
        table.add_row("", "", Text(f"  {line.reason}", style="italic"))
    if line.status != "proved":
        table.add_row("", "", Text(f"  {line.status}: {line.trouble}", style=COLOURS[line.status]))
    yield table


def text(e: Shown) -> str:
    return written(e, TEXT)


def verdict(derivation: Derivation) -> str:
    fault = derivation.fault
    if fault:
        what = "does not follow from the line before" if fault.status == "refuted" else "could not be decided"
        return f"Line {fault.number} {what}."
    checked = sum(not line.first for line in derivation.lines)
    return f"Every “=” is verified ({checked} line{plural(checked)}): for all numbers at which both sides are defined, and any number of terms."


def grid(table: Table) -> RenderableType:
    result = Grid(box=SIMPLE_HEAD, pad_edge=False, title_justify="left", caption_justify="left")
    result.title, result.caption = Text(table.title) or None, Text(table.note) or None
    for n, column in enumerate(table.columns):
        result.add_column(Text(column), justify="left" if n < 2 else "right", overflow="fold")
    for row in table.rows:
        result.add_row(*(Text(cell, style=STATUS_COLOURS.get(cell, "")) for cell in row))
    return result
