"""Files written whole or not at all, whatever happens meanwhile: a full disk, a kill, a power cut."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from backproof.errors import BadFile

PART = ".part"
"""How the name of a file that is being written ends."""


def save(path: Path, content: bytes) -> None:
    """Write by way of a file beside it: written, flushed to the disk, then renamed; the old one is there until then.

    Raises `BadFile` where it cannot be written; what stood there still stands.
    """
    path = target(path)
    name = ""
    try:
        if path.exists() and not path.is_file():  # a device, a pipe: nothing to be replaced
            path.write_bytes(content)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask)
        os.replace(name, path)
        flush_folder(path.parent)
    except OSError as error:
        kept = "; what it held before is still there" if path.exists() else ""
        raise BadFile(path, f"cannot be written: {error.strerror}{kept}") from error
    finally:
        with suppress(OSError):
            os.unlink(name)


def target(path: Path) -> Path:
    """The file that a name stands for, links followed; raises `BadFile` where it is a folder."""
    if path.is_dir():
        raise BadFile(path, "this is a folder; expected the name of a file to write")
    return path.resolve() if path.is_symlink() else path


def check_writable(path: Path) -> None:
    """Raises `BadFile` where a file could not be written later, so that no work is done in vain."""
    path = target(path)
    if path.exists() and not path.is_file():
        return
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise BadFile(path, f"cannot be written: {error.strerror}") from error
    if path.exists() and not os.access(path, os.W_OK):
        raise BadFile(path, "cannot be written: it may not be changed")


def flush_folder(folder: Path) -> None:
    """See to it that a rename lasts; where folders cannot be opened (Windows) there is nothing to be done."""
    with suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def clean(path: Path) -> None:
    """Remove what a run that was killed in the midst of writing this file has left behind."""
    for left in path.parent.glob(f".{path.name}.*{PART}"):
        with suppress(OSError):
            left.unlink()
