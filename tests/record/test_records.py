"""Records: names and cells, batches, branches, precision, and what cannot be done."""

import pickle
import re
from copy import deepcopy
from decimal import Decimal, localcontext

import mpmath
import pytest
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

import backproof as bp
from backproof.errors import BadShape, NotExact, Undecided, UnknownName
from backproof.record.digits import bounds

L = bp.Layer
small = st.fractions(-9, 9, max_denominator=9)
rows = st.lists(small, min_size=2, max_size=2)


def network(loss=None, update=None, weight=((1, 2), (3, 4))):
    layers = [L("h", bp.Linear(out_features=2), weight="W", bias="b"), L("r", bp.LeakyReLU("0.1"))]
    parameters = {"W": [list(row) for row in weight], "b": ["1/2", -1]}
    return bp.Network({"x": (2,)}, layers, loss or bp.HalfSquaredError(), parameters=parameters, update=update)


def test_names_in_the_order_in_which_they_are_made():
    record = network(update=bp.SGD()).solve([1, 2], [0, 1])
    assert record.names == ["W", "b", "x", "t", "h", "r", "L", "dL/dr", "dL/dh", "dL/dx", "dL/dW", "dL/db", "W'", "b'"]
    assert list(record) == record.names


def test_cells():
    record = network().solve([1, 2], [0, 1])
    for name in record.names:
        for index, value in record.array(name).items():
            address = f"{name}[{','.join(map(str, index))}]" if index else name
            assert record[address][()] == value
            assert address in record
    assert record["∂L/∂W[0, 1]"][()] == record["dL/dW"][0, 1]
    assert record["dL/dW"].shape == (2, 2)
    assert record["dL/dW[0,1]"].shape == ()


@pytest.mark.parametrize(("name", "near"), [("dL/dw", "dL/dW"), ("Y", None), ("", None), ("W'", "W")])
def test_unknown_names(name, near):
    record = network().solve([1, 2], [0, 1])
    with pytest.raises(UnknownName, match="there is no quantity") as caught:
        record[name]
    assert near is None or f"did you mean {near}?" in str(caught.value)
    assert name not in record


@pytest.mark.parametrize("cell", ["W[]", "W[0", "W[-1,0]", "W[a,b]", "W[0:2,1]"])
def test_what_is_no_cell(cell):
    with pytest.raises(BadShape, match=rf"{re.escape(cell)}: expected 2 indexes below 2 and 2, counted from 0"):
        network().solve([1, 2], [0, 1])[cell]


def test_a_record_can_be_copied_with_its_enclosures():
    record = bp.Network((2,), [bp.Tanh()], bp.HalfSquaredError()).solve([1, 2], [0, 1])
    for copied in (deepcopy(record), pickle.loads(pickle.dumps(record["h1"].array))):
        array = copied["h1"].array if isinstance(copied, type(record)) else copied
        for index, value in array.items():
            (low, high), (least, most) = bounds(value.value), bounds(record["h1"][index].value)
            assert low <= least <= most <= high
            assert (high - low) * 1000 <= (most - least) * 1001


def test_fewer_indices_give_what_lies_under_them():
    W = network().solve([1, 2], [0, 1])["W"]
    assert [list(row) for row in W] == [[W[i, j] for j in range(2)] for i in range(2)]
    assert W[-1][0] == W[1, 0]
    assert (W[1].name, W[1].shape) == ("W[1]", (2,))
    with pytest.raises(IndexError, match="there is no cell"):
        W[2]


@pytest.mark.parametrize("cell", ["W[2,0]", "W[0,2]", "W[0]", "W[0,0,0]", "x[2]", "L[0]"])
def test_cells_out_of_range(cell):
    record = network().solve([1, 2], [0, 1])
    with pytest.raises(BadShape, match=rf"{re.escape(cell)}: {cell[0]} has shape .*; expected "):
        record[cell]
    assert cell not in record


def test_what_cannot_be_an_arithmetic():
    with pytest.raises(UnknownName, match="there is no arithmetic 'float16'"):
        network().solve([1, 2], [0, 1], arithmetic="float16")


@given(st.lists(rows, min_size=1, max_size=4), st.data(), st.sampled_from(["mean", "sum"]))
def test_a_batch_is_its_data_combined(xs, data, reduction):
    ts = [data.draw(rows) for _ in xs]
    made = network(bp.HalfSquaredError(reduction=reduction))
    batch = made.solve(xs, ts)
    alone = [made.solve(x, t) for x, t in zip(xs, ts, strict=True)]
    share = fmpq(1, len(xs)) if reduction == "mean" else 1
    for name in ("L", "dL/dW", "dL/db"):
        for i, value in batch[name].array.items():
            assert value == sum(record[name].array[i] for record in alone) * share
    for name, factor in (("h", 1), ("r", 1), ("dL/dr", share), ("dL/dx", share)):
        for (n, *i), value in batch[name].array.items():
            assert value == alone[n][name].array[tuple(i)] * factor
    assert batch["x"].shape == (len(xs), 2)


