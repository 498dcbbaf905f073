"""Whether a written number is a number, and the slips that make one out of another."""

from flint import arb, fmpq
from hypothesis import assume, example, given
from hypothesis import strategies as st

from backproof.arithmetic.array import Array
from backproof.arithmetic.rounding import decimal, significant
from backproof.marking.claims import Written
from backproof.marking.judging.accepting import accepted, middle
from backproof.marking.judging.person import as_written, in_digits
from backproof.marking.judging.slips import number_slips, slips

NUMBERS = st.builds(fmpq, st.integers(-(10**9), 10**9), st.integers(1, 10**6))
DECIMALS = st.builds(lambda n, k: fmpq(n, 10**k), st.integers(-(10**6), 10**6), st.integers(0, 5))
HALF = fmpq(1, 2)


# Rounding.


@given(NUMBERS, st.integers(2, 12))
def test_a_number_rounded_to_enough_digits_is_accepted_and_one_digit_farther_is_not(number, digits):
    written = as_written(significant(int(number.p), int(number.q), digits))
    assert accepted(written, number, True, 2) == ("right" if written.value == number else "rounded")
    for step in (1, -1):
        value = written.value + step * written.unit
        beside = Written("", value, written.unit, written.digits)
        inside = abs(value - number) <= written.unit * HALF
        assert bool(accepted(beside, number, True, 2)) == inside


@given(DECIMALS, st.integers(1, 6))
def test_both_ends_of_what_a_last_digit_leaves_open_are_accepted(value, places):
    written = Written("", value, fmpq(1, 10**places), 3)
    half = written.unit * HALF
    for number in (value - half, value + half):
        assert accepted(written, number, True, 2) == "rounded"
    beyond = half + fmpq(1, 10**12)
    for number in (value - beyond, value + beyond):
        assert accepted(written, number, True, 2) == ""


@given(NUMBERS, st.integers(1, 8), st.integers(1, 8))
def test_too_few_digits_are_right_only_where_they_say_it_all(number, digits, least):
    """With fewer digits than asked for, and not as many places behind the point, only what is exact counts."""
    written = as_written(significant(int(number.p), int(number.q), digits))
    if written.value == number:
        assert accepted(written, number, True, least) == "right"
    else:
        enough = digits >= least or written.unit <= fmpq(1, 10**least) or abs(written.value - number) <= fmpq(1, 10**6)
        assert accepted(written, number, True, least) == ("rounded" if enough else "")


@given(NUMBERS, NUMBERS)
def test_a_fraction_stands_for_itself_alone(number, other):
    written = Written("", number, None, 0)
    assert accepted(written, other, True, 2) == ("right" if number == other else "")
    assert accepted(Written(), other, True, 2) == ""


@given(st.fractions(-5, 5), st.integers(3, 9))
def test_an_enclosure_is_accepted_by_its_middle(power, digits):
    number = arb(fmpq(power.numerator, power.denominator)).exp()
    value, exact = middle(number)
    assert not exact
    assert accepted(in_digits(value, False, digits), value, exact, 2)
    nearest = Written("", value + min(value, fmpq(1)) / 10**13, None, 0)
    assert accepted(nearest, value, False, 2) == "right"
    assert accepted(nearest, value, True, 2) == ""


@given(st.integers(20_001, 10**30), st.sampled_from([0, 1, 10**-9]))
def test_what_is_too_small_to_be_a_fraction_is_nought(power, radius):
    assert middle(arb(arb(2) ** -power, radius)) == (0, False)


# Slips.


@given(DECIMALS)
@example(fmpq(16))
def test_a_lost_sign_and_a_moved_point_are_told(number):
    assume(number != 0)
    assert "sign" in slips(in_digits(-number, True), number, True)
    for places in (-2, -1, 1, 2, 3):
        assert "point" in slips(in_digits(number * fmpq(10) ** places, True), number, True)


@given(st.text("0123456789", min_size=2, max_size=6), st.data())
def test_swapped_and_miscopied_digits_are_told(digits, data):
    number = fmpq(int(digits), 10 ** (len(digits) // 2))
    text = decimal(int(number.p), int(number.q))
    assume(len(text) > 1)
    i = data.draw(st.integers(0, len(text) - 2))
    assume(number != 0 and "." not in text[i : i + 2] and text[i] != text[i + 1])
    swapped = as_written(text[:i] + text[i + 1] + text[i] + text[i + 2 :])
    assert "digits" in slips(swapped, number, True) or swapped.value == 0
    other = data.draw(st.sampled_from("123456789".replace(text[i], "")))
    if len(text.strip("0.")) > 1:
        assert "copied" in slips(as_written(text[:i] + other + text[i + 1 :]), number, True)


@given(DECIMALS, st.integers(1, 4))
def test_a_number_rounded_too_early_is_told(number, digits):
    assume(number != 0)
    written = as_written(significant(int(number.p), int(number.q), digits))
    assert "rounding" in slips(written, number, True) or written.value == number


@given(NUMBERS)
def test_what_is_right_is_no_slip_of_kinds_that_change_it(number):
    found = slips(in_digits(number, True), number, True)
    assert not {"sign", "point", "digits", "copied", "cut"} & set(found) or number == 0


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6, unique=True), st.data())
def test_swapped_cells_and_a_number_of_another_cell_are_told(numbers, data):
    own = Array((len(numbers),), {(i,): fmpq(n) for i, n in enumerate(numbers)})
    a, b = data.draw(st.permutations(list(own.indices())))[:2]
    swapped = {i: in_digits(own[b if i == a else a if i == b else i], True) for i in own.indices()}
    found = number_slips(swapped, own, [a, b], 2)
    assert found[a][0] == found[b][0]
    assert (found[a][0].kind, found[a][0].cells) == ("cells", (min(a, b), max(a, b)))
    copied = {**swapped, a: in_digits(own[a], True)}
    if own[a] != 0:
        assert "cell" in [s.kind for s in number_slips(copied, own, [b], 2)[b]]


@given(st.integers(10**5, 10**6 - 1), st.integers(10**5, 10**6 - 1))
def test_most_numbers_are_no_slip_of_each_other(a, b):
    """What is named has a reason: a sum of digits that differs in many places is nothing that is known."""
    assume(a % 10 and sum(x != y for x, y in zip(str(a), str(b), strict=True)) > 2)
    assert slips(as_written(str(a)), fmpq(b), True) == []
