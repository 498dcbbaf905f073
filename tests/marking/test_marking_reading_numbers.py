"""A number keeps its digits however it is written; what is no number never gets a value."""

import re

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.marking.reading.numbers import written
from marking.reading_sheets import LOOK_ALIKES

DIGITS = st.text("0123456789", min_size=1, max_size=12)


@given(st.sampled_from(["", "-", "+", "−"]), DIGITS, st.sampled_from(".,"), st.text("0123456789", max_size=8))
def test_a_decimal_is_the_digits_that_stand_there(sign, whole, point, part):
    if len(part) == 3 and point == "," and len(whole) <= 3:
        part += "1"
    number = written(f" {sign}{whole}{point}{part} ")
    value = fmpq(int(whole + part), 10 ** len(part))
    assert number.value == (-value if sign in ("-", "−") else value)
    assert number.unit == fmpq(1, 10 ** len(part))
    assert number.digits == len((whole + part).lstrip("0"))


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_a_fraction_is_exact(p, q):
    assert written(f"{p}/{q}").value == fmpq(p, q)
    assert written(f"{p}/{q}").unit is None


@given(st.integers(1, 999), st.integers(-30, 30))
def test_powers_of_ten_in_every_notation(n, power):
    expected = fmpq(n) * fmpq(10) ** power
    forms = [f"{n}e{power}", f"{n}E{power:+d}", f"{n}·10^{{{power}}}", rf"{n} \cdot 10^{power}", f"{n} × 10^{power}"]
    assert [written(form).value for form in forms] == [expected] * len(forms)
    assert {written(form).unit for form in forms} == {fmpq(10) ** power}


@given(st.from_regex(r"-?[0-9]{1,3}\.[0-9]{1,3}", fullmatch=True), st.data())
def test_a_look_alike_makes_a_number_illegible_and_the_number_one_of_its_readings(digits, data):
    at = data.draw(st.sampled_from([i for i, c in enumerate(digits) if c in "0125689"] or [-1]))
    if at < 0:
        return
    spoilt = digits[:at] + data.draw(st.sampled_from(LOOK_ALIKES[digits[at]])) + digits[at + 1 :]
    number = written(spoilt)
    assert number.value is None
    assert number.illegible
    assert written(digits).value in number.readings


@given(st.text(max_size=30))
def test_only_what_looks_like_a_number_has_a_value(text):
    number = written(text)
    plain = re.fullmatch(r"\s*[-+−–—‐‑﹣－＋]?[\d.,/⁄eE+\-−–—‐‑﹣－＋\s·×*⋅^{}]*\s*", text, re.ASCII)
    assert number.value is None or plain
    assert number.blank or number.illegible or number.value is not None


@pytest.mark.parametrize(
    "text", ["1,000", "12,345,678", "1/0", "5%", "nan", "inf", "8 .4", "2.05)", "1e99999", "9" * 500]
)
def test_what_could_mean_two_things_or_nothing_is_illegible(text):
    assert written(text).illegible


@pytest.mark.parametrize("text", ["", " ", "?", "-", "—", "__", "n/a", "None"])
def test_blank(text):
    assert written(text).blank
