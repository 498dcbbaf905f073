"""A sketch of numbers that are SymPy expressions: a comparison that is open takes both branches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy as sp

from backproof.arithmetic.array import Array
from backproof.arithmetic.functions import register

decisions: list[tuple[sp.Basic, bool]] = []
script: list[bool] = []


class Symbol:
    __slots__ = ("e",)

    def __init__(self, e: Any) -> None:
        self.e = sp.sympify(e)

    def __add__(self, o): return Symbol(self.e + inner(o))  # fmt: skip

    def __sub__(self, o): return Symbol(self.e - inner(o))  # fmt: skip

    def __rsub__(self, o): return Symbol(inner(o) - self.e)  # fmt: skip

    def __mul__(self, o): return Symbol(self.e * inner(o))  # fmt: skip

    def __truediv__(self, o): return Symbol(self.e / inner(o))  # fmt: skip

    def __rtruediv__(self, o): return Symbol(inner(o) / self.e)  # fmt: skip

    def __neg__(self): return Symbol(-self.e)  # fmt: skip

    def __pow__(self, n): return Symbol(self.e**n)  # fmt: skip

    def __gt__(self, o): return decide(sp.Gt(self.e, inner(o)))  # fmt: skip

    def __lt__(self, o): return decide(sp.Lt(self.e, inner(o)))  # fmt: skip

    def __ge__(self, o): return decide(sp.Ge(self.e, inner(o)))  # fmt: skip

    def __le__(self, o): return decide(sp.Le(self.e, inner(o)))  # fmt: skip

    def __eq__(self, o): return decide(sp.Eq(self.e, inner(o)))  # fmt: skip

    def __ne__(self, o): return self is not o and not self == o  # fmt: skip

    __radd__, __rmul__ = __add__, __mul__
    __hash__ = None


def inner(o: Any) -> Any:
    return o.e if isinstance(o, Symbol) else sp.sympify(o)


register(Symbol, {
    "exp": lambda x: Symbol(sp.exp(x.e)), "log": lambda x: Symbol(sp.log(x.e)), "sqrt": lambda x: Symbol(sp.sqrt(x.e)),
    "tanh": lambda x: Symbol(sp.tanh(x.e)), "erfc": lambda x: Symbol(sp.erfc(x.e)),
})  # fmt: skip


def decide(relation: sp.Basic) -> bool:
    if relation in (sp.true, sp.false):
        return bool(relation)
    relation = relation.canonical
    for known, held in decisions:
        if known == relation:
            return held
        if sp.Not(known).canonical == relation:
            return not held
    held = script[len(decisions)] if len(decisions) < len(script) else True
    decisions.append((relation, held))
    return held


def branches(run: Callable[[], Any]) -> Iterator[tuple[list[tuple[sp.Basic, bool]], Any]]:
    """Every way the comparisons in `run` can come out, with what it then gives."""
    todo: list[list[bool]] = [[]]
    while todo:
        script[:] = todo.pop()
        decisions.clear()
        start = len(script)
        result = run()
        taken = list(decisions)
        yield taken, result
        todo += [[held for _, held in taken[:i]] + [not taken[i][1]] for i in range(start, len(taken))]


def symbols(name: str, shape: tuple[int, ...]) -> Array:
    array = Array(shape)
    for i in array.indices():
        array[i] = Symbol(sp.Symbol(name + "".join(map(str, i)), real=True))
    return array


def number(numeral: Any) -> Symbol:
    return Symbol(sp.pi if numeral.special == "pi" else sp.Rational(*numeral.ratio()))
