"""Training: what it learns, what it leaves behind, and that nothing but the options decides the numbers."""

import json
import signal
import threading

import numpy as np
import pytest

import backproof as bp
from backproof.errors import BackproofError
from backproof.training import dataset, fit, rows
from backproof.training.schedules import Cosine
from training.networks import classes, classifier, line, numbers, regression


def test_a_line_is_learned():
    network, (x, y) = regression(), line()
    before = network.evaluate(x, y)["loss"]
    history = network.fit(x, y, epochs=5, batch_size=4, metrics="r2", dtype="float64")
    assert history["loss"][-1] < 1e-6 < before
    assert history["r2"][-1] == pytest.approx(1)
    assert [float(w) for w in network.parameters["W"].values()] == pytest.approx([1, -2, 0.5], abs=1e-3)
    assert network.predict(x, dtype="float64") == pytest.approx(y, abs=1e-2)


def test_classes_are_learned():
    network, (x, t) = classifier(), classes()
    history = network.fit(x, t, epochs=10, batch_size=16, validation=0.2, metrics=["accuracy"])
    assert history["accuracy"][-1] > 0.9
    assert network.predict(x).shape == (300, 3)
    found = network.evaluate(*classes(seed=1), metrics=["accuracy", "error"])
    assert found["accuracy"] > 0.9
    assert found["accuracy"] + found["error"] == pytest.approx(1)


def test_one_epoch_is_the_steps_that_solve_shows():
    x, y = line(3)
    network, by_hand = regression(), regression()
    network.fit(x, y, batch_size=1, shuffle=False, dtype="float64")
    for n in range(3):
        record = by_hand.solve(x[n], y[n], arithmetic="float64")
        by_hand = by_hand.with_parameters(record.after()[0])
    for name, array in network.parameters.items():
        assert [float(v) for v in array.values()] == pytest.approx(
            [float(v) for v in by_hand.parameters[name].values()]
        )


def test_the_same_options_give_the_same_numbers_and_others_others():
    x, t = classes()

    def trained(**options):
        network = classifier()
        network.fit(x, t, epochs=2, batch_size=7, **options)
        return numbers(network)

    assert trained() == trained()
    others = [
        trained(**o) for o in ({"seed": 1}, {"shuffle": False}, {"shuffle": "blocks"}, {"lr": 0.01}, {"lr": Cosine()})
    ]
    assert all(other != trained() for other in others)


def test_where_stretches_end_changes_nothing(monkeypatch):
    x, t = classes(1000)
    results = []
    for seconds in (0.0, 0.001, 10):
        monkeypatch.setattr(fit, "STRETCH", seconds)
        network = classifier()
        history = network.fit(x, t, epochs=3, batch_size=7, lr="cosine", validation=0.1, clip_norm=0.5)
        results.append((numbers(network), history["loss"], history["validation"]))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("shuffle", [True, False])
def test_mapped_files_train_to_the_same_numbers(tmp_path, monkeypatch, shuffle):
    x, t = classes(500)
    np.save(tmp_path / "x.npy", x.astype(np.float64))
    one, other = classifier(), classifier()
    one.fit(x, t, epochs=2, batch_size=8, shuffle=shuffle, validation=0.1)
    monkeypatch.setattr(dataset, "HELD", 0)
    monkeypatch.setattr(rows, "BLOCK", 500)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    other.fit(mapped, t, epochs=2, batch_size=8, shuffle=shuffle, validation=0.1)
    assert numbers(one) == numbers(other)


def test_learning_rates_follow_the_schedule():
    x, t = classes(100)
    history = classifier().fit(x, t, epochs=4, batch_size=10, lr=Cosine(lr=0.1))
    assert history.epochs[0].lr == pytest.approx(Cosine().rate(9, 40, 0.1))
    assert history.epochs[-1].lr == pytest.approx(Cosine().rate(39, 40, 0.1))
    assert classifier().fit(x, t).epochs[0].lr == 0.1
    assert classifier().fit(x, t, lr=0.25).epochs[0].lr == 0.25


def test_patience_stops_and_keeps_the_best():
    x, t = classes(60)
    network = classifier(hidden=30, update=bp.SGD(lr="0.2"))
    v = classes(100, seed=5)
    history = network.fit(x, np.where(np.arange(60) % 3, t, 0), epochs=200, validation=v, patience=4)
    assert history.stopped_early
    assert len(history) == history.best + 4
    assert min(history["validation"]) == history["validation"][history.best - 1]
    assert network.evaluate(*v)["loss"] == pytest.approx(history["validation"][history.best - 1])


