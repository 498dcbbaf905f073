"""The kernels that no rule has: losses added up, gradients joined and clipped, updates that follow at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from backproof.arithmetic.array import Shape
from backproof.arithmetic.code import (
    BLOCKS,
    Block,
    Coded,
    Load,
    Loop,
    Place,
    Store,
    Var,
    Writer,
    constant,
    writing,
)
from backproof.arithmetic.code import whole as whole_index
from backproof.arithmetic.functions import choose, sqrt, total
from backproof.arithmetic.loops import cells, walking
from backproof.arithmetic.numeral import Numeral
from backproof.compiled.assembly import FACTOR, LOSS, MANY, SCALE, SHARE, WEIGHT, Assembly
from backproof.compiled.kernels import Expression, Kernel, Names, copied, finished, kernel, nest_of, tidy
from backproof.compiled.schedule import walk
from backproof.network.plan import flat
from backproof.rules.rule import Loss


def traced(title: str, write: Callable[[Kernel], None], sample: Var | None = None) -> Kernel:
    """A kernel of the program's own, written as rules are."""
    piece = Kernel(title, Block(), {}, sample)
    with writing(piece.block), walking(Writer()):
        write(piece)
    piece.block = tidy(piece.block)
    return piece


def every(sample: Var | None) -> Iterator[Any]:
    """`for _ in every(sample)`: a loop over the samples that are taken at once, none where there is one."""
    if sample is None:
        yield 0
        return
    loop = Loop(sample, Block())
    BLOCKS[-1].items.append(loop)
    with writing(loop.block):
        yield sample


def samples(whole: Assembly) -> Var | None:
    return Var(whole.samples) if whole.samples > 1 else None


def loss_of_one(whole: Assembly) -> Kernel:
    """The loss of the only datum, as one number."""
    name = whole.network.loss.output if whole.network.loss else ""

    def write(piece: Kernel) -> None:
        loss = piece.array(name, whole.shapes[name])
        piece.array(LOSS, (), True)[()] = total(loss[k] for k in cells(loss))

    return traced("loss", write)


def losses_added(whole: Assembly) -> Kernel:
    """The losses of those samples that count, and what they are to be divided by, added to the group's."""
    job = next(job for job in whole.jobs if job.direction == "forward" and isinstance(job.rule, Loss))
    losses = flat(job.writes["loss"])
    shares = flat(job.writes.get("share")) if whole.averages else []

    def write(piece: Kernel) -> None:
        weight = piece.array(WEIGHT, ())
        for name, slots in ((LOSS, losses), (SHARE, shares)):
            for slot in slots:
                whole_sum, part = piece.array(name, (), True), piece.array(slot.name, whole.shapes[slot.name])
                terms = (weight[()] * part[k] for _ in every(piece.sample) for k in cells(part))
                whole_sum[()] = whole_sum[()] + total(terms)

    return traced("losses added up", write, samples(whole))


def losses_joined(whole: Assembly) -> Kernel:
    """The loss of the batch, and what its gradients are to be multiplied by; 0 where no target counts."""

    def groups(piece: Kernel, name: str) -> Any:
        return total(piece.array(f"{name}@{g}", (), True)[()] for g in range(whole.groups))

    def write(piece: Kernel) -> None:
        loss, scale = piece.array(LOSS, (), True), piece.array(SCALE, (), True)
        if not whole.averages:
            loss[()], scale[()] = groups(piece, LOSS), constant(Numeral(1))
            return
        count = groups(piece, SHARE)
        scale[()] = choose(count == 0, 0, 1 / choose(count == 0, 1, count))
        loss[()] = choose(count == 0, 0, groups(piece, LOSS) / choose(count == 0, 1, count))

    return traced("losses joined", write)


def seeded(whole: Assembly) -> Kernel:
    """The backward pass of each sample begins with its weight: 1, or 0 for one that only fills the chunk."""

    def write(piece: Kernel) -> None:
        weight = piece.array(WEIGHT, ())
        for name in whole.seeds:
            seed = piece.array(name, whole.shapes[name])
            for _ in every(piece.sample):
                for k in cells(seed):
                    seed[k] = weight[()] * 1

    return traced("seeds", write, samples(whole))


def gradient_of(whole: Assembly, parameter: str, piece: Kernel, clipped: bool) -> Callable[[Any], Any]:
    """A parameter's gradient, cell by cell: added up over the groups, scaled, clipped."""
    parts = [
        piece.array(f"{whole.gradients[parameter]}@{g}", whole.shapes[parameter], True) for g in range(whole.groups)
    ]
    scale = piece.array(SCALE, (), True)[()]
    value, norm = whole.options.clip_value, whole.options.clip_norm
    factor = piece.array(FACTOR, (), True)[()] if norm is not None and clipped else 1
    most = constant(value) if value is not None else None

    def at(i: Any) -> Any:
        g = parts[0][i]
        for part in parts[1:]:
            g = g + part[i]
        g = g * scale
        return (g if most is None else choose(g > most, most, choose(g < -most, -most, g))) * factor

    return at


