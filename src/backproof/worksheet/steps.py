"""Steps: a record as numbered lines of reasoning, forward, then backward, then the update.

A step tells of one quantity: the rule as a formula, the substitution for each cell with this network's own
names and numbers, the result, and one sentence of why. Everything in it comes out of the rules being run on
shown numbers; nothing is written beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from backproof.arithmetic.array import Array, Index, Places
from backproof.arithmetic.formula import lettered
from backproof.arithmetic.shown import CHOOSE, LARGEST, NAME, NUMBER, Shown, is_literal
from backproof.network.plan import BY_DATUM, Job, Slot, bare
from backproof.notation.styles import Style, pretty
from backproof.notation.text import TEXT
from backproof.notation.writing import condition_text, written
from backproof.record.digits import text_of
from backproof.record.record import Record
from backproof.record.working import formula, working
from backproof.rules.reduction import Reduction
from backproof.rules.rule import Rule

MOST_CELLS = 16
"""A quantity of at most so many cells has them all shown; of a larger one, the first few."""
SHOWN_OF_MANY = 3


@dataclass(frozen=True)
class Line:
    """How one cell came about."""

    cell: Shown
    working: Shown
    digits: int
    path: str = ""

    def sides(self, style: Style) -> list[str]:
        """What stands between the equals signs: the cell, the names, the numbers, the result; none twice."""
        value, exact = text_of(self.working.value, self.digits)
        sides, plain = [style.cell(written(self.cell, style), *self.cell.args)], [""]
        for kind in ("names", "numbers"):
            text = written(self.working, TEXT, kind, self.digits)
            if text != plain[-1]:
                sides.append(text if style is TEXT else written(self.working, style, kind, self.digits))
                plain.append(text)
        if TEXT.number(value) != plain[-1]:
            sides.append(style.cell(style.number(value), *self.cell.args))
        signs = [style.relation("=")] * (len(sides) - 1)
        rounded = [e for e in walk(self.working) if e.op == NAME and not text_of(e.value, self.digits)[1]]
        if len(signs) > 1 and len(plain) > 2 and rounded:
            signs[1:] = [style.relation("≈")] * (len(signs) - 1)
        if not exact:
            signs[-1] = style.relation("≈")
        return [part for pair in zip(sides, [*signs, ""], strict=True) for part in pair][:-1]

    @property
    def sources(self) -> list[tuple[str, Index]]:
        """The cells that it is made of, in the order in which they are read."""
        return list(dict.fromkeys(e.args for e in walk_all(self.working) if e.op == NAME))

    def decisions(self, style: Style) -> list[str]:
        """The comparison behind each branch that was taken; the winner of a window."""
        found: list[str] = []
        for e in walk(self.working):
            if e.op == CHOOSE and e.args[3] is not None and hasattr(e.args[0].left, "op") and not is_general(e):
                found.append(condition_text(e.args[0], e.args[3], style, self.digits))
            elif e.op == LARGEST and e is self.working and e.args[1].op == NAME:
                found.append(f"{written(e.args[1], style)}{style.words(' is largest')}")
        return list(dict.fromkeys(found))

    @property
    def reasons(self) -> list[str]:
        """What decided, in plain text."""
        return list(dict.fromkeys([*([self.path] if self.path else []), *self.decisions(TEXT)]))

    @property
    def tied(self) -> bool:
        """Whether a convention decided: two numbers that were compared are equal."""
        for e in walk(self.working):
            if e.op == CHOOSE and e.args[3] is not None and e.args[0].tied:
                return True
            if e.op == LARGEST and sum(bool(c.value == e.value) for c in e.args[0]) > 1:
                return True
        return False


def is_general(choice: Shown) -> bool:
    """Whether a choice only guards a division against 0, which needs no telling."""
    condition = choice.args[0]
    return condition.relation == "=" and is_literal(condition.right, 0)


def walk(e: Shown) -> Iterator[Shown]:
    """The parts of an expression; of a choice, the branch that was taken."""
    yield e
    if e.op == CHOOSE:
        yield from walk(e.args[1] if e.args[3] else e.args[2])
    elif e.op == LARGEST:
        for candidate in e.args[0]:
            yield from walk(candidate)
    elif e.op not in (NAME, NUMBER):
        for arg in e.args:
            yield from walk(arg)


@dataclass(frozen=True)
class Step:
    """One line of the reasoning; see the module."""

    number: int
    phase: str
    layer: str
    rule: str
    why: str
    convention: str
    lines: tuple[Line, ...]
    left_out: int
    zeros: int
    record: Record = field(repr=False, compare=False)
    slots: tuple[Slot, ...] = field(repr=False)

    @property
    def quantity(self) -> str:
        """The name of what is computed."""
        return self.slots[0].name

    @property
    def title(self) -> str:
        """`V, by LeakyReLU`."""
        return f"{pretty(self.quantity)}, by {self.rule}" if self.rule else pretty(self.quantity)

    def formulas(self, style: Style) -> list[str]:
        """The rule behind the quantity, in one style."""
        lines: list[str] = []
        for left, sign, right in formula(self.record, self.slots[0]):
            texts = [written(left, style), style.relation(sign), written(right, style)]
            lines.append(lettered(" ".join(texts), self.record.names))
        return lines

    @property
    def array(self) -> Array:
        return self.record.array(self.quantity)

    @property
    def rest(self) -> str:
        """What is to be said of the cells that have no line."""
        said: list[str] = []
        if self.zeros:
            one = self.zeros == 1
            said.append(
                f"The other {'cell is' if one else f'{self.zeros} cells are'} 0: nothing came back to {'it' if one else 'them'}."
            )
        if self.left_out:
            said.append(f"… and {self.left_out:,} more cells of {pretty(self.quantity)} in the same way.")
        return " ".join(said)


def steps(record: Record) -> list[Step]:
    """The whole record as steps."""
    groups = grouped(record)
    return [step(record, n + 1, slots, None) for n, slots in enumerate(groups)]


def explained(record: Record, address: str) -> list[Step]:
    """The steps that lead to one quantity or one cell of it, each with the cells that matter to it alone."""
    name, index = record.locate(address)
    needed = needs(record, name, index)
    groups = [slots for slots in grouped(record) if any(slot in needed for slot in slots)]
    return [step(record, n + 1, slots, needed) for n, slots in enumerate(groups)]


def grouped(record: Record) -> list[list[Slot]]:
    """The quantities that get a step, in order; one step for all data of a batch, then their sum where there is one."""
    groups: dict[str, list[Slot]] = {}
    for job in record.jobs:
        for slot in in_order(job):
            if slot in record.plan.hidden or isinstance(job.shapes[slot], Places):
                continue
            groups.setdefault(slot.name, []).append(slot)
    sums = {name.removesuffix(BY_DATUM) for name in groups if name.endswith(BY_DATUM)}
    first = [name for name in groups if name not in sums]
    ordered = [
        name for each in first for name in ([each, each.removesuffix(BY_DATUM)] if each.endswith(BY_DATUM) else [each])
    ]
    return [groups[name] for name in ordered]


def in_order(job: Job) -> list[Slot]:
    """What a job writes: an optimiser's state before the parameter that it moves, the probabilities before the loss."""
    return [*job.written[1:], job.written[0]] if job.direction == "update" else job.written