@given(st.lists(rows, min_size=1, max_size=3))
def test_losses_that_are_not_joined(xs):
    made = network(bp.HalfSquaredError(reduction="none"))
    batch = made.solve(xs, [[0, 0]] * len(xs))
    alone = network(bp.HalfSquaredError(reduction="sum")).solve(xs, [[0, 0]] * len(xs))
    assert batch["L"].shape == (len(xs),)
    assert sum(batch["L"].array.values()) == alone["L"][()]
    assert batch["dL/dW"].array == alone["dL/dW"].array


@given(rows, rows)
def test_where_branches_meet_the_gradients_of_all_paths_are_added(x, t):
    layers = [
        L("a", bp.LeakyReLU("0.5"), "x"),
        L("b", bp.LeakyReLU("0.25"), "a"),
        L("s", bp.Add(), ("b", "a", "x", "a")),
    ]
    record = bp.Network({"x": (2,)}, layers, bp.HalfSquaredError()).solve(x, t)
    for i in range(2):
        error = record["dL/ds"][i]
        slope = fmpq(1) if x[i] > 0 else fmpq(1, 2)
        by_a = error * (2 + (1 if x[i] > 0 else fmpq(1, 4)))
        assert record["dL/da"][i] == by_a
        assert record["dL/dx"][i] == by_a * slope + error
        ways = [name for name in record.names if name.startswith("dL/da via")]
        assert sum(record[name][i] for name in ways) == by_a
    assert sorted(ways) == ["dL/da via b", "dL/da via s (2)", "dL/da via s (4)"]


def test_a_quantity_that_the_loss_does_not_see_has_no_gradient():
    layers = [L("a", bp.ReLU(), "x"), L("b", bp.Linear(out_features=2), "x")]
    record = bp.Network({"x": (2,)}, layers, L("loss", bp.HalfSquaredError(), "a")).solve([1, 2], [0, 0])
    assert "b" in record
    assert [name for name in record.names if name.startswith("dloss")] == ["dloss/da", "dloss/dx"]


@given(rows, rows, st.fractions(0, 1, max_denominator=8))
def test_the_update_moves_against_the_gradient(x, t, lr):
    record = network(update=bp.SGD(lr=lr)).solve(x, t)
    for name in ("W", "b"):
        for i, value in record[f"{name}'"].array.items():
            expected = record[name].array[i] - fmpq(lr.numerator, lr.denominator) * record[f"dL/d{name}"].array[i]
            assert value == expected
    parameters, state = record.after()
    assert parameters == {"W": record["W'"].array, "b": record["b'"].array}
    assert state == {}


def test_the_state_of_an_optimiser_is_handed_on():
    made = network(update=bp.SGD(lr="0.5", momentum="0.25"))
    first = made.solve([1, 2], [0, 1])
    parameters, state = first.after()
    assert set(state) == {"W.velocity", "b.velocity"}
    second = type(first).of(made.with_parameters(parameters), {"x": [1, 2], "t": [0, 1]}, state=state)
    for i, value in second["W.velocity'"].array.items():
        assert value == fmpq(1, 4) * first["W.velocity'"].array[i] + second["dL/dW"].array[i]
        assert second["W'"].array[i] == parameters["W"][i] - value / 2


@given(st.integers(1, 80), st.fractions(-5, 5, max_denominator=50))
def test_as_many_digits_as_asked_for_are_certain(digits, x):
    record = bp.Network({"x": ()}, [L("y", bp.Sigmoid())]).solve(x, digits=digits)
    value = record["y"][()]
    if isinstance(value, fmpq):
        assert x == 0
        return
    low, high = bounds(value.value)
    assert (high - low) * 10**digits < low
    with mpmath.workdps(300):
        true = 1 / (1 + mpmath.exp(-mpmath.mpf(x.numerator) / x.denominator))
        assert mpmath.mpf(int(low.p)) / int(low.q) < true < mpmath.mpf(int(high.p)) / int(high.q)
        whole = Decimal(int(mpmath.nint(true * mpmath.mpf(10) ** 250)))
    with localcontext(prec=digits):
        assert Decimal(record["y"].exact()) == (+whole).scaleb(-250)


def test_cancellation_is_met_with_more_bits():
    """1 − p loses as many digits as p has nines: the enclosures are computed again until the digits asked for are left."""
    loss = L("L", bp.CrossEntropyLoss(), "z", p="p")
    record = bp.Network({"z": (2,)}, [], loss).solve([300, 0], 0, digits=50)
    with mpmath.workdps(400):
        true = -mpmath.exp(-300) / (1 + mpmath.exp(-300))
        assert record["dL/dz[0]"].exact() == mpmath.nstr(true, 50, strip_zeros=False, min_fixed=1, max_fixed=0).replace(
            "e-0", "e-"
        )


def test_numbers_that_floats_made_can_go_on_in_any_arithmetic():
    made = network(update=bp.SGD(lr="0.1"))
    parameters, _ = made.solve([1, 2], [0, 1], arithmetic="float64").after()
    record = made.with_parameters(parameters).solve([1, 2], [0, 1])
    assert float(record["W[0,0]"]) == float(parameters["W"][0, 0])


