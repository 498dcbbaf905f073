"""The pictures: whole, the same every time, with what they say as text, and no matter what a name holds."""

import hashlib
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import backproof as bp
from backproof.errors import BackproofError, BadFile

pytest.importorskip("matplotlib")

import matplotlib

SVG = "{http://www.w3.org/2000/svg}"
HASH = """
import hashlib, backproof as bp
plot = bp.solve("question-01").record.plot()
print(*(hashlib.sha256(plot.written(form)).hexdigest() for form in ("svg", "png")))
"""


def texts(svg):
    return ["".join(each.itertext()).strip() for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_picture_says_what_it_shows_as_text():
    plot = bp.solve("branch").record.plot()
    svg = plot._repr_svg_()
    found = texts(svg)
    for name in ("∂L/∂X", "∂L/∂c  Conv2d", "19 of 32", "r = ReLU of c", "slope 0: 19 of 32 cells"):
        assert name in found
    root = ElementTree.fromstring(svg)
    assert root.find(f"{SVG}title").text == "A small convolutional network with a branch"
    assert "slope 0: 19 of 32 cells" in root.get("aria-label")
    assert root.get("role") == "img"
    assert 'href="http' not in svg


def test_the_same_bytes_every_time(tmp_path):
    plot = bp.solve("question-01").record.plot()
    digests = [hashlib.sha256(plot.written(form)).hexdigest() for form in ("svg", "png")]
    assert hashlib.sha256(plot.written("svg")).hexdigest() == digests[0]
    again = subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True)
    assert again.stdout.split() == digests
    plot.save(tmp_path / "a.SVG")
    assert hashlib.sha256((tmp_path / "a.SVG").read_bytes()).hexdigest() == digests[0]


def test_the_style_of_others_is_left_alone_and_of_no_account():
    plot = bp.solve("question-01").record.plot("activations")
    before = plot.written("svg")
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "black", "svg.hashsalt": "theirs"}):
        assert bp.solve("question-01").record.plot("activations").written("svg") == before
        assert matplotlib.rcParams["svg.hashsalt"] == "theirs"


def test_titles_are_text_whatever_they_hold():
    title = "$x^$ </title><script>alert(1)</script> & \x08\x00 漢字 " + "a very long title " * 20
    network = bp.Network((2,), [bp.ReLU()], bp.HalfSquaredError(), title=title)
    root = ElementTree.fromstring(network.solve([1, -1], [0, 0]).plot()._repr_svg_())
    assert root.find(f"{SVG}title").text.startswith("$x^$ </title><script>")
    assert not [each for each in root.iter() if each.tag.endswith("script")]


def test_a_network_without_a_title_and_with_many_layers():
    layers = [bp.LeakyReLU(negative_slope="0.5") for _ in range(70)]
    plot = bp.Network((2,), layers, bp.HalfSquaredError()).solve([-1, -1], [0, 0]).plot()
    found = texts(plot._repr_svg_())
    assert {"∂L/∂x", "…", "∂L/∂h70  LeakyReLU", "∂L/∂h41  LeakyReLU"} <= set(found)
    assert "∂L/∂h35  LeakyReLU" not in found
    assert "∂L/∂x: vanishing" in plot.said[0]


def test_everything_dead_can_be_drawn():
    record = bp.Network((2,), [bp.ReLU()], bp.HalfSquaredError()).solve([-1, -1], [0, 0])
    assert "dead: all 2 gradients are 0" in texts(record.plot()._repr_svg_())


def test_numbers_beyond_floats_can_be_drawn():
    weight = [["1e-200", 0], [0, "1e-200"]]
    layers = [bp.Linear(out_features=2, bias=False) for _ in range(3)] + [bp.Tanh()]
    record = bp.Network(
        (2,), layers, bp.HalfSquaredError(), parameters={f"h{n}.weight": weight for n in (1, 2, 3)}
    ).solve(["1e300", 1], [1, 1])
    assert "10⁻⁶⁰⁰" in record.plot().said[0]
    assert record.plot().written("png")


def test_files_are_whole_or_not_there(tmp_path):
    plot = bp.solve("question-01").record.plot("activations")
    for name in ("a.gif", "a", "a.pdf", "a.svg.txt"):
        with pytest.raises(BadFile, match=r"ends in \.svg or \.png"):
            plot.save(tmp_path / name)
    with pytest.raises(BadFile, match="folder"):
        plot.save(tmp_path)
    with pytest.raises(BadFile, match="cannot be written"):
        plot.save(tmp_path / "missing" / "a.svg")
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_it_is_said_what_to_install(monkeypatch, tmp_path):
    plot = bp.solve("question-01").record.plot()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    assert str(plot) == "nothing to remark"
    with pytest.raises(BackproofError, match=r'pip install "backproof\[plot\]"'):
        plot.save(tmp_path / "a.svg")
