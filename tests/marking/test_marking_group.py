"""A class: the same table whoever does the work, whatever interrupts it, whatever a sheet does to its worker."""

import csv
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from backproof.errors import BackproofError, BadFile
from backproof.marking.classes import work
from backproof.marking.classes.group import mark_all, sheets_in
from backproof.marking.classes.results import HEADER, as_csv, guarded
from backproof.marking.classes.row import Column, Row
from backproof.marking.classes.summary import Summary
from backproof.marking.question import Question
from backproof.notation.table import plain
from marking.stand_in import mark_file, right

QUESTION = Question.of("question-01")
TESTS = Path(__file__).parents[1]


def sheets(folder, count=24, harm=None, seed=0):
    """Sheets with one or two quantities changed; some do harm."""
    random = Random(seed)
    folder.mkdir(exist_ok=True)
    for n in range(count):
        sheet = right(QUESTION)
        for name in random.sample(sorted(sheet), random.choice([0, 1, 2])):
            sheet[name] = str(random.randint(-9, 9)) if isinstance(sheet[name], str) else [[str(random.randint(-9, 9))]]
        if harm and n in harm:
            sheet["harm"] = harm[n]
        (folder / f"s{n:02}.json").write_text(json.dumps(sheet))
    return sheets_in(folder)


def run(paths, out=None, **options):
    return mark_all("question-01", paths, out, marker=mark_file, **{"workers": 1, **options})


class AtOnce(Executor):
    """The smallest thing that is an executor."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def test_the_table_is_the_same_whoever_does_the_work(tmp_path):
    paths = sheets(tmp_path / "s", harm={3: "raise", 5: "bad"})
    summary = run(paths, tmp_path / "one.csv")
    expected = (tmp_path / "one.csv").read_bytes()
    assert [row.sheet for row in summary.rows] == list(map(str, paths))
    run(paths, tmp_path / "two.csv", workers=2)
    run(paths, tmp_path / "home.csv", executor=AtOnce())
    with ThreadPoolExecutor(3) as threads:
        run(paths, tmp_path / "threads.csv", executor=threads)
        threads.submit(int).result()
    assert all(path.read_bytes() == expected for path in tmp_path.glob("*.csv"))
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs Dask")
@pytest.mark.filterwarnings("default")
def test_dask_does_the_work(tmp_path):
    """In a process of its own, because Dask leaves threads and warnings behind."""
    paths = sheets(tmp_path / "s", 40, harm={3: "raise"})
    script = (
        "import sys; from distributed import Client; from backproof.marking.classes.group import mark_all\n"
        "from marking.stand_in import mark_file\n"
        "if __name__ == '__main__':\n  with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:\n"
        "    mark_all('question-01', sys.argv[2:], sys.argv[1], executor=client.get_executor(), marker=mark_file)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    command = [sys.executable, "-c", script, tmp_path / "dask.csv", *paths]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=120)
    run(paths, tmp_path / "one.csv")
    assert (tmp_path / "dask.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()


KILLED = (
    "import sys; from backproof.marking.classes.group import mark_all; from marking.stand_in import mark_file\n"
    "mark_all('question-01', sys.argv[2:], sys.argv[1], workers=2, marker=mark_file)\n"
)


def test_a_run_that_is_killed_goes_on_to_the_same_bytes(tmp_path):
    paths = sheets(tmp_path / "s", 60, harm=dict.fromkeys(range(60), "sleep"))
    out, journal = tmp_path / "results.csv", tmp_path / "results.csv.part"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    process = subprocess.Popen([sys.executable, "-c", KILLED, out, *paths], env=environment)
    try:
        until = time.monotonic() + 60
        while not journal.exists() or len(journal.read_bytes().splitlines()) < 12:
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not out.exists()
    known = {row["sheet"] for row in map(json.loads, journal.read_bytes().splitlines()[1:]) if row}
    changed = sorted(known)[0]
    Path(changed).write_text(json.dumps({"y": "3"}))
    told = []
    run(paths, out, progress=lambda done, of, row: told.append(row.sheet))
    assert set(told) == set(map(str, paths)) - known | {changed}
    run(paths, tmp_path / "whole.csv")
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert not journal.exists()


class Stop(Exception):
    pass


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A journal of ten sheets, of which seven are marked; and the table of all."""
    folder = tmp_path_factory.mktemp("interrupted")
    paths = sheets(folder / "s", 10)

    def stop(done, of, row):
        if done == 7:
            raise Stop

    with pytest.raises(Stop):
        run(paths, folder / "results.csv", progress=stop)
    run(paths, folder / "whole.csv")
    return folder, paths, (folder / "results.csv.part").read_bytes(), (folder / "whole.csv").read_bytes()