def step(record: Record, number: int, slots: list[Slot], needed: dict[Slot, list[Index]] | None) -> Step:
    job = record.plan.job(slots[0])
    assert job is not None
    wanted = [
        (s, i) for s in slots for i in (record.evaluation.values[s].indices() if needed is None else needed.get(s, []))
    ]
    shown, left_out = picked(record, wanted)
    lines = [line for slot in slots for line in lines_of(record, job, slot, [i for s, i in shown if s == slot])]
    bare_zeros = [line for line in lines if line.working.op == NUMBER and len(lines) > 1]
    if needed is None:
        lines = [line for line in lines if line not in bare_zeros] or lines[:1]
    why, convention = reasons(record, job, slots[0], lines)
    rule = "" if job.joins else type(spoken_of(record, job)).__name__
    zeros = len(wanted) - left_out - len(lines)
    return Step(
        number,
        job.direction,
        job.layer,
        rule,
        why,
        convention,
        tuple(lines),
        left_out,
        zeros,
        record,
        tuple(slots),
    )


def picked(record: Record, wanted: list[tuple[Slot, Index]]) -> tuple[list[tuple[Slot, Index]], int]:
    """The cells to show: all where they are few, else the first few, those that are not 0 before the others."""
    if len(wanted) <= MOST_CELLS:
        return wanted, 0
    telling = [(s, i) for s, i in wanted if nonzero(record.evaluation.values[s][i])]
    shown = (telling or wanted)[:SHOWN_OF_MANY]
    return shown, len(wanted) - len(shown)


def nonzero(value: Any) -> bool:
    return getattr(value, "value", value) != 0


