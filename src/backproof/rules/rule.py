"""What a rule is: an operation's mathematics, written once, forward and backward.

A rule is a frozen value that holds its options. Its two functions name the arrays they work on, and are
handed those:

    forward(self, x, weight, bias, y)           reads inputs and parameters, writes outputs and scratch
    backward(self, x, weight, dy, dx, dweight)  reads anything of the forward pass and dy; writes dx, dweight

Arrays to be written arrive with every cell 0, so a rule may set a cell or add to it. Scratch that goes into an output
is named before it: a worksheet tells of arrays in the order in which forward names them. The numbers may be of
any arithmetic; the options that are numbers (`Numeral`) arrive as numbers of the same arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self, Union, cast, get_args, get_origin

from backproof.arithmetic.array import Array, Index, Number, Places, Shape
from backproof.arithmetic.numeral import Numeral
from backproof.errors import BadNumber, BadOption, BadShape, nearest, shortened

__all__ = [
    "Array",
    "Example",
    "Index",
    "Loss",
    "Number",
    "Numeral",
    "Places",
    "Rule",
    "Shape",
    "Update",
    "arguments",
    "axis",
]


def option(rule: str, name: str, kind: Any, value: Any) -> Any:
    """One option, checked against the type that its field declares."""
    allowed: tuple[Any, ...] = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    if Numeral in allowed:
        return finite(rule, name, value)
    rows = [k for k in allowed if get_origin(k) is tuple]
    value = value.tolist() if rows and hasattr(value, "tolist") else value
    if rows and isinstance(value, (list, tuple)):
        return row_option(rule, name, get_args(rows[0]), cast("list[Any]", value))
    words = [w for k in allowed if get_origin(k) is Literal for w in get_args(k)]
    if value in words or type(value) in allowed:
        return value
    if int in allowed and hasattr(value, "__index__") and not isinstance(value, bool):
        return int(value)
    near = nearest(value, words) if isinstance(value, str) else None
    kinds = [KINDS.get(k, k.__name__) for k in allowed if isinstance(k, type) and k is not NoneType]
    expected = [repr(w) for w in words] + kinds + (["a list of numbers"] if rows else [])
    hint = f"; did you mean {near!r}?" if near else ""
    raise BadOption(f"{rule}'s {name} is {shortened(value)}; expected {' or '.join(expected)}{hint}")


def finite(rule: str, name: str, value: Any) -> Numeral:
    """A numeral that stands for one real number."""
    try:
        numeral = Numeral(value)
    except BadNumber as error:
        raise BadNumber(value, f"{rule}'s {name}", too_large=error.too_large) from None
    if numeral.special and numeral.special != "-0.0":
        raise BadOption(f"{rule}'s {name} is {numeral}; expected a number that can be written down in digits")
    return numeral


KINDS = {int: "a whole number", bool: "true or false", str: "a word"}


def row_option(rule: str, name: str, kinds: tuple[Any, ...], values: Sequence[Any]) -> tuple[Any, ...]:
    """An option that is a row: of numerals, or two whole numbers."""
    if kinds[-1] is not Ellipsis and len(values) != len(kinds):
        raise BadOption(f"{rule}'s {name} is {shortened(values)}; expected {len(kinds)} numbers")
    return tuple(option(rule, name, kinds[0], value) for value in values)


def readable(value: Any) -> str:
    """An option's value, numbers as their digits."""
    return f"({', '.join(map(str, cast('tuple[Any, ...]', value)))})" if isinstance(value, tuple) else str(value)


def vector(name: str, numbers: list[Number]) -> Array:
    return Array((len(numbers),), {(i,): v for i, v in enumerate(numbers)})


class Example(NamedTuple):
    """Options and shapes to try a rule on; of `*xs` a list of shapes."""

    options: Mapping[str, Any]
    shapes: Mapping[str, Any]


