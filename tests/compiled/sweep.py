"""Every one of the 2³² floats, held against the same function in float64, whose own error is certified.

`python -m compiled.sweep` in `tests` takes about a minute a function.
"""

from __future__ import annotations

import numpy as np

from backproof.compiled import elementary
from compiled.native import AVX512, native

NAMES = ("exp", "log", "log1p", "tanh", "erf", "erfc")
CHUNK = 1 << 20


def worst(name: str, first: int = 0, last: int = (1 << 32) - 1) -> tuple[float, float]:
    """The largest error in ULP over all floats with bits from first to last, and where.

    Infinite where only one of the two is finite or NaN.
    """
    single = native(getattr(elementary, name), "float32", 16, avx512=AVX512)
    double = native(getattr(elementary, name), "float64", 8, avx512=AVX512)
    most, where = 0.0, 0.0
    for start in range(first, last + 1, CHUNK):
        x = np.arange(start, min(start + CHUNK, last + 1), dtype=np.uint32).view(np.float32)
        with np.errstate(all="ignore"):
            y, true = single(x), double(x.astype(np.float64))
            nearest = true.astype(np.float32)
            unit = np.ldexp(1.0, np.maximum(np.frexp(true)[1] - 24, -149))
            error = np.abs(y - true) / unit
            same = (y == nearest) | (np.isnan(y) & np.isnan(nearest))
            error[same & ~np.isfinite(error)] = 0
            error[np.isnan(error)] = np.inf
        i = int(np.argmax(error))
        if error[i] > most:
            most, where = float(error[i]), float(x[i])
    return most, where


if __name__ == "__main__":
    for name in NAMES:
        print(name, *worst(name), flush=True)
