"""Every line that is printed is true: its sides are equal, and nothing is passed over in silence."""

import mpmath
import pytest
from flint import fmpq

from backproof.notation.text import TEXT
from backproof.record.digits import text_of
from worksheet.sheets import NAMES, Reader, cells, interval_of, is_whole, overlap, sheet, steps

mpmath.iv.prec = 200


@pytest.fixture(params=NAMES)
def worksheet(request):
    return sheet(request.param)


def test_the_working_gives_the_record_s_own_number(worksheet):
    for record, step in steps(worksheet):
        for line in step.lines:
            value, kept = line.working.value, cells(record)[TEXT.name(*line.cell.args)]
            assert overlap(interval_of(value if hasattr(value, "p") or hasattr(value, "value") else fmpq(value)), kept)


def test_the_sides_of_every_line_are_equal(worksheet):
    read = 0
    for record, step in steps(worksheet):
        for line in step.lines:
            cell, *rest = line.sides(TEXT)
            true = cells(record)[cell]
            for side in rest[1::2]:
                if is_whole(side):
                    got = Reader(record, side).computed()
                    assert overlap(got, true), f"{' '.join((cell, *rest))}: {side} is {got}, not {true}"
                    assert got.delta <= 1e-3 * (1 + abs(true).b), f"{side} tells too little"
                    read += 1
    assert read > 10


def test_an_equals_sign_stands_before_nothing_rounded(worksheet):
    for record, step in steps(worksheet):
        for line in step.lines:
            cell, *rest = line.sides(TEXT)
            for sign, side in zip(rest[::2], rest[1::2], strict=True):
                assert sign in ("=", "≈")
                if sign == "≈":
                    break
                if is_whole(side):
                    got = Reader(record, side, exact=True).computed()
                    assert overlap(got, cells(record)[cell]), f"{' '.join((cell, *rest))}: {side} is {got}"
            assert (rest[-2] == "=" or not text_of(line.working.value, record.digits)[1]) or "≈" in rest[:-2]


def test_every_cell_is_accounted_for(worksheet):
    for record, step in steps(worksheet):
        every = [
            TEXT.name(s.name, (() if s.datum is None else (s.datum,)) + i)
            for s in step.slots
            for i in record.evaluation.values[s]
        ]
        told = [line.sides(TEXT)[0] for line in step.lines]
        assert len(told) + step.zeros + step.left_out == len(every)
        assert len(set(told)) == len(told)
        assert set(told) <= set(every)
        if not step.left_out:
            assert all(cells(record)[name].mid == 0 for name in set(every) - set(told))


def test_every_step_has_a_formula_and_a_reason(worksheet):
    for _, step in steps(worksheet):
        assert step.formulas(TEXT)
        assert all("⟦" not in formula for formula in step.formulas(TEXT))
        assert step.why.endswith((".", ":"))


def test_steps_are_numbered_and_every_quantity_has_one(worksheet):
    for each in worksheet.passes:
        assert [step.number for step in each.steps] == list(range(1, len(each.steps) + 1))
        given = {quantity.name for quantity in each.givens}
        assert {step.quantity for step in each.steps} | given == set(each.record.names)
        assert not {step.quantity for step in each.steps} & given