def lines_of(record: Record, job: Job, slot: Slot, cells: list[Index]) -> Iterable[Line]:
    if not cells:
        return []
    first = () if slot.datum is None else (slot.datum,)
    made = working(record, slot, cells)
    return [
        Line(
            Shown(NAME, (slot.name, (*first, *i)), None), made[i], record.digits, path(job, slot, (*first, *i), made[i])
        )
        for i in cells
    ]


def path(job: Job, slot: Slot, cell: Index, made: Shown) -> str:
    """Which way a gradient came, where the data chose it."""
    argument = next((a for a, s in job.writes.items() if s == slot), "")
    template = job.rule.because.get(argument, "")
    sources = [e for e in walk(made) if e.op == NAME]
    if not template or not sources:
        return ""
    loss = slot.name.partition("/")[0][1:]
    cells = [TEXT.name(bare(e.args[0], loss), e.args[1]) for e in sources]
    return template.format(x=TEXT.name(bare(slot.name, loss), cell), y=" and ".join(cells))


def reasons(record: Record, job: Job, slot: Slot, lines: Sequence[Line]) -> tuple[str, str]:
    """One sentence of why, and the convention where one decided."""
    rule = job.rule
    decided = any(line.tied for line in lines) or counts_nothing(record, job)
    convention = " ".join(part for part in (rule.convention if decided else "", remark(record, job)) if part)
    if job.joins:
        n = len(job.read)
        if record.data is not None and slot.datum is None:
            return f"The parameter served all {n} data of the batch, so their {n} gradients are added.", convention
        return f"{pretty(slot.name)} came along {n} paths, so the {n} gradients are added.", convention
    if job.direction == "backward":
        argument = next(a for a, s in job.writes.items() if s == slot or (isinstance(s, list) and slot in s))
        return rule.why_backward.get(argument, ""), convention
    argument = next((a for a, s in job.writes.items() if s == slot), "")
    return rule.why_inner.get(argument, spoken_of(record, job).why), convention


def spoken_of(record: Record, job: Job) -> Rule:
    """The rule that a reader is told of: the loss's own where its losses are only joined."""
    loss = record.network.loss_rule
    return loss if loss and isinstance(job.rule, Reduction) else job.rule


def remark(record: Record, job: Job) -> str:
    """What the loss has to say of its targets."""
    loss, rule = record.network.loss, record.network.loss_rule
    if loss is None or rule is None or job.layer != loss.output or job.direction == "update":
        return ""
    targets = [array for slot, array in record.evaluation.values.items() if slot.name == loss.target]
    return next((text for text in map(rule.remark, targets) if text), "")


def counts_nothing(record: Record, job: Job) -> bool:
    """Whether a mean is over nothing, as when every target is ignored."""
    shares = job.reads.get("shares")
    arrays = [record.evaluation.values[slot] for slot in shares] if isinstance(shares, list) else []
    return bool(arrays) and not any(nonzero(value) for array in arrays for value in array.values())


def needs(record: Record, name: str, index: Index | None) -> dict[Slot, list[Index]]:
    """The cells that a quantity, or a cell of it, rests on, back to the givens; of very many, those that are shown."""
    batch = Slot(name) not in record.evaluation.values
    slots = [Slot(name, n) for n in range(record.data or 0)] if batch else [Slot(name)]
    if index is not None and batch:
        slots, index = [Slot(name, index[0])], index[1:]
    found: dict[Slot, list[Index]] = {}
    todo = {s: list(record.evaluation.values[s].indices()) if index is None else [index] for s in slots}
    for job in reversed(record.jobs):
        for slot in reversed(in_order(job)):
            cells = todo.pop(slot, None)
            if not cells:
                continue
            found[slot] = cells
            kept = [i for _, i in picked(record, [(slot, i) for i in cells])[0]]
            for e in (
                leaf for made in working(record, slot, kept).values() for leaf in walk_all(made) if leaf.op == NAME
            ):
                other, at = located(record, e)
                if record.plan.job(other) is not None and at not in todo.setdefault(other, []):
                    todo[other].append(at)
    return found


def walk_all(e: Shown) -> Iterator[Shown]:
    """Every part of an expression that its value rests on, the comparisons of its choices included."""
    yield from walk(e)
    for part in walk(e):
        if part.op == CHOOSE and hasattr(part.args[0].left, "op"):
            yield from walk(part.args[0].left)
            yield from walk(part.args[0].right)


def located(record: Record, leaf: Shown) -> tuple[Slot, Index]:
    """The quantity and the cell that a leaf names."""
    name, index = leaf.args
    if Slot(name) in record.evaluation.values and (
        record.data is None or len(index) == len(record.evaluation.values[Slot(name)].shape)
    ):
        return Slot(name), index
    return Slot(name, index[0]), index[1:]
