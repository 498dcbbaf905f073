"""What holds for every run of a program: the same bits however it is run, nothing lost, nothing wrong let in."""

import numpy as np
import pytest

import backproof as bp
from backproof.compiled.program import Program
from backproof.errors import BackproofError
from compiled.uncompiled import agree, trained

COUNT = 70


def network(update=None, loss=None, middle=(), **more):
    layers = [bp.Linear(out_features=9), *middle, bp.Tanh(), bp.Linear(out_features=4)]
    return bp.Network((5,), layers, loss or bp.CrossEntropyLoss(), update=update or bp.SGD(lr="0.1"), **more)


def noisy():
    return network(bp.Adam(lr="0.01", amsgrad=True), middle=(bp.Dropout("0.4"), bp.LayerNorm(9)))


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=(COUNT, 5)), "t": rng.integers(4, size=COUNT)}


def bits(program, losses):
    numbers = {"losses": losses, **program.parameters, **program.state}
    return {name: np.asarray(array).tobytes() for name, array in numbers.items()}


@pytest.mark.parametrize(("dtype", "batch_size"), [("float32", 200), ("float64", 70)])
def test_threads_and_repetition_change_no_bit(data, dtype, batch_size):
    order = np.random.default_rng(1).integers(COUNT, size=3 * batch_size + 1)
    runs = []
    for threads in (1, 2, 3, 2):
        program = Program(noisy(), batch_size, dtype, threads, clip_norm="0.3")
        runs.append(bits(program, program.train(data, order)))
    assert all(run == runs[0] for run in runs)


@pytest.mark.parametrize(
    "way", [{"batch_size": 1}, {"batch_size": 5, "lanes_of_samples": True}, {"batch_size": 64, "threads": 2}]
)
def test_stopped_saved_asked_and_continued_it_is_the_same_run(data, way):
    part, order = 2 * way["batch_size"], np.random.default_rng(2).integers(COUNT, size=6 * way["batch_size"])
    whole = Program(noisy(), **way)
    expected = bits(whole, whole.train(data, order))
    first, second = Program(noisy(), **way), Program(noisy(), **way)
    losses = [first.train(data, order[:part])]
    first.evaluate(data)
    first.predict({"x": data["x"]})
    second.evaluate(data)
    second.load(first.parameters, first.state, first.steps)
    second.predict({"x": data["x"]})
    losses.append(second.train(data, order[part : 2 * part]))
    second.load(second.parameters, second.state, second.steps)
    losses.append(second.train(data, order[2 * part :]))
    assert bits(second, np.concatenate(losses)) == expected


def test_a_load_is_what_is_evaluated_and_what_is_trained(data):
    program, other = Program(network(), 4, "float64"), Program(network(), 4, "float64")
    start = program.parameters
    before = program.evaluate(data), program.predict({"x": data["x"]})
    program.train(data, range(8))
    assert program.evaluate(data) != before[0]
    program.load(start)
    assert program.evaluate(data) == before[0]
    assert np.array_equal(program.predict({"x": data["x"]}), before[1])
    assert bits(program, program.train(data, range(8))) == bits(other, other.train(data, range(8)))


def test_what_is_drawn_is_what_chance_says(data):
    for batch_size, lanes in ((1, None), (6, True), (70, None)):
        program = Program(noisy(), batch_size, "float64", seed=9, lanes_of_samples=lanes)
        order = np.arange(batch_size + 5) % COUNT
        losses = program.train(data, order)
        expected = trained(noisy(), data, order, batch_size, program.chance)
        agree({"losses": losses} | program.parameters, {"losses": expected[0]} | expected[1])


def test_nothing_is_left_to_chance_in_evaluation(data):
    plain = network(middle=(bp.LayerNorm(9),))
    dropping = network(middle=(bp.Dropout("0.4"), bp.LayerNorm(9)))
    found, expected = Program(dropping, 3, "float64"), Program(plain, 3, "float64")
    found.load(dict(zip(found.parameters, expected.parameters.values(), strict=True)))
    assert np.array_equal(found.predict({"x": data["x"]}), expected.predict({"x": data["x"]}))
    assert found.evaluate(data) == found.evaluate(data) == expected.evaluate(data)


