"""Formulas about softmax and cross-entropy, shown for any number of classes: as lines of a derivation are checked.

The definitions are the textbook's: p is the softmax of the logits, L = −log p of the right class, or −Σ q log p; what
∂L/∂z is, differentiating them shows.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from backproof.algebra.equality import zero
from backproof.arithmetic.shown import NAME, NUMBER, TOTAL, Comparison, Shown
from backproof.arithmetic.symbol import sp
from backproof.derivations.assumptions import Assumptions
from backproof.derivations.language import BRACKET, DERIVATIVE, Statement, parsed
from backproof.derivations.meaning import Meaning, Meaningless, compared
from backproof.marking.formulas.expressions import CLASS, DISTRIBUTION, LARGEST, OTHER, largest_of
from backproof.marking.formulas.letters import indices_in
from backproof.marking.formulas.quantities import Quantities
from backproof.rules.cross_entropy_loss import CrossEntropyLoss

SOFTMAX = "p[i]", "exp(z[i]) / sum(n, exp(z[n]))"
LOSS = {True: "-log(p[y])", False: "-sum(n, q[n]*log(p[n]))"}
"""With one right class, and with a distribution."""
RIGHT = "y"
ANY = "·"
"""The index of a row that is written without one."""


def shown_for_any(quantities: Quantities, a: Shown, b: Shown, apart: Set[str] = frozenset()) -> bool:
    """Whether two expressions are equal however many classes there are; `apart`: letters for other than the right class.

    False also where that is not known, or the network does not end in a plain cross-entropy of one row of logits.
    """
    rule = quantities.record.network.loss_rule
    if not isinstance(rule, CrossEntropyLoss) or quantities.logits is None:
        return False
    if rule.weight is not None or rule.uses("label_smoothing"):
        return False
    one_hot = quantities.classes is not None
    if not one_hot and quantities.distribution is None:
        return False
    try:
        general = General(quantities)
        row = a.args[1][0] if a.op == NAME and a.args[1] and isinstance(a.args[1][0], str) else ANY
        return holds(general.written(a), general.written(b, row), one_hot, {own(i) for i in {*apart, OTHER}})
    except Meaningless:
        return False


def holds(a: Shown, b: Shown, one_hot: bool, apart: set[str]) -> bool:
    softmax, loss = [parsed(text, 0, "") for text in SOFTMAX], parsed(LOSS[one_hot], 0, "")
    meaning = Meaning()
    for side in (*softmax, loss, a, b):
        meaning.collect(side)
    meaning.indices.add(RIGHT)
    meaning.collect_compared([*compared(a), *compared(b)])
    meaning.define(softmax[0], softmax[1])
    meaning.define(Shown(NAME, ("L", ()), None), loss)
    assumed = [
        Statement("where", 0, "", left=cell(i), right=cell(RIGHT), relation="!=") for i in apart & meaning.indices
    ]
    if not one_hot:
        assumed.append(Statement("where", 0, "", left=parsed("sum(n, q[n])", 0, ""), right=number(1), relation="="))
    left, right = meaning.real(a), meaning.real(b)
    assumptions = Assumptions(meaning, assumed)
    return bool(zero(left - right, assumptions.known(sp.Tuple(left, right), smooth=True)))


class General:
    """Expressions about a network's own quantities, rewritten in the letters of the definitions: z, p, q, L, y."""

    def __init__(self, quantities: Quantities) -> None:
        q, loss = quantities, quantities.record.network.loss
        assert loss is not None
        self.quantities = q
        self.rows = {loss.inputs[0]: "z", loss.name("p"): "p"}
        if q.classes is None:
            self.rows[loss.target] = "q"
        self.loss = loss.output

    def written(self, e: Any, row: str = ANY) -> Any:
        """The expression; `row` is the index of a row that is written without one."""
        if isinstance(e, Comparison):
            return Comparison(e.relation, self.compared(e.left), self.compared(e.right))
        if e.op == NUMBER:
            return e
        if e.op == NAME:
            return self.name(e.args[0], e.args[1], row)
        if e.op == TOTAL:
            body, (letter,) = e.args
            inside = row if letter in indices_in(body) else letter
            return Shown(TOTAL, (self.written(body, inside), (own(letter),)), None)
        if e.op == DERIVATIVE and not e.args[1].args[1]:
            raise Meaningless("a derivative by a whole row")
        if e.op == LARGEST and len(e.args) == 1 and self.row(e.args[0]):
            return largest()
        return Shown(e.op, tuple(self.written(part, row) for part in e.args), None)

    def row(self, e: Shown) -> str | None:
        """The row of logits that an expression is the name of."""
        found = self.quantities.find(e.args[0]) if e.op == NAME and not e.args[1] else None
        return found if found is not None and found == self.quantities.logits else None

    def name(self, name: str, index: tuple[Any, ...], row: str) -> Shown:
        q = self.quantities
        found = q.find(name)
        if found == self.loss and not index:
            return cell("L")
        place = self.place(index, row)
        if (found == q.logits and index == (LARGEST,)) or (not index and q.find(largest_of(name) or "") == q.logits):
            return largest()
        if found in self.rows:
            return cell(self.rows[found], place)
        if (pair := q.fraction(found or name)) and pair[0] == self.loss and pair[1] in self.rows:
            return Shown(DERIVATIVE, (cell("L"), cell(self.rows[pair[1]], place)), None)
        if (found is None or found == q.classes) and name in (*DISTRIBUTION, q.classes):
            if q.classes is None:
                return cell("q", place)
            return Shown(BRACKET, (Comparison("=", cell(place), cell(RIGHT)),), None)
        if found is None and not index:
            return cell(f"{name} ?")
        raise Meaningless(f"{name} is none of the rows that the loss is made of")

    def place(self, index: tuple[Any, ...], row: str) -> str:
        if any(not isinstance(i, str) for i in index) or len(index) > 1:
            raise Meaningless("cells with numbers are not of any number of classes")
        return self.letter(index[0] if index else row)

    def letter(self, letter: str) -> str:
        q = self.quantities
        right = q.classes is not None and letter in (*CLASS, q.classes) and q.find(letter) in (None, q.classes)
        return RIGHT if right else own(letter)

    def compared(self, e: Any) -> Shown:
        """One side of a comparison of indices."""
        if e.op != NAME or e.args[1]:
            raise Meaningless("only letters of indices are compared")
        return cell(self.letter(e.args[0]))


def own(letter: str) -> str:
    """A letter that is none of the definitions'."""
    return f"{letter} "


def cell(name: str, index: str = "") -> Shown:
    return Shown(NAME, (name, (index,) if index else ()), None)


def largest() -> Shown:
    """The largest logit, of which nothing more has to be known."""
    return cell("largest")


def number(n: int) -> Shown:
    return Shown(NUMBER, (str(n),), None)
