"""`train` and `predict` as a person meets them."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree
from pathlib import Path

import numpy as np
import pytest

from backproof.examples import locate
from backproof.network.problem import read_problem
from training.networks import classes

PROBLEM = """
title = "Three clouds"
[data]
x = [0, 1]
t = 0
[[layers]]
rule = "Linear"
out_features = 8
[[layers]]
rule = "Tanh"
[[layers]]
output = "y"
rule = "Linear"
out_features = 3
[loss]
rule = "CrossEntropyLoss"
[update]
rule = "Adam"
lr = "1/100"
[training]
data = "clouds.npz"
epochs = 5
batch_size = 8
metrics = ["accuracy"]
validation = "1/5"
"""
COMMAND = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from backproof.cli import main
main()
"""


@pytest.fixture
def problem(tmp_path):
    x, t = classes()
    np.savez(tmp_path / "clouds.npz", x=x, t=t)
    path = tmp_path / "clouds.toml"
    path.write_text(PROBLEM, encoding="utf-8")
    return path


def test_training_and_predicting(run, problem, tmp_path):
    model, answers, curve = tmp_path / "m.safetensors", tmp_path / "a.csv", tmp_path / "c.svg"
    options = ["--plot", curve] if has("matplotlib") else []
    status, out, err = run("train", problem, "--out", model, *options)
    assert status == 0
    assert out.startswith("Three clouds\n51 parameters, 240 data to learn from, 60 held out\n")
    assert "held out  loss 0." in out
    assert "epoch 5 of 5  loss 0." in err
    assert f"{model} holds the parameters" in err
    if options:
        assert xml.etree.ElementTree.parse(curve).getroot().tag.endswith("svg")
    status, printed, _ = run("predict", problem, "--parameters", model, "--data", tmp_path / "clouds.npz")
    assert status == 0
    assert printed.splitlines()[0] == "class,y[0],y[1],y[2]"
    right = [int(line.split(",")[0]) for line in printed.splitlines()[1:]] == classes()[1]
    assert right.mean() > 0.9
    assert run("predict", problem, "--parameters", model, "--data", tmp_path / "clouds.npz", "--out", answers)[:2] == (
        0,
        "",
    )
    assert answers.read_text(encoding="utf-8") == printed
    np.save(tmp_path / "x.npy", classes()[0])
    numbers = tmp_path / "a.npy"
    run("predict", problem, "--parameters", model, "--data", tmp_path / "x.npy", "--out", numbers)
    network = read_problem(problem).network
    assert np.load(numbers).shape == (300, *network.shapes["y"])


def test_solve_takes_trained_parameters(run, problem, tmp_path):
    model = tmp_path / "m.safetensors"
    run("train", problem, "--out", model)
    before = json.loads(run("solve", problem, "--format", "json")[1])
    after = json.loads(run("solve", problem, "--format", "json", "--parameters", model)[1])
    assert before != after


def has(module):
    import importlib.util

    return importlib.util.find_spec(module) is not None


