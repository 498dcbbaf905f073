"""Taylor's series of the functions themselves, of a series in the argument; of a ball the function's value."""

from __future__ import annotations

import math
from typing import Any

from flint import arb, arb_series, ctx

from compiled.balls import ZERO


def exp(x: Any) -> Any:
    if isinstance(x, arb):
        return x.exp()
    first = x[0].exp()
    return arb_series([first / math.factorial(k) for k in range(ctx.cap)])


def log(x: Any) -> Any:
    if isinstance(x, arb):
        return x.log()
    inverse = 1 / x[0]
    return arb_series([x[0].log(), *((-1) ** (k + 1) * inverse**k / k for k in range(1, ctx.cap))])


def log1p(x: Any) -> Any:
    if isinstance(x, arb):
        return x.log1p()
    inverse = 1 / (1 + x[0])
    return arb_series([x[0].log1p(), *((-1) ** (k + 1) * inverse**k / k for k in range(1, ctx.cap))])


def tanh(x: Any) -> Any:
    """From y' = 1 − y²."""
    if isinstance(x, arb):
        return x.tanh()
    c = [x[0].tanh()]
    for k in range(ctx.cap - 1):
        c.append(((k == 0) - sum((c[i] * c[k - i] for i in range(k + 1)), ZERO)) / (k + 1))
    return arb_series(c)


def erf(x: Any) -> Any:
    if isinstance(x, arb):
        return x.erf()
    return arb_series([x[0].erf(), *gauss(x[0])])


def erfc(x: Any) -> Any:
    if isinstance(x, arb):
        return x.erfc()
    return arb_series([x[0].erfc(), *(-c for c in gauss(x[0]))])


def gauss(x: arb) -> list[arb]:
    """The coefficients of erf from the first on, from w' = −2xw for w = 2·e^(−x²)/√π."""
    w = [2 * (-x * x).exp() / arb.pi().sqrt()]
    for k in range(ctx.cap - 2):
        w.append(-2 * (x * w[k] + (w[k - 1] if k else 0)) / (k + 1))
    return [c / (k + 1) for k, c in enumerate(w)]
