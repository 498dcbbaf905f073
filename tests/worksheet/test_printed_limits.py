"""Printed sheets of problems that are large, long or precise: all that is given stands there, and nothing leaves the paper."""

import re

import pytest

import backproof as bp
from backproof.network.problem import read_source
from backproof.notation.typst import ROWS, TYPST, Typst
from backproof.record.digits import text_of
from backproof.rules import find
from backproof.worksheet.printed import given
from backproof.worksheet.printed.boxes import sized
from backproof.worksheet.printed.pdf import source, typeset
from backproof.worksheet.printed.questions import described, parts
from backproof.worksheet.worksheet import solve
from worksheet.paper import SIDE, said

pytest.importorskip("typst")
pymupdf = pytest.importorskip("pymupdf")

ADAM = """
[[data]]
x = [1, 2]
t = 1
[[data]]
x = [3, -1]
t = 0
[[layers]]
output = "y"
rule = "Linear"
weight = "W_2"
bias = false
[parameters]
W_2 = [0.5, 0.25]
[loss]
rule = "MSELoss"
[update]
rule = "Adam"
lr = 0.1
"""


def problem(text):
    return solve(read_source(text, "problem.toml", None))


def pages(worksheet, kind="blank"):
    document, warnings = typeset(source(worksheet, kind))
    assert warnings == []
    return pymupdf.open(stream=document)


def written(document):
    text = " ".join(page.get_text() for page in document)
    return re.sub(r"\s+", " ", text).replace("\u200b", "").replace("’", "'")


def on_paper(document):
    """Whether each word stands between the margins."""
    found = [(page, word) for page in document for word in page.get_text("words")]
    assert len(found) > 20
    for page, (x0, y0, x1, y1, word, *_) in found:
        assert x0 > SIDE - 1, word
        assert x1 < page.rect.width - SIDE + 1, word
        assert 30 < y0 < y1 < page.rect.height - 28, word


@pytest.mark.parametrize("shape", [(30,), (13,), (25, 14), (3, 2, 13)])
def test_each_given_number_is_printed(shape):
    network = bp.Network({"x1": shape}, [bp.Layer("y", bp.Flatten())])
    numbers = iter(range(1000, 10_000))
    worksheet = network.solve(filled(shape, numbers)).worksheet()
    text = written(pages(worksheet))
    assert all(text.count(str(number)) == 1 for number in range(1000, next(numbers)))
    voice = " ".join(alt for alt in said(source(worksheet, "blank")) if alt.startswith("x1 at "))
    assert "and so on" not in voice
    assert all(str(number) in voice for number in range(1000, 1000 + worksheet.record.array("x1").size))


def filled(shape, numbers):
    return [filled(shape[1:], numbers) for _ in range(shape[0])] if shape else next(numbers)


def test_a_block_says_which_part_it_is():
    worksheet = bp.Network({"x": (30,)}, [bp.ReLU()]).solve(list(range(30))).worksheet()
    voice = [alt for alt in said(source(worksheet, "blank")) if alt.startswith("x at") and " to " in alt]
    assert [alt.partition(" equals")[0] for alt in voice] == ["x at 0 to 9", "x at 10 to 19", "x at 20 to 29"]


def test_what_is_too_much_is_told(monkeypatch):
    monkeypatch.setattr(given, "MOST_GIVEN", 1)
    assert (
        "Not printed: W_2 (2), x (2), 4 numbers. The worksheet as JSON has them: solve the problem --format json."
        in (written(pages(problem(ADAM))))
    )


def test_defaults_that_matter_are_told():
    rules = {
        "Dropout": "Dropout(p=0.5)",
        "LeakyReLU": "LeakyReLU(negative_slope=0.01)",
        "SGD": "SGD(lr=0.001, momentum=0, dampening=0, weight_decay=0)",
        "AdamW": "AdamW(lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)",
        "Softmax": "Softmax(dim=-1)",
        "ReLU": "ReLU",
    }
    assert {name: described(find(name)()) for name in rules} == rules
    conv = find("Conv2d")(out_channels=1, kernel_size=2, padding=1)
    assert described(conv) == "Conv2d(out_channels=1, kernel_size=2, padding=1)"


def test_an_optimisers_state_begins_at_0_once():
    first, second = parts(problem(ADAM))
    assert (first.state, second.state) == (["m", "v", "seen1", "seen2"], [])
    text = written(pages(problem(ADAM)))
    assert text.count("Each parameter's m, v, seen1 and seen2 begin at 0.") == 1
    assert "betas=(0.9, 0.999), eps=1e-8" in text
    (plain,) = parts(problem(ADAM.replace('"Adam"', '"SGD"').replace("[[data]]\nx = [3, -1]\nt = 0\n", "")))
    assert plain.state == []


