"""Arrays of expressions, put together cell by cell, as matrices, or as the chain rule has it.

Arrays of one shape are multiplied and added cell by cell; a matrix times a row, or a row times a matrix, is their
product. ∂V/∂U holds a slope for every two cells, and what it is multiplied by goes through these slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic.array import Array, Index, Shape
from backproof.arithmetic.symbol import Expr, Largest, sp
from backproof.derivations.meaning import Meaningless

MOST_NODES = 3_000
"""Parts of an expression that is differentiated."""


class Slopes(Array):
    """The derivative of every cell of one array by every cell of another: outputs + inputs is its shape."""

    __slots__ = ("inputs", "outputs")

    def __init__(self, outputs: Shape, inputs: Shape, cells: dict[Index, Expr]) -> None:
        super().__init__(outputs + inputs, cells)
        self.outputs, self.inputs = outputs, inputs


def single(e: Expr) -> Array:
    return Array((), {(): e})


def mapped(a: Array, function: Callable[[Expr], Expr]) -> Array:
    cells = {i: function(u) for i, u in a.items()}
    return Slopes(a.outputs, a.inputs, cells) if isinstance(a, Slopes) else Array(a.shape, cells)


def joined(function: Callable[..., Expr], *arrays: Array) -> Array:
    """Cell by cell; a single number goes with every cell."""
    shapes = {a.shape for a in arrays if a.shape}
    if len(shapes) > 1:
        raise Meaningless(f"arrays of shape {' and '.join(sorted(map(str, shapes)))} do not go together cell by cell")
    shape: Shape = next(iter(shapes), ())
    cells: dict[Index, Expr] = {}
    for i in Array(shape).indices():
        tick()
        cells[i] = function(*(a[i if a.shape else ()] for a in arrays))
    return Array(shape, cells)


def summed(a: Array) -> Array:
    return single(sp.Add(*a.values()))


def largest(arrays: list[Array]) -> Array:
    """The largest cell of one array; of several the larger of each two cells."""
    if len(arrays) > 1:
        return joined(Largest, *arrays)
    cells = list(arrays[0].values())
    return single(Largest(*cells) if len(cells) > 1 else cells[0])


def multiplied(a: Array, b: Array) -> Array:
    """Cell by cell, or as matrices; slopes are passed through."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Slopes):
            if isinstance(other, Slopes) and one.inputs == other.outputs:
                return contracted(one, other, one.outputs, one.inputs, other.inputs)
            if not isinstance(other, Slopes) and other.shape == one.outputs:
                return plain(contracted(other, one, (), one.outputs, one.inputs))
            if not other.shape:
                return mapped(one, lambda u, factor=other[()]: u * factor)
    a, b = plain(a), plain(b)
    if a.shape != b.shape and a.shape and b.shape:
        if len(a.shape) == 2 and b.shape == a.shape[1:]:
            return plain(contracted(a, b, a.shape[:1], b.shape, ()))
        if len(b.shape) == 2 and a.shape == b.shape[:1]:
            return plain(contracted(a, b, (), a.shape, b.shape[1:]))
    return joined(sp.Mul, a, b)


def contracted(a: Array, b: Array, before: Shape, along: Shape, after: Shape) -> Slopes:
    """Σ over `along` of a[before, along] · b[along, after]."""
    inner = list(Array(along).indices())
    cells: dict[Index, Expr] = {}
    for i, j in product(Array(before).indices(), Array(after).indices()):
        tick()
        cells[i + j] = sp.Add(*(a[i + k] * b[k + j] for k in inner))
    return Slopes(before, after, cells)


def slopes(body: Array, held: Sequence[tuple[Index, Expr]], inputs: Shape, toward: Callable[[Expr], Expr]) -> Array:
    """The derivative of every cell of `body`, put `toward` what stands in `held`, by each of the cells in that."""
    cells: dict[Index, Expr] = {}
    for o, u in body.items():
        whole = toward(u)
        check_size(whole)
        for i, cell in held:
            tick()
            cells[o + i] = whole.diff(cell)
    return Slopes(body.shape, inputs, cells) if body.shape else Array(inputs, cells)


def check_size(e: Expr) -> None:
    """Refuse what takes long to differentiate, which cannot be interrupted."""
    if any(n > MOST_NODES for n, _ in enumerate(sp.preorder_traversal(e))):
        raise TooLarge


def plain(a: Array) -> Array:
    """Slopes as an array: of a single number by an array, or the other way, or of each cell by its own cell alone."""
    if not isinstance(a, Slopes):
        return a
    if not a.outputs or not a.inputs:
        return Array(a.shape, dict(a))
    n = len(a.outputs)
    if a.outputs != a.inputs or any(i[:n] != i[n:] and u != 0 for i, u in a.items()):
        raise Meaningless("a slope for every two cells of arrays can be multiplied by what comes back, and no more")
    return Array(a.outputs, {i[:n]: u for i, u in a.items() if i[:n] == i[n:]})
