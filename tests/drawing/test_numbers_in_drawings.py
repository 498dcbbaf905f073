"""What stands in a drawing: every number, its shade, winners, dead paths; and nothing that is covered."""

import re
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import backproof as bp
from backproof.drawing.drawing import drawing, style
from backproof.drawing.sizes import shade, size
from backproof.record.digits import text_of

L = bp.Layer
SVG = "{http://www.w3.org/2000/svg}"
COMPUTED = ["U", "V", "y", "L", "dL/dX", "dL/dU", "dL/dV", "dL/dW", "dL/dy", "dL/dL"]

number = st.integers(-40, 40).map(lambda n: Fraction(n, 4))
matrices = st.lists(st.lists(number, min_size=4, max_size=4), min_size=4, max_size=4)
both_ways = pytest.mark.parametrize("upright", [False, True])


def pooled(x, t=1, w=((1, 2), (10, 4))):
    layers = [
        L("U", bp.MaxPool2d(2), "X"),
        L("V", bp.LeakyReLU("0.1")),
        L("y", bp.Linear(bias=False), weight="W"),
    ]
    loss = L("L", bp.HalfSquaredError())
    network = bp.Network({"X": (4, 4)}, layers, loss, parameters={"W": [list(row) for row in w]})
    return network.solve(x, t)


def cells(svg):
    """Each cell's classes and its text, by address."""
    found = {}
    for each in ElementTree.fromstring(svg).iter():
        if "data-cell" in each.attrib:
            found[each.attrib["data-cell"]] = each.attrib["class"].split(), each.find(f"{SVG}text").text
    return found


def edges(svg):
    paths = [e.attrib for e in ElementTree.fromstring(svg).iter(f"{SVG}path") if "data-from" in e.attrib]
    return {(e["data-from"], e["data-to"], "backward" in e["class"].split()): e["class"].split() for e in paths}


@both_ways
@settings(max_examples=25)
@given(x=matrices, t=number)
def test_every_number_and_its_marks(upright, x, t):
    record = pooled(x, t)
    found = cells(drawing(record, upright=upright))
    names = [name for name in record.names if "'" not in name]
    assert set(found) == {
        name + (f"[{','.join(map(str, i))}]" if i else "") for name in names for i in record.array(name).indices()
    }
    for name in names:
        array = record.array(name)
        top = max(size(v).power for v in array.values())
        for i, value in array.items():
            classes, text = found[name + (f"[{','.join(map(str, i))}]" if i else "")]
            full = text_of(value, 6)[0].replace("-", "−")
            assert text == full or len(full.lstrip("−")) > 7
            assert shade(size(value), top) in classes
    won = {
        max(((h, w) for h in (i, i + 1) for w in (j, j + 1)), key=lambda p: x[p[0]][p[1]])
        for i in (0, 2)
        for j in (0, 2)
    }
    rings = {(h, w) for h in range(4) for w in range(4) if "winner" in found[f"X[{h},{w}]"][0]}
    assert rings == won
    dead = {(h, w) for h in range(4) for w in range(4) if "dead" in found[f"X[{h},{w}]"][0]}
    assert dead == {(h, w) for h in range(4) for w in range(4) if record[f"dL/dX[{h},{w}]"][()] == 0}
    assert not any("winner" in classes for name, (classes, _) in found.items() if not name.startswith("X"))


@given(st.lists(number, min_size=2, max_size=8))
def test_larger_numbers_have_darker_shades(numbers):
    sizes = [size(fmpq(n.numerator, n.denominator)) for n in numbers]
    top = max(each.power for each in sizes)
    shades = [shade(each, top) for each in sizes]
    for a, one in zip(numbers, shades, strict=True):
        assert one == "zero" if a == 0 else one.startswith("pos" if a > 0 else "neg")
        for b, other in zip(numbers, shades, strict=True):
            if 0 < abs(a) <= abs(b):
                assert one[-1] <= other[-1]
    assert any(one.endswith("4") for one in shades) or not any(numbers)


