"""Data in files: every kind gives the same numbers, every fault is named."""

import numpy as np
import pytest

import backproof as bp
from backproof.errors import BackproofError, BadFile
from backproof.training.files import load, read
from training.networks import classes, classifier, regression

X, T = classes(20)


def written(folder, kind):
    path = folder / f"data.{kind}"
    if kind == "npz":
        np.savez(path, x=X, t=T)
    elif kind == "safetensors":
        from safetensors.numpy import save_file

        save_file({"X": X, "labels": T.astype(np.uint8), "z": np.zeros((0, 3))}, path)
    else:
        pytest.importorskip("pyarrow")
        rows = [(*map(repr, x), str(t)) for x, t in zip(X.astype(float).tolist(), T, strict=True)]
        if kind == "parquet":
            import pyarrow
            import pyarrow.parquet

            table = pyarrow.table({"a": X[:, 0], "b": X[:, 1], "kind": T})
            pyarrow.parquet.write_table(table, path)
        else:
            sign = "\t" if kind == "tsv" else ","
            path.write_text("\n".join(sign.join(row) for row in [("a", "b", "kind"), *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["npz", "safetensors", "csv", "tsv", "parquet"])
def test_every_kind_gives_the_same_numbers(tmp_path, kind):
    found = load(classifier(), written(tmp_path, kind)).arrays()
    assert found["x"].tolist() == X.tolist()
    assert found["t"].tolist() == T.tolist()


@pytest.mark.parametrize("kind", ["npz", "safetensors", "csv", "parquet"])
@pytest.mark.parametrize("left", [0, 1, 0.5, 0.99])
def test_files_that_are_cut_short_are_refused(tmp_path, kind, left):
    path = written(tmp_path, kind)
    content = path.read_bytes()
    path.write_bytes(content[: int(left * len(content)) if left != 1 else 10])
    with pytest.raises(BadFile, match=path.name):
        load(classifier(), path)


def test_a_npy_file_that_is_cut_short_is_refused(tmp_path):
    np.save(tmp_path / "x.npy", X)
    content = (tmp_path / "x.npy").read_bytes()
    for length in (3, 50, len(content) - 1):
        (tmp_path / "x.npy").write_bytes(content[:length])
        with pytest.raises(BadFile, match=r"damaged, cut short, or no \.npy file"):
            read(tmp_path / "x.npy")


CSV = [
    ("a,b,t\n1,2,0\n3,,1\n", 'row 3, column "b" is empty'),
    ("a,b,t\n1,2,0\n\n3,nan,1\n", r'row 4, column "b" is nan; expected a finite number'),
    ("a,b,t\n1,2,0\n3,inf,1\n", 'row 3, column "b" is inf'),
    ("1,2,0\n3,x,1\n", r"row 2, column \"column 2\" is 'x'; expected a number"),
    ("a,b,t\n1,2,0\n3,4,7\n", 'row 3, column "t" is 7, but the network tells 3 classes apart'),
    ("a,b,t\n1,2,0\n3,4,yes\n", "row 3, column \"t\" is 'yes'"),
    ("a,b,t\n1,2,0\n3,4\n", "row 3 has 2 cells, the first row has 3"),
    ("a,b,t\n1,2,0\n\n3,4,1,5\n", "row 4 has 4 cells, the first row has 3"),
    ("a,a,t\n1,2,0\n", "two columns are called 'a'"),
    ("a,b,t\n", r"\(0 rows\)"),
    ("\n\n", "the first line is blank"),
    ("a,b,c,t\n1,2,3,0\n", r"x has shape \(1, 3\); the input x needs \(N, 2\)"),
    ("t\n1\n", "is the target; there is no input"),
]


@pytest.mark.parametrize(("text", "message"), CSV)
def test_faults_of_tables_are_named_by_row_and_column(tmp_path, text, message):
    pytest.importorskip("pyarrow")
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=message):
        load(classifier(), tmp_path / "d.csv")


def test_the_target_may_be_any_column(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "d.csv").write_text("kind;a;b\n2;1;0.5\n0;3;4\n", encoding="utf-8")
    found = load(classifier(), tmp_path / "d.csv", targets=["kind"]).arrays()
    assert found["x"].tolist() == [[1, 0.5], [3, 4]]
    assert found["t"].tolist() == [2, 0]
    found = load(classifier(), tmp_path / "d.csv", targets=["kind"], target=False).arrays()
    assert found["x"].tolist() == [[1, 0.5], [3, 4]]
    with pytest.raises(BadFile, match="did you mean kind"):
        load(classifier(), tmp_path / "d.csv", targets=["kin"])


@pytest.mark.parametrize("named", [True, False])
def test_inputs_alone_will_do_for_predictions(tmp_path, named):
    pytest.importorskip("pyarrow")
    (tmp_path / "d.csv").write_text(("a,b\n" if named else "") + "1,2\n3,4\n", encoding="utf-8")
    assert load(classifier(), tmp_path / "d.csv", target=False).arrays()["x"].tolist() == [[1, 2], [3, 4]]
    np.save(tmp_path / "x.npy", X)
    assert load(classifier(), tmp_path / "x.npy", target=False).arrays()["x"].tolist() == X.tolist()
    with pytest.raises(BadFile, match=r"put both in one \.npz"):
        load(classifier(), tmp_path / "x.npy")


def test_arrays_that_are_not_there_are_named(tmp_path):
    np.savez(tmp_path / "d.npz", u=X, v=T)
    with pytest.raises(BadFile, match="there is no array x in it, only u and v"):
        load(classifier(), tmp_path / "d.npz")
    np.savez(tmp_path / "d.npz", x=X, v=T)
    with pytest.raises(BadFile, match="no array t in it, only x and v; name it with --target"):
        load(classifier(), tmp_path / "d.npz")
    assert len(load(classifier(), tmp_path / "d.npz", targets=["v"])) == 20


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "d.npz", x=np.array([{}], dtype=object))
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object))
    for name in ("d.npz", "x.npy"):
        with pytest.raises(BadFile, match=r"pickle|Object|object"):
            read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "message"), [("none.npz", "there is no such file"), (".", "this is a folder"), ("a.txt", r"end in \.npy")]
)
def test_paths_that_lead_nowhere(tmp_path, name, message):
    (tmp_path / "a.txt").write_text("1")
    with pytest.raises(BadFile, match=message):
        read(tmp_path / name)


def test_without_pyarrow_tables_say_what_is_missing(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow.csv", None)
    (tmp_path / "d.csv").write_text("1,2\n")
    with pytest.raises(BackproofError, match=r'pip install "backproof\[data\]"'):
        read(tmp_path / "d.csv")


def test_several_targets(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "d.csv").write_text("a,b,c,u,v\n1,2,3,4,5\n", encoding="utf-8")
    network = bp.Network({"x": (3,)}, [bp.Linear(out_features=2)], bp.MSELoss())
    assert load(network, tmp_path / "d.csv", targets=["u", "v"]).arrays()["t"].tolist() == [[4, 5]]
    (tmp_path / "e.csv").write_text("a,b,c,u\n1,2,3,4\n", encoding="utf-8")
    assert load(regression(), tmp_path / "e.csv").arrays()["t"].tolist() == [[4]]