@given(st.data())
@settings(max_examples=25)
def test_a_journal_cut_anywhere_or_damaged_loses_no_more_than_that(interrupted, data):
    folder, paths, journal, whole = interrupted
    cut = journal[: data.draw(st.integers(0, len(journal)))]
    if data.draw(st.booleans()) and cut:
        at = data.draw(st.integers(0, len(cut) - 1))
        cut = cut[:at] + b"\x00" + cut[at + 1 :]
    (folder / "results.csv.part").write_bytes(cut)
    told = []
    run(paths, folder / "results.csv", progress=lambda done, of, row: told.append(row))
    assert (folder / "results.csv").read_bytes() == whole
    assert len(told) >= 3


@pytest.mark.parametrize("change", ["question", "again", "form"])
def test_a_journal_of_another_run_is_not_gone_on_from(interrupted, tmp_path, change):
    _, paths, journal, _ = interrupted
    (tmp_path / "results.csv.part").write_bytes(journal)
    question, options = "question-01", {}
    if change == "question":
        question = tmp_path / "q.toml"
        text = Path(QUESTION.problem.path).read_text()
        question.write_text(text + "\n[rubric]\nfollows = 0.5\n")
    elif change == "again":
        options = {"again": True}
    else:
        options = {"reports": tmp_path / "reports"}
    told = []
    mark_all(
        question, paths, tmp_path / "results.csv", workers=1, marker=mark_file,
        progress=lambda done, of, row: told.append(row), **options,
    )  # fmt: skip
    assert len(told) == 10


def test_no_sheet_stops_the_others(tmp_path):
    """One that ends its process, one that never ends, and one that not even an alarm reaches."""
    paths = sheets(tmp_path / "s", 12, harm={2: "die", 5: "hang", 7: "deaf", 9: "raise"})
    (tmp_path / "s" / "s11.json").unlink()
    summary = run(paths, tmp_path / "r.csv", workers=2, limit=0.5)
    failed = {Path(row.sheet).stem: row.error for row in summary.rows if row.error}
    assert failed.keys() == {"s02", "s05", "s07", "s09", "s11"}
    assert "it ended the process" in failed["s02"]
    assert "longer than 0.5 s" in failed["s05"]
    assert "longer than 0.5 s" in failed["s07"]
    assert "ZeroDivisionError" in failed["s09"]
    assert "there is no such file" in failed["s11"]
    assert len(summary.marked) == 7


def test_an_executor_whose_workers_fail(tmp_path):
    class Failing(AtOnce):
        def submit(self, fn, /, *args, **kwargs):
            future = super().submit(fn, *args, **kwargs)
            if any("s03" in sheet for sheet, _ in args[1]):
                future = Future()
                future.set_exception(RuntimeError("the worker was lost"))
            return future

    summary = run(sheets(tmp_path / "s"), executor=Failing())
    assert [Path(row.sheet).stem for row in summary.rows if row.error] == ["s03"]
    assert "the worker was lost" in summary.rows[3].error


def test_an_executor_that_is_broken_from_the_start(tmp_path):
    class Broken(Executor):
        def submit(self, fn, /, *args, **kwargs):
            raise BrokenProcessPool("a child process ended")

    with pytest.raises(BackproofError, match="the executor is broken: a child process ended"):
        run(sheets(tmp_path / "s"), executor=Broken())


def test_what_cannot_be_read(tmp_path, monkeypatch):
    paths = sheets(tmp_path / "s", 4)
    opened = Path.open

    def refused(path, *mode, **options):
        if path.name == "s01.json":
            raise PermissionError(13, "Permission denied")
        return opened(path, *mode, **options)

    monkeypatch.setattr(Path, "open", refused)
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "none.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.md").mkdir()
    summary = run([*paths, *sorted(tmp_path.glob("*.md"))])
    assert [bool(row.error) for row in summary.rows] == [False, True, False, False, True, True, True]
    assert "Permission denied" in summary.rows[1].error


