"""A file that is larger than what may be in memory is walked without being held there."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SIZE = 400 * 2**20
LIMIT = 300 * 2**20


@pytest.mark.parametrize("shuffle", ["blocks", "True"])
@pytest.mark.skipif(sys.platform != "linux", reason="resident size is measured as Linux tells it")
def test_a_mapped_file_is_not_held_in_memory(tmp_path, shuffle):
    path = tmp_path / "x.npy"
    np.lib.format.open_memmap(path, "w+", np.float32, (SIZE // 4 // 1024, 1024)).flush()  # a file with a hole in it
    command = [sys.executable, Path(__file__).parent / "running.py", "measure", path, shuffle]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < LIMIT, f"{int(done.stdout) / 2**20:.0f} MiB"
