"""The rule files run as they stand on an arithmetic that backproof does not have yet: programs."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.floats import float64
from backproof.arithmetic.numeral import Numeral
from backproof.rules.cross_entropy_loss import CrossEntropyLoss
from backproof.rules.dropout import Dropout
from backproof.rules.layer_norm import LayerNorm
from backproof.rules.max_pool2d import MaxPool2d
from backproof.rules.prelu import PReLU
from backproof.rules.rule import arguments

CASES = {
    "overlapping max pooling": (MaxPool2d((2, 3), stride=1, padding=(0, 1)), {"x": (1, 2, 3)}, "x"),
    "strided, dilated max pooling": (MaxPool2d(2, stride=2, padding=1, dilation=2), {"x": (3, 3)}, "x"),
    "PReLU, a slope a channel": (PReLU(2), {"x": (2, 2)}, "x weight"),
    "dropout": (Dropout(Numeral("1/4")), {"x": (2, 3)}, "x"),
    "dropout in evaluation": (Dropout(Numeral(0)), {"x": (3,)}, "x"),
    "layer norm of rows": (LayerNorm(3), {"x": (2, 3)}, "x weight bias"),
    "layer norm of all": (LayerNorm((2, 2), bias=False), {"x": (2, 2)}, "x weight"),
    "layer norm of one axis, nothing learned": (LayerNorm(2, elementwise_affine=False), {"x": (3, 2)}, "x"),
    "softmax cross-entropy": (CrossEntropyLoss(), {"x": (3,), "t": ()}, "x"),
    "weighted cross-entropy": (
        CrossEntropyLoss(weight=(Numeral("1/2"), Numeral(2), Numeral(3))),
        {"x": (3,), "t": ()},
        "x",
    ),
    "smoothed cross-entropy": (CrossEntropyLoss(label_smoothing=Numeral("0.1")), {"x": (3,), "t": ()}, "x"),
    "cross-entropy to a distribution": (CrossEntropyLoss(), {"x": (3,), "t": (3,)}, "x"),
}


def shapes_of(rule, inputs):
    shapes = {**inputs, **rule.shapes(*inputs.values())}
    out = rule.outputs[0]
    return shapes | {"d" + out: shapes[out]} | {f"d{n}": shapes[n] for n in ("x", *rule.parameters) if n in shapes}, out


def step(rule, arrays):
    for f in (rule.forward, rule.backward):
        f(**{n: arrays.get(n) for n in arguments(f)})


@pytest.mark.parametrize("lanes", [1, 4])
@pytest.mark.parametrize("case", CASES)
def test_programs_give_what_floats_give(case, lanes):
    pytest.importorskip("llvmlite")
    from other_arithmetics.programs import program

    rule, inputs, learned = CASES[case]
    shapes, _ = shapes_of(rule, inputs)
    shared = {n for n in rule.parameters if n in shapes}
    rng = np.random.default_rng(3)
    data = {}
    for name, shape in shapes.items():
        size = (*shape, 1 if name in shared or name[1:] in shared else lanes)
        values = rng.integers(-2, 3, size) / 2
        data[name] = rng.integers(0, 3, size) if isinstance(shape, Places) else values.astype(float)
    if "t" in inputs and inputs["t"] == inputs["x"]:
        data["t"] = abs(data["t"])
    written = [n for n in (*rule.outputs, *rule.scratch, *(f"d{n}" for n in learned.split())) if n in shapes]
    for name in written:
        data[name][...] = 0

    expected = {n: v.copy() for n, v in data.items()}
    plain = rule.read(float64.number)
    for k in range(lanes):
        arrays = {}
        for name, shape in shapes.items():
            column = expected[name][..., k % expected[name].shape[-1]]
            cells = {i: int(column[i]) if isinstance(shape, Places) else column[i] for i in np.ndindex(shape)}
            arrays[name] = Array(shape, cells)
        step(plain, arrays)
        for name in written:
            if not isinstance(shapes[name], Places):
                for i, v in arrays[name].items():
                    expected[name][(*i, k % expected[name].shape[-1])] = v
    kept = [n for n in written if not isinstance(shapes[n], Places) and n[1:] not in shared]

    about = {n: (s, n in shared, isinstance(s, Places)) for n, s in shapes.items()}
    if lanes > 1:
        about |= {"d" + n: (shapes[n], False, False) for n in shared}
        data |= {"d" + n: np.zeros((*shapes[n], lanes)) for n in shared}
    run = program(lambda w, arrays: step(rule.read(lambda n: float(float64.number(n)), w.table), arrays), about, lanes)
    run(*(data[n].ctypes.data for n in about))
    for name in kept:
        np.testing.assert_allclose(data[name], expected[name], rtol=1e-14, atol=1e-300, err_msg=name)
