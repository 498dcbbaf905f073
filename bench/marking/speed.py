"""How long marking takes: ten thousand sheets of Question 1, as data and as free text, on one core; and one as a process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from backproof.marking.claims import Sheet
from backproof.marking.judging.judge import course_of, judge
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.person import answers, as_written, asked, beliefs_of
from backproof.marking.judging.running import DoesNotRun
from backproof.marking.question import Question
from backproof.marking.reading.structured import read_json, read_toml
from backproof.marking.reading.text import read_text
from bench.marking.right import manner, right_sheet
from bench.marking.writing import blocks, data, joined

RIGHT, ONE, TWO = 0.6, 0.85, 0.95
"""Shares of a class, summed: all right; one misconception; two. The rest have numbers that nothing explains."""


def classroom(question: Question, count: int, seed: int = 0) -> list[Sheet]:
    """So many sheets of a class, each in a manner of its own."""
    random, found = Random(seed), list[Sheet]()
    beliefs = list(beliefs_of(question))
    while len(found) < count:
        who = random.random()
        try:
            if who < RIGHT:
                found.append(right_sheet(question, random))
            elif who < TWO:
                held = frozenset(random.sample(beliefs, 1 if who < ONE else 2))
                found.append(answers(question, held, manner(random)))
            else:
                found.append(answers(question, paper=made_up(question, random)))
        except DoesNotRun:
            continue
    return found


def made_up(question: Question, random: Random) -> Paper:
    """A number in each of one to three places that comes from nowhere; correct work after it."""
    course, cells = course_of(question), Paper(course_of(question), 2)
    places = list(asked(course))
    for part, name in random.sample(places, min(len(places), random.randint(1, 3))):
        shape = question.parts[part].shapes[name]
        key, inner = course.place(part, name, tuple(random.randrange(n) for n in shape))
        cells.cells.setdefault(key, {})[inner] = as_written(f"{random.uniform(-50, 50):.3f}")
    return cells


def as_data(question: Question, count: int) -> list[float]:
    """Seconds for each of so many sheets in TOML and JSON, read and judged."""
    random = Random(1)
    written = [data(question, sheet, random) for sheet in classroom(question, count)]
    read = {".toml": read_toml, ".json": read_json}
    return timed([lambda t=text, r=read[ending]: judge(question, r(t, question)) for text, ending in written])


def as_text(question: Question, count: int) -> list[float]:
    """The same for free text."""
    random = Random(2)
    written = [joined(blocks(question, sheet, random)) for sheet in classroom(question, count, 1)]
    return timed([lambda t=text: judge(question, read_text(t, question)) for text in written])


def timed(works: list[Callable[[], object]]) -> list[float]:
    """Seconds of processor time, so that what else the machine does is not counted."""
    found: list[float] = []
    for work in works:
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return found


def processes(question: Question, runs: int) -> tuple[float, float, float]:
    """Medians of `backproof mark` and `backproof solve` as processes, by turns, and of their ratio pair by pair."""
    [sheet] = classroom(question, 1, 4)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.md"
        path.write_text(joined(blocks(question, sheet, Random(3))))
        backproof = [sys.executable, "-m", "backproof"]
        commands = [[*backproof, "mark", "question-01", str(path)], [*backproof, "solve", "question-01"]]
        times: list[list[float]] = [[], []]
        for run in range(runs + 1):
            for n, command in enumerate(commands):
                start = time.perf_counter()
                subprocess.run(command, stdout=subprocess.DEVNULL, check=n == 1)
                if run:
                    times[n].append(time.perf_counter() - start)
    ratios = [a / b for a, b in zip(*times, strict=True)]
    return statistics.median(times[0]), statistics.median(times[1]), statistics.median(ratios)
