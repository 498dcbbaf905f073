"""Arrays in files beside a problem file: .npy, .npz and .safetensors are read exactly; anything else is refused."""

import gc
from fractions import Fraction

import numpy as np
import pytest

from backproof.errors import BackproofError, BadFile, UnknownName
from backproof.network.arrays import load
from backproof.network.problem import read_problem

PROBLEM = """\
[data]
x = [1, 2]
t = 1

[[layers]]
rule = "Linear"
output = "y"
weight = "W"
bias = false

[parameters]
W = {entry}

[loss]
rule = "HalfSquaredError"
"""


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return home


def save(folder, ending, **arrays):
    path = folder / f"w.{ending}"
    if ending == "npy":
        np.save(path, next(iter(arrays.values())), allow_pickle=True)
    elif ending == "npz":
        np.savez(path, **arrays)
    else:
        from safetensors.numpy import save_file

        save_file(arrays, path)
    return path


def problem(folder, entry):
    path = folder / "p.toml"
    path.write_text(PROBLEM.replace("{entry}", entry))
    return read_problem(path)


@pytest.mark.parametrize("ending", ["npy", "npz", "safetensors"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64"])
def test_arrays_are_read_exactly(folder, ending, dtype):
    array = np.array([3.14, -2.5]).astype(dtype)
    save(folder, ending, W=array)
    weight = problem(folder, f'{{ file = "w.{ending}" }}').network.parameters["W"]
    assert [Fraction(int(v.p), int(v.q)) for v in weight.values()] == [Fraction(float(v)) for v in array]


@pytest.mark.parametrize("ending", ["npz", "safetensors"])
def test_a_key_names_one_of_several(folder, ending):
    save(folder, ending, first=np.array([1.0, 2.0]), second=np.array([3.0, 4.0]))
    assert list(load(folder, f"w.{ending}", "second")) == [3, 4]
    with pytest.raises(UnknownName, match="'secnd'; did you mean second"):
        load(folder, f"w.{ending}", "secnd")
    with pytest.raises(BackproofError, match="first and second"):
        load(folder, f"w.{ending}", None)


@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_pickled_arrays_are_refused(folder, ending):
    class Trap:
        def __reduce__(self):
            return folder.joinpath("trapped").touch, ()

    save(folder, ending, W=np.array([Trap()], dtype=object))
    with pytest.raises(BadFile, match=rf"w\.{ending}: .*numbers"):
        load(folder, f"w.{ending}", None)
    assert not folder.joinpath("trapped").exists()


@pytest.mark.parametrize("file", ["../secret.npy", "sub/../../secret.npy", "/etc/secret.npy", "link.npy"])
def test_files_outside_the_folder_are_refused(folder, file):
    np.save(folder.parent / "secret.npy", np.array([1.0, 2.0]))
    (folder / "link.npy").symlink_to(folder.parent / "secret.npy")
    with pytest.raises(BadFile, match="must lie beside the problem file or below it"):
        load(folder, file, None)


def test_files_below_the_folder_are_read(folder):
    (folder / "sub").mkdir()
    np.save(folder / "sub" / "w.npy", np.array([1.0, 2.0]))
    assert list(load(folder, "sub/w.npy", None)) == [1, 2]


@pytest.mark.parametrize(
    ("file", "what"),
    [("w.npy", "there is no such file"), ("w.pkl", "expected a file that ends in .npy"), ("w", "expected")],
)
def test_missing_and_unknown_files(folder, file, what):
    (folder / "w.pkl").touch()
    with pytest.raises(BadFile, match=what):
        load(folder, file, None)


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([True]), np.array([1j])])
def test_arrays_of_something_else_are_refused(folder, array):
    save(folder, "npy", W=array)
    with pytest.raises(BadFile, match=rf"holds {array.dtype}, not .*numbers"):
        load(folder, "w.npy", None)


@pytest.mark.parametrize("ending", ["npy", "npz", "safetensors"])
def test_damaged_files_are_refused_and_closed(folder, ending):
    path = save(folder, ending, W=np.arange(6.0))
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(BadFile, match=rf"w\.{ending}: .*numbers"):
            load(folder, path.name, None)
    gc.collect()  # a file left open is told of here


def test_an_unreadable_file_is_refused_with_file_line_and_key(folder):
    with pytest.raises(BadFile) as caught:
        problem(folder, '{ file = "w.npy" }')
    assert "w.npy: there is no such file" in str(caught.value)
    assert str(caught.value).startswith(f"{folder / 'p.toml'}:12: parameters.W: ")


def test_a_misspelt_key_of_the_table(folder):
    with pytest.raises(BadFile, match=r"p\.toml:12: parameters\.W\.fiel: there is no key 'fiel'|parameters\.W"):
        problem(folder, '{ fiel = "w.npy" }')
    save(folder, "npz", W=np.array([1.0, 2.0]))
    with pytest.raises(BadFile, match=r"p\.toml:12: .*there is no key 'kye'; did you mean key\?"):
        problem(folder, '{ file = "w.npz", kye = "W" }')