class Rule:
    """An operation. Each subclass is a frozen dataclass whose fields are its options, in PyTorch's names."""

    inputs: ClassVar[tuple[str, ...]] = ("x",)
    """What it reads; a single name with a star, `*xs`, stands for any number of inputs."""
    outputs: ClassVar[tuple[str, ...]] = ("y",)
    parameters: ClassVar[tuple[str, ...]] = ()
    """What is learned, and gets a gradient."""
    chance: ClassVar[tuple[str, ...]] = ()
    """Arrays of uniform random numbers in [0, 1) that the forward pass reads, and that somebody draws for each datum."""
    scratch: ClassVar[tuple[str, ...]] = ()
    """What the forward pass keeps for the backward pass."""
    state: ClassVar[tuple[str, ...]] = ()
    """What lasts from one step to the next: a velocity, a running mean. It begins as 0."""

    why: ClassVar[str] = ""
    """One sentence: why the forward pass does this."""
    why_inner: ClassVar[dict[str, str]] = {}
    """The same for scratch and state that a person is shown: `{"p": "…"}`."""
    why_backward: ClassVar[dict[str, str]] = {}
    """The same for each gradient: `{"dx": "…"}`."""
    because: ClassVar[dict[str, str]] = {}
    """Where a gradient's path is chosen by the data: `{"dx": "{x} won its window for {y}"}`, cells for x and y."""
    convention: ClassVar[str] = ""
    """What is done where mathematics leaves a choice."""
    source: ClassVar[str] = ""

    examples: ClassVar[tuple[Example, ...]] = ()
    """Options, each at least once, with small shapes of what is read: on these the rule is proved and tested."""

    required: ClassVar[tuple[str, ...]] = ()
    """Options that must be given although PyTorch's order puts them behind one that need not be."""

    def __post_init__(self) -> None:
        """Options as they are kept: numbers as numerals, lists as tuples, words among those that are known."""
        for name in self.required:
            if not getattr(self, name):
                raise BadOption(f"{type(self).__name__}'s {name} is missing")
        for field in fields(self):  # pyright: ignore[reportArgumentType]
            value = getattr(self, field.name)
            object.__setattr__(self, field.name, option(type(self).__name__, field.name, field.type, value))

    def initial(self, parameter: str) -> Numeral | None:
        """What a parameter is before it has learned anything, where that is one number and not drawn by chance."""
        return None

    @property
    def evaluating(self) -> Rule:
        """The rule as it is when nothing is learned: itself, unless it does something else then."""
        return self

    @property
    def summary(self) -> str:
        """The rule with the options that are not at their default: `LeakyReLU(negative_slope=0.1)`."""
        given = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}  # pyright: ignore
        options = [f"{name}={readable(value)}" for name, value in given.items()]
        return type(self).__name__ + (f"({', '.join(options)})" if options else "")

    def shapes(self, *inputs: Any, **named: Any) -> dict[str, Shape]:
        """The shape of every output, parameter, chance and scratch array, from the inputs' shapes.

        Raises `BadShape` where the inputs do not fit. A parameter that is not there (no bias) is left out. An array of
        places (a winner's index, a class) rather than numbers has its shape wrapped in `Places`.
        """
        return {"y": inputs[0]}

    if TYPE_CHECKING:

        def forward(self, *arrays: Any, **named: Any) -> None: ...
        def backward(self, *arrays: Any, **named: Any) -> None: ...
        def textbook(self, *arrays: Any, **named: Any) -> None:
            """The outputs as a book writes them, where forward is written otherwise; a proof holds the two together."""

    def row(self, option: str) -> Array:
        """An option that is a row of numbers, once it has been read."""
        return cast("Array", getattr(self, option))

    def read(self, number: Callable[[Numeral], Number], table: Callable[[str, list[Number]], Array] = vector) -> Self:
        """The same rule with its numerals read as numbers of an arithmetic, rows of numerals as its arrays."""
        copy = object.__new__(type(self))
        for name, value in vars(self).items():
            if isinstance(value, Numeral):
                value = number(value)
            elif isinstance(value, tuple) and value and isinstance(value[0], Numeral):
                value = table(name, [number(v) for v in cast("tuple[Numeral, ...]", value)])
            object.__setattr__(copy, name, value)
        for name in dir(type(self)):
            value = getattr(type(self), name)
            if isinstance(value, Numeral) and name not in vars(self):
                object.__setattr__(copy, name, number(value))
        object.__setattr__(copy, "written", self)
        return copy

    def uses(self, option: str) -> bool:
        """Whether a numeral option was given as anything but 0; the same answer in every arithmetic."""
        return self.ratio(option)[0] != 0

    def ratio(self, option: str) -> tuple[int, int]:
        """A numeral option as it was given, a numerator and a positive denominator, whatever it has been read as."""
        return getattr(vars(self).get("written", self), option).ratio()


class Loss(Rule):
    """A rule at a network's end. It gives a loss and its share for each place of a datum; `reduction` joins them."""

    targets: ClassVar[tuple[str, ...]] = ("t",)
    outputs = ("loss", "share")
    reduction: Literal["mean", "sum", "none"]

    def check(self, x: Shape, t: Array) -> None:
        """Raises where a target is none that this loss knows, such as a class out of range."""

    def remark(self, t: Array) -> str:
        """What is to be said of this target beyond the formula."""
        return ""


class Update(Rule):
    """An optimiser's step for one parameter: `forward(self, p, dp, …)` changes p and the state in place.

    `textbook` is the published formula; it may ask for `t`, the number of this step, the first being 1.
    """

    inputs = ("p", "dp")
    outputs = ("p",)

    def reached(self, t: Number) -> dict[str, Number]:
        """What those parts of the state have become after t steps that depend on nothing but t."""
        return {}


def axis(dim: int, shape: Shape) -> int:
    """PyTorch's `dim`, which counts the batch as axis 0, as an axis of one datum."""
    place = dim - 1 if dim > 0 else dim + len(shape)
    if dim == 0 or not 0 <= place < len(shape):
        raise BadShape(
            f"dim is {dim}; expected 1 to {len(shape)}, or -1 to {-len(shape)}, for a datum of shape {shape} (0 is the batch)"
        )
    return place


def arguments(function: Callable[..., None]) -> tuple[str, ...]:
    """The arrays that a rule's function names: `("x", "weight", "y")`."""
    code = function.__code__
    return code.co_varnames[1 : code.co_argcount]
