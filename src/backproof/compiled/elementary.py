"""Elementary functions as programs without branches, over the operations of any machine.

Each function is written once, for float32 and float64. Its error bound, in units in the last place of the true value
(ULP), is proved in `tests/compiled/test_elementary.py` by running the very function on balls (float32's erfc from 1 to
9.5, by trying all numbers); it holds for all arguments, subnormal ones and results included. Infinities, NaN and signs
of zero are as in C's Annex F.

Polynomials are minimax polynomials by Remez's exchange, made by `tests/compiled/coefficients.py`. Sources: Cody and
Waite, Software Manual for the Elementary Functions (reduction by ln 2 in two parts); Muller, Elementary Functions, 3rd
ed.; Muller et al., Handbook of Floating-Point Arithmetic, 2nd ed. (compensated sums and products); Shepherd and
Laframboise, Mathematics of Computation 36 (1981), 249-253 (the form of erfc).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backproof.compiled.operations import Operations


def exp(m: Operations, x: Any) -> Any:
    """eˣ; at most 1 ULP in float32, 1.5 in float64.

    x = n·ln 2 + r, |r| ≤ ½·ln 2 (Cody and Waite), eˣ = 2ⁿ·(1 + r·(1 + r·q(r))).
    """
    x = within_exp_range(m, x)
    high, low = LN2[m.format.bits]
    n = m.round(m.mul(x, m.constant(LOG2_E[m.format.bits])))
    return exp_of_parts(m, n, m.fma(n, m.constant(-low), m.fma(n, m.constant(-high), x)))


def exp_of_difference(m: Operations, a: Any, b: Any) -> Any:
    """e^(a − b), where the rounding error of a − b is made good; at most 1 ULP in float32, 1.5 in float64.

    As softmax needs it: e^(z − top) would else lose as many bits as z − top has before its point.
    """
    d, e = m.two_sum(a, m.neg(b))
    small = m.lt(m.abs(e), m.constant(2.0**-16))
    n, coarse, fine = less_multiple(m, within_exp_range(m, d), m.select(small, e, m.constant(0.0)))
    return exp_of_parts(m, n, m.add(coarse, fine))


def log(m: Operations, x: Any) -> Any:
    """The natural logarithm; at most 1 ULP in float32, 1.5 in float64.

    x = 2ᵏ·(1 + f), √½ ≤ 1 + f < √2, log x = k·ln 2 + f + f²·q(f), added up from its largest term with what that loses.
    """
    k, s = m.split(x)
    zero = m.constant(0.0)
    return within_domain(m, x, log_of_parts(m, k, m.sub(s, m.constant(1.0)), zero))


def log1p(m: Operations, x: Any) -> Any:
    """log(1 + x); at most 1 ULP in float32, 1.5 in float64.

    The logarithm of 1 + x as rounded, whose rounding error is carried along.
    """
    one = m.constant(1.0)
    u, e = m.two_sum(one, x)
    k, s = m.split(u)
    f, rest = m.fast_two_sum(m.sub(s, one), m.scale(e, m.neg(k)))
    result = within_domain(m, u, log_of_parts(m, k, f, rest))
    return m.select(m.eq(x, m.constant(0.0)), x, result)


def tanh(m: Operations, x: Any) -> Any:
    """The hyperbolic tangent; at most 1 ULP in float32, 1.5 in float64.

    E/(E + 2) with E = e^(2|x|) − 1 = (2ⁿ − 1) + 2ⁿ·(e^r − 1), both as sums of two floats.
    """
    one, two = m.constant(1.0), m.constant(2.0)
    a = m.minimum(m.abs(x), m.constant(TANH_IS_ONE[m.format.bits]))
    n, r, rest = reduced(m, m.add(a, a), m.constant(0.0))
    power = m.scale(one, n)
    tail = m.fma(m.mul(r, r), polynomial(m, EXP, r), m.fma(r, rest, rest))
    whole, lost = m.fast_two_sum(power, m.neg(one))
    r, tail = m.fast_two_sum(r, tail)
    top, more = m.fast_two_sum(whole, m.mul(power, r))
    top_rest = m.fma(power, tail, m.add(lost, more))
    bottom, more = m.two_sum(top, two)
    return m.copysign(quotient(m, top, top_rest, bottom, m.add(more, top_rest)), x)


def erf(m: Operations, x: Any) -> Any:
    """The error function; at most 1 ULP in float32, 1.5 in float64.

    x + x·q(x²) below 11/16, elsewhere 1 − erfc |x|.
    """
    a = m.abs(x)
    near = m.fma(x, polynomial(m, ERF, m.mul(x, x)), x)
    far = m.copysign(m.sub(m.constant(1.0), erfc_of_large(m, a)), x)
    return m.select(m.lt(a, m.constant(NEAR)), near, far)


def erfc(m: Operations, x: Any) -> Any:
    """The complementary error function, 1 − erf x; at most 1 ULP in float32, 1.5 in float64.

    Below 11/16 in absolute value 1 − x − x·q(x²), elsewhere as in `erfc_of_large`, taken from 2 for negative x.
    """
    one, two, start = m.constant(1.0), m.constant(2.0), m.constant(NEAR)
    a = m.abs(x)
    top, lost = m.fast_two_sum(one, m.neg(x))
    near = m.add(top, m.fma(m.neg(x), polynomial(m, ERF, m.mul(x, x)), lost))
    large = erfc_of_large(m, a)
    far = m.select(m.lt(x, start), m.sub(two, large), large)
    return m.select(m.lt(a, start), near, far)


def within_exp_range(m: Operations, x: Any) -> Any:
    """x, or where it lies beyond them the bounds past which eˣ is 0 or infinite."""
    lowest, highest = EXP_RANGE[m.format.bits]
    return m.maximum(m.minimum(x, m.constant(highest)), m.constant(lowest))


def exp_of_parts(m: Operations, n: Any, r: Any) -> Any:
    """2ⁿ·eʳ."""
    one = m.constant(1.0)
    return m.scale(m.fma(m.fma(polynomial(m, EXP, r), r, one), r, one), n)


def reduced(m: Operations, x: Any, e: Any) -> tuple[Any, Any, Any]:
    """n, r and a rest with x + e = n·ln 2 + r + rest, n whole, |r| hardly more than ½·ln 2."""
    n, coarse, fine = less_multiple(m, x, e)
    return n, *m.fast_two_sum(coarse, fine)


def less_multiple(m: Operations, x: Any, e: Any) -> tuple[Any, Any, Any]:
    """n and x + e − n·ln 2 in two parts, the first of them exact."""
    high, low = LN2[m.format.bits]
    n = m.round(m.mul(x, m.constant(LOG2_E[m.format.bits])))
    return n, m.fma(n, m.constant(-high), x), m.fma(n, m.constant(-low), e)


def log_of_parts(m: Operations, k: Any, f: Any, rest: Any) -> Any:
    """k·ln 2 + log(1 + f + rest), rest being at most half a unit in the last place of f."""
    high, low = LN2[m.format.bits]
    top, lost = m.fast_two_sum(m.mul(k, m.constant(high)), f)
    tail = m.fma(m.mul(f, f), polynomial(m, LOG, f), m.fma(k, m.constant(low), rest))
    return m.add(top, m.add(lost, tail))


def within_domain(m: Operations, x: Any, logarithm: Any) -> Any:
    """The logarithm of x, put right where x is 0, negative, infinite or NaN."""
    zero, infinity = m.constant(0.0), m.constant(float("inf"))
    result = m.select(m.lt(x, infinity), logarithm, x)
    result = m.select(m.lt(x, zero), m.constant(float("nan")), result)
    return m.select(m.eq(x, zero), m.neg(infinity), result)


def erfc_of_large(m: Operations, a: Any) -> Any:
    """erfc a for a ≥ 11/16, as e^(−a²)·g(u)/(1 + 2a), u = (a − c)/(a + c); any number below."""
    one, centre = m.constant(1.0), m.constant(ERFC_CENTRE[m.format.bits])
    a = m.maximum(m.minimum(a, m.constant(ERFC_IS_ZERO[m.format.bits])), m.constant(NEAR))
    square, lost = m.two_product(a, a)
    n, r, rest = reduced(m, m.neg(square), m.neg(lost))
    power, more = m.fast_two_sum(one, r)
    power_rest = m.add(more, m.fma(m.mul(r, r), polynomial(m, EXP, r), m.fma(r, rest, rest)))
    u = m.div(m.sub(a, centre), m.add(a, centre))
    first, *others = ERFC[m.format.bits]
    g, g_rest = m.fast_two_sum(m.constant(first), m.mul(u, horner(m, others, u)))
    top, more = m.two_product(power, g)
    top_rest = m.add(more, m.fma(power, g_rest, m.mul(power_rest, g)))
    return m.scale(quotient(m, top, top_rest, *m.fast_two_sum(m.add(a, a), one)), n)


def quotient(m: Operations, top: Any, top_rest: Any, bottom: Any, bottom_rest: Any) -> Any:
    """(top + top_rest)/(bottom + bottom_rest), by one step of Newton's from a first quotient (Handbook, 4.7)."""
    inverse = m.div(m.constant(1.0), bottom)
    first = m.mul(top, inverse)
    rest = m.add(m.fma(m.neg(first), bottom, top), m.fma(m.neg(first), bottom_rest, top_rest))
    return m.fma(rest, inverse, first)