BATCH = "batch = true\n" + re.sub(r"\[update\].*", "", ADAM, flags=re.DOTALL).replace(
    "bias = false", "bias = false\nout_features = 2"
).replace("[0.5, 0.25]", "[[1, 2], [3, 4]]").replace("MSELoss", "CrossEntropyLoss")  # fmt: skip


def test_shapes_of_a_batch():
    (part,) = parts(problem(BATCH))
    assert {row.quantity: row.shape for row in part.network} == {"y": "2 × 2", "L.p, L": "2 × 2; a number"}


def test_matrices_by_datum_say_whose_they_are():
    assert TYPST.name("dL/dW by datum", (1, 0, 2)) == 'lr(frac(partial L, partial W_(0,2)) |)_("datum" 1)'
    assert TYPST.name("dL/dW by datum", ()) == 'lr(frac(partial L, partial W) |)_("by datum")'
    document = pages(problem(BATCH))
    assert written(document).count("datum 0") == written(document).count("datum 1") == 1


@pytest.mark.parametrize("digits", [30, 200])
@pytest.mark.parametrize("kind", ["key", "solution"])
def test_many_digits_stay_on_the_paper(kind, digits):
    worksheet = bp.solve("question-02", digits=digits)
    document = pages(worksheet, kind)
    on_paper(document)
    squeezed = re.sub(r"\s", "", written(document))
    for value in worksheet.passes[0].record.array("p").values():
        assert text_of(value, digits)[0] in squeezed
    spans = [span for page in document for block in page.get_text("dict")["blocks"] for line in block.get("lines", ())
             for span in line["spans"] if re.fullmatch(r"\s*[\d.]{12,}\s*", span["text"])]  # fmt: skip
    assert min(span["size"] for span in spans) > 5.5


def test_a_box_has_room_for_its_digits():
    for digits in (6, 30, 200, 1000):
        for columns in (1, 3, 12):
            width, height, longest = sized((1, columns), digits)
            assert width * columns <= 14.21
            assert -(-digits // longest) * 0.3 <= height or digits <= 10 or height == 19
    assert sized((2, 2), 6)[:2] == (2.2, 0.78)


@pytest.mark.parametrize("digits", [30, 200])
def test_empty_boxes_are_as_high_as_full_ones(digits):
    worksheet = bp.solve("question-02", digits=digits)
    blank, key = ([boxes(page) for page in pages(worksheet, kind)] for kind in ("blank", "key"))
    assert blank[0] == key[0] != []
    assert sum(map(len, blank)) == sum(map(len, key))


def boxes(page):
    found = [item[1] for drawing in page.get_drawings() for item in drawing["items"] if item[0] == "re"]
    return sorted((round(box.y1 - box.y0), round(box.x1 - box.x0)) for box in found if 15 < box.y1 - box.y0 < 400)


@pytest.mark.parametrize("kind", ["solution", "blank"])
def test_a_word_that_no_line_holds(kind):
    word = "supercalifragilistic" * 40
    worksheet = problem(f'title = "{word}"\ntext = "{word} -- and <!-- so on -->"\n{ADAM}')
    document = pages(worksheet, kind)
    on_paper(document)
    squeezed = written(document).replace(" ", "").replace("-supercali", "supercali")
    assert squeezed.count("supercali") >= 80
    assert "--and<!--soon-->" in squeezed
    dashes = [c for page in document for c in characters(page) if c["c"] == "-"]
    assert all(c["bbox"][2] - c["bbox"][0] > 2 for c in dashes)


def characters(page):
    blocks = page.get_text("rawdict")["blocks"]
    return [c for b in blocks for line in b.get("lines", ()) for span in line["spans"] for c in span["chars"]]


def test_a_long_name_stays_on_the_paper():
    name = "weight" * 30
    on_paper(pages(problem(ADAM.replace("W_2", name)), "solution"))


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("W_2", '"W_2"[0,1]'),
        ("W₂", '"W₂"[0,1]'),
        ("W_2'", '"W_2"\'[0,1]'),
        ("dL/dx1", 'frac(partial L, partial"x1"[0,1])'),
        ("W", "W_(0,1)"),
    ],
)
def test_an_index_behind_a_digit(quantity, expected):
    assert TYPST.name(quantity, (0, 1)) == expected


def test_long_numbers_go_on_below():
    assert Typst(4).number("-1.2345e-9") == f'{ROWS}-"1.2"; "345") dot 10^(-9)'
    assert Typst(6).number("1.2345") == "1.2345"