def clipping(whole: Assembly, norm: Numeral) -> Kernel:
    """What shortens all gradients together to a norm; the convention of torch.nn.utils.clip_grad_norm_."""

    def write(piece: Kernel) -> None:
        squares: Any = 0
        for parameter in whole.learned:
            g, p = gradient_of(whole, parameter, piece, False), piece.array(parameter, whole.shapes[parameter], True)
            squares = squares + total(g(i) * g(i) for i in cells(p))
        factor = constant(norm) / (sqrt(squares) + constant(Numeral("1e-6")))
        piece.array(FACTOR, (), True)[()] = choose(factor < 1, factor, 1)

    return traced("gradients' norm", write)


def updates(whole: Assembly, names: Names) -> Iterator[Kernel]:
    """Each parameter's step."""
    single = replace(names, samples=1, gradients=frozenset(), adds=False)
    if whole.options.clip_norm is not None:
        yield clipping(whole, whole.options.clip_norm)
    for job in whole.jobs:
        if job.direction == "update":

            def dp(piece: Kernel, name: str = job.layer) -> Expression:
                return Expression(whole.shapes[name], gradient_of(whole, name, piece, True))

            yield finished(kernel(job, single, lambda name: True, dp), single)


def fuse(whole: Assembly, names: Names) -> None:
    """Each parameter changes as soon as its gradient is known, where that can stand in the update's own loop."""
    for job in whole.jobs:
        if job.direction != "update":
            continue
        target = whole.gradients[job.layer]
        at, source = next((k, piece) for k, piece in enumerate(whole.backward) if target in piece.arrays)
        found = single_nest(source.block, source.arrays[target])
        if found is None:
            piece = kernel(job, names, lambda name: True)
        else:
            loop, axes, items, value = found

            def gradient(where: Any, axes: Any = axes, items: Any = items, value: Any = value) -> Any:
                numbers: dict[int, Any] = {}
                indices = {v: whole_index(i) for v, i in zip(axes, where, strict=True) if v}
                copied(items, indices, numbers)
                return numbers.get(id(value), value)

            inlined = Expression(whole.shapes[job.layer], gradient)
            piece = kernel(job, names, lambda name: True, lambda piece, inlined=inlined: inlined)
            source.block = Block([item for item in source.block.items if item is not loop])
            piece.arrays = {**source.arrays, **piece.arrays}
        whole.backward.insert(at + 1, finished(piece, names))


def single_nest(block: Block, array: Coded) -> tuple[Loop, list[Var | None], list[Any], Any] | None:
    """The nest that makes an array cell by cell: its loop, the loop of each axis, what is computed, the value."""
    found = [item for item in block.items if touches(item, array)]
    if len(found) != 1 or not isinstance(found[0], Loop):
        return None
    chain, body = nest_of(found[0])
    *items, last = body.items
    if (
        not isinstance(last, Store)
        or isinstance(last.index, Place)
        or any(isinstance(i, Store) for i in walk(Block(items)))
    ):
        return None
    axes = [next(iter(i.terms), None) for i in last.index]
    pure = all(
        i.constant == 0 and all(v in chain and n == 1 for v, n in i.terms.items()) and len(i.terms) < 2
        for i in last.index
    )
    if not pure or {v for v in axes if v} != set(chain):
        return None
    return found[0], axes, items, last.value


def touches(item: Any, array: Coded) -> bool:
    return any(isinstance(i, (Load, Store)) and i.array == array for i in walk(Block([item])))


def lies_twice(whole: Assembly, visited: set[str]) -> None:
    """A weight that is read window by window on the way back, and output by output on the way there, lies in both orders."""
    whole.visited = visited
    for layer in whole.network.layers:
        weight = layer.name("weight") if "weight" in layer.rule.parameters else ""
        shape = whole.network.shapes.get(weight, ())
        if layer.output not in visited or len(shape) != 4 or shape[0] < MANY:
            continue
        other = whole.twice[weight] = f"{weight}#"
        at, reader = next((k, piece) for k, piece in enumerate(whole.forward) if weight in piece.arrays)
        array = reader.arrays[other] = reader.arrays.pop(weight)
        array.name = other

        def copy(piece: Kernel, weight: str = weight, other: str = other, shape: Shape = shape) -> None:
            source, target = piece.array(weight, shape, True), piece.array(other, shape, True)
            for i in cells(target):
                target[i] = source[i] * 1

        whole.forward.insert(at, traced(f"{weight} in another order", copy))