@pytest.mark.parametrize(("norm", "value"), [("0.1", None), (None, "0.01"), ("0.05", "0.02"), ("100", None)])
@pytest.mark.parametrize("batch_size", [1, 40])
def test_clipping_is_pytorchs(data, norm, value, batch_size):
    torch = pytest.importorskip("torch")
    program = Program(
        network(bp.SGD(lr="0.1", momentum="0.9")), batch_size, "float64", clip_norm=norm, clip_value=value
    )
    own = {n: torch.tensor(p, requires_grad=True) for n, p in program.parameters.items()}
    w1, b1, w2, b2 = own.values()
    optimiser = torch.optim.SGD(own.values(), lr=0.1, momentum=0.9)
    order = np.arange(2 * batch_size + 1) % COUNT
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        y = torch.tanh(torch.tensor(data["x"][rows]) @ w1.T + b1) @ w2.T + b2
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(y, torch.tensor(data["t"][rows])).backward()
        if value:
            torch.nn.utils.clip_grad_value_(own.values(), float(value))
        if norm:
            torch.nn.utils.clip_grad_norm_(own.values(), float(norm))
        optimiser.step()
    program.train(data, order)
    agree(program.parameters, {n: p.detach().numpy() for n, p in own.items()}, 1e-13)


def test_a_rate_for_each_batch(data):
    rates = [0.1, 0.0, 0.3]
    several, one = Program(network(), 5), Program(network(), 5)
    several.train(data, range(15), lr=rates)
    for k, rate in enumerate(rates):
        before = one.parameters
        one.train(data, range(5 * k, 5 * k + 5), lr=rate)
        assert (rate == 0) == all(np.array_equal(before[n], p) for n, p in one.parameters.items())
    assert bits(several, []) == bits(one, [])


@pytest.mark.parametrize(("batch_size", "threads"), [(1, 1), (3, 1), (40, 2)])
def test_a_loss_that_is_not_finite_stops_before_its_update(batch_size, threads):
    rng = np.random.default_rng(3)
    data = {"x": rng.normal(size=(COUNT, 5)), "t": rng.normal(size=(COUNT, 4))}
    data["x"][60] = np.inf
    order = [*range(batch_size), 60, *range(batch_size)]
    make = lambda: Program(network(bp.Adam(), bp.MSELoss()), batch_size, threads=threads)
    stopped, before = make(), make()
    losses = stopped.train(data, order)
    assert len(losses) == 2
    assert np.isfinite(losses[0])
    assert not np.isfinite(losses[1])
    assert bits(stopped, losses[:1]) == bits(before, before.train(data, order[:batch_size]))
    assert stopped.steps == before.steps == 1
    assert bits(stopped, stopped.train(data, range(5))) == bits(before, before.train(data, range(5)))


