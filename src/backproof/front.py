"""The front door: a network and a record with everything that can be done with them.

The floors below know nothing of those above them; here, above them all, a network learns to solve itself and a
record to print itself as a worksheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from backproof.arithmetic import Choice
from backproof.errors import BadOption, BadShape, listed, shortened
from backproof.network import given, network
from backproof.network.problem import Problem, read_problem
from backproof.record import record
from backproof.rules.rule import Rule
from backproof.worksheet.worksheet import Worksheet
from backproof.worksheet.worksheet import solve as worksheet_of

if TYPE_CHECKING:
    import numpy as np

    from backproof.compiled.program import Program
    from backproof.derivations.derivation import Derivation
    from backproof.marking.claims import Sheet
    from backproof.marking.marking import Marking
    from backproof.marking.question import Question
    from backproof.plots.plot import Plot
    from backproof.proofs.proof import Proof
    from backproof.training.history import History
    from backproof.training.order import Shuffle
    from backproof.training.progress import Shown
    from backproof.training.schedules import Schedule

__all__ = ["Network", "Record", "derive", "mark", "prove", "solve"]


class Record(record.Record):
    """Every number of one pass; printed, it is the worked solution."""

    def worksheet(self) -> Worksheet:
        """All steps."""
        return Worksheet.of([self], self.network.title)

    def explain(self, address: str) -> Worksheet:
        """The steps that lead to one quantity, or to one cell of it: `explain("dL/dX[0,1]")`."""
        self.locate(address)
        return Worksheet.of([self], self.network.title, explain=address)

    def plot(self, kind: Literal["gradients", "activations", "all"] = "all") -> Plot:
        """The sizes of the gradients by layer, and each activation with its derivative; needs matplotlib to be drawn.

        It shows itself in a notebook; `plot().save("x.svg")` writes it, and `print(record.plot())` says what is wrong:

        >>> import backproof as bp
        >>> network = bp.Network((2,), [bp.Linear(out_features=2, bias=False)], bp.HalfSquaredError())
        >>> print(network.solve([0, 0], [1, 1]).plot("gradients"))
        ∂L/∂h1.weight: dead: all 4 gradients are 0
        """
        from backproof.plots.plot import plot

        return plot(self, kind)

    def __str__(self) -> str:
        return str(self.worksheet())

    def _repr_html_(self) -> str:
        return self.worksheet()._repr_html_()  # pyright: ignore[reportPrivateUsage]

    def _repr_markdown_(self) -> str:
        return self.worksheet()._repr_markdown_()  # pyright: ignore[reportPrivateUsage]


class Network(network.Network):
    """Layers from the inputs to the loss, with their parameters; `solve` runs them.

    >>> import backproof as bp
    >>> bp.Network((2,), [bp.Linear(bias=False)], bp.HalfSquaredError()).solve([1, 2], 3).names
    ['h1.weight', 'x', 't', 'h1', 'L', 'dL/dh1', 'dL/dx', 'dL/dh1.weight']
    """

    def solve(self, x: Any, t: Any = None, *, arithmetic: Choice = "auto", digits: int = 6) -> Record:
        """One pass over one datum, or over a batch where every array has one axis more.

        x: the input, or the inputs by name. t: the target, where there is a loss. See `Record.of` for the rest.
        """
        values: dict[str, Any] = (
            dict(cast("Mapping[str, Any]", x)) if isinstance(x, Mapping) else {next(iter(self.inputs)): x}
        )
        if not isinstance(x, Mapping) and len(self.inputs) > 1:
            raise BadShape(f"the network has the inputs {listed(self.inputs)}; give them by name")
        if self.loss and t is not None:
            values[self.loss.target] = t
        arrays = {name: given.read(name, value) for name, value in values.items()}
        batch = {len(arrays[name].shape) - len(shape) for name, shape in self.inputs.items() if name in arrays}
        if batch != {1}:
            return Record.of(self, arrays, arithmetic=arithmetic, digits=digits)
        sizes = {name: array.shape[0] if array.shape else 0 for name, array in arrays.items()}
        if len(set(sizes.values())) != 1:
            raise BadShape(
                f"a batch has as many of each: {', '.join(f'{n} of {name}' for name, n in sizes.items())} were given"
            )
        count = next(iter(sizes.values()))
        data = [{name: array.at(n) for name, array in arrays.items()} for n in range(count)]
        return Record.of(self, data, arithmetic=arithmetic, digits=digits)

    def fit(
        self,
        x: Any,
        y: Any = None,
        *,
        epochs: int = 1,
        batch_size: int = 1,
        shuffle: Shuffle = True,
        seed: int = 0,
        lr: float | str | Schedule | None = None,
        validation: Any = None,
        metrics: Iterable[str] = (),
        patience: int | None = None,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        dtype: str = "float32",
        threads: int = 1,
        checkpoint: str | Path | None = None,
        every: float = 30.0,
        resume: bool = False,
        progress: Shown = None,
    ) -> History:
        """Train on data with the network's update rule, and leave what was learned in `parameters`.

        It begins at `parameters` as they are, so a second `fit` goes on where the first one ended, but with the
        optimiser's state at 0 again. Weight decay is an option of the update rule.

        x: the input, or the inputs by name, the first axis the datum; arrays, mapped files, tensors, lists. y: targets.
        shuffle: draw each epoch's order from `seed` and the epoch's number; "blocks": only within and among pieces of a
        file that is too large to be read here and there. lr: a number, or a schedule such as `Cosine()`; the update
        rule's if it is None. validation: a part of the data to hold out, such as 0.1, or a pair (x, y); its loss and
        the metrics are told after each epoch. metrics: accuracy, error, top5; mae, mse, r2. patience: stop after so many
        epochs without a smaller validation loss, and keep the parameters of the best. clip_norm, clip_value: the
        largest length of all gradients together, the largest size of each number in them. checkpoint: a file, written
        at each epoch's end and after `every` seconds; resume: go on from it, if it is there, to the very numbers that
        an uninterrupted run gives. progress: "bar", "lines", False, or a function of each `Epoch`; by itself a bar in a
        terminal.

        Raises `BadData` for data that do not go with the network, and `Diverged` where the loss is no longer finite.
        """
        from backproof.training.fit import fit

        return fit(
            self, x, y, epochs=epochs, batch_size=batch_size, shuffle=shuffle, seed=seed, lr=lr, validation=validation,
            metrics=(metrics,) if isinstance(metrics, str) else tuple(metrics), patience=patience, clip_norm=clip_norm,
            clip_value=clip_value, dtype=dtype, threads=threads, checkpoint=checkpoint, every=every, resume=resume,
            progress=progress,
        )  # fmt: skip

    def compiled(
        self,
        batch_size: int = 1,
        dtype: Literal["float32", "float64"] = "float32",
        threads: int = 1,
        clip_norm: Any = None,
        clip_value: Any = None,
        seed: int = 0,
    ) -> Program:
        """The network's training step as machine code for this processor; `fit` makes one for itself.

        batch_size: data a step. threads: they share a batch, and change no bit of the outcome. clip_norm, clip_value:
        the largest length of all gradients together, the largest size of each number in them. seed: what Dropout draws.

        >>> import backproof as bp
        >>> network = bp.Network((2,), [bp.Linear(bias=False)], bp.MSELoss(), update=bp.SGD(lr="0.1"))
        >>> print(network.compiled().outline.partition(",")[0])
        float32
        """
        from backproof.compiled.program import compiled

        return compiled(self, batch_size, dtype, threads, clip_norm, clip_value, seed)

    def predict(self, x: Any, *, dtype: str = "float32", threads: int = 1) -> np.ndarray[Any, Any]:
        """What the network makes of each input, as the loss sees it (logits, where the loss takes logits): (N, …)."""
        from backproof.training.asking import predict

        return predict(self, x, dtype=dtype, threads=threads)

    def evaluate(
        self, x: Any, y: Any = None, *, metrics: str | Iterable[str] = (), dtype: str = "float32", threads: int = 1
    ) -> dict[str, float]:
        """The mean loss over data, under "loss", and each metric under its name."""
        from backproof.training.asking import evaluate

        return evaluate(self, x, y, metrics=metrics, dtype=dtype, threads=threads)


def solve(
    problem: Problem | str | Path, *, arithmetic: Choice | None = None, digits: int = 6, explain: str = ""
) -> Worksheet:
    """The worksheet of a problem file, or of an example that ships with backproof.

    >>> float(solve("question-01").record["y"])
    19.3
    """
    if not isinstance(problem, Problem):
        from backproof.examples import locate

        problem = read_problem(locate(str(problem)))
    return worksheet_of(problem, arithmetic=arithmetic, digits=digits, explain=explain, kind=Record)


def prove(
    what: str | Path | type[Rule] | Rule | network.Network | Problem,
    *,
    watch: Callable[[str], None] = lambda part: None,
    **shapes: Any,
) -> Proof:
    """The proof that gradients are right: of a rule, or of every rule of a network and the wiring between them.

    what: a rule's name or class, proved at the shapes that it states; a rule with its options, and by name the shapes
    of what it reads; a network; a problem file or its path; an example's name. The proof is true if all is proved.

    >>> import backproof as bp
    >>> bool(prove("ReLU")), bool(prove(bp.MaxPool2d(2, stride=1), x=(2, 3)))
    (True, True)
    """
    from backproof.examples import locate
    from backproof.proofs import network as networks
    from backproof.proofs import rule as rules
    from backproof.rules import find, names

    if isinstance(what, (str, Path)):
        what = find(str(what)) if str(what) in names() else read_problem(locate(str(what)))
    if shapes and not isinstance(what, Rule):
        raise BadOption(f"{listed(shapes)}: shapes are given with a rule, such as MaxPool2d(2)")
    if isinstance(what, Problem):
        return networks.prove_problem(what, watch)
    if isinstance(what, network.Network):
        return networks.prove_network(what, watch=watch)
    if isinstance(what, Rule):
        return rules.prove_instance(what, shapes)
    if isinstance(what, type) and issubclass(what, Rule):  # pyright: ignore[reportUnnecessaryIsInstance]
        return rules.prove_rule(what, watch)
    raise BadOption(f"{shortened(what)} cannot be proved; expected a rule, a network or a problem")


def mark(
    question: Question | Problem | network.Network | record.Record | str | Path,
    sheet: Path | str | Mapping[str, Any] | Sheet,
) -> Marking:
    """An answer sheet marked: each number right, following from an earlier slip, or wrong, and what explains the slips.

    question: a problem file, an example's name, a problem, a record; or a network, of which the sheet states the inputs
    and the target. sheet: a file, or numbers by name: nested lists, arrays, digits as strings. Strings keep the
    digits that were written: "0.30" claims two places, 0.3 is read as it prints.

    >>> marking = mark("question-01", {"y": "19.3", "dL/dy": 3})
    >>> marking["y"].verdict, marking["dL/dy"].verdict
    ('right', 'wrong')
    """
    from backproof.marking import claims
    from backproof.marking.mark import mark as marked
    from backproof.marking.question import Question

    if not isinstance(sheet, (Path, str, Mapping, claims.Sheet)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BadOption(f"the sheet is {shortened(sheet)}; expected a file's name, or numbers by name")
    if isinstance(sheet, str) and ("\n" in sheet or "=" in sheet):
        raise BadOption('the sheet is a text; expected a file\'s name, or numbers by name: {"y": 19.3}')
    if not isinstance(question, network.Network):
        return marked(Question.of(question), sheet)
    if not isinstance(sheet, Mapping):
        raise BadOption(
            "a network alone is no question; expected a sheet that states its inputs and its target by name"
        )
    target = [question.loss.target] if question.loss else []
    data = {name: sheet[name] for name in (*question.inputs, *target, *question.chance) if name in sheet}
    return marked(Question.of(question, data), sheet)


def derive(name: str | Path) -> Derivation:
    """A derivation that ships, or one in a file, each of its lines checked. It is true if every line follows.

    >>> derive("softmax-shift").lines[-1].reason
    'e^(−c) is not 0 and cancels: softmax of the logits as they were'
    """
    from backproof.derivations.derivation import read_derivation
    from backproof.derivations.shipped import locate

    return read_derivation(locate(str(name)))
