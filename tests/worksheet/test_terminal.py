"""The terminal: no line wider than it, no colour where it is none, ties explained."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import backproof as bp
from backproof.notation.text import TEXT
from backproof.worksheet.terminal import plain, print_worksheet
from worksheet.sheets import NAMES, sheet, steps

L = bp.Layer


def printed(worksheet, width):
    file = io.StringIO()
    print_worksheet(worksheet, file, width)
    return file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_the_terminal(name, width):
    for text in (printed(sheet(name), width), plain(sheet(name), width)):
        assert max(map(cell_len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [60, 200])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_where_lines_are_broken(name, width):
    text = "".join(printed(sheet(name), width).split())
    for _, step in steps(sheet(name)):
        said = [step.why, *step.formulas(TEXT), *("".join(line.sides(TEXT)) for line in step.lines)]
        said += [reason for line in step.lines for reason in line.reasons]
        assert all("".join(part.split()) in text for part in said)


@pytest.mark.parametrize("name", NAMES)
def test_no_colour_where_there_is_no_terminal(name):
    assert "\x1b" not in printed(sheet(name), 80)
    assert "\x1b" not in str(sheet(name))
    assert all(line == line.rstrip() for line in str(sheet(name)).splitlines())


def pooled(cells):
    return bp.Network({"x": (2, 2)}, [L("m", bp.MaxPool2d(2)), bp.Flatten()], bp.HalfSquaredError()).solve(cells, [0])


KINKS = {"ReLU": bp.ReLU, "LeakyReLU": bp.LeakyReLU, "PReLU": bp.PReLU}
numbers = st.integers(-3, 3)


@given(st.lists(numbers, min_size=4, max_size=4))
def test_the_convention_of_a_tie_is_told_where_there_is_one(cells):
    text = str(pooled([cells[:2], cells[2:]]))
    assert text.count("Convention:") == (cells.count(max(cells)) > 1)


@given(st.lists(numbers, min_size=1, max_size=4), st.sampled_from(sorted(KINKS)))
def test_the_convention_of_a_kink_is_told_where_there_is_one(cells, kink):
    record = bp.Network({"x": (len(cells),)}, [L("y", KINKS[kink]())], bp.HalfSquaredError()).solve(
        cells, [9] * len(cells)
    )
    told = {step.quantity for step in record.worksheet().passes[0].steps if step.convention}
    assert told <= {"y", "dL/dx", "dL/dy.weight"}
    assert bool(told) == (0 in cells)
    assert ("dL/dx" in told) == (0 in cells)


def test_examples_without_a_tie_have_no_convention():
    assert "Convention" not in str(sheet("question-01"))
