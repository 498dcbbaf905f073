"""Sheets damaged at random: reading never raises, and nothing that is no number becomes one."""

import re
import time
from pathlib import Path

import pytest

from backproof.examples import FOLDER
from backproof.marking.reading.text import read_text
from marking.reading_sheets import FORMS, damaged, kinds, question, random_number, said, seeded

SHEETS = [path.read_text(encoding="utf-8") for path in sorted(Path(FOLDER / "sheets").glob("*.md"))]
DERIVATION = r"""
## Softmax

$$p_i = \frac{e \times p(z_i)}{\sum_{j=1}^{k} exp(z_j)}$$
p = (0.659, 0.242, 0.0986)
$$\frac{\partial L}{\partial z_y} = \frac{d}{dz_y} \left\{ -\log \left[ \frac{\exp(z_y)}{\sum_{j=1}^{k} \exp(z_j)} \right] \right\}$$
=
$$\frac{d}{dz_y} \left\{ -z_y + \log \sum_j \exp(z_j) \right\}$$ $= p_y - 1$
$$L = \begin{cases} 0 & \frac{1}{2} \\ \begin{cases} 1 & \end{cases}$$
"""
NUMBER = re.compile(r"[-+−]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?(/\d+)?", re.IGNORECASE | re.ASCII)


@pytest.mark.parametrize("times", [1, 10, 100])
@pytest.mark.parametrize("n", range(20))
def test_damage_never_stops_the_reading(n, times):
    rng = seeded((n, times).__repr__())
    for text, name in ((rng.choice(SHEETS), "question-01"), (DERIVATION, "question-02")):
        sheet = read_text(damaged(text, rng, times), question(name))
        assert all(remark.kind in KINDS for remark in sheet.remarks)
        for claim in sheet.claims:
            shape = sheet_shape(name, claim)
            assert all(
                len(i) == len(shape) and all(0 <= a < b for a, b in zip(i, shape, strict=True)) for i in claim.cells
            )
            for cell in claim.cells.values():
                assert cell.value is None or cell.text
                assert cell.value is not None or cell.doubt


KINDS = {"unread", "doubt", "unknown", "shape", "twice"}


def sheet_shape(name, claim):
    return question(name).parts[claim.part].shapes[claim.name]


@pytest.mark.parametrize("form", FORMS)
def test_a_cell_that_is_no_number_any_more_has_no_value(form):
    """One cell is damaged into what no number is; the others keep their values wherever they are claimed."""
    for n in range(30):
        rng = seeded(f"{form}{n}")
        cells = [[random_number(rng) for _ in range(2)] for _ in range(2)]
        i, j = rng.randrange(2), rng.randrange(2)
        spoilt = rng.choice(["l", "O", ")", "]", "S", "l.", "..", " .4", "~", "Z"])
        at = rng.randrange(1, len(cells[i][j]) + 1)
        cells[i][j] = cells[i][j][:at] + spoilt + cells[i][j][at:]
        if NUMBER.fullmatch(cells[i][j]):
            continue
        text = FORMS[form]("V", cells)
        found = said(read_text(text, question())).get(("dL/dV", 0), {})
        assert found.get((i, j), "None") == "None", text
        for place in {(0, 0), (0, 1), (1, 0), (1, 1)} - {(i, j)} & found.keys():
            assert (
                found[place]
                == said(read_text(f"dL/dV[{place[0]},{place[1]}] = {cells[place[0]][place[1]]}", question()))[
                    "dL/dV", 0
                ][place]
            ), text


@pytest.mark.parametrize(
    "text",
    ["[" * 10**6, "[\n" * 20_000, "\\begin{bmatrix}\n" * 10**4, "$$\n" * 20_000, "y = " + "(" * 2000 + "1" + ")" * 2000, "1 2\n" * 20_000,
     "y = 1\n" * 20_000, "= 1\n" * 20_000, "y = " + "1," * 3000, "y = " + "\\frac{" * 1000, "y = 1 " * 2000, "U\t" * 20_000, "y = " + "-" * 3000,
     "a\n$$\nb\n" * 500_000],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_hostile_text_is_read_in_a_moment(text):
    began = time.process_time()
    sheet = read_text(text, question())
    assert time.process_time() - began < 10
    assert sheet.recognised
    assert set(kinds(sheet)) <= {*KINDS, "refused"}
