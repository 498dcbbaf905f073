"""Data: what fits a network is taken, what does not is refused with the row, the column and a way out."""

import numpy as np
import pytest

import backproof as bp
from backproof.errors import BackproofError
from backproof.training import dataset, rows
from backproof.training.dataset import Data
from training.networks import classes, classifier, line, regression

X = np.arange(12, dtype=np.float32).reshape(6, 2)
T = np.array([0, 1, 2, 0, 1, 2])


def image():
    return bp.Network((1, 4, 3), [bp.Flatten(), bp.Linear(out_features=2)], bp.CrossEntropyLoss())


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        (np.where(X == 7, np.nan, X), T, r"x\[3,1\] \(row 4\) is nan; expected a finite number"),
        (np.where(X == 7, -np.inf, X), T, r"x\[3,1\] \(row 4\) is -inf"),
        (np.where(X == 7, 1e300, X.astype(float)), T, r"x\[3,1\] \(row 4\) is 1e\+300, which float32 cannot hold"),
        (X, [0, 1, 2, 0, 3, 2], r"t\[4\] \(row 5\) is 3, but the network tells 3 classes apart; .* from 0 to 2"),
        (X, [0, 1, 2, -1, 1, 2], r"t\[3\] \(row 4\) is -1"),
        (X, [0, 1, 2, 0.5, 1, 2], r"t\[3\] \(row 4\) is 0.5"),
        (X, [0, 1, 2, np.nan, 1, 2], r"t\[3\] \(row 4\) is nan"),
        (X, T[:4], "x has 6 and t has 4 data; expected as many of each"),
        (X[:0], T[:0], r"x has no data \(0 rows\)"),
        (X.T, T[:2], r"x has shape \(2, 6\); the input x needs \(N, 2\)"),
        (X, None, r"t is missing; expected the target \(y\)"),
        (X, 3, "t is a single number"),
        ([[1, 2], [3]], T[:2], "x is ragged"),
        ([["a", "b"]], T[:1], "x holds <U1 such as 'a'; expected real numbers"),
        (X * 1j, T, "x holds complex"),
        ({"x": X, "z": X}, T, "there is no input or target 'z'"),
    ],
)
def test_faults_are_named(x, t, message):
    with pytest.raises(BackproofError, match=message):
        Data.of(classifier(), x, t)


def test_faults_are_found_in_every_block(monkeypatch):
    monkeypatch.setattr(rows, "BLOCK", 16)
    x = np.where(X == 9, np.nan, X)
    with pytest.raises(BackproofError, match=r"x\[4,1\]"):
        Data.of(classifier(), x, T)


@pytest.mark.parametrize(("shape", "taken"), [((1, 4, 3), True), ((4, 3), True), ((12,), True), ((4, 3, 1), True)])
def test_axes_of_one_and_flat_rows_are_no_obstacle(shape, taken):
    x = np.arange(24.0).reshape(2, *shape)
    made = Data.of(image(), x, [0, 1]).take(slice(0, 2))["x"]
    assert made.shape == (2, 1, 4, 3)
    assert made.ravel().tolist() == list(range(24))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((3, 4), r"another order: try .transpose"),
        ((2, 6), r"try .reshape\(-1, 1, 4, 3\)"),
        ((5,), r"needs \(N, 1, 4, 3\)"),
    ],
)
def test_other_shapes_are_refused_with_advice(shape, message):
    with pytest.raises(BackproofError, match=message):
        Data.of(image(), np.zeros((2, *shape)), [0, 1])


def test_targets_of_one_number_may_leave_out_their_axis():
    x, y = line(5)
    assert Data.of(regression(), x, y[:, 0]).take(slice(0, 5))["t"].shape == (5, 1)


@pytest.mark.parametrize("kind", ["uint8", "int16", "int64", "float16", "float64", "bool"])
def test_any_kind_of_number_is_converted(kind):
    data = Data.of(classifier(), np.ones((6, 2), kind), T.astype("uint8"))
    assert {name: str(a.dtype) for name, a in data.arrays().items()} == {"x": "float32", "t": "int64"}


def test_arrays_that_are_ready_are_not_copied():
    x, t = classes(10)
    data = Data.of(classifier(), x, t)
    assert data.ready
    assert np.shares_memory(data.arrays()["x"], x)
    assert np.shares_memory(data.arrays()["t"], t)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("room", [0, 10**9])
def test_mapped_files_give_the_same_numbers_in_blocks(tmp_path, monkeypatch, order, room):
    monkeypatch.setattr(dataset, "HELD", room)
    monkeypatch.setattr(rows, "BLOCK", 64)
    x = np.asarray(np.random.default_rng(0).normal(size=(100, 2)), order=order)
    np.save(tmp_path / "x.npy", x)
    data = Data.of(classifier(), np.load(tmp_path / "x.npy", mmap_mode="r"), np.arange(100) % 3)
    assert data.ready == bool(room)
    found = np.concatenate([block["x"] for block in data.blocks()])
    assert found.tobytes() == np.ascontiguousarray(x, np.float32).tobytes()
    places = np.random.default_rng(1).permutation(100)[:17]
    assert data.take(places)["x"].tobytes() == x.astype(np.float32)[places].tobytes()


def test_parts_are_the_data_that_were_drawn():
    x, t = classes(50)
    kept, out = Data.of(classifier(), x, t).parted(0.2, seed=3)
    assert (len(kept), len(out)) == (40, 10)
    rows = np.concatenate([block["x"] for part in (kept, out) for block in part.blocks()])
    assert sorted(map(tuple, rows)) == sorted(map(tuple, x))


def test_inputs_by_name():
    network = bp.Network(
        {"a": (2,), "b": (2,)}, [bp.Layer("s", bp.Add(), ("a", "b")), bp.Linear(out_features=3)], bp.CrossEntropyLoss()
    )
    assert list(Data.of(network, {"a": X, "b": X}, T).rows) == ["a", "b", "t"]
    with pytest.raises(BackproofError, match="the inputs a and b; give them by name"):
        Data.of(network, X, T)
    with pytest.raises(BackproofError, match="b is missing"):
        Data.of(network, {"a": X}, T)
