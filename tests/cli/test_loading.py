"""What is loaded to solve a question: nothing that only other tasks need."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "numba",
    "sympy",
    "lark",
    "torch",
    "llvmlite",
    "matplotlib",
    "scipy",
    "pandas",
    "onnx",
    "jsonschema",
    "hypothesis",
    "pytest",
}
SOLVE = "import sys; sys.argv = ['backproof', 'solve', 'question-01']\ntry:\n    from backproof.cli import main; main()\nexcept SystemExit: pass\n"


def loaded(code):
    """The top-level modules that are there once the code has run."""
    report = "\nimport json, sys\nprint('MODULES' + json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.rpartition("MODULES")[2]))


@pytest.mark.parametrize("code", ["import backproof", SOLVE], ids=["import", "solve"])
def test_nothing_heavy_is_loaded(code):
    assert not loaded(code) & HEAVY


def test_import_alone_loads_no_library_at_all():
    extra = loaded("import backproof") - loaded("pass")
    assert not extra & {"numpy", "flint", "rich", "click", "msgspec", "tomlkit", "safetensors"}


def test_solving_exactly_loads_no_numpy():
    assert "numpy" not in loaded(SOLVE)
