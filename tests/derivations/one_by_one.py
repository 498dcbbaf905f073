"""Checks derivations each in a process of its own, so that none can stop the others: `python one_by_one.py SECONDS FILE…`.

Prints a line of JSON for each file: how it ended, what was said, and how much of the processor's time that took.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from backproof.derivations.derivation import read_derivation
from backproof.derivations.document import to_json
from backproof.derivations.markdown import markdown
from backproof.derivations.terminal import Rendered
from backproof.errors import BackproofError
from backproof.notation.table import plain

MEMORY = 3 << 30
AT_ONCE = 2


def check(path, out):
    """Check and print one, and write down how it ended."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = read_derivation(path)
        printed = plain(Rendered(found)), markdown(found), to_json(found)
        end, said = found.status, found.fault.trouble if found.fault else ""
        assert all(printed)
    except BackproofError as error:
        end, said = type(error).__name__, str(error)
    except BaseException as error:
        end, said = f"failed: {type(error).__name__}", str(error)
    os.write(out, json.dumps([end, said[:2000]]).encode())


def begun(path):
    inwards, outwards = os.pipe()
    child = os.fork()
    if not child:
        os.close(inwards)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        check(path, outwards)
        os._exit(0)
    os.close(outwards)
    return child, inwards, time.monotonic()


def ended(path, child, inwards, since, limit):
    """The line to print once it has ended; None while it runs."""
    done, status, usage = os.wait4(child, os.WNOHANG)
    if not done and time.monotonic() - since < limit:
        return None
    if not done:
        os.kill(child, 9)
        os.waitpid(child, 0)
    text = os.read(inwards, 1 << 16) if done else b""
    os.close(inwards)
    end, said = json.loads(text) if text else (f"died of {status}" if done else "hung", "")
    return json.dumps(
        {"name": path.stem, "end": end, "said": said, "seconds": round(usage.ru_utime + usage.ru_stime, 2)}
    )


def main(limit, paths):
    running = {}
    while paths or running:
        while paths and len(running) < AT_ONCE:
            path = paths.pop(0)
            running[path] = begun(path)
        for path, process in list(running.items()):
            line = ended(path, *process, limit)
            if line:
                del running[path]
                print(line, flush=True)
        time.sleep(0.002)


if __name__ == "__main__":
    main(float(sys.argv[1]), list(map(Path, sys.argv[2:])))
