"""Whether texts have room: as many digits for either sign, all right; cells and cards as wide as what is written in them."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from flint import arb, fmpq
from hypothesis import assume, example, given
from hypothesis import strategies as st

import backproof as bp
from backproof.drawing.drawing import drawing, style
from backproof.drawing.lettering import LETTER_SIZE, NAME_SIZE, NUMBER_SIZE, RULE_SIZE, SMALL
from backproof.drawing.numbers import LONGEST, short
from backproof.drawing.sizes import size

L = bp.Layer
SVG = "{http://www.w3.org/2000/svg}"
BOTH = pytest.mark.parametrize("upright", [False, True])

# How wide DejaVu Sans draws a character, in parts of its size; no common font is wider.
DRAWN = dict.fromkeys("0123456789", 0.636) | {"−": 0.838, "+": 0.838, "±": 0.838, ".": 0.318, "/": 0.337, "e": 0.615}
DRAWN |= {"W": 0.989, "_": 0.5, "l": 0.278, "o": 0.612, "n": 0.634, "g": 0.635, "a": 0.613, "m": 0.974, "∂": 0.55}
DRAWN |= {"L": 0.557, "d": 0.635, "…": 1.0, "^": 0.838, "i": 0.278, "x": 0.592, "反": 1.0, "h": 0.634, "t": 0.392}

ratios = st.builds(
    lambda p, q, ten: Fraction(p, q) * Fraction(10) ** ten,
    st.integers(1, 10**7),
    st.sampled_from([1, 3, 7, 16, 160, 10_007]),
    st.integers(-12, 8),
)


@given(ratios, st.integers(4, 7))
@example(Fraction(1, 16), 6)
@example(Fraction(1, 40), 6)
@example(Fraction(340652, 10**10), 7)
def test_both_signs_have_the_same_digits_and_all_are_right(ratio, most):
    value = fmpq(ratio.numerator, ratio.denominator)
    text = short(value, 6, most)
    assert short(-value, 6, most) == f"−{text}"
    assert len(text) <= LONGEST
    if "/" in text:
        assert Fraction(text) == ratio
        return
    number = Decimal(text.replace("−", "-"))
    unit = Fraction(10) ** number.as_tuple().exponent
    assert abs(Fraction(number) - ratio) <= unit / 2
    assert Fraction(number) == ratio or len(number.as_tuple().digits) >= 2


@given(ratios, st.integers(4, 7))
def test_more_room_never_costs_digits(ratio, most):
    value = fmpq(ratio.numerator, ratio.denominator)
    texts = [short(value, 6, n) for n in (most, most + 1)]
    assume(not any("/" in text for text in texts))
    errors = [abs(Fraction(Decimal(text.replace("−", "-"))) - ratio) for text in texts]
    assert errors[1] <= errors[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (fmpq(1, 16), "0.0625"),
        (fmpq(-1, 16), "−0.0625"),
        (fmpq(-1, 40), "−0.025"),
        (fmpq(-1, 80), "−0.0125"),
        (fmpq(3, 160), "0.01875"),
        (fmpq(-340652, 10**10), "−3.41e−5"),
        (fmpq(340652, 10**10), "3.41e−5"),
        (-(arb(10).exp() ** -1), "−4.54e−5"),
        (-1.23456e-10, "−1.2e−10"),
        (fmpq(12345678, 1000), "12346"),
    ],
)
def test_an_exponent_stands_where_places_would_lose_the_number(value, text):
    assert short(value, 6, 7) == text


def width(text, font):
    return font * sum(DRAWN.get(c, 0.65) for c in text)


def text_of(element):
    return "".join(element.itertext()).removeprefix(element.findtext(f"{SVG}title", ""))


def tight(svg):
    """Every text that is wider than its box, or meets the name beside it."""
    for card in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if not card.attrib.get("class", "").startswith("card"):
            continue
        back = next(each for each in card if each.tag == f"{SVG}rect")
        left, right = float(back.attrib["x"]), float(back.attrib["x"]) + float(back.attrib["width"])
        names = [e for e in card.iter(f"{SVG}text") if e.attrib.get("class") == "name"]
        spans = []
        for each in names:
            half = width(text_of(each), 14) / 2
            spans.append((each.attrib["y"], float(each.attrib["x"]) - half, float(each.attrib["x"]) + half))
            if spans[-1][1] < left + 4 or spans[-1][2] > right - 4:
                yield text_of(each)
        yield from (a for a, b in pairwise(spans) if a[0] == b[0] and a[2] > b[1] - 6)
        for each in card.iter():
            if each.attrib.get("class", "").startswith("cell"):
                text, box = each.find(f"{SVG}text").text, each.find(f"{SVG}rect")
                if width(text, 12) > float(box.attrib["width"]) - 3:
                    yield text


names = st.text(st.sampled_from("Wlongmahtdi_反"), min_size=1, max_size=30).filter(lambda n: n[0] != "_")


@BOTH
@given(names=st.lists(names, min_size=3, max_size=3, unique=True), ratio=ratios)
def test_cells_and_cards_are_as_wide_as_what_they_say(upright, names, ratio):
    x, weight, out = names
    assume(not {"t", "L"} & set(names))
    layers = [L(out, bp.Linear(out_features=2, bias=False), x, weight=weight)]
    network = bp.Network({x: (2,)}, layers, L("L", bp.HalfSquaredError()), parameters={weight: [[1, -ratio], [0, 2]]})
    assert not list(tight(drawing(network.solve([ratio, -1], [0, 0]), upright=upright)))


@BOTH
def test_a_long_name_is_cut_and_told_whole(upright):
    long = "weights_of_the_first_of_all_layers"
    network = bp.Network(
        {"x": (1,)},
        [L("y", bp.Linear(out_features=1, bias=False), "x", weight=long)],
        L("L", bp.HalfSquaredError()),
        parameters={long: [[2]]},
    )
    root = ElementTree.fromstring(drawing(network.solve([1], [0]), upright=upright))
    found = [
        e for e in root.iter(f"{SVG}text") if e.attrib.get("class") == "name" and e.find(f"{SVG}title") is not None
    ]
    assert [each.find(f"{SVG}title").text for each in found] == [long, f"dL/d{long}"]
    assert [text_of(each) for each in found] == ["weights_of_the_fi…", "∂L/∂weights_of_the_fi…"]


@BOTH
@pytest.mark.parametrize("power", [300, 320])
def test_numbers_far_from_1_are_cut_and_told_in_their_titles(upright, power):
    layers = [L("p", bp.Softmax(), "x")]
    record = bp.Network({"x": (2,)}, layers, L("L", bp.MSELoss())).solve([10**power, 0], [0, 1])
    svg = drawing(record, upright=upright)
    root = ElementTree.fromstring(svg)
    assert float(root.attrib["width"]) < 900
    assert not list(tight(svg))
    cells = {each.attrib["data-cell"]: each for each in root.iter() if "data-cell" in each.attrib}
    assert cells["p[1]"].find(f"{SVG}text").text == "10^−…"
    assert len(cells["p[1]"].find(f"{SVG}title").text) > 10
    assert "pos0" in cells["p[1]"].attrib["class"].split()
    assert all(len(each.find(f"{SVG}text").text) <= LONGEST + 1 for each in cells.values())


def test_sizes_of_numbers_beyond_all_floats_keep_their_order():
    far = [(-arb(10**310)).exp(), arb(1), arb(10**310).exp()]
    powers = [size(each).power for each in far]
    assert powers == sorted(powers)
    assert len(set(powers)) == 3


@pytest.mark.parametrize("shape", [(2, 4), (3, 3), (4, 4)])
def test_ordinary_networks_fit_a_phone(shape):
    rows = [[Fraction(-1 - i * j, 4) for j in range(shape[1])] for i in range(shape[0])]
    layers = [
        L("r", bp.LeakyReLU("0.1"), "x"),
        L("f", bp.Flatten()),
        L("h", bp.Linear(out_features=2)),
        L("y", bp.Sigmoid()),
    ]
    record = bp.Network({"x": shape}, layers, L("L", bp.MSELoss())).solve(rows, [1, 0])
    svg = drawing(record, upright=True)
    assert float(ElementTree.fromstring(svg).attrib["width"]) <= 340
    assert not list(tight(svg))


def test_cards_leave_room_for_what_goes_round_them():
    weights = [[Fraction(-1 - i - j, 7) for j in range(4)] for i in range(3)]
    layers = [L("n", bp.LayerNorm((4,)), "x"), L("y", bp.Linear(out_features=3), weight="W")]
    network = bp.Network({"x": (4,)}, layers, L("L", bp.CrossEntropyLoss()), parameters={"W": weights})
    record = network.solve([1, 2, 4, 5], 1)
    assert float(ElementTree.fromstring(drawing(record, upright=True)).attrib["width"]) <= 340


def test_texts_are_as_large_as_they_are_measured():
    sheet = style()
    for rule, points in (("", NUMBER_SIZE), (".name", NAME_SIZE), (".symbol", LETTER_SIZE), (".shape", SMALL)):
        found = re.search(rf"\.network {re.escape(rule)}\s*\{{[^}}]*?\bfont(?:-size)?:[^;]*?([\d.]+)px", sheet)
        assert found
        assert float(found[1]) == points
    assert f".network .rule text {{ font-size: {RULE_SIZE}px" in sheet
