"""What a misconception is: a wrong version of one rule, as executable as the right one.

Mixed into a rule, `Wrong` makes a version of it that overrides `forward`, `backward` or both:

    class Mean(Wrong, MaxPool2d):
        \"\"\"took the mean of each window instead of its largest number\"\"\"

        def forward(self, x, y, winner): ...

The docstring is what the person is told, and goes on "You …". The functions name any arrays of the layer, of either
direction: a wrong `backward` may read `y` where the right one reads `x`. Scratch that it does not write comes from the
right rule. The folder `misconceptions/` is the list: one file a rule, named like the rule's own.
"""

from __future__ import annotations

from abc import ABCMeta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from backproof.errors import UnknownName
from backproof.rules.rule import Rule

if TYPE_CHECKING:
    Base = Rule
else:
    Base = object


class Wrong(Base, metaclass=ABCMeta):
    """A wrong version of the rule that it is mixed into; one that leaves something open is a base of others."""

    rule: ClassVar[type[Rule]]
    """The rule that it is a version of."""
    harmless: ClassVar[bool] = False
    """Whether it is no misconception but another convention at a tie or a kink, which is as right as the rule's own."""
    order: ClassVar[Literal["", "updated", "old"]] = ""
    """Of an update rule: what was wrong in the order of the work. updated: the way back goes through the parameter as the
    update has already changed it. old: the next datum begins with the parameter as it was."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.rule = next(c for c in cls.__mro__ if issubclass(c, Rule) and not issubclass(c, Wrong))

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """This version with the options of the right rule."""
        wrong = object.__new__(cls)
        for name, value in vars(rule).items():
            object.__setattr__(wrong, name, value)
        return wrong

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """Whether it is of this very rule, and differs from it with these options."""
        return type(rule) is cls.rule

    @classmethod
    def says(cls) -> str:
        """What was done, to be read after "You"."""
        return " ".join((cls.__doc__ or cls.__name__).split())

    @classmethod
    def key(cls) -> str:
        """Its name: `MaxPool2d.Mean`."""
        return f"{cls.rule.__name__}.{cls.__name__}"

    @classmethod
    @cache
    def directions(cls) -> tuple[str, ...]:
        """Which of forward and backward it does wrongly."""
        changed = [d for d in ("forward", "backward") if getattr(cls, d, None) is not getattr(cls.rule, d, None)]
        return tuple(changed) or {"": (), "updated": ("backward",), "old": ("forward", "backward")}[cls.order]


@cache
def misconceptions() -> dict[str, type[Wrong]]:
    """Every misconception in the folder by its key, in the order in which the files list them."""
    folder = Path(__file__).parent / "misconceptions"
    stems = [path.stem for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]
    return {w.key(): w for stem in stems for w in listed_in(f"backproof.marking.misconceptions.{stem}")}


@cache
def conventions() -> list[type[Wrong]]:
    """Other conventions at ties and kinks, which are no misconceptions."""
    return listed_in("backproof.marking.judging.conventions")


def listed_in(module: str) -> list[type[Wrong]]:
    """The versions that a module holds and says something of."""
    own = [v for v in vars(import_module(module)).values() if isinstance(v, type) and issubclass(v, Wrong)]
    return [v for v in own if v.__module__ == module and v.__doc__]


@cache
def of_rule(rule: Rule) -> tuple[type[Wrong], ...]:
    """The other versions of this rule: conventions first, then misconceptions."""
    return tuple(wrong for wrong in [*conventions(), *misconceptions().values()] if wrong.fits(rule))


def find(key: str) -> type[Wrong]:
    """The misconception of this key. Raises `UnknownName`."""
    if key not in misconceptions():
        raise UnknownName("misconception", key, misconceptions())
    return misconceptions()[key]
