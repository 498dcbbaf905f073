"""What a figure needs beside it: the machine and the versions."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

FLAGS = ("avx2", "fma", "avx512f", "avx512vl", "avx512bw", "avx512_bf16", "amx_tile", "asimd", "sve")
PACKAGES = ("backproof", "numpy", "scipy", "torch", "jax", "jaxlib", "llvmlite")


def describe() -> dict[str, Any]:
    """Model, cores, caches, and the flags that matter."""
    info: dict[str, str] = {}
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = (line.partition(":") for line in cpuinfo.read_text().splitlines())
        info = {key.strip(): value.strip() for key, _, value in lines}
    flags = (info.get("flags") or info.get("Features") or "").split()
    family = "/".join(info[key] for key in ("cpu family", "model") if key in info)
    return {
        "cpu": info.get("model name") or platform.processor() or platform.machine(),
        "family/model": family,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "caches": caches(),
        "flags": [flag for flag in FLAGS if flag in flags],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
    }


def caches() -> dict[str, str]:
    """The first core's: L1d, L2, L3."""
    found = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found[f"L{level}"] = size
    return found


def versions() -> dict[str, str]:
    """Of the packages that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
