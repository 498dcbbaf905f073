"""Data in files: .npy, .npz and .safetensors through NumPy, mapped where they can be; .csv, .tsv and .parquet through pyarrow.

Nothing is unpickled. A fault names the file and, where there is one, the row and the column.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from backproof.errors import BackproofError, BadData, BadFile, UnknownName, listed, shortened
from backproof.network.network import Network
from backproof.training.dataset import Columns, Data, target_name
from backproof.training.rows import Numbers, Where, by_index
from backproof.training.table import Table, read_csv, read_parquet

INPUTS = ("x", "X", "images", "data", "features", "inputs")
TARGETS = ("t", "y", "Y", "labels", "label", "target", "targets")
"""What inputs and targets are often called, where a file does not use the network's own names."""


def read(path: str | Path) -> Mapping[str, Numbers] | Table:
    """The arrays of a file by name (of .npy under ""), or a table.

    Raises `BadFile` where it is missing, damaged or holds anything but real numbers.
    """
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if path.is_dir() or not path.exists():
        raise BadFile(path, "this is a folder; expected a file of data" if path.is_dir() else "there is no such file")
    if reader is None:
        raise BadFile(path, f"data are read from files that end in {listed(READERS)}")
    if not path.stat().st_size:
        raise BadFile(path, "the file is empty")
    try:
        found: dict[str, Numbers] | Table = reader(path)
    except BackproofError:
        raise
    except MemoryError:
        raise BadFile(path, "says that it holds more numbers than there is room for") from None
    except OSError as error:
        if error.errno is not None:
            raise BadFile(path, f"cannot be read: {error.strerror}") from error
        raise BadFile(path, f"is damaged or no {path.suffix} file ({first_line(error)})") from error
    except Exception as error:
        # NumPy, zlib and safetensors answer a damaged file with errors of a dozen kinds.
        raise BadFile(path, f"is damaged, cut short, or no {path.suffix} file ({first_line(error)})") from error
    if isinstance(found, Table):
        return found
    for name, array in found.items():
        if array.dtype.kind not in "fiub":
            raise BadFile(path, f"{name or 'the array'} holds {array.dtype}; expected real numbers")
    return found


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def read_npy(path: Path) -> dict[str, Numbers]:
    return {"": np.load(path, mmap_mode="r", allow_pickle=False)}


def read_npz(path: Path) -> dict[str, Numbers]:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def read_safetensors(path: Path) -> dict[str, Numbers]:
    """The tensors, mapped; the header is safetensors' own to check."""
    from safetensors import safe_open

    with cast("Any", safe_open)(path, framework="numpy") as file:
        names = set(file.keys())
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(length))
    made: dict[str, Numbers] = {}
    for name in sorted(names):
        told = header[name]
        if told["dtype"] not in KINDS:
            raise BadFile(path, f"{name} holds {told['dtype']}; expected real numbers of a kind that NumPy has")
        offset, shape = 8 + length + told["data_offsets"][0], tuple(told["shape"])
        kind = np.dtype(KINDS[told["dtype"]])
        made[name] = np.memmap(path, kind, "r", offset, shape) if 0 not in shape else np.empty(shape, kind)
    return made


KINDS = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8",
    "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip
READERS: dict[str, Callable[[Path], Any]] = {
    ".npy": read_npy,
    ".npz": read_npz,
    ".safetensors": read_safetensors,
    ".csv": partial(read_csv, separator=None),
    ".tsv": partial(read_csv, separator="\t"),
    ".parquet": read_parquet,
}


def load(
    network: Network,
    path: str | Path,
    *,
    targets: Sequence[str] = (),
    dtype: str = "float32",
    target: bool = True,
) -> Data:
    """The data in a file, for a network.

    Arrays go by the names of the network's inputs and target, or by common ones such as x and y. Of a table the
    columns named in `targets` are the target, the last one if none are; all others are the input, in their order.
    Without `target` only the inputs are needed.
    """
    path = Path(path)
    found = read(path)
    try:
        given = of_table if isinstance(found, Table) else of_arrays
        return Data.of(
            network, given(network, cast("Any", found), list(targets), target, path), dtype=dtype, target=target
        )
    except BadFile:
        raise
    except BackproofError as error:
        raise BadFile(path, str(error)) from error


def of_arrays(network: Network, found: Mapping[str, Numbers], targets: list[str], target: bool, path: Path) -> Columns:
    """Arrays under their own names, or under common ones."""
    if target and list(found) == [""]:
        raise BadData(
            f"a .npy file holds one array, but {target_name(network)} is needed as well; put both in one .npz"
        )
    used: dict[str, str] = {}
    wanted: dict[str, tuple[str, ...]] = {
        name: (name, *(INPUTS if len(network.inputs) == 1 else ())) for name in network.inputs
    }
    if target:
        name = target_name(network)
        wanted[name] = tuple(targets) or (name, *TARGETS)
    for name, names in wanted.items():
        key = next((key for key in names if key in found), None)
        if key is None and len(found) == 1 and not target:
            key = next(iter(found))
        if key is None:
            hint = "; name it with --target" if name not in network.inputs else ""
            raise BadData(f"there is no array {name} in it, only {listed(found)}{hint}")
        used[name] = key
    return Columns(
        {name: found[key] for name, key in used.items()}, {name: by_index(key or name) for name, key in used.items()}
    )


def of_table(network: Network, table: Table, targets: list[str], target: bool, path: Path) -> Columns:
    """The columns of a table, as the input and the target."""
    if len(network.inputs) > 1:
        raise BadData(f"the network has the inputs {listed(network.inputs)}; give them as arrays in one .npz")
    for name in targets:
        if name not in table.names:
            raise UnknownName("column", name, table.names)
    size = int(np.prod(next(iter(network.inputs.values())), dtype=int))
    learned = targets or table.names[-1:] if target or targets or len(table.names) > size else []
    read = [i for i, name in enumerate(table.names) if name not in learned]
    answers = [table.names.index(name) for name in learned]
    chosen = {next(iter(network.inputs)): read} | ({target_name(network): answers} if target else {})
    if target and not read:
        raise BadData(f"the only column, {shortened(table.names[0])}, is the target; there is no input")
    arrays = {name: table.numbers[:, columns] for name, columns in chosen.items()}
    if target and len(answers) == 1:
        arrays[target_name(network)] = arrays[target_name(network)][:, 0]

    def where(columns: list[int]) -> Where:
        return lambda row, cell, shape: table.where(row, columns[int(np.ravel_multi_index(cell, shape)) if cell else 0])

    return Columns(arrays, {name: where(columns) for name, columns in chosen.items()})
