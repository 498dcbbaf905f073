"""A compiled network: what trains it, evaluates it and predicts with it at the speed of machine code."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, Literal

import numpy as np

from backproof.arithmetic.array import Array, Places, Shape
from backproof.arithmetic.numeral import Numeral
from backproof.compiled import chance
from backproof.compiled.assembly import Options, Purpose, assemble
from backproof.compiled.engine import vector_bits
from backproof.compiled.given import as_classes, at_least, clip, default_target, numbers, ordered
from backproof.compiled.outline import outline
from backproof.compiled.part import Part
from backproof.errors import BackproofError, BadNetwork, BadOption, BadShape, UnknownName, shortened
from backproof.network.network import Network
from backproof.network.plan import gradient

BLOCK = 1024
"""Data that are predicted at a time."""


def compiled(
    network: Network,
    batch_size: int = 1,
    dtype: Literal["float32", "float64"] = "float32",
    threads: int = 1,
    clip_norm: Any = None,
    clip_value: Any = None,
    seed: int = 0,
) -> Program:
    """The network as machine code for this processor; see `Program`.

    batch_size: data a step; a last batch may be smaller. threads: they share a batch, and change no bit of the outcome.
    clip_norm, clip_value: gradients are shortened to this norm of them all, each number kept within ± this value.
    seed: what Dropout draws.
    """
    return Program(network, batch_size, dtype, threads, clip_norm, clip_value, seed)


class Program:
    """One network compiled. Machine code is made when it is first asked for; no memory is allocated while it runs.

    >>> import backproof as bp
    >>> network = bp.Network((2,), [bp.Linear(bias=False)], bp.MSELoss(), update=bp.SGD(lr="0.1"),
    ...                      parameters={"h1.weight": [0, 0]})
    >>> program = compiled(network, dtype="float64")
    >>> program.train({"x": np.eye(2), "t": np.array([1.0, 2.0])}, [0, 1]).tolist()
    [1.0, 4.0]
    >>> program.parameters["h1.weight"].tolist()
    [0.2, 0.4]
    """

    def __init__(
        self,
        network: Network,
        batch_size: int = 1,
        dtype: str = "float32",
        threads: int = 1,
        clip_norm: Any = None,
        clip_value: Any = None,
        seed: int = 0,
        lanes_of_samples: bool | None = None,
    ) -> None:
        if not isinstance(network, Network):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadNetwork(f"{shortened(network)} is no network")
        batch_size, threads = at_least(1, "batch_size", batch_size), at_least(1, "threads", threads)
        seed = at_least(0, "seed", seed)
        if dtype not in ("float32", "float64"):
            raise BadOption(f"dtype is {shortened(dtype)}; expected 'float32' or 'float64'")
        self.network, self.batch_size, self.dtype, self.threads, self.seed = network, batch_size, dtype, threads, seed
        self.steps = 0
        """Updates made so far."""
        self.number = np.dtype(dtype)
        self.options = Options(
            batch_size,
            dtype,
            vector_bits(),
            clip("clip_norm", clip_norm),
            clip("clip_value", clip_value),
            lanes_of_samples,
        )
        self.parts: dict[tuple[Purpose, Shape], Part] = {}
        self.values = {name: np.array(array, self.number) for name, array in network.parameters.items()}
        for name, array in network.parameters.items():
            for state, shape in (network.update.shapes(array.shape) if network.update else {}).items():
                self.values[f"{name}.{state}"] = np.zeros(shape, self.number)
        self.latest: Part | None = None
        """The part in whose memory the numbers are that `values` does not have yet."""

    def part(self, purpose: Purpose, target: Shape) -> Part:
        """The machine code for a purpose, with targets of this shape."""
        if (purpose, target) not in self.parts:
            network = self.network if purpose == "train" else self.network.evaluating()
            whole = assemble(network, self.options, target, purpose)
            self.parts[purpose, target] = Part(whole, self.threads)
        return self.parts[purpose, target]

    @property
    def trainer(self) -> Part:
        """The part that trains."""
        for (purpose, _), part in self.parts.items():
            if purpose == "train":
                return part
        self.can_train()
        return self.part("train", default_target(self.network))

    @property
    def source(self) -> str:
        """The program as LLVM's language has it, before LLVM optimised it."""
        return self.trainer.written.text

    @property
    def outline(self) -> str:
        """The program for a person: its loops, what runs in lanes, what is tiled, and where everything lies."""
        part = self.trainer
        return outline(part.whole, part.written, self.threads)

    @property
    def bytes(self) -> int:
        """All memory that training takes besides the data, known before it runs."""
        part = self.trainer
        return sum(part.sizes)

    # The numbers that last

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as they are now, each in its own shape."""
        self.settle()
        return {name: self.values[name].copy() for name in self.network.parameters}

    @property
    def state(self) -> dict[str, Any]:
        """The optimiser's state as it is now."""
        self.settle()
        return {name: value.copy() for name, value in self.values.items() if name not in self.network.parameters}

    def load(self, parameters: Mapping[str, Any], state: Mapping[str, Any] | None = None, steps: int = 0) -> None:
        """Go on from these parameters, and from this state of the optimiser, after so many steps."""
        self.settle()
        steps = at_least(0, "steps", steps)
        if not isinstance(parameters, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadOption(f"the parameters are {shortened(parameters)}; expected arrays by name")
        given: dict[str, Any] = {}
        for name, value in {**parameters, **(state or {})}.items():
            if name not in self.values:
                raise UnknownName("parameter or state", name, self.values)
            given[name] = numbers(name, value)
            if given[name].shape != self.values[name].shape:
                raise BadShape(f"{name} has shape {given[name].shape}; expected {self.values[name].shape}")
        for name, value in given.items():
            self.values[name][...] = value
        self.steps = steps

    def settle(self) -> None:
        """What a part has changed is read back."""
        if self.latest is not None:
            for name, there in self.latest.views(self.values).items():
                self.values[name][...] = there
            self.latest = None

    def lend(self, part: Part) -> None:
        """A part gets the numbers as they are now."""
        if self.latest is not part:
            self.settle()
            for name, there in part.views(self.values).items():
                there[...] = self.values[name]

    # Runs

    def train(self, data: Mapping[str, Any], order: Any, lr: Any = None) -> Any:
        """Walk over data in this order, batch by batch, updating the parameters; the loss of each batch.

        data: every input and the target by name, the first axis counting data. order: which data, by number.
        lr: a learning rate in place of the update rule's own, or one for each batch.

        It stops before the update of the first batch whose loss is not finite, which is then the last that is given.
        """
        self.can_train()
        known = self.checked(data, [*self.network.inputs, *([self.network.loss.target] if self.network.loss else [])])
        count = len(next(iter(known.values())))
        order = ordered(order, count)
        if len(order) == 0:
            return np.zeros(0)
        part = self.part("train", self.target_shape(known))
        self.lend(part)
        batches = ceil(len(order) / self.batch_size)
        rates = self.rates(lr, batches)
        losses = np.empty(batches)
        told: dict[str, Any] = {
            "order": order,
            "count": len(order),
            "batches": batches,
            "rates": rates,
            "losses": losses,
        }
        self.latest = part
        told |= {"seed": self.seed, "steps": self.steps, "rate_step": int(rates.size > 1)}
        stopped = part.run(told, known)
        self.steps += stopped - 1 if stopped else batches
        return losses[: stopped or batches]

    def rates(self, lr: Any, batches: int) -> Any:
        """A learning rate for each batch: as given, or the update rule's own."""
        if lr is None:
            p, q = getattr(self.network.update, "lr", Numeral(0)).ratio()
            lr = p / q
        rates = numbers("lr", lr)
        if rates.shape not in ((), (batches,)) or not np.isfinite(rates).all():
            raise BadOption(f"lr is {shortened(lr)}; expected a number, or one for each of {batches} batches")
        return np.ascontiguousarray(rates.reshape(-1), self.number)

    def evaluate(self, data: Mapping[str, Any]) -> float:
        """The mean loss of these data as the network predicts: without chance, the parameters as they are."""
        loss = self.network.loss
        if loss is None:
            raise BadNetwork("the network has no loss, which evaluating it needs")
        known = self.checked(data, [*self.network.inputs, loss.target])
        totals = np.zeros(2)
        for block in blocks(known):
            totals += self.forward(block)[1]
        return float(totals[0] / totals[1]) if totals[1] else 0.0

    def predict(self, data: Mapping[str, Any]) -> Any:
        """What the network gives for each datum: (N, *shape of its prediction)."""
        known = self.checked(
            {
                n: v
                for n, v in data.items()
                if n in self.network.inputs or not self.network.loss or n != self.network.loss.target
            },
            [*self.network.inputs],
        )
        if self.network.loss:
            target = default_target(self.network)
            known[self.network.loss.target] = np.zeros((len(next(iter(known.values()))), *target))
        found = [self.forward(block)[0] for block in blocks(known)]
        shape = self.network.shapes[self.network.prediction]
        return np.concatenate(found) if found else np.zeros((0, *shape), self.number)

    def forward(self, block: Mapping[str, Any]) -> tuple[Any, Any]:
        """Predictions for some data, the sum of their losses, and what that is to be divided by."""
        part = self.part("predict", self.target_shape(block))
        self.lend(part)
        count = len(next(iter(block.values())))
        outputs = np.zeros((count, *self.network.shapes[self.network.prediction]), self.number)
        losses = np.zeros(2)
        part.run({"order": np.arange(count), "count": count, "losses": losses, "outputs": outputs}, block)
        mean = self.network.loss_rule is not None and self.network.loss_rule.reduction == "mean"
        return outputs, np.array([losses[0], losses[1] if mean else count], np.float64)

    def differentiate(
        self, data: Mapping[str, Any], out: Mapping[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Each datum's own loss, and how it depends on that datum's inputs: dL/dx of every input, by the input's name.

        out: arrays to put the gradients into, which may be the very arrays of the data.

        >>> import backproof as bp
        >>> program = compiled(bp.Network((2,), [], bp.HalfSquaredError()))
        >>> losses, gradients = program.differentiate({"x": np.array([[1, 2]]), "t": np.array([[0, 4]])})
        >>> losses.tolist(), gradients["x"].tolist()
        ([2.5], [[1.0, -2.0]])
        """
        loss = self.network.loss
        if loss is None:
            raise BadNetwork("the network has no loss to differentiate")
        known = self.checked(data, [*self.network.inputs, loss.target])
        count = len(next(iter(known.values())))
        part = self.part("differentiate", self.target_shape(known))
        self.lend(part)
        found: dict[str, Any] = {}
        for name, shape in self.network.inputs.items():
            given = (out or {}).get(name)
            found[name] = np.zeros((count, *shape), self.number) if given is None else given
            array = found[name]
            if (
                array.shape != (count, *shape)
                or array.dtype != self.number
                or not array.flags.c_contiguous
                or not array.flags.writeable
            ):
                raise BadShape(
                    f"out of {name}: expected a writable, contiguous array of {self.number} and shape {(count, *shape)}"
                )
            for given in known.values():
                if np.may_share_memory(array, given) and array.ctypes.data != given.ctypes.data:
                    raise BadShape(f"out of {name} overlaps the data; expected the very array of the data, or another")
        losses = np.empty(count)
        outward = {gradient(loss.output, name): array for name, array in found.items()}
        part.run({"count": count, "losses": losses}, {**known, **outward})
        return losses, found

    def chance(self, step: int, place: int) -> dict[str, Any]:
        """What a step draws for the datum at a place of its batch, by name."""
        shapes = self.network.chance
        return {n: chance.drawn(self.seed, step, place, k, s, self.dtype) for k, (n, s) in enumerate(shapes.items())}

    # What is asked for

    def can_train(self) -> None:
        if self.network.loss is None:
            raise BadNetwork("the network has no loss, which training needs; give it one such as MSELoss()")
        if self.network.update is None:
            raise BadNetwork("the network has no update rule, which training needs; give it one such as SGD(lr=0.1)")

    def target_shape(self, data: Mapping[str, Any]) -> Shape:
        return tuple(data[self.network.loss.target].shape[1:]) if self.network.loss else ()

    def checked(self, data: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
        """The arrays, with the shapes and the kinds that the program reads."""
        if not isinstance(data, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadOption(f"the data are {shortened(data)}; expected arrays by name: {', '.join(names)}")
        for name in data:
            if name not in names:
                raise UnknownName("input or target", name, names)
        result: dict[str, Any] = {}
        for name in names:
            if name not in data:
                raise BadNetwork(f"{name} is not given; the data must have {', '.join(names)}")
            value = numbers(name, data[name])
            shape = self.network.inputs.get(name)
            if shape is not None and (value.ndim == 0 or value.shape[1:] != shape):
                raise BadShape(
                    f"{name} has shape {value.shape}; expected (N, {', '.join(map(str, shape))}), N being data"
                )
            result[name] = value
        if self.network.loss and self.network.loss.target in result:
            target = result[self.network.loss.target]
            if target.ndim == 0:
                raise BadShape(f"{self.network.loss.target} is one number; expected one target for each datum")
            x = self.network.shapes[self.network.loss.inputs[0]]
            classes = isinstance(self.network.loss.rule.shapes(x, target.shape[1:]).get("t"), Places)
            name = self.network.loss.target
            result[name] = as_classes(name, target) if classes else np.ascontiguousarray(target, self.number)
        lengths = {name: len(value) for name, value in result.items()}
        if len(set(lengths.values())) > 1:
            raise BadShape(
                f"there must be as many of each: {', '.join(f'{n} of {name}' for name, n in lengths.items())}"
            )
        for name in self.network.inputs:
            if name in result:
                result[name] = np.ascontiguousarray(result[name], self.number)
        self.check_labels(result)
        return result

    def check_labels(self, data: Mapping[str, Any]) -> None:
        """Raises where a class is none that the loss knows: it would be looked up past the end."""
        loss, rule = self.network.loss, self.network.loss_rule
        if loss is None or rule is None or loss.target not in data or data[loss.target].dtype != np.int64:
            return
        labels, x = data[loss.target], self.network.shapes[loss.inputs[0]]
        if not labels.size or (labels.min() >= 0 and labels.max() < x[0]):
            return
        for label in np.unique(labels):
            try:
                rule.check(x, Array(Places(()), {(): int(label)}))
            except BackproofError as error:
                place = ", ".join(map(str, np.argwhere(labels == label)[0]))
                raise BadOption(str(error).replace("the target", f"{loss.target}[{place}]", 1)) from None


def blocks(data: Mapping[str, Any]) -> Any:
    """The data in blocks of neighbours."""
    count = len(next(iter(data.values())))
    for start in range(0, count, BLOCK):
        yield {name: np.ascontiguousarray(value[start : start + BLOCK]) for name, value in data.items()}
