"""A derivation: numbered lines, each with its reason, each "=" verified from the line before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from backproof.algebra.equality import Status, Verdict, worst, zero
from backproof.algebra.numbers import BITS, evaluate, lifted
from backproof.algebra.patience import TooLarge, patience
from backproof.arithmetic.ball import precision
from backproof.arithmetic.shown import Shown
from backproof.arithmetic.symbol import Expr, sp
from backproof.derivations.assumptions import Assumptions
from backproof.derivations.language import DERIVATIVE, Statement, read
from backproof.derivations.meaning import Meaning, Meaningless, compared, parts
from backproof.errors import BadFile, shortened
from backproof.notation.table import Table
from backproof.record.digits import text_of


@dataclass(frozen=True)
class Line:
    """One line of a chain: what stands there, why, and whether it equals the line before."""

    number: int
    expression: Shown
    reason: str
    first: bool
    status: Status = "proved"
    trouble: str = ""
    """Where it does not follow: numbers that show it, or why it could not be decided."""
    source: int = 0
    """Its line in the file."""


@dataclass(frozen=True)
class Chain:
    """What is assumed, and the lines that follow from each other."""

    title: str
    conditions: tuple[tuple[Shown, str, Shown], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, repr=False)
class Derivation:
    """A derivation, checked."""

    name: str
    title: str
    about: str
    definitions: tuple[tuple[Shown, Shown, str], ...]
    chains: tuple[Chain, ...]
    tables: tuple[Table, ...] = ()
    """What was found by running."""
    expressions: Mapping[int, Expr] = field(default_factory=dict[int, Expr], repr=False, compare=False)
    """What each line means, by its number."""

    @property
    def lines(self) -> list[Line]:
        return [line for chain in self.chains for line in chain.lines]

    @property
    def status(self) -> Status:
        return worst([line.status for line in self.lines])

    @property
    def fault(self) -> Line | None:
        """The first line that does not follow."""
        return next((line for line in self.lines if line.status != "proved"), None)

    def __bool__(self) -> bool:
        return self.status == "proved"

    def to_json(self) -> str:
        """JSON text: every line in plain text and in LaTeX."""
        from backproof.derivations.document import to_json

        return to_json(self)

    def __str__(self) -> str:
        from backproof.derivations.terminal import Rendered
        from backproof.notation.table import plain

        return plain(Rendered(self))

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        from backproof.derivations.markdown import markdown

        return markdown(self)


def read_derivation(path: Path, name: str = "") -> Derivation:
    """The derivation in a file, checked. Raises `BadFile` where it cannot be read, with the line."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_READ + 1)
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(path, "this is not text in UTF-8") from None
    return derivation(text, name or path.stem, path)


SECONDS = 2.0
"""How long one line may take."""
MOST_READ = 400_000
"""Bytes of a file; a derivation's characters are counted by `read`."""


def derivation(text: str, name: str = "derivation", path: object = "the derivation") -> Derivation:
    """A derivation from its text, checked line by line.

    >>> found = derivation("(a + b)^2\\n= a^2 + 2*a*b + b^2   # multiplied out\\n= a^2 + b^2")
    >>> found.status, found.fault.number
    ('refuted', 3)
    """
    statements = read(text, path)
    checker = Checker(path)
    checker.note(statements)
    for each in statements:
        checker.take(each)
    checker.close()
    if not checker.chains:
        raise BadFile(path, "holds no derivation; expected an expression, and lines that begin with =")
    heading = {each.kind: each.text for each in statements if each.kind == "title"}
    about = " ".join(each.text for each in statements if each.kind == "about")
    return Derivation(
        name,
        heading.get("title", ""),
        about,
        tuple(checker.definitions),
        tuple(checker.chains),
        tuple(checker.tables),
        checker.expressions,
    )