@both_ways
def test_a_path_whose_gradient_is_0_is_dead(upright):
    layers = [L("a", bp.ReLU(), "x"), L("b", bp.LeakyReLU("0.5"), "x"), L("s", bp.Add(), ("a", "b"))]
    record = bp.Network({"x": (2,)}, layers, L("L", bp.HalfSquaredError())).solve([-1, -2], [5, 5])
    found = edges(drawing(record, upright=upright))
    assert "dead" in found["a", "x", True]
    assert {edge for edge, classes in found.items() if "dead" in classes} == {("a", "x", True)}
    assert ("t", "L", False) in found
    assert ("L", "t", True) not in found
    assert not any("dead" in c for c in edges(drawing(record, upright=upright, covered={"dL/dx via a"})).values())


@both_ways
@settings(max_examples=15)
@given(t=number, other=number)
def test_what_is_covered_cannot_be_told(upright, t, other):
    x = [[1, 8, Fraction(1, 2), 6], [3, -10, -1, -8], [Fraction(-1, 2), -6, -3, -10], [-1, -8, Fraction(-1, 2), -6]]
    one, two = (drawing(pooled(x, target), upright=upright, covered=[*COMPUTED, "t"]) for target in (t, other))
    assert one == two
    assert not re.search(r'class="[^"]*(winner|dead)', one)
    assert all(text == "?" for name, (_, text) in cells(one).items() if name[0] not in "XW")


@both_ways
@settings(max_examples=15)
@given(x=matrices, other=matrices)
def test_covered_numbers_leave_no_trace_where_nothing_else_is_seen(upright, x, other):
    everything = [*COMPUTED, "X", "W", "t"]
    one, two = (drawing(pooled(each), upright=upright, covered=everything) for each in (x, other))
    assert one == two


def test_rings_and_crosses_are_hidden_with_what_they_would_tell():
    record = pooled([[1, 8, 5, 6], [3, -10, -1, -8], [-5, -6, -3, -10], [-1, -8, -5, -6]])
    assert not re.search(r'class="[^"]*winner', drawing(record, covered={"U"}))
    without = cells(drawing(record, covered={"dL/dX"}))
    assert not any({"winner", "dead"} & set(classes) for name, (classes, _) in without.items() if name[0] == "X")
    assert "dead" in cells(drawing(record, covered={"U"}))["X[0,0]"][0]


def test_links_lead_to_the_working_and_one_cell_of_each_quantity_can_be_tabbed_to():
    record = pooled([[1, 2, 3, 4]] * 4)
    root = ElementTree.fromstring(drawing(record, scope="v"))
    links = list(root.iter(f"{SVG}a"))
    assert {a.attrib["href"] for a in links if a.attrib["data-cell"] == "dL/dX[0,1]"} == {"#v.dL/dX%5B0%2C1%5D"}
    assert sum(a.attrib["tabindex"] == "0" for a in links) == len([n for n in record.names if "'" not in n])
    assert "U row 0 column 1: 4; unfold its working" in [a.attrib["aria-label"] for a in links]
    assert not list(ElementTree.fromstring(drawing(record, links=False)).iter(f"{SVG}a"))


def test_a_batch_is_drawn_under_a_first_axis_and_ties_go_to_the_first():
    record = pooled([[[1] * 4] * 4, [[2] * 4] * 4], [1, 2])
    found = cells(drawing(record))
    assert {name for name, (classes, _) in found.items() if "winner" in classes} == {
        f"X[{n},{i},{j}]" for n in (0, 1) for i in (0, 2) for j in (0, 2)
    }
    assert found["t[1]"][1] == "2"


def test_names_from_outside_are_escaped_and_titles_too():
    network = bp.Network((2,), [bp.ReLU()], title="<script>&'\"")
    svg = drawing(network.solve([1, -1]))
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).attrib["aria-label"].startswith("<script>&'\"")


def test_floats_that_are_no_numbers():
    record = bp.Network((3,), [L("y", bp.ReLU())]).solve([float("nan"), float("inf"), 1e-320], arithmetic="float64")
    found = cells(drawing(record))
    assert [found[f"x[{i}]"][0][1] for i in range(3)] == ["odd", "odd", "pos4"]


