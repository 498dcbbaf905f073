"""Proofs in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from backproof.arithmetic.rounding import significant
from backproof.notation.table import COLOURS, Table
from backproof.proofs.proof import WIRING, Claim, Part, Proof


class Rendered:
    """What rich prints; with every case written out if so wished."""

    def __init__(self, proof: Proof, cases: bool = False) -> None:
        self.proof, self.cases = proof, cases

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from of_proof(self.proof, self.cases)


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
    boundaries = f", {brief(part.boundaries)} of them on a boundary" if part.boundaries else ""
    return f"{brief(part.cases)} cases{boundaries}"


def brief(n: int) -> str:
    """A whole number with its digits, or where there are many of them with the first ones.

    >>> brief(531_441), brief(3**4704)
    ('531,441', '2.39·10^2244')
    """
    return f"{n:,}" if n < 10**9 else significant(n, 1, 3).replace("e+", "·10^")


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
            proof.title if n == 0 else "",
            part.status,
            part.shapes,
            brief(part.cases) if part.counted else "many",
            brief(part.boundaries) if part.counted else "many",
            f"{part.seconds:.2f}",
        )
        for proof in proofs
        for n, part in enumerate(proof.parts)
    ]
    missing = [proof.title for proof in proofs if not proof]
    seconds = sum(proof.seconds for proof in proofs)
    note = f"{len(proofs) - len(missing)} of {len(proofs)} proved in {seconds:.1f} s"
    note += f"; not proved: {', '.join(missing)}" if missing else ""
    if any(row[3] == "many" for row in rows):
        note += ". Many: too many cases to write out, decided all at once"
    return Table("", ("rule", "", "shapes", "cases", "boundaries", "seconds"), tuple(rows), note)