def test_what_is_said_goes_before_what_the_file_says(run, problem, tmp_path):
    pytest.importorskip("pyarrow")
    x, t = classes(50)
    rows = [f"{k},{a},{b}" for (a, b), k in zip(x.tolist(), t.tolist(), strict=True)]
    (tmp_path / "other.csv").write_text("\n".join(["kind,a,b", *rows]), encoding="utf-8")
    options = [
        "--data",
        tmp_path / "other.csv",
        "--target",
        "kind",
        "--epochs",
        2,
        "--metric",
        "error",
        "--metric",
        "top5",
    ]
    status, out, _ = run("train", problem, *options, "--validation", tmp_path / "other.csv", "--patience", 2)
    assert status == 0
    assert "50 data to learn from, 50 held out" in out
    assert out.count("\n    2") + out.count("\n  2 *") == 1
    assert "top5" in out
    assert "accuracy" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "--epochs"),
        (["--lr", "-1"], "lr is -1.0; expected a number of at least 0"),
        (["--validation", "2"], "validation is 2"),
        (["--validation", "none.csv"], "none.csv: there is no such file"),
        (["--data", "none.npz"], "none.npz: there is no such file"),
        (["--metric", "acuracy"], "did you mean accuracy"),
        (["--resume"], "which checkpoint file to go on from"),
        (["--plot", "a.gif"], "a.gif: expected a name that ends in .svg"),
        (["--checkpoint", "/none/a"], "/none/a: cannot be written"),
        (["--clip-norm", "0"], "clip_norm is 0.0; expected a number above 0"),
        (["--schedule", "cos"], "--schedule"),
    ],
)
def test_faults_are_one_line(run, problem, arguments, message):
    status, out, err = run("train", problem, *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_data_in_the_table_must_lie_beside_the_file(run, problem):
    problem.write_text(PROBLEM.replace("clouds.npz", "../clouds.npz"), encoding="utf-8")
    status, _, err = run("train", problem)
    assert status == 2
    assert "must lie beside the problem file" in err


def test_a_file_without_data_of_its_own_learns_what_it_works_through(run, tmp_path):
    text = PROBLEM.replace('data = "clouds.npz"\n', "").replace('validation = "1/5"\n', "")
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    status, out, _ = run("train", tmp_path / "p.toml")
    assert status == 0
    assert "1 data to learn from" in out
    status, _, err = run("train", "question-01")
    assert status == 2
    assert "no update rule" in err


def test_a_learning_rate_of_a_billion(run, problem):
    status, out, err = run("train", problem, "--lr", "1e9", "--epochs", 50)
    assert status == 2
    assert "error: training stopped in epoch 1" in err
    assert "Try a smaller learning rate" in err
    assert "h1[" in out


def test_models_of_other_networks_are_refused(run, problem, tmp_path):
    model = tmp_path / "m.safetensors"
    run("train", problem, "--epochs", 1, "--out", model)
    other = tmp_path / "other.toml"
    other.write_text(PROBLEM.replace("out_features = 8", "out_features = 9"), encoding="utf-8")
    data = tmp_path / "clouds.npz"
    assert (
        "h1.bias has shape (8,); the network's has (9,)"
        in run("predict", other, "--parameters", model, "--data", data)[2]
    )
    assert "there is no parameter" in run("predict", "question-01", "--parameters", model, "--data", data)[2]
    model.write_bytes(model.read_bytes()[:50])
    status, _, err = run("predict", problem, "--parameters", model, "--data", data)
    assert (status, "no whole .safetensors file" in err) == (2, True)
    assert "ends in .csv or .npy" in run("predict", problem, "--parameters", model, "--data", data, "--out", "a.txt")[2]


def test_ctrl_c_leaves_a_checkpoint_and_130(problem, tmp_path):
    path = tmp_path / "run.ckpt"
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", COMMAND, tests, "train", problem, "--epochs", "100000", "--checkpoint", path]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        for _ in range(200):
            time.sleep(0.05)
            if path.exists():
                break
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"{path} holds the run so far; --resume goes on from there" in err
    assert "Traceback" not in err


def test_digits_can_be_told_apart(run):
    status, out, _ = run("train", "digits")
    assert status == 0
    found = float(out.split("accuracy ")[-1].split()[0])
    assert found >= 0.98


def test_the_digits_are_those_of_uci():
    arrays = np.load(locate("digits").with_suffix(".npz"))
    assert arrays["x"].shape == (1797, 1, 8, 8)
    assert (arrays["x"].dtype, int(arrays["x"].max())) == (np.uint8, 16)
    assert np.bincount(arrays["t"]).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    problem = read_problem(locate("digits"))
    datum = problem.data[0]
    shown = [[int(datum["x"][0, i, j].p) for j in range(8)] for i in range(8)]
    assert shown == arrays["x"][3, 0].tolist()
    assert datum["t"][()] == arrays["t"][3]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "model.bin"], "choose a name that ends so"),
        (["--out", "missing/model.safetensors"], "cannot be written"),
        (["--plot", "missing/curve.svg"], "cannot be written"),
        (["--out", "data.safetensors", "--data", "data.safetensors"], "would replace what is read"),
        (["--checkpoint", "clouds.toml"], "would replace what is read"),
        (["--checkpoint", "notes.txt"], "is no checkpoint"),
        (["--out", "one.safetensors", "--checkpoint", "one.safetensors"], "are the same file"),
    ],
)
def test_results_that_could_not_be_kept_or_would_destroy_something_are_refused_first(
    tmp_path, problem, run, monkeypatch, options, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("important")
    if "--data" in options:
        from safetensors.numpy import save_file

        save_file({"x": np.zeros((4, 2)), "t": np.array([0, 1, 2, 0])}, "data.safetensors")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    code, out, err = run("train", problem, *options)
    assert code == 2
    assert said in err
    assert "epoch" not in out
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_model_is_the_same_file_twice_and_a_link_stays_a_link(tmp_path, problem, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.safetensors").symlink_to("model.safetensors")
    made = set()
    for _ in range(4):
        assert run("train", problem, "--out", "link.safetensors")[0] == 0
        made.add((tmp_path / "model.safetensors").read_bytes())
    assert len(made) == 1
    assert (tmp_path / "link.safetensors").is_symlink()
