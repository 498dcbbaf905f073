"""A run of training as a process of its own: to be killed, and to be measured.

python running.py train FOLDER EPOCHS   trains, with a checkpoint after every stretch; writes model.npz at the end
python running.py measure FILE SHUFFLE  trains on a mapped file; prints the largest resident size in bytes
"""

import re
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from training.networks import classes, classifier

OPTIONS = {"batch_size": 4, "lr": "cosine", "validation": 0.1, "patience": 10**6, "every": 0.0}


def train(folder):
    network = classifier()
    x, t = classes(2_000)
    classifier().fit(x, t, **OPTIONS)  # so that all is loaded
    print("ready", flush=True)
    began = time.monotonic()
    path = folder / "run.ckpt"
    history = network.fit(x, t, checkpoint=path, resume=True, epochs=int(sys.argv[3]), **OPTIONS)
    print(time.monotonic() - began)
    arrays = {name: np.array([float(v) for v in array.values()]) for name, array in network.parameters.items()}
    np.savez(folder / "model.npz", **arrays, loss=history["loss"], validation=history["validation"])


def measure(path):
    x = np.load(path, mmap_mode="r")
    network = wide(x.shape[1])
    network.fit(x, np.arange(len(x)) % 3, epochs=1, batch_size=256, shuffle={"blocks": "blocks"}.get(sys.argv[3], True))
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]))


def wide(size):
    import backproof as bp

    return bp.Network((size,), [bp.Linear(out_features=3)], bp.CrossEntropyLoss(), update=bp.SGD(lr="0.01"))


if __name__ == "__main__":
    {"train": train, "measure": measure}[sys.argv[1]](Path(sys.argv[2]))