@pytest.mark.parametrize("power", [400, 3_000])
def test_numbers_beyond_all_floats(power):
    record = bp.Network((3,), [L("y", bp.Tanh())]).solve([10**power, -(10 ** (power // 2)), f"1e-{power}"])
    found = cells(drawing(record))
    assert [found[f"x[{i}]"][0][1] for i in range(3)] == ["pos4", "neg0", "pos0"]


def themes():
    tokens = re.findall(r"--net-(\w+): light-dark\((#\w{6}), (#\w{6})\)", style())
    assert len(tokens) > 20
    return [(where, {name: colours[k] for name, *colours in tokens}) for k, where in enumerate(("light", "dark"))]


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_on_every_shade_and_shades_go_one_way():
    for where, colours in themes():
        for sign in ("pos", "neg"):
            shades = [colours[f"{sign}{n}"] for n in range(5)]
            assert min(contrast(c, colours["ink"]) for c in shades[:3]) >= 4.5, where
            assert min(contrast(c, colours["on4"]) for c in shades[3:]) >= 4.5, where
            steps = [luminance(c) for c in shades]
            assert steps == sorted(steps, reverse=steps[0] > steps[-1]), where
        for ink, ground in (("quiet", "zero"), ("ink", "odd"), ("soft", "card"), ("backward", "card"), ("ink", "page")):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (where, ink)
        for mark, ground in (
            ("mark", "card"),
            ("use", "card"),
            ("ring", "pos0"),
            ("forward", "page"),
            ("dead", "page"),
        ):
            assert contrast(colours[mark], colours[ground]) >= 3, (where, mark)


def test_rounded_numbers_have_four_digits_and_are_told_in_full_in_their_titles():
    record = bp.Network({"z": (3,)}, [], L("L", bp.CrossEntropyLoss(), "z", p="p")).solve([2, 1, "0.1"], 0)
    svg = drawing(record)
    found = cells(svg)
    for name in ("p", "dL/dz"):
        for i in range(3):
            value = record.array(name)[i,]
            assert found[f"{name}[{i}]"][1] == text_of(value, 4)[0].replace("-", "−")
            assert f"<title>{name}[{i}] ≈ {text_of(value, 6)[0].replace('-', '−')}</title>" in svg
    assert ("z", "p", False) in edges(svg)
    assert ("t", "p", False) not in edges(svg)
    assert "z and t through CrossEntropyLoss to L" in svg


def test_a_layers_own_arrays_hang_on_what_they_are_made_of():
    record = bp.Network({"x": (3,)}, [L("d", bp.Dropout(), "x"), L("n", bp.LayerNorm((3,)))]).solve([1, 2, 3])
    assert {(a, b) for a, b, _ in edges(drawing(record))} == {
        ("x", "d"),
        ("d.u", "d"),
        ("d.u", "d.keep"),
        ("d", "n"),
        ("n.weight", "n"),
        ("n.bias", "n"),
        ("d", "n.mean"),
        ("d", "n.rstd"),
    }


@settings(max_examples=25)
@given(st.integers(1, 3), st.integers(2, 20), st.integers(7, 70), st.randoms(use_true_random=False))
def test_a_thumbnail_has_the_largest_number_of_each_block_at_its_place(depth, rows, columns, random):
    x = [
        [[random.choice([0, random.randint(-99, 99)]) for _ in range(columns)] for _ in range(rows)]
        for _ in range(depth)
    ]
    record = bp.Network({"x": (depth, rows, columns)}, [L("y", bp.ReLU())]).solve(x)
    (card,) = [e for e in ElementTree.fromstring(drawing(record)).iter() if e.attrib.get("data-quantity") == "x"]
    pixels = [e for e in card.iter(f"{SVG}g") if e.attrib.get("class") == "pixels"]
    assert len(pixels) == depth
    assert not any(each.tag == f"{SVG}a" for each in card.iter())
    step = -(-columns // (64 if depth == 1 else 32))
    top = size(max(abs(v) for block in x for row in block for v in row)).power
    for block, group in zip(x, pixels, strict=True):
        expected = {}
        for i, row in enumerate(block):
            for j, v in enumerate(row):
                if abs(v) > abs(expected.get((i // step, j // step), 0)):
                    expected[i // step, j // step] = v
        found = {}
        for path in group.iter(f"{SVG}path"):
            for left, above, run in re.findall(r"M(\d+) (\d+)h(\d+)", path.attrib["d"]):
                found |= {(int(above), int(left) + k): path.attrib["class"] for k in range(int(run))}
        assert found == {place: shade(size(v), top) for place, v in expected.items()}