def test_nothing_that_is_read_is_replaced(tmp_path):
    paths = sheets(tmp_path / "s", 3)
    before = {path: path.read_bytes() for path in paths}
    (tmp_path / "notes.csv").write_text("ada,5\n")
    refused = [
        {"out": paths[1]},
        {"out": tmp_path},
        {"out": tmp_path / "none" / "r.csv"},
        {"out": tmp_path / "notes.csv"},
        {"reports": tmp_path / "s", "form": "json"},
        {"reports": paths[0]},
    ]
    for options in refused:
        with pytest.raises(BadFile):
            run(paths, **options)
    with pytest.raises(BadFile):
        sheets_in(tmp_path)
    with pytest.raises(BackproofError):
        mark_all(tmp_path / "none.toml", paths)
    assert {path: path.read_bytes() for path in paths} == before
    assert (tmp_path / "notes.csv").read_text() == "ada,5\n"
    run(paths, tmp_path / "r.csv")
    run(paths[:2], tmp_path / "r.csv")
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(("form", "start"), [("text", "Question 1"), ("markdown", "# Question 1"), ("json", "{")])
def test_a_report_of_each_sheet(tmp_path, form, start):
    paths = [*sheets(tmp_path / "a", 2), *sheets(tmp_path / "b", 2, seed=1)]
    run(paths, reports=tmp_path / "reports", form=form, workers=2)
    found = sorted((tmp_path / "reports").iterdir())
    assert len(found) == 4
    assert all(path.read_text().startswith(start) for path in found)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=20)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.fractions(0, 100)), min_size=1, max_size=5))
def test_a_spreadsheet_reads_back_what_was_written_and_no_formula(given_rows):
    rows = [Row(s, person=p, marks=str(m), of="100", answers=[(1, "right", str(m))]) for s, p, m in given_rows]
    found = list(csv.DictReader(io.StringIO(as_csv(rows, [Column(0, "y", "=y")]))))
    assert list(found[0]) == [*HEADER, "'=y"]
    for row, (sheet, person, marks) in zip(found, given_rows, strict=True):
        assert (row["sheet"], row["person"]) == (guarded(sheet), guarded(person))
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())
        assert float(row["marks"]) == pytest.approx(float(marks), rel=1e-9)
        assert row["'=y"] == row["marks"]


def test_the_summary_counts_what_the_rows_say(tmp_path):
    summary = run(sheets(tmp_path / "s", 30, harm={4: "bad"}))
    assert len(summary.marked) == 29
    assert summary.figures["mean"] == pytest.approx(float(sum(summary.marks) / 29))
    assert all(sum(counter.values()) == 29 for counter in summary.verdicts)
    worth = [Fraction(m) for row in summary.marked for _, _, m in row.answers]
    assert sum(worth) == sum(summary.marks)
    assert summary.firsts.total() == sum(1 for row in summary.marked if row.first)
    assert [Path(row.sheet).stem for row in summary.look] == ["s04"]
    document = summary.document()
    assert document["marked"] == 29
    assert json.loads(json.dumps(document)) == document
    for text in (str(summary), summary.markdown()):
        assert "this is no sheet" in text
        assert "29 marked" in text


def test_no_name_of_a_file_steers_a_terminal():
    summary = Summary("", (), (Row("s/\x1b[31m\x9b2J.md", error="not marked: \x1b[2J\n"),))
    for text in (plain(summary), summary.markdown()):
        assert "[31m" in text
        assert all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize("width", [40, 80])
def test_a_summary_fits_the_terminal(tmp_path, width):
    text = plain(run(sheets(tmp_path / "s", 6, harm={4: "bad"})), width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert all(f"{n}. {name}" in text for n, name in enumerate(["U", "V", "y", "L", "∂L/∂y"], 1))


def test_a_class_of_nobody_and_of_one(tmp_path):
    assert "0 sheets" in str(run([]))
    (path,) = sheets(tmp_path / "s", 1)
    assert run([path]).figures["median"] == pytest.approx(float(run([path, path]).marks[0]))


def test_a_worker_works_the_question_out_once(tmp_path, monkeypatch):
    calls = []
    of = Question.of.__func__
    monkeypatch.setattr(Question, "of", classmethod(lambda cls, *given: calls.append(1) or of(cls, *given)))
    work.question_of.cache_clear()
    run(sheets(tmp_path / "s", 10), executor=AtOnce())
    assert len(calls) == 2
