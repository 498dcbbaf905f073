"""Layer normalisation: the last axes of a datum brought to mean 0 and variance 1, then scaled and shifted anew."""

from dataclasses import dataclass
from math import prod

from backproof.arithmetic.functions import sqrt, total
from backproof.arithmetic.loops import cells, starts
from backproof.errors import BadOption, BadShape
from backproof.rules.rule import Array, Example, Index, Number, Numeral, Rule, Shape


@dataclass(frozen=True)
class LayerNorm(Rule):
    """y = (x − mean) · rstd · weight + bias, rstd = 1 / √(variance + eps), mean and variance over the last axes.

    x: (…, *normalized_shape). weight, bias: normalized_shape. mean, rstd: (…), one number for each place of the
    axes before. The variance is the mean of (x − mean)², and divides by all n cells, not by n − 1.
    """

    normalized_shape: int | tuple[int, ...]
    eps: Numeral = Numeral("1e-5")
    elementwise_affine: bool = True
    bias: bool = True

    parameters = ("weight", "bias")
    scratch = ("mean", "rstd")
    why = "What is left of a number once the mean is taken away is divided by the spread, then scaled and shifted as was learned."
    why_inner = {
        "mean": "The mean of the numbers that are normalised together.",
        "rstd": "One divided by their spread: the variance is the mean square of what is left without the mean; eps keeps its root from 0.",
    }
    why_backward = {
        "dx": "An input reaches its own output directly, and every output through the mean and through the variance: what all have in common, and what runs along with x, is taken away.",
        "dweight": "A weight multiplies one normalised number at each place, so it gathers that number times what came back.",
        "dbias": "The bias is added as it is, so what comes back passes unchanged.",
    }
    source = "Ba, Kiros, Hinton: Layer normalization, 2016, equations 3 and 4; conventions of torch.nn.LayerNorm"
    examples = (
        Example({"normalized_shape": 3}, {"x": (3,)}),
        Example({"normalized_shape": 2, "eps": "0.1", "bias": False}, {"x": (2, 2)}),
        Example({"normalized_shape": (2, 2), "elementwise_affine": False}, {"x": (2, 2)}),
        Example({"normalized_shape": (3,), "eps": 0}, {"x": (3,)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.normalized or min(self.normalized) < 1:
            raise BadOption(
                f"normalized_shape is {self.normalized_shape}; expected a whole number above 0, or several of them"
            )
        if self.ratio("eps")[0] < 0:
            raise BadOption(f"eps is {self.eps}; expected 0 or more")

    @property
    def normalized(self) -> Shape:
        """The shape of what is normalised together."""
        own = self.normalized_shape
        return own if isinstance(own, tuple) else (own,)

    def initial(self, parameter: str) -> Numeral:
        return Numeral("1" if parameter == "weight" else "0")

    def shapes(self, x: Shape) -> dict[str, Shape]:
        before = len(x) - len(self.normalized)
        if before < 0 or x[before:] != self.normalized:
            raise BadShape(
                f"normalized_shape is {self.normalized_shape}; expected the last axes of the input's shape {x}"
            )
        shapes = {"y": x, "mean": x[:before], "rstd": x[:before]}
        affine = ("weight", "bias")[: 1 + self.bias] if self.elementwise_affine else ()
        return shapes | dict.fromkeys(affine, self.normalized)

    def forward(self, x: Array, weight: Array | None, bias: Array | None, mean: Array, rstd: Array, y: Array) -> None:
        n, before = prod(self.normalized), len(mean.shape)
        for k in starts(y, before):
            mean[k] = total(x[i] for i in cells(x, start=k)) / n
            variance = total((x[i] - mean[k]) ** 2 for i in cells(x, start=k)) / n
            rstd[k] = 1 / sqrt(variance + self.eps if self.uses("eps") else variance)
            for i in cells(y, start=k):
                scaled = self.weighed((x[i] - mean[k]) * rstd[k], weight, i[before:])
                y[i] = scaled if bias is None else scaled + bias[i[before:]]

    def backward(
        self, x: Array, weight: Array | None, mean: Array, rstd: Array, dy: Array,
        dx: Array, dweight: Array | None, dbias: Array | None,
    ) -> None:  # fmt: skip
        n, before = prod(self.normalized), len(mean.shape)
        for k in starts(dx, before):
            common = total(self.weighed(dy[i], weight, i[before:]) for i in cells(dy, start=k)) / n
            along = total(self.weighed(dy[i], weight, i[before:]) * (x[i] - mean[k]) for i in cells(dy, start=k))
            for i in cells(dx, start=k):
                own = self.weighed(dy[i], weight, i[before:])
                dx[i] = (own - common - (x[i] - mean[k]) * rstd[k] * (along * rstd[k] / n)) * rstd[k]
        if dweight is not None:
            for j in cells(dweight):
                dweight[j] = total(dy[k + j] * (x[k + j] - mean[k]) * rstd[k] for k in cells(mean))
        if dbias is not None:
            for j in cells(dbias):
                dbias[j] = total(dy[k + j] for k in cells(mean))

    def weighed(self, value: Number, weight: Array | None, j: Index) -> Number:
        """A number times its weight, where there are weights."""
        return value if weight is None else value * weight[j]