def test_training_goes_on_from_where_it_was():
    x, t = classes()
    network = classifier(update=bp.SGD(lr="0.1"))
    first = network.fit(x, t, epochs=2)
    assert network.fit(x, t)["loss"][0] < first["loss"][0]
    started = classifier(update=bp.SGD(lr="0.1")).with_parameters(network.parameters)
    assert started.evaluate(x, t) == network.evaluate(x, t)


def test_trained_numbers_are_exact_and_can_be_solved_with():
    network, (x, t) = classifier(), classes()
    network.fit(x, t)
    record = network.solve(x[0], int(t[0]))
    assert np.asarray(record["y"], dtype=np.float32) == pytest.approx(network.predict(x[:1])[0], rel=1e-5)


def test_functions_are_told_of_every_epoch():
    told = []
    classifier().fit(*classes(), epochs=3, progress=told.append)
    assert [epoch.epoch for epoch in told] == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs is 0; expected a whole number of at least 1"),
        ({"epochs": True}, "epochs is True"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"seed": -1}, "seed is -1"),
        ({"dtype": "float16"}, "expected float32 or float64"),
        ({"shuffle": "yes"}, "shuffle is 'yes'"),
        ({"clip_norm": 0}, "clip_norm is 0; expected a number above 0"),
        ({"patience": 2}, "patience needs validation"),
        ({"validation": 1.5}, "validation is 1.5"),
        ({"validation": "x"}, "neither a part of the data"),
        ({"validation": (np.zeros((2, 2)), [0, 9])}, r"validation: t\[1\] \(row 2\) is 9"),
        ({"resume": True}, "which checkpoint file"),
        ({"progress": "loud"}, "progress is 'loud'"),
        ({"metrics": ["mse"]}, "tells classes apart"),
        ({"lr": "fast"}, "there is no schedule 'fast'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(BackproofError, match=message):
        classifier().fit(*classes(), **options)


def test_networks_that_cannot_be_trained_are_refused():
    x, t = classes()
    with pytest.raises(BackproofError, match="no update rule; give it one"):
        bp.Network((2,), [bp.Linear(out_features=3)], bp.CrossEntropyLoss()).fit(x, t)
    with pytest.raises(BackproofError, match="no loss"):
        bp.Network((2,), [bp.Linear(out_features=3)]).fit(x, t)
    loss = bp.CrossEntropyLoss(reduction="none")
    with pytest.raises(BackproofError, match="many losses"):
        bp.Network((2,), [bp.Linear(out_features=3)], loss, update=bp.SGD()).fit(x, t)


def test_an_interruption_leaves_a_checkpoint_and_what_was_learned(tmp_path):
    x, t = classes(2000)
    network, whole = classifier(), classifier()
    path = tmp_path / "run.ckpt"
    whole.fit(x, t, epochs=4, batch_size=4)
    listening = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(0.1, lambda: signal.raise_signal(signal.SIGINT))

    def start(epoch):
        if epoch.epoch == 1:
            timer.start()
            timer.join()

    with pytest.raises(KeyboardInterrupt):
        network.fit(x, t, epochs=4, batch_size=4, checkpoint=path, progress=start)
    assert signal.getsignal(signal.SIGINT) is listening
    assert numbers(network) != numbers(classifier())
    again = classifier()
    assert len(again.fit(x, t, epochs=4, batch_size=4, checkpoint=path, resume=True)) == 4
    assert numbers(again) == numbers(whole)


def test_a_history_tells_what_happened(tmp_path):
    history = classifier().fit(*classes(), epochs=20, validation=0.2, patience=20, metrics="accuracy")
    told = json.loads(history.to_json())
    assert [e["epoch"] for e in told["epochs"]] == list(range(1, 21))
    assert told["best"] == history.best
    assert str(history).splitlines()[0].split() == ["epoch", "loss", "validation", "accuracy"]
    assert "…" in str(history)
    assert history._repr_markdown_().startswith("| epoch | loss | validation | accuracy |\n| ---: ")
    assert "validation" in str(history.curve())
    with pytest.raises(BackproofError, match="did you mean loss"):
        history["los"]
    with pytest.raises(BackproofError, match=r"ends in \.svg"):
        history.plot(tmp_path / "a.gif")


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_a_history_is_drawn(tmp_path, ending):
    pytest.importorskip("matplotlib")
    path = tmp_path / f"curve.{ending}"
    classifier().fit(*classes(), epochs=3, validation=0.2, metrics="accuracy").plot(path)
    assert path.stat().st_size > 1000
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
