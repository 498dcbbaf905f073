"""What is known while a kernel is written as instructions: where its loops stand, and what its numbers are so far."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from math import prod
from typing import Any, TypeAlias

from backproof.arithmetic.code import (
    Block,
    Code,
    Coded,
    Condition,
    Term,
    Var,
)
from backproof.compiled.machine import Machine
from backproof.compiled.memory import Buffer
from backproof.compiled.schedule import Scheduler

ir: Any = import_module("llvmlite.ir")
I1, I32, I64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)
POINTER = ir.PointerType()
Point: TypeAlias = "dict[Var, int]"


@dataclass
class Values:
    """A number at each point of the tiled loops that it depends on."""

    deps: tuple[Var, ...]
    at: dict[tuple[int, ...], Any]

    def __call__(self, point: Point) -> Any:
        return self.at[tuple(point[v] for v in self.deps)]


class State(ABC):
    """Where a kernel is being written."""

    def __init__(
        self,
        builder: Any,
        float_name: str,
        lanes: int,
        buffers: Mapping[Coded, tuple[Buffer, Any]],
        scheduler: Scheduler,
        unroll_all: bool = False,
    ) -> None:
        self.b, self.lanes, self.float_name = builder, lanes, float_name
        self.module = builder.module
        self.scalar = ir.FloatType() if float_name == "float32" else ir.DoubleType()
        self.width = 4 if float_name == "float32" else 8
        self.vector = ir.VectorType(self.scalar, lanes)
        wide = lanes * self.width == 64
        self.machines = {n: Machine(builder, self.module, float_name, n, avx512=wide) for n in {1, lanes}}
        self.buffers, self.scheduler, self.unroll_all = buffers, scheduler, unroll_all
        self.sizes: dict[Var, int] = {}
        self.tables: dict[Any, Any] = {}
        """Numbers that are part of the program, once each."""
        self.env: dict[Var, tuple[Any, int]] = {}
        self.tiles: list[tuple[Var, int, int]] = []
        self.lane: Var | None = None
        self.scheduled = False
        self.flags = ("contract", "reassoc", "nsz", "arcp") if unroll_all else ("contract",)
        """What LLVM may do with sums and products: join them; in a step without loops, also put them in another order."""
        self.ways = 1
        self.fold: Callable[[], None] | None = None
        self.predicate: Values | None = None
        self.values: dict[Code, Values] = {}
        self.loads: dict[Any, Any] = {}
        self.sink: Callable[[Term], None] | None = None

    def points(self, used: frozenset[Var]) -> tuple[tuple[Var, ...], list[Point]]:
        """The points of the tiled loops among these."""
        tiles = [(v, n) for v, n, _ in self.tiles if v in used]
        deps = tuple(v for v, _ in tiles)
        return deps, [dict(zip(deps, k, strict=True)) for k in product(*(range(n) for _, n in tiles))]

    def tabulated(self, used: frozenset[Var], value: Callable[[Point], Any]) -> Values:
        deps, points = self.points(used)
        return Values(deps, {tuple(p.values()): value(p) for p in points})

    def tile_points(self, used: frozenset[Var]) -> int:
        return prod(count for var, count, _ in self.tiles if var in used)

    def spread(self, value: Any, kind: Any) -> Any:
        """The same value in every lane."""
        if value.type == kind or is_vector(value):
            return value
        if isinstance(value, ir.Constant) and value.constant is not ir.Undefined:
            return ir.Constant(kind, [value] * self.lanes)
        one = self.b.insert_element(ir.Constant(kind, ir.Undefined), value, I32(0))
        return self.b.shuffle_vector(one, one, ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes))

    def alike(self, a: Any, b: Any, kind: Any) -> tuple[Any, Any]:
        """Both as vectors where one is."""
        if is_vector(a) or is_vector(b):
            many = ir.VectorType(kind, self.lanes)
            return self.spread(a, many), self.spread(b, many)
        return a, b

    def like(self, value: Any, n: int) -> Any:
        kind = value.type
        return ir.Constant(kind, [n] * kind.count) if isinstance(kind, ir.VectorType) else kind(n)

    @abstractmethod
    def value(self, number: Any, point: Point) -> Any:
        """A number at a point, as an LLVM value; see `Numbers`."""

    @abstractmethod
    def condition(self, condition: Condition, point: Point) -> Any:
        """Whether a comparison holds at a point; see `Numbers`."""

    @abstractmethod
    def block(self, block: Block) -> None:
        """Write a block; see `Lowering`."""

    @abstractmethod
    def repeat(self, var: Var, times: int, step: int, body: Callable[[], None], start: Any = None) -> None:
        """Write a loop; see `Lowering`."""


def is_vector(value: Any) -> bool:
    return isinstance(getattr(value, "type", None), ir.VectorType)
