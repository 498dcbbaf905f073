"""Predictions as files."""

from __future__ import annotations

import csv
import io
from itertools import product

import numpy as np

from backproof.arithmetic.array import address
from backproof.network.network import Network
from backproof.training.rows import Numbers


def as_csv(network: Network, found: Numbers) -> str:
    """A table: a row for each datum, the class first where there is one, then each number of the prediction."""
    name, shape = network.prediction, network.shapes[network.prediction]
    classes = type(network.loss_rule).__name__ == "CrossEntropyLoss" and len(shape) == 1
    cells = [address(name, i) for i in product(*map(range, shape))]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*(["class"] if classes else []), *cells])
    likeliest = found.argmax(axis=1) if classes else np.zeros(len(found), int)
    for label, row in zip(likeliest, found.reshape(len(found), -1), strict=True):
        table.writerow([*([int(label)] if classes else []), *(str(number) for number in row)])
    return text.getvalue()


def as_npy(found: Numbers) -> bytes:
    content = io.BytesIO()
    np.save(content, found, allow_pickle=False)
    return content.getvalue()
