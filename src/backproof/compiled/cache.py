"""Machine code kept on disk, so that the same program is compiled once on a machine.

What is found is used only if it belongs to this user alone, is whole, and was made from this very program, for this
very processor, by this very compiler; anything else is made anew, and an entry that is damaged is removed. An empty
`BACKPROOF_CACHE` in the environment turns the cache off, a path puts it elsewhere.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

MAGIC = b"backproof machine code 1\n"
LARGEST = 256 << 20
"""Bytes that are kept; beyond that what was used longest ago is removed."""


def folder() -> Path | None:
    """Where entries lie; None where there is no cache."""
    named = os.environ.get("BACKPROOF_CACHE")
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_cache_path

    return user_cache_path("backproof", appauthor=False) / "machine-code"


def key_of(*parts: str) -> str:
    """What tells one program, processor and compiler from another."""
    digest = sha256()
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "little") + raw)
    return digest.hexdigest()


def read(key: str) -> bytes | None:
    """The machine code of this key, if it is there and can be trusted."""
    home = folder()
    if home is None:
        return None
    path = home / key
    try:
        if not ours(home) or not ours(path) or not path.is_file():
            return None
        raw = path.read_bytes()
    except OSError:
        return None
    head = MAGIC + key.encode() + b"\n"
    digest, code = raw[len(head) : len(head) + 32], raw[len(head) + 32 :]
    if not raw.startswith(head) or sha256(code).digest() != digest:
        with suppress(OSError):
            path.unlink()
        return None
    with suppress(OSError):
        os.utime(path)
    return code


def write(key: str, code: bytes) -> None:
    """Keep machine code; where that cannot be done, nothing happens."""
    home = folder()
    if home is None:
        return
    with suppress(OSError):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not ours(home):
            return
        handle, name = tempfile.mkstemp(dir=home, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(MAGIC + key.encode() + b"\n" + sha256(code).digest() + code)
            os.replace(name, home / key)
        finally:
            Path(name).unlink(missing_ok=True)
        make_room(home)


def ours(path: Path) -> bool:
    """Whether nobody else could have written it."""
    if not hasattr(os, "getuid"):
        return True
    about = path.lstat()
    return (
        about.st_uid == os.getuid()
        and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        and not stat.S_ISLNK(about.st_mode)
    )


def make_room(home: Path) -> None:
    """Remove what was used longest ago, down to the largest size."""
    found = sorted((p.stat().st_mtime, p.stat().st_size, p) for p in home.iterdir() if p.is_file())
    total = sum(size for _, size, _ in found)
    for _, size, path in found:
        if total <= LARGEST:
            break
        path.unlink(missing_ok=True)
        total -= size
