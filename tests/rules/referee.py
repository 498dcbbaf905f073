"""Runs a rule as it stands, and holds what it gives against PyTorch's answers or against enclosures of the truth."""

from __future__ import annotations

from functools import partial

import numpy as np

from backproof.arithmetic import ball, exact
from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.floats import float64
from backproof.errors import BadShape
from backproof.network.given import read
from backproof.rules.reduction import Reduction
from backproof.rules.rule import Loss, Update, arguments

KINDS = "real", "ties", "special"
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, -3.0, 1e-310, -1e150]
BITS = 400


class Values:
    """Random arrays, shapes and choices: numbers of many sizes, a few numbers many times, or ±0, ±∞ and NaN."""

    def __init__(self, kind, seed):
        self.kind, self.rng = kind, np.random.default_rng([KINDS.index(kind), seed])

    def array(self, *shape, kind=None):
        kind = kind or self.kind
        if kind == "real":
            return np.asarray(self.rng.normal(size=shape) * 10.0 ** self.rng.integers(-3, 3, shape))
        if kind == "ties":
            return np.asarray(self.rng.integers(-4, 5, shape) / 4)
        return np.asarray(self.rng.choice(SPECIAL, shape))

    def finite(self, *shape):
        """The same without ±∞ and NaN: for what comes back to a loss."""
        return self.array(*shape, kind="ties" if self.kind == "special" else self.kind)

    def positive(self, *shape):
        return np.asarray(self.rng.integers(1, 9, shape) / 8)

    def shape(self, axes=(0, 3), most=4):
        return tuple(int(n) for n in self.rng.integers(1, most + 1, self.number(*axes)))

    def number(self, least, most):
        return int(self.rng.integers(least, most + 1))

    def one_of(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def fitting(self, drawn):
        """A rule with random options, and the shape of an image that it fits."""
        while True:
            rule = drawn(self)
            shape = (*self.one_of((), (1,), (2,)), self.number(1, 7), self.number(1, 7))
            try:
                rule.shapes(shape)
            except BadShape:  # too small for the kernel, or a window would see padding alone, where PyTorch gives −∞
                continue
            return rule, shape


def each(function, value):
    """The function of a value, or of every value in a list; None stays None."""
    return [function(v) for v in value] if isinstance(value, list) else None if value is None else function(value)


def shapes_of(rule, given):
    """The shape of every array that the rule names; a list of them for any number of inputs."""
    names = ("p",) if isinstance(rule, Update) else (*rule.inputs, *(rule.targets if isinstance(rule, Loss) else ()))
    shapes = {n: each(lambda array: array.shape, given[n]) for n in (name.strip("*") for name in names)}
    first = next(iter(shapes.values()))
    shapes |= rule.shapes(*(first if isinstance(first, list) else shapes.values()))
    return shapes | {f"d{name}": shape for name, shape in shapes.items()}


def zeros(name, shape):
    return Array.filled(shape, 0)


def step(rule, direction, known, shapes, fresh=zeros):
    """Run one of the rule's functions: what it names and is not known is written, and returned by name."""
    function = getattr(rule, direction)
    read = {n: known[n] for n in arguments(function) if n in known}
    written = {n: each(partial(fresh, n), shapes.get(n)) for n in arguments(function) if n not in known}
    function(**read, **written)
    return written


def directions(rule, given):
    """Forward; and backward where the gradient that it starts from is given."""
    return ("forward", "backward") if hasattr(rule, "backward") and f"d{rule.outputs[0]}" in given else ("forward",)


def run(rule, arithmetic, given):
    """Every array of the rule by name, after forward and backward, in numbers of one arithmetic."""
    shapes, readable = shapes_of(rule, given), rule.read(arithmetic.number)
    known = {n: each(lambda a: Array(a.shape, dict(a)), value) for n, value in given.items()}
    for direction in directions(rule, given):
        known |= step(readable, direction, known, shapes)
        known = {n: each(lambda array: finished(array, arithmetic), value) for n, value in known.items()}
    return known


def finished(array, arithmetic):
    return array if isinstance(array.shape, Places) else array.map(arithmetic.lift)


def q(nested):
    """Nested lists of whole numbers and fractions, such as "1/3", as an array of rationals; an array is itself."""
    return nested if isinstance(nested, Array) else read("a number", nested)


def classes(nested):
    """Nested lists of whole numbers as an array of classes."""
    array = Array.of(nested)
    return Array(Places(array.shape), dict(array))


def rational(name, value):
    """Given numbers as rationals; of `xs`, `losses` and `shares` there is a list."""
    return [q(part) for part in value] if name in ("xs", "losses", "shares") else q(value)


def exactly(rule, **given):
    """The rule run on rationals."""
    return run(rule, exact, {n: rational(n, v) for n, v in given.items()})


def enclosed(rule, **given):
    """The rule run on balls of many bits; what no transcendental function has touched comes out rational."""
    with ball.precision(BITS):
        arrays = {n: each(lifted_to_balls, rational(n, v)) for n, v in given.items()}
        return {n: each(lambda a: a.map(ball.simplified), v) for n, v in run(rule, ball, arrays).items()}


def lifted_to_balls(array):
    return finished(array, ball)


def floats(rule, **given):
    """The rule run on float64, from NumPy arrays to NumPy arrays; places stay as they are."""
    with np.errstate(all="ignore"):
        found = run(rule, float64, {n: each(from_numpy, v) for n, v in given.items()})
    return {n: each(to_numpy, v) for n, v in found.items()}


def from_numpy(values):
    values = np.asarray(values)
    whole = values.dtype.kind == "i"
    cells = {i: int(values[i]) if whole else np.float64(values[i]) for i in np.ndindex(values.shape)}
    return Array(Places(values.shape) if whole else values.shape, cells)


def to_numpy(array):
    if isinstance(array.shape, Places):
        return array
    return np.array([float(array[i]) for i in array.indices()]).reshape(array.shape)


def truth(rule, **given):
    """What the rule gives without rounding, each number as the nearest float64."""
    found = enclosed(rule, **given)
    return {n: each(lambda a: to_numpy(a.map(nearest)), v) for n, v in found.items()}


def nearest(value):
    """The float64 nearest to a rational or to an enclosure's middle."""
    return float64.lift(value) if hasattr(value, "p") else float(getattr(value, "value", value).mid())


def whole_loss(rule, xs, ts, upstream):
    """The loss of a batch and its gradients by the logits: datum by datum, joined as the rule's reduction says."""
    losses = [floats(rule, x=x, t=t) for x, t in zip(xs, ts, strict=True)]
    parts = {"losses": [found["loss"] for found in losses], "shares": [found["share"] for found in losses]}
    if rule.reduction == "none":
        whole, dlosses = np.array(parts["losses"]), list(upstream)
    else:
        joined = floats(Reduction(rule.reduction), **parts, dL=upstream)
        whole, dlosses = joined["L"], joined["dlosses"]
    dx = [floats(rule, x=x, t=t, dloss=d)["dx"] for x, t, d in zip(xs, ts, dlosses, strict=True)]
    return {"y": whole, "dx": np.array(dx)}


def stepped(rule, p, gradients):
    """The parameter and the optimiser's state after each of these gradients, the state kept from step to step."""
    state, found = {}, []
    for dp in gradients:
        after = floats(rule, p=p, dp=dp, **state)
        p, state = after["p"], {n: after[n] for n in rule.state if after.get(n) is not None}
        found.append({"p": p, **state})
    return found


def pytorch_stepped(optimiser, p, gradients, names):
    """The same of a PyTorch optimiser, made from the parameter; `names` says what it calls each array of its state."""
    p.requires_grad_()
    optimiser, found = optimiser([p]), []
    for dp in gradients:
        p.grad = p.new_tensor(dp)
        optimiser.step()
        kept = {n: optimiser.state[p].get(known) for n, known in names.items()}
        arrays = {"p": p, **{n: array for n, array in kept.items() if array is not None}}
        found.append({n: array.detach().numpy().copy() for n, array in arrays.items()})
    return found


def pytorch(torch, function, upstream, **given):
    """What PyTorch gives for y = function(…) and, coming back from `upstream`, for every gradient."""
    tensors = {n: torch.tensor(v, requires_grad=True) for n, v in given.items()}
    y = function(**tensors)
    y.backward(torch.tensor(upstream))
    grads = {f"d{n}": np.zeros(t.shape) if t.grad is None else t.grad.numpy() for n, t in tensors.items()}
    return {"y": y.detach().numpy(), **grads}


def agree(ours, theirs, ulps=0, sizes=None):
    """Fail unless every array of theirs is ours, to so many units in the last place (ULP).

    NaN agrees with NaN, and an infinity with itself alone; the sign of a zero is not looked at. The unit is that of
    the result or, where it is larger, of `sizes`: the sum of absolute terms that the result came from, because no
    order of summation can promise more digits than that.
    """
    for name, expected in theirs.items():
        size = (sizes or {}).get(name, 0.0)
        given = ours[name]
        assert given.shape == expected.shape, f"{name} has shape {given.shape}, not {expected.shape}"
        with np.errstate(all="ignore"):
            room = ulps * np.spacing(np.fmax(np.abs(expected), size))
            near = np.isfinite(given) & np.isfinite(expected) & (np.abs(given - expected) <= room)
        same = (given == expected) | (np.isnan(given) & np.isnan(expected))
        wrong = [(i, given[i], expected[i]) for i in np.ndindex(given.shape) if not (same | near)[i]]
        assert not wrong, f"{name} differs (index, ours, theirs): {wrong[:3]}"
