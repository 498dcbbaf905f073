"""What can be checked without data is checked when a network is made, and the message says what is wrong."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backproof as bp
from backproof.errors import BadNetwork, BadNumber, BadOption, BadShape, NotExact, UnknownName

Layer = bp.Layer


def network(inputs, layers, loss=None, **options):
    return bp.Network(inputs, layers, loss or bp.HalfSquaredError(), **options)


def refusal(kind, make):
    """The message of the error that must come."""
    with pytest.raises(kind) as caught:
        make()
    return str(caught.value)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_shapes_go_through_a_stack_of_linear_layers(widths):
    made = network((widths[0],), [bp.Linear(out_features=n) for n in widths[1:]] or [bp.ReLU()])
    assert made.shapes[made.prediction] == (widths[-1],)
    for i, (ins, outs) in enumerate(pairwise(widths)):
        assert made.parameters[f"h{i + 1}.weight"].shape == (outs, ins)
        assert made.parameters[f"h{i + 1}.bias"].shape == (outs,)


def test_a_picture_becomes_a_number():
    layers = [
        bp.Conv2d(out_channels=4, kernel_size=3, padding=1),
        bp.MaxPool2d(2),
        bp.Flatten(),
        bp.Linear(out_features=10),
    ]
    made = network((1, 8, 6), layers, bp.CrossEntropyLoss())
    assert [made.shapes[name] for name in ("h1", "h2", "h3", "h4")] == [(4, 8, 6), (4, 4, 3), (48,), (10,)]


@given(st.lists(st.integers(1, 3), min_size=2, max_size=4).filter(lambda row: len(set(row)) > 1))
def test_a_ragged_matrix(lengths):
    odd = next(i for i, n in enumerate(lengths) if n != lengths[0])
    rows = [[0] * n for n in lengths]
    message = refusal(BadShape, lambda: network((2, 2), [Layer("y", bp.Linear(), weight="W")], parameters={"W": rows}))
    assert message.startswith(f"W is ragged: W[{odd}] has {lengths[odd]} number")
    assert f"W[0] has {lengths[0]} number" in message


def test_a_row_and_a_number_side_by_side():
    message = refusal(BadShape, lambda: network((2,), [bp.ReLU()]).solve([[1, 2], 3], 0))
    assert message == "x is ragged: x[1] has a single number, x[0] has 2 numbers"
    assert "x[1] is empty" in refusal(BadShape, lambda: network((2,), [bp.ReLU()]).solve([[1, 2], []], 0))


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_a_weight_of_the_wrong_shape(ins, outs, rows, columns):
    def make():
        layers = [Layer("y", bp.Linear(out_features=outs, bias=False), weight="W")]
        return network((ins,), layers, parameters={"W": [[0] * columns] * rows})

    if (rows, columns) == (outs, ins):
        make()
    else:
        assert refusal(BadShape, make) == (
            f"W has shape ({rows}, {columns}); layer y (Linear) expects its weight to have shape ({outs}, {ins})"
        )


def test_a_kernel_larger_than_its_input():
    message = refusal(BadShape, lambda: network((1, 4, 4), [Layer("c", bp.Conv2d(out_channels=1, kernel_size=5))]))
    assert message == (
        "layer c (Conv2d) cannot read x of shape (1, 4, 4): the kernel spans 5 rows, the input with its padding has only 4"
    )


def test_unlike_branches():
    layers = [Layer("a", bp.Linear(out_features=2), "x"), Layer("s", bp.Add(), ("x", "a"))]
    message = refusal(BadShape, lambda: network((3,), layers))
    assert "layer s (Add) cannot read x of shape (3,), a of shape (2,)" in message


@pytest.mark.parametrize(
    ("given", "meant"), [("MaxPol2d", "MaxPool2d"), ("linear", "Linear"), ("LeekyReLU", "LeakyReLU")]
)
def test_an_unknown_rule_is_answered_with_the_nearest(given, meant):
    with pytest.raises(AttributeError, match=f"there is no rule '{given}'; did you mean {meant}\\?"):
        getattr(bp, given)


def test_an_unknown_array_of_a_layer():
    message = refusal(UnknownName, lambda: Layer("y", bp.Linear(), wieght="W"))
    assert message == "there is no array of Linear called 'wieght'; did you mean weight?"


@pytest.mark.parametrize("options", [{"kernel_size": "2"}, {"kernel_size": 2, "ceil_mode": 1}, {"kernel_size": None}])
def test_options_of_the_wrong_kind(options):
    assert "MaxPool2d's" in refusal(BadOption, lambda: bp.MaxPool2d(**options))


def test_an_unknown_parameter():
    layers = [Layer("y", bp.Linear(), weight="weights")]
    message = refusal(UnknownName, lambda: network((2,), layers, parameters={"weight": [1, 2]}))
    assert message == "there is no parameter 'weight'; did you mean weights?"


@pytest.mark.parametrize("special", ["nan", "inf", "-inf"])
def test_nan_in_an_exact_problem(special):
    made = network((2,), [bp.ReLU()])
    for arithmetic in ("auto", "exact", "ball"):
        message = refusal(NotExact, lambda a=arithmetic: made.solve([1, float(special)], [0, 0], arithmetic=a))
        assert (
            message
            == f"x[1] is {special}, which exact numbers and enclosures cannot hold; a worksheet in float64 arithmetic can"
        )
    assert str(made.solve([1, float(special)], [0, 0], arithmetic="float64")["x"][1]) == special


def test_what_is_no_number():
    made = network((2,), [bp.ReLU()])
    assert refusal(BadNumber, lambda: made.solve([1, "a lot"], [0, 0])).startswith(
        "x[1] is 'a lot', which is not a number"
    )
    assert refusal(BadNumber, lambda: made.solve([1, None], [0, 0])).startswith("x[1] is None, which is not a number")


def test_a_cycle():
    layers = [Layer("a", bp.Add(), ("x", "c")), Layer("b", bp.ReLU(), "a"), Layer("c", bp.ReLU(), "b")]
    message = refusal(BadNetwork, lambda: network((2,), layers))
    circle = message.removeprefix("the layers go round in a circle: ").split(" needs ")
    assert circle[0] == circle[-1]
    assert set(circle) == {"a", "b", "c"}
    reads = {"a": ("x", "c"), "b": ("a",), "c": ("b",)}
    assert all(second in reads[first] for first, second in pairwise(circle))


def test_a_layer_that_reads_itself():
    assert "a needs a" in refusal(BadNetwork, lambda: network((2,), [Layer("a", bp.Add(), ("x", "a"))]))


def test_layers_may_stand_in_any_order():
    layers = [Layer("c", bp.ReLU(), "b"), Layer("b", bp.LeakyReLU(), "x")]
    made = network((2,), layers, Layer("L", bp.HalfSquaredError(), "c"))
    assert [layer.output for layer in made.layers] == ["b", "c"]


@pytest.mark.parametrize("given", [3, -1, 100])
def test_a_class_out_of_range(given):
    made = network((3,), [bp.ReLU()], bp.CrossEntropyLoss())
    message = refusal(BadNumber, lambda: made.solve([1, 2, 3], given))
    assert message == f"the target is {given}, which is not a class from 0 to 2, or ignore_index = -100"


def test_a_class_that_is_no_whole_number():
    made = network((3,), [bp.ReLU()], bp.CrossEntropyLoss())
    assert "t is '1/2', which is not a whole number" in refusal(BadNumber, lambda: made.solve([1, 2, 3], "1/2"))


@pytest.mark.parametrize(
    ("inputs", "layers"),
    [
        ({"x": (2,)}, [Layer("x", bp.ReLU())]),
        ({"x": (2,)}, [Layer("a", bp.ReLU()), Layer("a", bp.ReLU())]),
        ({"x": (2,)}, [Layer("a", bp.Linear(), weight="x")]),
        ({"x": (2,)}, [Layer("a", bp.Linear(), weight="W", bias="W")]),
        ({"x": (2,)}, [Layer("L", bp.ReLU())]),
        ({"t": (2,)}, [bp.ReLU()]),
    ],
)
def test_a_name_used_twice(inputs, layers):
    assert "is used twice: for " in refusal(BadNetwork, lambda: network(inputs, layers))


@pytest.mark.parametrize("name", ["", "2x", "a b", "a/b", "a'", "a[0]"])
def test_names_that_are_none(name):
    assert f"{name!r} cannot be a name" in refusal(BadNetwork, lambda: network((2,), [Layer(name, bp.ReLU())]))


def test_wiring():
    assert "there is no quantity 'u'" in refusal(UnknownName, lambda: network((2,), [Layer("a", bp.ReLU(), "u")]))
    assert "there is no quantity 'q'" in refusal(
        UnknownName, lambda: network((2,), [bp.ReLU()], Layer("L", bp.HalfSquaredError(), "q"))
    )
    assert "must say which input it reads" in refusal(BadNetwork, lambda: network({"x": (2,), "z": (2,)}, [bp.ReLU()]))
    assert "reads 1 input, not x and x" in refusal(
        BadNetwork, lambda: network((2,), [Layer("a", bp.ReLU(), ("x", "x"))])
    )
    assert "HalfSquaredError is no layer" in refusal(BadNetwork, lambda: network((2,), [bp.HalfSquaredError()]))
    assert "SGD is no layer" in refusal(BadNetwork, lambda: network((2,), [bp.SGD()]))
    assert "ReLU is no loss" in refusal(BadNetwork, lambda: network((2,), [bp.ReLU()], bp.ReLU()))


def test_a_datum_that_does_not_fit():
    made = network((2,), [Layer("y", bp.Linear())])
    assert refusal(BadShape, lambda: made.solve([1, 2, 3], 0)) == "x has shape (3,); expected (2,)"
    assert "t is missing; the target" in refusal(BadNetwork, lambda: made.solve([1, 2]))
    assert "there is no input or target 'z'" in refusal(UnknownName, lambda: made.solve({"x": [1, 2], "z": 1}, 0))
    message = refusal(BadShape, lambda: made.solve([1, 2], [1, 2]))
    assert (
        message == "t, the target of HalfSquaredError: the target's shape is (2,); expected the prediction's shape ()"
    )


def test_a_batch_has_as_many_inputs_as_targets():
    made = network((2,), [Layer("y", bp.Linear())])
    message = refusal(BadShape, lambda: made.solve([[1, 2], [3, 4]], [1, 2, 3]))
    assert message == "a batch has as many of each: 2 of x, 3 of t were given"