@pytest.mark.parametrize("batch_size", [1, 4])
def test_where_every_target_is_ignored_nothing_is_learned(data, batch_size):
    program = Program(network(), batch_size)
    before = program.parameters
    nothing = {"x": data["x"], "t": np.full(COUNT, -100)}
    assert program.train(nothing, range(4)).tolist() == [0.0] * (4 // batch_size)
    assert program.evaluate(nothing) == 0
    assert all(np.array_equal(p, before[n]) for n, p in program.parameters.items())


@pytest.mark.parametrize("size", [1e4, 1e30])
@pytest.mark.parametrize("loss", [bp.CrossEntropyLoss(), bp.BCEWithLogitsLoss()])
def test_losses_of_large_logits_are_finite(loss, size):
    sure = bp.Network(
        (3,),
        [bp.Linear(out_features=3)],
        loss,
        update=bp.SGD(lr=0),
        parameters={"h1.weight": np.eye(3), "h1.bias": [0] * 3},
    )
    x = np.array([[size, -size, 0], [-size, -size, size]])
    target = np.array([[0.0, 0.5, 0.5], [0.0, 0.0, 1.0]])
    for batch_size in (1, 2):
        program = Program(sure, batch_size)
        assert np.isfinite(program.train({"x": x, "t": target}, [0, 1])).all()
        assert all(np.isfinite(p).all() for p in program.parameters.values())


def test_how_data_lie_and_of_what_kind_they_are_changes_nothing(data, tmp_path):
    x, t = np.rint(10 * np.abs(data["x"])), data["t"]
    np.save(tmp_path / "x.npy", x)
    frozen = x.copy()
    frozen.flags.writeable = False
    forms = [
        x,
        np.asfortranarray(x),
        np.repeat(x, 2, axis=0)[::2],
        x.astype(np.uint8),
        x.astype(np.float32),
        x.tolist(),
        frozen,
        np.load(tmp_path / "x.npy", mmap_mode="r"),
    ]
    program = Program(network(), 7)
    start, runs = program.parameters, []
    for form in forms:
        for label in (t, t.astype(float), t.astype(np.uint8), t[::-1].copy()[::-1]):
            program.load(start)
            runs.append(bits(program, program.train({"x": form, "t": label}, range(21))))
    assert all(run == runs[0] for run in runs)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8, np.float32])
def test_whole_numbers_are_targets_of_losses_of_numbers(kind, dtype):
    rng = np.random.default_rng(4)
    x, t = rng.normal(size=(6, 5)), rng.integers(3, size=(6, 4))
    found, expected = (Program(network(loss=bp.MSELoss()), 4, dtype) for _ in range(2))
    assert bits(found, found.train({"x": x, "t": t.astype(kind)}, range(6))) == bits(
        expected, expected.train({"x": x, "t": t.astype(float)}, range(6))
    )
    assert found.evaluate({"x": x, "t": t.astype(kind)}) == expected.evaluate({"x": x, "t": t.astype(float)})


X, T = np.ones((6, 5)), np.array([0, 1, 2, 3, 0, 1])
GOOD = {"x": X, "t": T}
REFUSED = {
    "a class too high": lambda p: p.train({"x": X, "t": T + 1}, range(6)),
    "a class below 0": lambda p: p.train({"x": X, "t": T - 1}, range(6)),
    "a class past 32 bits": lambda p: p.train({"x": X, "t": T * 2**32}, range(6)),
    "a class too high to evaluate": lambda p: p.evaluate({"x": X, "t": T + 9}),
    "half a class": lambda p: p.train({"x": X, "t": T + 0.5}, range(6)),
    "no class": lambda p: p.train({"x": X, "t": T * np.nan}, range(6)),
    "targets of another shape": lambda p: p.train({"x": X, "t": T[:, None]}, range(6)),
    "one target": lambda p: p.train({"x": X, "t": 1}, range(6)),
    "a datum that is not there": lambda p: p.train(GOOD, [6]),
    "a datum below 0": lambda p: p.train(GOOD, [-1]),
    "a datum of none": lambda p: p.train({"x": X[:0], "t": T[:0]}, [0]),
    "an order of words": lambda p: p.train(GOOD, ["a"]),
    "an order of NaN": lambda p: p.train(GOOD, [np.nan]),
    "an order of parts": lambda p: p.train(GOOD, [0.5]),
    "data of another shape": lambda p: p.train({"x": X[:, :4], "t": T}, range(6)),
    "one datum without its axis": lambda p: p.predict({"x": X[0]}),
    "data of letters": lambda p: p.train({"x": np.full((6, 5), "a"), "t": T}, range(6)),
    "rows of different lengths": lambda p: p.train({"x": [[1], [1, 2]], "t": T}, range(6)),
    "fewer targets than data": lambda p: p.train({"x": X, "t": T[:4]}, range(6)),
    "an unknown input": lambda p: p.predict({"x": X, "z": X}),
    "no input": lambda p: p.predict({}),
    "no target": lambda p: p.evaluate({"x": X}),
    "rates for other batches": lambda p: p.train(GOOD, range(6), lr=[0.1, 0.2]),
    "a rate that is a word": lambda p: p.train(GOOD, range(6), lr="much"),
    "an unknown parameter": lambda p: p.load({"z": 1}),
    "a parameter of another shape": lambda p: p.load({"h1.weight": np.zeros((5, 9))}),
    "a parameter of letters": lambda p: p.load({"h1.bias": ["a"] * 9}),
    "a batch of none": lambda p: Program(p.network, 0),
    "half a batch": lambda p: Program(p.network, 1.5),
    "no thread": lambda p: Program(p.network, threads=0),
    "another float": lambda p: Program(p.network, dtype="float16"),
    "a norm of 0": lambda p: Program(p.network, clip_norm=0),
    "a value of NaN": lambda p: Program(p.network, clip_value=float("nan")),
    "no loss": lambda p: Program(bp.Network((5,), [bp.ReLU()])).train({"x": X}, [0]),
    "no loss to evaluate": lambda p: Program(bp.Network((5,), [bp.ReLU()])).evaluate({"x": X}),
    "no update": lambda p: Program(bp.Network((5,), [bp.Linear(out_features=4)], bp.CrossEntropyLoss())).train(
        GOOD, [0]
    ),
}


