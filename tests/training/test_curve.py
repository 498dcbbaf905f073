"""Curves of text: every dot within the frame, whatever the numbers are."""

from hypothesis import given
from hypothesis import strategies as st

from backproof.training.curve import curve

VALUES = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40)


@given(st.dictionaries(st.sampled_from(["loss", "validation"]), VALUES), st.integers(10, 100), st.integers(2, 20))
def test_any_numbers_can_be_drawn(series, width, height):
    lines = str(curve(series, width, height)).splitlines()
    assert lines == ["nothing to draw"] or len(lines) == height + 3
    assert all(len(line) <= max(width, 60) for line in lines)


def test_what_falls_goes_down():
    lines = str(curve({"loss": [3, 2, 1]}, 30, 6)).splitlines()[:6]
    starts = [min(i for i, c in enumerate(line[4:]) if c != " ") for line in lines]
    assert starts == sorted(starts)
    assert lines[0].startswith("3 ┤")
    assert lines[-1].startswith("1 ┤")
