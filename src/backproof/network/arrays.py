"""Arrays that a problem file refers to, in a .npy, .npz or .safetensors file beside it; never pickled."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from backproof.errors import BackproofError, BadFile, UnknownName, listed

ENDINGS = (".npy", ".npz", ".safetensors")


def load(folder: Path, file: str, key: str | None) -> Any:
    """One array. `key` names it where the file holds several.

    Raises `BadFile` for a file that is missing, unreadable, not beside the problem file or not of numbers,
    `UnknownName` for a key that the file has not.
    """
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadFile(file, "an array's file must lie beside the problem file or below it")
    if path.suffix not in ENDINGS:
        raise BadFile(file, f"expected a file that ends in {', '.join(ENDINGS)}")
    if not path.is_file():
        raise BadFile(file, "there is no such file")
    try:
        return entry(path, file, key)
    except BackproofError:
        raise
    except MemoryError:
        raise BadFile(file, "says that it holds more numbers than there is room for") from None
    except Exception as error:
        # NumPy and safetensors answer a damaged file with errors of a dozen kinds.
        raise BadFile(file, f"is no {path.suffix} file of numbers ({type(error).__name__})") from error


def entry(path: Path, file: str, key: str | None) -> Any:
    import numpy as np

    if path.suffix == ".npy":
        with path.open("rb") as stream:
            return checked(np.load(stream, allow_pickle=False), file)
    if path.suffix == ".npz":
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return checked(arrays[chosen(file, key, list(arrays.files))], file)
    from safetensors import SafetensorError, safe_open

    try:
        with cast("Any", safe_open)(path, framework="numpy") as tensors:
            return checked(tensors.get_tensor(chosen(file, key, list(tensors.keys()))), file)
    except SafetensorError as error:
        raise ValueError(str(error)) from error


def chosen(file: str, key: str | None, keys: list[str]) -> str:
    """The key that was asked for, or the only one there is."""
    if key is None and len(keys) == 1:
        return keys[0]
    if key is None:
        raise BadFile(file, f"holds {len(keys)} arrays; say which with key = …: {listed(keys)}")
    if key not in keys:
        raise UnknownName(f"array in {file} called", key, keys)
    return key


def checked(array: Any, file: str) -> Any:
    if array.dtype.kind not in "fiu":
        raise BadFile(file, f"holds {array.dtype}, not real numbers")
    if array.size == 0:
        raise BadFile(file, f"holds an array of shape {array.shape}, which has no numbers")
    return array