@pytest.fixture(scope="module")
def program():
    return Program(network(), 2)


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_wrong_is_refused_and_changes_nothing(wrong, program):
    before = program.parameters
    with pytest.raises(BackproofError) as caught:
        REFUSED[wrong](program)
    assert str(caught.value)
    assert all(np.array_equal(p, before[n]) for n, p in program.parameters.items())


def test_nothing_to_do_is_done(program):
    none = {"x": X[:0], "t": T[:0]}
    assert program.train(none, []).shape == (0,)
    assert program.evaluate(none) == 0
    assert program.predict({"x": X[:0]}).shape == (0, 4)


def test_a_program_tells_of_itself():
    for way in ({}, {"batch_size": 40, "threads": 2}, {"batch_size": 3, "lanes_of_samples": True}):
        program = Program(noisy(), **way)
        assert "define" in program.source
        assert all(layer.output in program.outline for layer in program.network.layers)
        assert program.bytes > 0


def test_gradients_may_lie_in_the_datas_own_array_and_not_across_it():
    network = bp.Network((5,), [], bp.CrossEntropyLoss())
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(9, 5)), rng.integers(0, 5, 9)
    program = Program(network, dtype="float64")
    losses, gradients = program.differentiate({"x": x, "t": t})
    p = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    np.testing.assert_allclose(gradients["x"], p - np.eye(5)[t], atol=1e-15)
    np.testing.assert_allclose(losses, -np.log(p[np.arange(9), t]), rtol=1e-14)
    own = x.copy()
    found, _ = program.differentiate({"x": own, "t": t}, {"x": own})
    assert own.tobytes() == gradients["x"].tobytes()
    assert found.tobytes() == losses.tobytes()
    for wrong in (own[1:], own[:, ::-1], own.astype("float32")):
        with pytest.raises(BackproofError, match="out of x"):
            program.differentiate({"x": own[:8], "t": t[:8]}, {"x": wrong})


@pytest.mark.parametrize("classes", [10, 1000, 5000])
def test_softmax_gradients_are_good_to_four_units_in_the_last_place(classes):
    """At logits spread so far that z − top loses several bits, and sums so long that plain ones would lose more."""
    network = bp.Network((classes,), [], bp.CrossEntropyLoss())
    rng = np.random.default_rng(classes)
    x, t = (rng.normal(size=(20, classes)) * 3).astype("float32"), rng.integers(0, classes, 20)
    _, gradients = Program(network).differentiate({"x": x, "t": t})
    e = np.exp(x.astype("float64") - x.max(1, keepdims=True))
    truth = e / e.sum(1, keepdims=True)
    others = np.arange(classes) != t[:, None]  # p − 1 of the right class cancels
    error = abs(gradients["x"] - truth) / np.spacing(truth.astype("float32"))
    assert error[others].max() <= 4
