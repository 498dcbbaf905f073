"""Checkpoints: killed at any moment a run goes on to the very same numbers, and no file is ever half written."""

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import backproof as bp
from backproof.errors import BadFile
from backproof.network import saving
from backproof.training import checkpoint
from backproof.training.checkpoint import read_checkpoint, unpacked
from training.networks import classes, classifier, numbers

RUNNING = Path(__file__).parent / "running.py"
KILLS = int(os.environ.get("BACKPROOF_KILLS", "6"))
"""50 take about a minute: BACKPROOF_KILLS=50."""


def started(folder, epochs):
    folder.mkdir(exist_ok=True)
    command = [sys.executable, RUNNING, "train", folder, str(epochs)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def finished(folder, epochs):
    """The seconds that training took, and what came out of it."""
    with started(folder, epochs) as process:
        out, _ = process.communicate()
    assert process.returncode == 0
    return float(out), numbers_in(folder)


def numbers_in(folder):
    """What training wrote, bit for bit."""
    return {name: array.tobytes() for name, array in np.load(folder / "model.npz").items()}


def test_killed_at_any_moment_it_ends_with_the_same_numbers(tmp_path):
    start, _ = finished(tmp_path / "one", 1)
    some, _ = finished(tmp_path / "some", 41)
    took = max(1.0, KILLS / 20)
    epochs = 1 + int(took * 40 / max(some - start, 1e-3))
    _, expected = finished(tmp_path / "whole", epochs)
    killed, places = tmp_path / "killed", []
    for n in range(KILLS):
        with started(killed, epochs) as process:
            # Once before the first epoch is done, then anywhere; each run gets a little further.
            least, most = (0.0, start) if n == 0 else (start, start + 1.2 * took / KILLS)
            time.sleep(random.Random(n).uniform(least, most))
            process.kill()
        if (killed / "model.npz").exists():  # it was quicker than expected: once more from the beginning
            assert numbers_in(killed) == expected
            shutil.rmtree(killed)
        elif (killed / "run.ckpt").exists():
            metadata, tensors = unpacked(killed / "run.ckpt")
            assert metadata["format"] == checkpoint.FORMAT
            assert tensors
            places.append(metadata["place"])
    assert len(set(places)) > 1
    assert finished(killed, epochs)[1] == expected
    assert sorted(p.name for p in killed.iterdir()) == ["model.npz", "run.ckpt"]


def run(path, **options):
    network = classifier(**{k: options.pop(k) for k in ("hidden", "update") if k in options})
    x, t = options.pop("data", classes())
    history = network.fit(x, t, checkpoint=path, **{"epochs": 2, "batch_size": 8} | options)
    return network, history


def test_a_finished_run_that_is_resumed_gives_the_same(tmp_path):
    network, history = run(tmp_path / "a", validation=0.2, patience=5)
    again, told = run(tmp_path / "a", validation=0.2, patience=5, resume=True)
    assert numbers(again) == numbers(network)
    assert str(told) == str(history)


def test_more_epochs_may_be_asked_for(tmp_path):
    run(tmp_path / "a")
    longer, history = run(tmp_path / "a", epochs=4, resume=True)
    assert numbers(longer) == numbers(run(tmp_path / "b", epochs=4)[0])
    assert len(history) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"hidden": 9},
            r"another network: layer h is Linear\(out_features=8\) .* in the file and .*\(out_features=9\)",
        ),
        ({"update": bp.Adam()}, r"update is SGD\(lr=0.1, momentum=0.9\) in the file and Adam here"),
        ({"seed": 1}, "had seed 0, this one has 1; they must be the same to resume"),
        ({"batch_size": 9}, "batch_size 8"),
        ({"dtype": "float64"}, "dtype float32"),
        ({"clip_norm": 1.0}, "clip_norm None"),
        ({"data": classes(299)}, "data 300, this one has 299"),
        ({"data": classes(300, seed=1)}, "checksum of the data"),
        ({"validation": 0.1}, "data 300, this one has 270"),
    ],
)
def test_the_checkpoint_of_another_run_is_refused(tmp_path, options, message):
    run(tmp_path / "a")
    with pytest.raises(BadFile, match=message):
        run(tmp_path / "a", resume=True, **options)


@pytest.mark.parametrize("left", [0, 4, 100, -1])
def test_a_damaged_checkpoint_is_refused(tmp_path, left):
    path = tmp_path / "a"
    run(path)
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(BadFile, match=r"no whole .safetensors file|cannot be read"):
        run(path, resume=True)


def test_another_file_is_no_checkpoint(tmp_path):
    from safetensors.numpy import save_file

    save_file({"W": np.zeros(3)}, tmp_path / "a")
    with pytest.raises(BadFile, match="this is no checkpoint"):
        run(tmp_path / "a", resume=True)
    save_file(
        {"W": np.zeros(3)}, tmp_path / "b", {"format": checkpoint.FORMAT, "place": "{}", "network": "[1]", "run": "{}"}
    )
    with pytest.raises(BadFile, match="damaged"):
        run(tmp_path / "b", resume=True)


def test_a_full_disk_leaves_the_last_good_one(tmp_path, monkeypatch):
    path = tmp_path / "a"
    run(path)
    before = path.read_bytes()

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(saving.os, "fsync", full)
    with pytest.raises(BadFile, match="cannot be written: No space left on device; what it held before is still there"):
        run(path, epochs=3, resume=True)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_really_full_disk(tmp_path):
    with pytest.raises(BadFile, match="cannot be written"):
        run(Path("/dev/full/run.ckpt"))
    with pytest.raises(BadFile, match="this is a folder"):
        run(tmp_path)
    with pytest.raises(BadFile, match="No such file or directory"):
        run(tmp_path / "none" / "run.ckpt")


def test_what_a_killed_run_left_half_written_is_cleared_away(tmp_path):
    (tmp_path / ".a.xyz.part").write_bytes(b"half")
    (tmp_path / ".b.xyz.part").write_bytes(b"another's")
    run(tmp_path / "a")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".b.xyz.part", "a"]


def test_history_and_best_are_in_it(tmp_path):
    network, history = run(tmp_path / "a", validation=0.2, patience=2, epochs=3)
    found = read_checkpoint(tmp_path / "a", network, {})
    assert [entry["loss"] for entry in found.place.history] == history["loss"]
    assert found.best.keys() == network.parameters.keys()
    assert found.place.steps == 3 * 30
    assert set(found.state) == {f"{name}.velocity" for name in network.parameters}
