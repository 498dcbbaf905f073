"""Where things stand: no two cards overlap, no edge meets a card, whatever the network; and how large drawings are."""

import re
import sys
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backproof as bp
from backproof.drawing.drawing import drawing

L = bp.Layer
SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def networks(draw):
    """Layers over vectors of two, each reading any that came before; some are joined, some lead nowhere."""
    inputs = [f"x{n}" for n in range(draw(st.integers(1, 2)))]
    layers, known = [], list(inputs)
    for n in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["relu", "linear", "add", "concat"]))
        sources = draw(st.lists(st.sampled_from(known), min_size=2, max_size=3))
        if kind == "relu":
            layers.append(L(f"h{n}", bp.ReLU(), sources[0]))
        elif kind == "linear":
            layers.append(L(f"h{n}", bp.Linear(out_features=2, bias=draw(st.booleans())), sources[0]))
        elif kind == "add":
            layers.append(L(f"h{n}", bp.Add(), sources))
        else:
            layers.append(L(f"c{n}", bp.Concat(), sources))
            layers.append(L(f"h{n}", bp.Linear(out_features=2), f"c{n}"))
        known.append(f"h{n}")
    losses = {"none": None, "half": bp.HalfSquaredError(), "cross": bp.CrossEntropyLoss()}
    loss = draw(st.sampled_from(sorted(losses)))
    network = bp.Network(dict.fromkeys(inputs, (2,)), layers, losses[loss])
    target = {"none": None, "half": [1, 2], "cross": 1}[loss]
    return network.solve({name: [1, Fraction(-1, 3)] for name in inputs}, target)


def boxes(root):
    return [
        tuple(float(e.attrib[k]) for k in ("x", "y", "width", "height"))
        for e in root.iter(f"{SVG}rect")
        if e.attrib.get("class") == "back"
    ]


def points(path):
    """Points along a path, close together."""
    where = None
    for command, numbers in re.findall(r"([MLQ])([^MLQ]*)", path):
        n = [float(x) for x in re.findall(r"-?[\d.]+", numbers)]
        ends = list(zip(n[::2], n[1::2], strict=True))
        if command != "M":
            a, b, c = where, ends[0], ends[-1]
            for k in range(1, 65):
                u = k / 64
                if command == "Q":
                    yield tuple((1 - u) ** 2 * a[i] + 2 * u * (1 - u) * b[i] + u * u * c[i] for i in (0, 1))
                else:
                    yield tuple(a[i] + u * (c[i] - a[i]) for i in (0, 1))
        where = ends[-1]


def inside(point, box, by=0.5):
    (x, y), (left, top, width, height) = point, box
    return left + by < x < left + width - by and top + by < y < top + height - by


def check(svg):
    root = ElementTree.fromstring(svg)
    cards = boxes(root)
    pills = [
        tuple(float(e[0 + 1].attrib[k]) for k in ("x", "y", "width", "height"))
        for e in root.iter(f"{SVG}g")
        if e.attrib.get("class") == "rule"
    ]
    for (x, y, w, h), (x2, y2, w2, h2) in combinations([*cards, *pills], 2):
        assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    for x, y, w, h in [*cards, *pills]:
        assert left <= x
        assert top <= y
        assert x + w <= left + width
        assert y + h <= top + height
    for path in root.iter(f"{SVG}path"):
        if "data-from" in path.attrib:
            for point in points(path.attrib["d"]):
                assert inside(point, (left, top, width, height), 0)
                assert not any(inside(point, box) for box in cards), path.attrib


@settings(max_examples=40)
@given(networks())
def test_cards_stand_apart_and_edges_run_between_them(record):
    for upright in (False, True):
        svg = drawing(record, upright=upright)
        check(svg)
        found = {
            (e.attrib["data-from"], e.attrib["data-to"])
            for e in ElementTree.fromstring(svg).iter(f"{SVG}path")
            if "data-from" in e.attrib
        }
        for layer in record.network.layers:
            assert all((name, layer.output) in found for name in layer.inputs)
            gradients = [
                slot.name
                for job in record.jobs
                if job.direction == "backward" and job.layer == layer.output and not job.joins
                for slot in job.written
            ]
            assert all(
                ((layer.output, name) in found) == any(g.split(" via ")[0].endswith(f"/d{name}") for g in gradients)
                for name in layer.inputs
            )


def test_an_edge_that_ends_is_not_in_line_with_one_that_begins():
    record = bp.Network({"z": (3,)}, [], L("L", bp.CrossEntropyLoss(), "z", p="p")).solve([2, 1, 0], 0)
    root = ElementTree.fromstring(drawing(record))
    ends = {
        (e.attrib["data-from"], e.attrib["data-to"]): list(points(e.attrib["d"]))
        for e in root.iter(f"{SVG}path")
        if "data-from" in e.attrib
    }
    assert abs(ends["t", "L"][0][1] - ends["z", "p"][-1][1]) > 4


@pytest.mark.parametrize("upright", [False, True])
def test_question_1_is_small_and_fits_a_phone(upright):
    from backproof.network.problem import read_problem
    from backproof.record.record import Record

    problem = read_problem(Path(sys.modules["backproof"].__file__).parent / "examples" / "question-01.toml")
    record = Record.of(problem.network, problem.data[0])
    svg = drawing(record, upright=upright)
    assert len(svg.encode()) < 28_000
    check(svg)
    if upright:
        box = svg.partition('viewBox="')[2].partition('"')[0].split()
        assert float(box[2]) <= 340


@pytest.mark.parametrize("upright", [False, True])
def test_lenet_5_is_drawn_in_thumbnails(lenet, upright):
    svg = drawing(lenet, upright=upright)
    assert len(svg.encode()) < 400_000
    check(svg)
    assert "each pixel is the largest of a block of 2 × 2" in svg
    assert "+ 80 more" in svg


def test_covered_thumbnails_tell_nothing(lenet):
    assert '<path class="pos' not in drawing(lenet, covered=Everything())


class Everything:
    def __contains__(self, name):
        return True


@pytest.fixture(scope="module")
def lenet():
    """A network of LeNet-5's shapes, in floats, which are quicker to come by."""
    layers = [
        L("C1", bp.Conv2d(1, 6, 5, padding=2)),
        L("P1", bp.MaxPool2d(4)),
        L("C2", bp.Conv2d(6, 16, 5)),
        L("R2", bp.ReLU()),
        L("F", bp.Flatten()),
        L("F1", bp.Linear(out_features=120)),
        L("R3", bp.ReLU()),
        L("z", bp.Linear(out_features=10)),
    ]
    random = Random(0)
    image = [[[random.random() for _ in range(28)] for _ in range(28)]]
    return bp.Network({"X": (1, 28, 28)}, layers, bp.CrossEntropyLoss()).solve(image, 3, arithmetic="float64")
