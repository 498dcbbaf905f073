"""Cross-entropy of a softmax: how surprised the predicted probabilities are by the target."""

from dataclasses import dataclass
from typing import Any, Literal

from backproof.arithmetic.functions import choose, exp, largest, log, total
from backproof.arithmetic.loops import cells, line, span
from backproof.errors import BadNumber, BadOption, BadShape
from backproof.rules.rule import Array, Example, Index, Loss, Number, Numeral, Places, Shape


@dataclass(frozen=True)
class CrossEntropyLoss(Loss):
    """loss = −Σ q[i] · log p[i] with p = softmax(x), computed without ever forming log p.

    x: (C, …) logits. t: (…) the class of each place, or (C, …) a distribution q over the classes.
    `shift=False` leaves out subtracting the largest logit, to show what happens then.
    p: the probabilities. share: what the mean divides by, the weights of the classes that count.
    """

    weight: tuple[Numeral, ...] | None = None
    ignore_index: int = -100
    reduction: Literal["mean", "sum", "none"] = "mean"
    label_smoothing: Numeral = Numeral("0")
    shift: bool = True

    scratch = ("p",)
    why = "Minus the logarithm of the probability of the right class, written with the logits so that nothing is rounded to 0 first."
    why_inner = {
        "p": "Softmax: the largest logit is subtracted, which changes nothing but keeps exp from overflowing; then each exp is divided by their sum."
    }
    why_backward = {"dx": "The probabilities less the target: with one right class, p − 1 there and p at every other."}
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 6.2.2.3; options of torch.nn.CrossEntropyLoss"
    examples = (
        Example({}, {"x": (3,), "t": ()}),
        Example(
            {"ignore_index": 0, "reduction": "sum", "weight": (2, 1, "1/2")},
            {"x": (3, 2), "t": (2,)},
        ),
        Example({"label_smoothing": "0.1", "weight": (2, 1, "1/2")}, {"x": (3, 2), "t": (2,)}),
        Example({"label_smoothing": "0.1", "weight": (2, 1, "1/2")}, {"x": (3, 2), "t": (3, 2)}),
        Example({"shift": False}, {"x": (3,), "t": (3,)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        p, q = self.label_smoothing.ratio()
        if not 0 <= p <= q:
            raise BadOption(f"label_smoothing is {self.label_smoothing}; expected a number from 0 to 1")

    def shapes(self, x: Shape, t: Shape) -> dict[str, Shape]:
        if len(x) == 0 or t not in (x, x[1:]):
            raise BadShape(
                f"for logits of shape {x} the target is classes of shape {x[1:]} or probabilities of shape {x}, not {t}"
            )
        if self.weight is not None and len(self.weight) != x[0]:
            raise BadShape(f"weight has {len(self.weight)} numbers for {x[0]} classes")
        return {"loss": x[1:], "share": x[1:], "p": x, "t": Places(t) if t != x else t}

    def check(self, x: Shape, t: Array) -> None:
        if isinstance(t.shape, Places):
            for k, y in t.items():
                if not 0 <= y < x[0] and y != self.ignore_index:
                    where = f"the target{list(k) if k else ''}"
                    raise BadNumber(y, where, f"a class from 0 to {x[0] - 1}, or ignore_index = {self.ignore_index}")

    def remark(self, t: Array) -> str:
        if isinstance(t.shape, Places) and self.ignore_index in t.values():
            return f"A target of {self.ignore_index} is ignored: it counts neither in the sum nor in what that is divided by."
        return ""

    def forward(self, x: Array, t: Array, loss: Array, share: Array, p: Array) -> None:
        for k in cells(loss):
            z, prob = line(x, 0, k), line(p, 0, k)
            top = largest((z[i], i) for i in cells(z))[0] if self.shift else 0
            norm = total(exp(z[i] - top) for i in cells(z))
            for i in cells(prob):
                prob[i] = exp(z[i] - top) / norm
            kept, y = self.label(x, t, k)
            if self.one_hot(x, t):
                surprise = self.weigh(y) * (log(norm) - (z[y,] - top))
            else:
                surprise = total(self.mass(x, t, (i, *k)) * (log(norm) - (z[i,] - top)) for i in span(x.shape[0]))
            loss[k] = choose(kept, surprise, 0)
            share[k] = choose(kept, self.weigh(y), 0)

    def textbook(self, x: Array, t: Array, loss: Array, share: Array, p: Array) -> None:
        for i, *k in cells(p):
            p[i, *k] = exp(x[i, *k]) / total(exp(x[j, *k]) for j in span(x.shape[0]))
        for k in cells(loss):
            kept, y = self.label(x, t, k)
            loss[k] = choose(kept, -total(self.mass(x, t, (i, *k)) * log(p[i, *k]) for i in span(x.shape[0])), 0)
            share[k] = choose(kept, self.weigh(y), 0)

    def backward(self, x: Array, p: Array, t: Array, dloss: Array, dx: Array) -> None:
        for i, *k in cells(dx):
            kept, y = self.label(x, t, k)
            if self.one_hot(x, t):
                slope = self.weigh(y) * choose(i == y, p[i, *k] - 1, p[i, *k])
            else:
                masses = total(self.mass(x, t, (j, *k)) for j in span(x.shape[0]))
                slope = p[i, *k] * masses - self.mass(x, t, (i, *k))
            dx[i, *k] = choose(kept, slope * dloss[*k], 0)

    def one_hot(self, x: Array, t: Array) -> bool:
        """Whether all of the target is on one class."""
        return t.shape != x.shape and not self.uses("label_smoothing")

    def label(self, x: Array, t: Array, k: Any) -> tuple[Any, Any]:
        """Whether place k counts, and its class; a distribution always counts, and has none."""
        if t.shape == x.shape:
            return True, None
        kept = t[*k] != self.ignore_index
        return kept, choose(kept, t[*k], 0)

    def mass(self, x: Array, t: Array, place: Index) -> Number:
        """q[i] with the class's weight: what the target, smoothed, puts on class i."""
        i, *k = place
        q = t[place] if t.shape == x.shape else choose(i == self.label(x, t, k)[1], 1, 0)
        if self.uses("label_smoothing"):
            q = (1 - self.label_smoothing) * q + self.label_smoothing / x.shape[0]
        return self.weigh(i) * q

    def weigh(self, y: Any) -> Number:
        """The weight of class y, 1 where the classes have none."""
        return 1 if self.weight is None or y is None else self.row("weight")[y,]