@dataclass
class Checker:
    """Takes the statements in order, and checks each line as it comes."""

    path: object
    meaning: Meaning = field(default_factory=Meaning)
    definitions: list[tuple[Shown, Shown, str]] = field(default_factory=list[tuple[Shown, Shown, str]])
    chains: list[Chain] = field(default_factory=list[Chain])
    expressions: dict[int, Expr] = field(default_factory=dict[int, Expr])
    title: str = ""
    assumed: list[Statement] = field(default_factory=list[Statement])
    lines: list[Line] = field(default_factory=list[Line])
    count: int = 0
    tables: list[Table] = field(default_factory=list[Table])

    def note(self, statements: list[Statement]) -> None:
        """Which names are indices has to be known before the first line means anything."""
        pairs: list[tuple[Shown, Shown]] = []
        for s in statements:
            if s.kind == "index":
                self.meaning.sizes |= dict.fromkeys(s.left, s.right)
                self.meaning.indices |= set(s.left)
                continue
            for side in (s.left, s.right):
                if side is not None:
                    self.meaning.collect(side)
                    pairs += compared(side)
            if s.kind == "where" and s.relation in ("=", "!="):
                pairs.append((s.left, s.right))
        self.meaning.collect_compared(pairs)

    def take(self, s: Statement) -> None:
        try:
            match s.kind:
                case "let":
                    self.meaning.define(s.left, s.right)
                    self.definitions.append((s.left, s.right, s.reason))
                case "part":
                    self.close()
                    self.title, self.assumed = s.text, []
                case "where":
                    self.close()
                    self.assumed.append(s)
                case "begin" | "equals":
                    with patience(SECONDS):
                        self.add(s)
                case "run":
                    self.tables += tables_of(s, self.path)
                case _:
                    pass
        except Meaningless as error:
            raise BadFile(self.path, str(error), s.line) from None
        except (TooLarge, OverflowError):
            raise BadFile(self.path, "the expression takes too long to be worked out", s.line) from None
        except RecursionError:
            raise BadFile(self.path, "the expression is nested too deeply", s.line) from None

    @property
    def smooth(self) -> bool:
        """Whether derivatives are taken in this chain, or in a definition."""
        expressions = [*(line.expression for line in self.lines), *(right for _, right, _ in self.definitions)]
        return any(part.op == DERIVATIVE for e in expressions for part in parts(e))

    def close(self) -> None:
        """The end of a chain."""
        if self.lines:
            conditions = tuple((s.left, s.relation, s.right) for s in self.assumed)
            self.chains.append(Chain(self.title, conditions, tuple(self.lines)))
            self.title, self.lines = "", []

    def add(self, s: Statement) -> None:
        if s.kind == "begin":
            self.close()
        elif not self.lines:
            raise BadFile(self.path, "there is no line before this one to be equal to", s.line)
        self.count += 1
        assumptions = Assumptions(self.meaning, self.assumed)
        here = self.meaning.real(s.left).subs(assumptions.same)
        self.expressions[self.count] = here
        line = Line(self.count, s.left, s.reason, s.kind == "begin", source=s.line)
        if not line.first:
            before = self.expressions[self.count - 1]
            verdict = zero(before - here, assumptions.known(sp.Tuple(before, here), self.smooth))
            if not verdict:
                with patience(SECONDS):
                    line = replace(line, status=verdict.status, trouble=trouble(verdict, before, here))
        self.lines.append(line)


def tables_of(s: Statement, path: object) -> tuple[Table, ...]:
    if s.text != "stability":
        raise BadFile(path, f"there is nothing called {shortened(s.text)} to run; there is stability", s.line)
    from backproof.derivations.stability import tables

    return tables()


def trouble(verdict: Verdict, before: Expr, here: Expr) -> str:
    """Why a line does not follow: numbers at which the two sides differ."""
    if verdict.at is None:
        return verdict.reason
    with precision(BITS):
        left, right = (text_of(evaluate(e, verdict.at).value, 6)[0] for e in (before, here))
    numbers = shown(sp.Tuple(before, here), verdict.at)
    return f"{f'with {numbers} ' if numbers else ''}the line before is {left}, this one {right}"


def shown(e: Expr, at: Mapping[Expr, Any]) -> str:
    """The numbers, families cell by cell: `i = 1, k = 2, z[1] = 1, z[2] = -3`."""
    families = sorted(e.atoms(sp.IndexedBase), key=str)
    symbols = {s for s in e.free_symbols & set(at) if s.is_Symbol} - {family.label for family in families}
    values = [(str(s), at[s]) for s in sorted(symbols, key=str)]
    values += [(f"{f}[{','.join(map(str, i))}]", v) for f in families for i, v in sorted(at[f].cells.items())]
    return ", ".join(f"{name} = {text_of(lifted(v).value, 6)[0]}" for name, v in values)
