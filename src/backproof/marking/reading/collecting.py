"""What has been read of a sheet so far: claims in order, each in the part of the question that it belongs to."""

from __future__ import annotations

from pathlib import Path

from backproof.arithmetic.array import Index, Shape
from backproof.marking.claims import Chain, Claim, Remark, RemarkKind, Sheet, Where, Written
from backproof.marking.question import Question
from backproof.marking.reading.names import names_of
from backproof.marking.reading.numbers import NOWHERE
from backproof.marking.reading.shapes import Misfit, Nest, fitted, said

MOST_REMARKS = 1_000


class Collecting:
    """A sheet in the making. `part` is the part of the question that is being answered."""

    def __init__(self, question: Question) -> None:
        self.names = names_of(question)
        self.parts = question.parts
        self.part = 0
        self.claims: list[Claim] = []
        self.chains: list[Chain] = []
        self.remarks: list[Remark] = []
        self.answered: dict[tuple[int, str], dict[Index, Written]] = {}

    def sheet(self, path: Path | None, person: str, recognised: bool) -> Sheet:
        remarks = tuple(sorted(self.remarks, key=lambda r: r.where))
        return Sheet(tuple(self.claims), tuple(self.chains), remarks, path, person, recognised)

    def remark(self, kind: RemarkKind, message: str, text: str = "", where: Where = NOWHERE) -> None:
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(Remark(kind, message, text if len(text) <= 200 else text[:199] + "…", where))

    def unknown(self, name: str, text: str, where: Where) -> None:
        near = self.names.nearest(name)
        hint = f"; did you mean {near}?" if near else ""
        self.remark("unknown", f"the question has no quantity {name}{hint}", text, where)

    def claim(self, name: str, nest: Nest, where: Where, text: str = "") -> bool:
        """Note numbers for a quantity in the part whose shape they fit; say so where they fit none."""
        problem = ""
        for part in self.candidates(name):
            try:
                cells = fitted(nest, self.parts[part].shapes[name])
            except Misfit as error:
                problem = problem or str(error)
                continue
            self.note(name, part, cells, where)
            return True
        self.remark("shape", f"{name}: {problem}", text, where)
        return False

    def cell(self, name: str, index: Index, written: Written, where: Where, text: str = "") -> bool:
        """Note a number for one cell of a quantity."""
        return self.cells(name, {index: written}, where, text)

    def cells(self, name: str, cells: dict[Index, Written], where: Where, text: str = "") -> bool:
        """Note numbers for cells of a quantity in the first part that has them all; say so where none has."""
        written = {index: cell for index, cell in cells.items() if not cell.blank}
        for part in self.candidates(name):
            shape = self.parts[part].shapes[name]
            if all(inside(index, shape) for index in cells):
                self.note(name, part, written, where)
                return True
        shape = self.names.shape(name, self.part) or ()
        place = next((index for index in cells if not inside(index, shape)), ())
        self.remark("shape", f"{name} has no cell [{','.join(map(str, place))}]; it has {said(shape)}", text, where)
        return False

    def candidates(self, name: str) -> list[int]:
        """The parts that a claim of this name may belong to, the likeliest first.

        The part at work comes first, unless the question asks for the quantity elsewhere only and nobody has answered there.
        """
        parts = [p for p in range(len(self.parts)) if name in self.parts[p].shapes]
        own = [p for p in parts if name in self.parts[p].own]
        here = [self.part] if self.part in parts else []
        now = self.parts[self.part]
        if now.variant and name not in now.own:
            base = [p for p in own if self.parts[p].datum == now.datum and (p, name) not in self.answered]
            here = base[:1] + here
        later = [p for p in own if p > self.part]
        return list(dict.fromkeys([*here, *later, *own, *parts]))

    def note(self, name: str, part: int, cells: dict[Index, Written], where: Where) -> None:
        """Take up a claim; to repeat a number is no second answer."""
        before = self.answered.setdefault((part, name), {})
        for index, cell in cells.items():
            first = before.get(index)
            if first is not None and (cell.value is None or first.value != cell.value):
                at = f"[{','.join(map(str, index))}]" if index else ""
                title = f" ({self.parts[part].title})" if self.parts[part].title else ""
                place = f" at {first.where}" if first.where.line else ""
                message = f"another answer to {name}{at}{title} stands before this one: {first.text}{place}"
                self.remark("twice", message, cell.text, where)
                break
        before.update(cells)
        self.claims.append(Claim(name, part, cells, where))


def inside(index: Index, shape: Shape) -> bool:
    return len(index) == len(shape) and all(type(i) is int and 0 <= i < n for i, n in zip(index, shape, strict=True))


def refused(message: str, path: Path | None = None, person: str = "") -> Sheet:
    """The sheet of a file that was not read."""
    return Sheet(remarks=(Remark("refused", message),), path=path, person=person)
