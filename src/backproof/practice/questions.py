"""The question that a state is about: its problem, read without touching a file that nobody offered, and changed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flint import fmpq

from backproof.arithmetic.array import Array, Index, address
from backproof.errors import BackproofError, BadFile, BadShape, UnknownName
from backproof.examples import FOLDER, names
from backproof.marking.reading.numbers import written
from backproof.network.datum import read_datum
from backproof.network.network import MOST_CELLS, Network
from backproof.network.problem import Problem, read_problem, read_source
from backproof.network.rubric import Rubric
from backproof.practice.state import BadRequest, State
from backproof.record.digits import text_of

LARGEST_QUANTITY = 50_000
MOST = {"layers": 64, "data": 16, "variants": 8, "compare": 8}
"""How many tables of a kind a problem may have that somebody loads."""
MOST_BOXES = 64
"""A quantity of more numbers is drawn, and not filled in."""
DIGITS = 12

Changed = tuple[tuple[str, str], ...]
"""Addresses of given numbers, and what somebody wrote in their place."""


def shelf_of(path: Path | None = None) -> dict[str, Path]:
    """The questions that are there to be picked: the examples that ship, and a file of one's own."""
    shelf = {name: FOLDER / f"{name}.toml" for name in names()}
    return shelf if path is None else {path.stem: path, **{k: v for k, v in shelf.items() if k != path.stem}}


def problem_of(state: State, shelf: Mapping[str, Path]) -> Problem:
    """The problem of a state. Raises `BadRequest` where there is none, `BadFile` for a text that is none."""
    if state.problem.strip():
        return loaded(state.problem)
    if not state.example:
        raise BadRequest("there is no question; pick one, or load a problem file")
    if state.example not in shelf:
        raise UnknownName("question", state.example, shelf)
    path = shelf[state.example]
    try:
        return stored(path, path.stat().st_mtime_ns)
    except OSError:
        raise BadRequest(f"the question {state.example} is no longer there") from None
    except BadFile as error:
        raise BadRequest(str(error).replace(str(path), path.name)) from None


@lru_cache(maxsize=16)
def stored(path: Path, changed: int) -> Problem:
    """A problem that lies on the shelf, read again when the file has changed."""
    return replace(read_problem(path), path=None)


@lru_cache(maxsize=16)
def loaded(text: str) -> Problem:
    """The problem that somebody sent. It may name no file, and is refused where it is too large to be worked out here."""
    text = text.replace("\r\n", "\n")
    check_size(text)
    token = MOST_CELLS.set(LARGEST_QUANTITY)
    try:
        return replace(read_source(text, "problem", None), path=Path("problem"), source=text)
    finally:
        MOST_CELLS.reset(token)


def check_size(text: str) -> None:
    """Refuses what has very many layers, data or variants; what is no TOML at all is left to be told of by its reader."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    for kind, most in MOST.items():
        there = tables.get(kind)
        if isinstance(there, list) and len(cast("list[object]", there)) > most:
            there = cast("list[object]", there)
            raise BadShape(f"the problem has {len(there)} {kind}; at most {most} are worked out here")


@dataclass(frozen=True)
class Part:
    """One pass of a problem, or of a variant of it."""

    title: str
    variant: int
    datum: int


def parts_of(problem: Problem) -> list[Part]:
    """All parts, those of the problem itself first."""
    found: list[Part] = []
    for k, each in enumerate([problem, *problem.variants]):
        many = len(each.data) > 1 and not each.batch
        for n in range(len(each.data) if many else 1):
            datum = f"datum {n + 1}" if many else ""
            found.append(Part(", ".join(filter(None, [each.title if k else "", datum])), k, n))
    return found


def part_of(problem: Problem, number: int) -> Part:
    """Raises `BadRequest` for a part that is not there."""
    parts = parts_of(problem)
    if number >= len(parts):
        raise BadRequest(f"there is no part {number}; the question has {len(parts)}, counted from 0")
    return parts[number]


def alone(problem: Problem, part: Part) -> Problem:
    """The problem as far as a part of it needs it: one variant, the data up to its own."""
    chosen = problem.variants[part.variant - 1] if part.variant else problem
    data = chosen.data if chosen.batch else chosen.data[: part.datum + 1]
    rubric = Rubric(digits=problem.rubric.digits)
    return replace(chosen, data=data, variants=(), compare=(), rubric=rubric, path=problem.path, source=problem.source)


def editable(problem: Problem, part: Part) -> dict[str, Array]:
    """The given quantities of a part, by name, as far as they may be changed and are small: of a later pass not the
    parameters, which the passes before it have made."""
    found: dict[str, Array] = {}
    if part.datum == 0 or problem.network.update is None:
        found |= problem.network.parameters
    for n, datum in enumerate(problem.data if problem.batch else problem.data[part.datum :]):
        for name, array in datum.items():
            found |= {f"{name} {n}" if problem.batch else name: array}
    return {name: array for name, array in found.items() if array.size <= MOST_BOXES}


def places(name: str, array: Array) -> dict[str, Index]:
    """The address of each number of a quantity; in a batch, which datum it is of comes first: `X 1` -> `X[1,0,0]`."""
    base, space, datum = name.partition(" ")
    first = (int(datum),) if space else ()
    return {address(base, (*first, *index)): index for index in array.indices()}


def original(array: Array, index: Index) -> str:
    """A given number as a box holds it."""
    return text_of(array[index], DIGITS)[0]


def differing(problem: Problem, part: Part, given: Mapping[str, str]) -> Changed:
    """What was really changed: at the address of a given number stands something else than that."""
    found: list[tuple[str, str]] = []
    for name, array in editable(problem, part).items():
        for place, index in places(name, array).items():
            typed = given.get(place, "").strip()
            if typed and typed != original(array, index):
                found.append((place, typed))
    return tuple(found)


def changed(problem: Problem, part: Part, changes: Changed) -> tuple[Problem, dict[str, str]]:
    """The problem with numbers in the place of others, and what is wrong with those that could not be taken."""
    typed, faults = dict(changes), dict[str, str]()
    for name, array in editable(problem, part).items():
        own = {place: index for place, index in places(name, array).items() if place in typed}
        if not own:
            continue
        try:
            problem = with_numbers(problem, part, name, array, numbers(own, typed, faults))
        except BackproofError as error:
            faults |= dict.fromkeys(own, str(error))
    return problem, faults


def numbers(own: Mapping[str, Index], typed: Mapping[str, str], faults: dict[str, str]) -> dict[Index, fmpq]:
    """What was typed as numbers; what is none is noted among the faults."""
    found: dict[Index, fmpq] = {}
    for place, index in own.items():
        number = written(typed[place])
        if number.value is None:
            faults[place] = number.doubt or "this is no number"
        else:
            found[index] = number.value
    return found


def with_numbers(problem: Problem, part: Part, name: str, array: Array, new: Mapping[Index, Any]) -> Problem:
    """The problem with these numbers in one of its given quantities."""
    cells = {i: fmpq(v) if isinstance(v, int) else v for i, v in array.items()}
    fresh = Array(tuple(array.shape), {**cells, **new})
    network: Network = problem.network
    if name in network.parameters:
        return replace(problem, network=network.with_parameters({name: fresh}))
    base, space, datum = name.partition(" ")
    at = int(datum) if space else part.datum
    data = [*problem.data]
    data[at] = read_datum(network, {**data[at], base: fresh}, number=at)
    return replace(problem, data=data)
