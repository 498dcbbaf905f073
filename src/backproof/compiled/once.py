"""An elementary function is not computed twice where the first result can be kept.

Softmax asks for e^(x[i] − top) once for the sum and once for each quotient. The sum puts what it computes into the cells
that will hold the quotients, and these read it there.
"""

from __future__ import annotations

from typing import Any

from backproof.arithmetic.code import (
    Block,
    Code,
    Condition,
    Constant,
    Guard,
    Index,
    Load,
    Loop,
    Place,
    Store,
    Sum,
    Term,
    Var,
    writing,
)
from backproof.compiled.schedule import said, walk

FUNCTIONS = ("exp", "log", "log1p", "tanh", "erfc")


def computed_once(block: Block) -> None:
    """Changes sums and the loops after them so that they share what is dear."""
    for item in block.items:
        if isinstance(item, (Loop, Guard)):
            computed_once(item.block)
    for k, item in enumerate(block.items):
        term = term_of(item)
        if term is None:
            continue
        stored: set[str] = set()
        for later in block.items[k + 1 :]:
            if isinstance(later, Loop) and later.var.size == term[0].size and share(term, later, stored):
                break
            stored |= {i.array.name for i in walk(Block([later])) if isinstance(i, Store)}


def term_of(item: Any) -> tuple[Var, Block, Any] | None:
    """A sum over one loop of a term with a function in it: the loop, its block, the number."""
    if not isinstance(item, Sum) or len(item.block.items) != 1 or not isinstance(item.block.items[0], Loop):
        return None
    loop = item.block.items[0]
    *items, last = loop.block.items
    plain = all(isinstance(i, Code) and not hasattr(i, "block") for i in items)
    dear = any(isinstance(i, Code) and i.op in FUNCTIONS for i in items)
    return (loop.var, loop.block, last.value) if isinstance(last, Term) and plain and dear else None


def share(term: tuple[Var, Block, Any], later: Loop, stored: set[str]) -> bool:
    """Whether the later loop computes the term again for the cell that it stores; if so, the term is kept there."""
    var, block, value = term
    *items, last = later.block.items
    plain = all(isinstance(i, Code) and not hasattr(i, "block") for i in items)
    if not plain or not isinstance(last, Store) or isinstance(last.index, Place):
        return False
    reads = {i.array.name for i in items if isinstance(i, Load)}
    if last.array.name in reads or reads & stored or (last.array.sample is None and last.array.shape == ()):
        return False
    again = next((i for i in items if isinstance(i, Code) and alike(value, i, {var: later.var})), None)
    if again is None or again is last.value:
        return False
    back = {later.var: var}
    block.items.insert(-1, Store(last.array, tuple(moved(i, back) for i in last.index), value))
    with writing(Block()):
        kept = Load(last.array, last.index)
    later.block.items = [kept if i is again else i for i in later.block.items]
    for i in items:
        if i is not again:
            i.args = tuple(kept if arg is again else arg for arg in i.args)
    return True


def moved(i: Index, vars: dict[Var, Var]) -> Index:
    return Index({vars.get(a, a) if isinstance(a, Var) else a: n for a, n in i.terms.items()}, i.constant)


def alike(a: Any, b: Any, vars: dict[Var, Var]) -> bool:
    """Whether two numbers are the same expression, one loop taken for another."""
    if a is b:
        return True
    if isinstance(a, Load) and isinstance(b, Load):
        if a.array != b.array or isinstance(a.index, Place) or isinstance(b.index, Place):
            return False
        pairs = zip(a.index, b.index, strict=True)
        return all(said(moved(i, vars)) == said(j) for i, j in pairs)
    if isinstance(a, Constant) and isinstance(b, Constant):
        return a.numeral == b.numeral
    if type(a) is Code and type(b) is Code:
        return (
            a.op == b.op
            and len(a.args) == len(b.args)
            and all(alike(x, y, vars) for x, y in zip(a.args, b.args, strict=True))
        )
    return isinstance(a, int) and isinstance(b, int) and not isinstance(a, Condition) and a == b