def test_a_comparison_that_no_precision_decides():
    """tanh x and −tanh(−x) are one number, which no enclosure can tell."""
    layers = [
        L("a", bp.Tanh(), "x"),
        L("m", bp.Linear(out_features=1, bias=False), "x", weight="M"),
        L("b", bp.Tanh(), "m"),
        L("c", bp.Linear(out_features=1, bias=False), "b", weight="N"),
        L("d", bp.Concat(), ("a", "c")),
        L("p", bp.Softmax()),
    ]
    made = bp.Network({"x": (1,)}, layers, parameters={"M": [[-1]], "N": [[-1]]})
    with pytest.raises(Undecided, match=r"layer p \(Softmax\), forward: .* overlap"):
        made.solve([1])
    assert made.solve([0])["p"].array == {(0,): fmpq(1, 2), (1,): fmpq(1, 2)}
    apart = bp.Network({"x": (1,)}, layers, parameters={"M": [[-1]], "N": [["-1.000000000000000000000000000001"]]})
    assert apart.solve([1])["p"].numpy() == pytest.approx([0.5, 0.5])


@given(st.lists(st.integers(-2, 2), min_size=4, max_size=4))
def test_numbers_made_alike_are_tied_even_as_enclosures(cells):
    layers = [L("s", bp.Sigmoid()), L("m", bp.MaxPool2d(2)), bp.Flatten()]
    record = bp.Network({"x": (2, 2)}, layers, bp.HalfSquaredError()).solve([cells[:2], cells[2:]], [0])
    winner = cells.index(max(cells))
    assert [i for i, v in enumerate(record["dL/ds"].numpy().flat) if v] == [winner]


def test_a_tie_of_rationals_is_decided():
    made = bp.Network({"x": (2, 2)}, [L("m", bp.MaxPool2d(2))])
    assert made.solve([[1, "1/3"], [1, 1]], arithmetic="ball")["m"][0, 0] == 1


@pytest.mark.parametrize("rule", [bp.Sigmoid, bp.Tanh, bp.GELU, bp.Softmax, bp.LogSoftmax])
def test_exact_arithmetic_refuses_what_leaves_the_rationals(rule):
    made = bp.Network({"x": (2,)}, [L("y", rule())], bp.HalfSquaredError())
    with pytest.raises(NotExact, match=rf"layer y \({rule.__name__}\), forward: .*is not a ratio of whole numbers"):
        made.solve([1, 2], [0, 0], arithmetic="exact")
    made.solve([1, 2], [0, 0])


@given(rows, rows)
def test_exact_and_automatic_arithmetic_agree(x, t):
    made = network(update=bp.SGD())
    exact, auto = (made.solve(x, t, arithmetic=a) for a in ("exact", "auto"))
    for name in auto.names:
        assert exact[name].array == auto[name].array
        assert all(isinstance(v, fmpq) for v in auto[name].array.values())


@given(rows, rows)
def test_floats_are_near_the_exact_numbers(x, t):
    assume(all(value == 0 or abs(value) > 1e-6 for value in x))
    made = network(update=bp.SGD())
    exact = made.solve(x, t)
    for arithmetic, room in (("float64", 1e-12), ("float32", 1e-3)):
        floats = made.solve(x, t, arithmetic=arithmetic)
        if min(abs(v) for v in exact["h"].numpy()) > 1e-4:
            for name in exact.names:
                assert floats[name].numpy() == pytest.approx(exact[name].numpy(), rel=room, abs=room)


def test_a_batch_in_which_every_target_is_ignored():
    loss = L("L", bp.CrossEntropyLoss(ignore_index=1))
    record = bp.Network({"x": (3,)}, [L("y", bp.Linear(out_features=3))], loss).solve([[1, 2, 3], [4, 5, 6]], [1, 1])
    assert record["L"][()] == 0
    for name in ("dL/dx", "dL/dy", "dL/dy.weight", "dL/dy.bias"):
        assert set(record[name].array.values()) == {0}


def test_a_record_prints_its_quantities():
    record = network().solve([1, 2], [0, 1])
    assert repr(record["W"]) == "W = ⎡1  2⎤\n    ⎣3  4⎦"
    assert repr(record["h"]) == "h = [5.5  10]"
    assert repr(record["W[1,0]"]) == "W[1,0] = 3"
    for name in record.names:
        assert repr(record[name]) in repr(record) or "\n" in repr(record[name])


def test_a_layer_may_be_called_like_the_inside_of_a_loss():
    layers = [bp.Layer("my.loss", bp.Linear(bias=False), weight="W"), bp.Layer("my.share", bp.LeakyReLU("0.5"))]
    record = bp.Network((2,), layers, bp.HalfSquaredError(), parameters={"W": [1, -2]}).solve([1, 2], 0)
    assert {"my.loss", "my.share", "dL/dmy.loss"} <= set(record.names)
    assert record["dL/dmy.loss"][()] == fmpq(-3, 4)
    assert "∂L/∂my.loss = 0.5·∂L/∂my.share" in str(record)
