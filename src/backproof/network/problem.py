"""A problem file: a network, its data and what is asked, as TOML that a person writes.

Numbers keep the digits that stand in the file. Every fault is answered with file, line and key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast

from backproof import rules
from backproof.arithmetic import Choice
from backproof.arithmetic.array import Array
from backproof.arithmetic.numeral import Numeral
from backproof.errors import BackproofError, BadFile, BadNetwork, BadNumber, BadOption, UnknownName
from backproof.network.arrays import load
from backproof.network.datum import read_datum
from backproof.network.given import shape_of
from backproof.network.initialise import Initial
from backproof.network.network import Layer, Network
from backproof.network.places import line_of
from backproof.network.rubric import Rubric, check_marks
from backproof.network.tables import check_keys, converted
from backproof.network.training import Training
from backproof.rules.rule import Loss, Rule, Update

LARGEST_FILE = 64 * 2**20


@dataclass(frozen=True)
class Problem:
    """What a problem file says."""

    title: str
    text: str
    network: Network
    data: list[dict[str, Array]]
    batch: bool = False
    arithmetic: Choice = "auto"
    variants: tuple[Problem, ...] = ()
    """The same question with something changed, worked out as well."""
    compare: tuple[Problem, ...] = ()
    """The same with something changed, to stand beside it in a table."""
    training: Training = Training()
    """How `backproof train` is to go about it, where it is not told otherwise."""
    rubric: Rubric = Rubric()
    """What `backproof mark` gives for each answer."""
    path: Path | None = None
    source: str = ""

    def located(self, error: BackproofError) -> BackproofError:
        """The error with the file and the line where its cause stands, where that is known."""
        if self.path is None or isinstance(error, BadFile):
            return error
        return BadFile(self.path, f"{key_of(error)}{error}", line_of(self.source, error.place) if error.place else None)


@dataclass(frozen=True)
class Variant:
    """What is different in a variant: layers by their output, the loss, parameters, the arithmetic, the marks."""

    title: str
    layers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    loss: dict[str, Any] = field(default_factory=dict[str, Any])
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    arithmetic: Choice | None = None
    marks: dict[str, Numeral] | None = None


@dataclass(frozen=True)
class ProblemFile:
    """The keys of a problem file."""

    data: list[dict[str, Any]] | dict[str, Any]
    title: str = ""
    text: str = ""
    layers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    loss: dict[str, Any] = field(default_factory=dict[str, Any])
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    initial: Initial = Initial()
    update: dict[str, Any] = field(default_factory=dict[str, Any])
    batch: bool = False
    arithmetic: Choice = "auto"
    variants: list[Variant] = field(default_factory=list[Variant])
    compare: list[Variant] = field(default_factory=list[Variant])
    training: Training = Training()
    rubric: Rubric = Rubric()


def read_problem(path: Path | str) -> Problem:
    """The problem in a file.

    Raises `BadFile`, which names the file, the line and the key, for everything that can be wrong with it.
    """
    path = Path(path)
    text = read_text(path)
    return replace(read_source(text, path, path.parent), path=path, source=text)


def read_source(text: str, name: object, folder: Path | None) -> Problem:
    """The problem that a text says.

    name: what it is called in an error. folder: where arrays in files of their own are looked for; None: nowhere, and a
    text that has any is refused. Raises `BadFile`, as `read_problem` does.
    """
    try:
        return parse(text, folder)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r" \(at line (\d+), column \d+\)", str(error))
        what = str(error).replace(line[0], "") if line else str(error)
        raise BadFile(name, f"this is not TOML: {what}", int(line[1]) if line else None) from error
    except BackproofError as error:
        raise BadFile(name, f"{key_of(error)}{error}", line_of(text, error.place) or found(text, error)) from error
    except RecursionError:
        raise BadFile(name, "lists or tables are nested too deeply to be read") from None
    except ValueError as error:
        what = "a whole number has more than 4,300 digits" if "digits" in str(error) else str(error)
        raise BadFile(name, f"cannot be read: {what}") from error


def key_of(error: BackproofError) -> str:
    """`layers[2].kernel_size: `, where the fault lies at a key."""
    text = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in error.place).lstrip(".")
    return f"{text}: " if text else ""


def found(text: str, error: BackproofError) -> int | None:
    """The line of a number that could not even be read."""
    at = text.find(str(error.given)) if isinstance(error, BadNumber) else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def read_text(path: Path) -> str:
    """A file's text; refused where it is missing, no file, too large, empty or not text."""
    try:
        if path.is_dir():
            raise BadFile(path, "this is a folder; expected a problem file")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            what = f"the file has {size / 2**20:,.0f} MiB; a problem file has at most {LARGEST_FILE // 2**20}"
            raise BadFile(
                path, f'{what}. Keep large arrays beside it and write W = {{ file = "weights.npz", key = "W" }}'
            )
        if not path.is_file():
            raise BadFile(path, "there is no such file" if not path.exists() else "this is no ordinary file")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadFile(path, "there is no such file; `backproof examples` lists what ships with backproof") from None
    except UnicodeDecodeError as error:
        raise BadFile(path, f"this is not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    if not text.strip():
        raise BadFile(path, "the file is empty; `backproof new` writes one to start from")
    return text


def parse(text: str, folder: Path | None) -> Problem:
    """The problem that a text says; arrays in files of their own are looked for in the folder, if there is one."""
    raw = printable(tomllib.loads(text, parse_float=Numeral))
    for key in ("variants", "compare"):
        tables: Any = raw.get(key, [])
        for i, table in enumerate(tables if isinstance(tables, list) else []):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            if isinstance(table, dict):
                check_keys(cast("dict[str, Any]", table), [f.name for f in fields(Variant)], (key, i))
    for key, kind in (("training", Training), ("rubric", Rubric)):
        if isinstance(raw.get(key), dict):
            check_keys(raw[key], [f.name for f in fields(kind)], (key,))
    file = converted(raw, ProblemFile, ())
    assert isinstance(file, ProblemFile)
    for i, variant in enumerate(file.variants):
        check_marks(variant.marks or {}, "variants", i, "marks")
    for i, variant in enumerate(file.compare):
        if variant.marks is not None:
            raise BadOption("what only stands beside the others is not marked; make it one of [[variants]]").at(
                "compare", i, "marks"
            )
    data = [file.data] if isinstance(file.data, dict) else file.data
    if not data:
        raise BadNetwork("there is no datum; expected a table [data] with the inputs and the target").at("data")
    given = [loaded(datum, folder, *place) for datum, place in zip(data, data_places(file), strict=True)]
    parameters = loaded(file.parameters, folder, "parameters")
    chance = chance_of(file)

    def rubric_of(changed: Variant | None) -> Rubric:
        return replace(file.rubric, marks=changed.marks) if changed and changed.marks is not None else file.rubric

    def problem(title: str, changed: Variant | None, place: tuple[str | int, ...]) -> Problem:
        changes = changed or Variant(title)
        layers = merged(file.layers, changes.layers, place)
        own = loaded(changes.parameters, folder, *place, "parameters")
        try:
            network = network_of(
                file, layers, {**file.loss, **changes.loss}, parameters, given, changed and own, chance
            )
            passed_over = chance - set(network.chance)
            read = [
                read_datum(network, {k: v for k, v in datum.items() if k not in passed_over}, *at, number=n)
                for n, (datum, at) in enumerate(zip(given, data_places(file), strict=True))
            ]
        except BackproofError as error:
            error.place = place_in(changes, place, error.place, layers)
            raise
        text = file.text if changed is None else ""
        choice = changes.arithmetic or file.arithmetic
        return Problem(
            title, text, network, read, file.batch, choice, training=file.training, rubric=rubric_of(changed)
        )

    main = problem(file.title, None, ())
    variants = tuple(problem(v.title, v, ("variants", i)) for i, v in enumerate(file.variants))
    compare = tuple(problem(v.title, v, ("compare", i)) for i, v in enumerate(file.compare))
    return replace(main, variants=variants, compare=compare)


def printable(value: Any) -> Any:
    """The same without characters that would steer a terminal."""
    if isinstance(value, Numeral):
        return value
    if isinstance(value, str):
        return "".join(c for c in value if c.isprintable() or c in "\n\t")
    if isinstance(value, dict):
        return {printable(k): printable(v) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return items if items and isinstance(items[0], (int, Numeral)) else [printable(v) for v in items]
    return value


def place_in(
    changes: Variant, variant: tuple[str | int, ...], place: tuple[str | int, ...], layers: list[dict[str, Any]]
) -> tuple[str | int, ...]:
    """Where a fault lies: in the variant's own table if what is at fault stands there."""
    match place:
        case ("layers", int(i), *rest):
            own = [k for k, change in enumerate(changes.layers) if change.get("output") == layers[i].get("output")]
            return (*variant, "layers", own[0], *rest) if own else place
        case ("loss", key, *rest) if key in changes.loss:
            return (*variant, "loss", key, *rest)
        case ("parameters", name, *rest) if name in changes.parameters:
            return (*variant, "parameters", name, *rest)
        case _:
            return place


def chance_of(file: ProblemFile) -> set[str]:
    """What the random numbers are called that a layer reads, here or in a variant: the data may state them."""
    changed = [table for variant in (*file.variants, *file.compare) for table in variant.layers]
    found: set[str] = set()
    for i, table in [*enumerate(file.layers), *((-1, table) for table in changed)]:
        try:
            rule = rules.find(str(table.get("rule")))
        except UnknownName:
            continue
        found |= {str(table.get(array, f"{table.get('output', f'h{i + 1}')}.{array}")) for array in rule.chance}
    return found


def data_places(file: ProblemFile) -> Sequence[tuple[str | int, ...]]:
    return [("data",)] if isinstance(file.data, dict) else [("data", i) for i in range(len(file.data))]


def merged(
    layers: list[dict[str, Any]], changes: list[dict[str, Any]], place: tuple[str | int, ...]
) -> list[dict[str, Any]]:
    """The layers with those of a variant in the place of their namesakes."""
    by_output = {change.get("output"): change for change in changes}
    known = [layer.get("output") for layer in layers]
    for i, change in enumerate(changes):
        if change.get("output") not in known:
            raise UnknownName("layer", change.get("output", ""), [str(k) for k in known]).at(
                *place, "layers", i, "output"
            )
    return [by_output.get(layer.get("output"), layer) for layer in layers]


def loaded(values: Mapping[str, Any], folder: Path | None, *place: str | int) -> dict[str, Any]:
    """Arrays by name: those in files of their own read from there, those to be drawn left to be drawn."""
    return {name: loaded_one(value, folder, *place, name) for name, value in values.items()}


def loaded_one(value: Any, folder: Path | None, *place: str | int) -> Any:
    if not isinstance(value, dict):
        return value
    table = cast("dict[str, Any]", value)
    if "file" in table:
        check_keys(table, ["file", "key"], place)
        if folder is None:
            raise BadOption("numbers in a file of their own are not read here; write them out").at(*place)
        try:
            return load(folder, str(table["file"]), table.get("key"))
        except BackproofError as error:
            raise error.at(*place) from None
    if "parameters" not in place:
        raise BadOption('expected numbers, or a table such as { file = "x.npy" }').at(*place)
    return converted(table, Initial, place)


def network_of(
    file: ProblemFile, layers: list[dict[str, Any]], loss: dict[str, Any], parameters: dict[str, Any],
    data: list[dict[str, Any]], own: dict[str, Any] | None, chance: set[str],
) -> Network:  # fmt: skip
    """The network that the tables describe; a variant has its `own` parameters, and of the others those it still needs.

    chance: names in the data that are no inputs.
    """
    wired = [layer_of(table, ("layers", i), f"h{i + 1}") for i, table in enumerate(layers)]
    if own is not None:
        learned = {layer.name(array) for layer in wired for array in layer.rule.parameters}
        parameters = {name: value for name, value in parameters.items() if name in learned} | own
    end = layer_of(loss, ("loss",), "L") if loss else None
    target = end.target if end else ""
    if end and target not in data[0]:
        hint = f'; if it has another name there, write target = "{list(data[0])[-1]}" under [loss]' if data[0] else ""
        raise BadNetwork(f"the data have no {target}, which the loss takes as its target{hint}").at("loss", "target")
    inputs = {name: shape(name, value, data) for name, value in data[0].items() if name not in (target, *chance)}
    update = update_of(file.update, ("update",)) if file.update else None
    if update is not None and end is None:
        raise BadNetwork("an update needs a loss; expected a table [loss]").at("update")
    return Network(inputs, wired, end, parameters=parameters, update=update, initial=file.initial, title=file.title)


def shape(name: str, value: Any, data: list[dict[str, Any]]) -> tuple[int, ...]:
    try:
        return tuple(value.shape) if hasattr(value, "shape") else shape_of(name, value)
    except BackproofError as error:
        raise error.at("data", *([] if len(data) == 1 else [0]), name) from None


def layer_of(table: dict[str, Any], place: tuple[str | int, ...], default: str) -> Layer:
    """A layer's table: `rule`, `output`, `input`, names for the rule's own arrays, and the rule's options."""
    rule = rule_class(table, place)
    own = (*rule.parameters, *rule.chance, *rule.scratch, *(("target",) if issubclass(rule, Loss) else ()))
    names = {k: v for k, v in table.items() if k in own and isinstance(v, str)}
    options = {k: v for k, v in table.items() if k not in ("rule", "output", "input") and k not in names}
    if "target" in names:
        names["t"] = names.pop("target")
    known = [f.name for f in fields(rule)] + [k for k in own if k not in [f.name for f in fields(rule)]]  # pyright: ignore
    check_keys(options, [*known, "output", "input", "rule"], place)
    reads = table.get("input", ())
    reads = (reads,) if isinstance(reads, str) else reads
    output = table.get("output", default)
    if not isinstance(output, str):
        raise BadOption(f"output is {output!r}; expected a name").at(*place, "output")
    if not isinstance(reads, (list, tuple)) or not all(isinstance(name, str) for name in reads):  # pyright: ignore
        raise BadOption(f"input is {reads!r}; expected a name or a list of names").at(*place, "input")
    return Layer(output, made(rule, options, place), tuple(reads), **names)  # pyright: ignore


def update_of(table: dict[str, Any], place: tuple[str | int, ...]) -> Update:
    rule = rule_class(table, place)
    if not issubclass(rule, Update):
        raise BadNetwork(f"{rule.__name__} is no update rule; expected SGD, Adam or AdamW").at(*place, "rule")
    options = {k: v for k, v in table.items() if k != "rule"}
    check_keys(options, [f.name for f in fields(rule)], place)  # pyright: ignore
    update = made(rule, options, place)
    assert isinstance(update, Update)
    return update


def made(rule: type[Rule], options: dict[str, Any], place: tuple[str | int, ...]) -> Rule:
    """A rule with these options; the rule checks them itself."""
    missing = [f.name for f in fields(rule) if f.default is MISSING and f.name not in options]  # pyright: ignore
    if missing:
        raise BadOption(f"{rule.__name__}'s {missing[0]} is missing").at(*place)
    try:
        return rule(**options)
    except BackproofError as error:
        key = next((k for k in options if k in str(error)), None)
        raise error.at(*place, *([key] if key else [])) from None


def rule_class(table: dict[str, Any], place: tuple[str | int, ...]) -> type[Rule]:
    if "rule" not in table:
        raise BadNetwork('rule is missing; expected for example rule = "Linear"').at(*place)
    try:
        return rules.find(str(table["rule"]))
    except UnknownName as error:
        raise error.at(*place, "rule") from None