def polynomial(m: Operations, table: dict[int, tuple[float, ...]], x: Any) -> Any:
    return horner(m, table[m.format.bits], x)


def horner(m: Operations, coefficients: Sequence[float], x: Any) -> Any:
    """The polynomial with these coefficients, that of x⁰ first."""
    result = m.constant(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        result = m.fma(result, x, m.constant(c))
    return result


EXP_RANGE = {32: (-104.0, 89.0), 64: (-746.0, 710.0)}
"""Below and above it eˣ rounds to 0 and to infinity, and so it does at its ends."""

TANH_IS_ONE = {32: 9.125, 64: 19.125}
"""From about here on tanh rounds to 1."""

NEAR = 11 / 16
"""Below it erf and erfc are polynomials: so far, erfc = 1 − erf keeps its last place."""

ERFC_IS_ZERO = {32: 10.25, 64: 27.5}
"""Here erfc rounds to 0."""

LOG2_E = {32: 1.4426950216293335, 64: 1.4426950408889634}
"""1/ln 2, rounded: it only chooses n."""

LN2 = {
    32: (0.693145751953125, 1.428606765330187e-06),
    64: (0.6931471805598903, 5.497923018708371e-14),
}
"""ln 2: so few bits that whole multiples are exact, and the rest."""

EXP = {
    32: (0.4999999403953552, 0.1666652113199234, 0.04166813939809799, 0.008369327522814274, 0.0013837472070008516),
    64: (
        0.5000000000000011,
        0.1666666666666647,
        0.04166666666652876,
        0.008333333333477529,
        0.0013888888943911464,
        0.00019841269516830524,
        2.480149269229376e-05,
        2.755759632892697e-06,
        2.763045960597672e-07,
        2.4991437406695513e-08,
    ),
}
"""(eʳ − 1 − r)/r² for |r| ≤ ½·ln 2, its error weighed by r²/eʳ."""

LOG = {
    32: (
        -0.5,
        0.3333331346511841,
        -0.25000014901161194,
        0.2000209242105484,
        -0.1666775941848755,
        0.14219534397125244,
        -0.1240866556763649,
        0.11892421543598175,
        -0.11663993448019028,
        0.06724738329648972,
    ),
    64: (
        -0.5,
        0.33333333333333454,
        -0.2499999999999901,
        0.19999999999945842,
        -0.16666666666890348,
        0.14285714293854532,
        -0.12499999984438183,
        0.11111110517299713,
        -0.1000000026006085,
        0.09090933356063166,
        -0.0833334931814266,
        0.07691720850197419,
        -0.07141939954938815,
        0.06675006412529427,
        -0.06270371754203348,
        0.05819530121291409,
        -0.05324284602283451,
        0.054046184005715106,
        -0.06274956897274353,
        0.05727115048248118,
        -0.024540821782133702,
    ),
}
"""(log(1 + f) − f)/f² for √½ ≤ 1 + f ≤ √2, its error weighed by f²/log(1 + f)."""

ERF = {
    32: (
        0.12837916612625122,
        -0.3761262595653534,
        0.11283506453037262,
        -0.026842793449759483,
        0.005135213024914265,
        -0.0006934396806173027,
    ),
    64: (
        0.1283791670955126,
        -0.3761263890318426,
        0.11283791670989787,
        -0.02686617065436448,
        0.005223977750505957,
        -0.0008548336752872681,
        0.00012055793068948227,
        -1.4939062011306636e-05,
        1.6696113873753465e-06,
        -1.8565585041717346e-07,
        2.2516110212891127e-08,
    ),
}
"""erf(√y)/√y − 1 for 0 ≤ y ≤ (11/16)², its error weighed by √y/erf(√y)."""

ERFC_CENTRE = {32: 2.0048789978027344, 64: 2.7791896057128906}
"""c in u = (x − c)/(x + c); such that the first coefficient below is very nearly a float."""

ERFC = {
    32: (
        1.2768651247024536,
        -0.09316746890544891,
        -0.16531698405742645,
        0.16418735682964325,
        -0.054874178022146225,
        -0.007672235835343599,
        0.008813736028969288,
        0.0009927591308951378,
        -0.00147038244176656,
    ),
    64: (
        1.2581129243850457,
        -0.13119965588561833,
        -0.06833384241291986,
        0.14321640618954393,
        -0.11536636695249815,
        0.05439045858633389,
        -0.011998087565089237,
        -0.00218240918482497,
        0.0020229899965233094,
        -5.873738868241177e-05,
        -0.00028759636103574724,
        2.6851861701296378e-05,
        4.684949416689467e-05,
        -3.2704459640285424e-06,
        -8.710889365923573e-06,
        -2.9136015471481556e-07,
        1.6996406906958443e-06,
        3.151567771976061e-07,
        -3.3090271680986497e-07,
        -8.73348003463121e-08,
        5.847518850334182e-08,
    ),
}
"""(1 + 2x)·e^(x²)·erfc x in powers of u, from x = 11/16 to where erfc rounds to 0, relative error."""
