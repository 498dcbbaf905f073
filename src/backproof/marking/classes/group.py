"""A class: many sheets of one question marked side by side, the results in a table that no interruption can lose."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

from backproof.errors import BackproofError, BadFile
from backproof.examples import locate
from backproof.marking.classes.results import Journal, check_out, digest_of, write_results
from backproof.marking.classes.row import Row, columns
from backproof.marking.classes.summary import Summary
from backproof.marking.classes.work import Form, Job, Task, begin, digest_of_file, mark_chunk, mark_one
from backproof.marking.marking import Marking
from backproof.marking.question import Question

Watch: TypeAlias = Callable[[int, int, Row], Any]
"""Told after each sheet how many are done, of how many, and its row."""

SUFFIXES = (".md", ".markdown", ".txt", ".tex", ".toml", ".json")
ENDINGS: dict[Form, str] = {"text": ".txt", "markdown": ".md", "json": ".json"}
LIMIT = 30.0
CHUNK = 16


def mark_all(
    problem: Path | str,
    sheets: Sequence[Path | str],
    out: Path | str | None = None,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    limit: float = LIMIT,
    reports: Path | str | None = None,
    form: Form = "markdown",
    again: bool = False,
    progress: Watch | None = None,
    marker: Callable[[Question, Path], Marking] | None = None,
) -> Summary:
    """Mark every sheet, write a row for each to the CSV file `out`, and return the summary.

    executor: where the work is done: anything with the interface of `concurrent.futures`, such as Dask's
    `client.get_executor()`; the files must be there under the same paths. Without one: `workers` processes, as many as
    there are cores; 1 for none but this. limit: seconds for one sheet. reports: a folder for a report of each sheet, in
    the given form. again: take nothing from a run of the same command that was interrupted.

    A sheet that cannot be marked gets a row that says why. Raises `BadFile` for a question or a file for the results that
    cannot be used, before any sheet is marked.
    """
    path = locate(str(problem)).absolute()
    question = Question.of(path)
    names = list(dict.fromkeys(map(str, sheets)))
    inputs = [path, *map(Path, names)]
    written = report_paths(names, Path(reports), form, inputs) if reports is not None else {}
    fingerprint = fingerprint_of(question)
    task = Task(str(path), fingerprint, limit, form=form, marker=marker)
    if out is None:
        rows = marked(task, names, written, executor, workers, progress, None)
        return Summary(question.title, tuple(columns(question)), tuple(rows))
    out = Path(out)
    check_out(out, inputs)
    run = {"backproof": version(), "question": fingerprint, "reports": str(reports or ""), "form": form}
    with Journal(out, run, again) as journal:
        rows = marked(task, names, written, executor, workers, progress, journal)
    write_results(out, rows, columns(question))
    journal.done()
    return Summary(question.title, tuple(columns(question)), tuple(rows))


def sheets_in(folder: Path | str) -> list[Path]:
    """The sheets of a folder by name: text, Markdown, LaTeX, TOML and JSON; not what lies in folders below."""
    folder = Path(folder)
    try:
        found = [p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")]
    except OSError as error:
        raise BadFile(folder, f"cannot be read: {error.strerror}") from error
    if not found:
        raise BadFile(folder, f"there are no sheets in this folder; expected files ending in {', '.join(SUFFIXES)}")
    return sorted(found)


def version() -> str:
    """The version of backproof, as far as it is installed."""
    try:
        return metadata.version("backproof")
    except metadata.PackageNotFoundError:
        return ""


def fingerprint_of(question: Question) -> str:
    """Of all that decides marks: the problem's text, and every number that is given, wherever it stands."""
    given = [str(sorted(p.record.array(n).map(str).items())) for p in question.parts for n in p.given]
    return digest_of("\n".join([question.problem.source, *given]).encode())


def report_paths(sheets: Sequence[str], folder: Path, form: Form, inputs: Sequence[Path]) -> dict[str, str]:
    """Where each sheet's report goes: under the sheet's name, with as much of its path as tells it from the others."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadFile(folder, f"is no folder for reports: {error.strerror}") from error
    for name in (stem, whole, flat):
        found = {sheet: folder / (name(Path(sheet)) + ENDINGS[form]) for sheet in sheets}
        if len(set(found.values())) == len(found):
            break
    else:
        raise BadFile(folder, "two sheets would have the same report; give them other names")
    read = {path.resolve() for path in inputs}
    for path in found.values():
        if path.resolve() in read:
            raise BadFile(path, "the report would replace a file that is read; choose another folder for reports")
    return {sheet: str(path.absolute()) for sheet, path in found.items()}


def stem(sheet: Path) -> str:
    return sheet.stem


def whole(sheet: Path) -> str:
    return sheet.name


def flat(sheet: Path) -> str:
    return "-".join(part for part in sheet.parts if part not in ("/", "..", "."))


def marked(
    task: Task, sheets: Sequence[str], reports: dict[str, str], executor: Executor | None, workers: int | None,
    progress: Watch | None, journal: Journal | None,
) -> list[Row]:  # fmt: skip
    """A row for each sheet, in their order; those that the journal knows, and that have not changed, as it has them."""
    rows = {s: journal.known[s] for s in sheets if journal and s in journal.known and same(s, journal.known[s])}
    jobs: list[Job] = [(sheet, reports.get(sheet)) for sheet in sheets if sheet not in rows]
    if jobs and executor is None and (workers or os.cpu_count() or 1) == 1:
        found: Iterator[Row] = (mark_one(task, *job) for job in jobs)
    else:
        found = side_by_side(task, jobs, executor, workers or os.cpu_count() or 1)
    for row in found:
        rows[row.sheet] = row
        if journal:
            journal.add(row)
        if progress:
            progress(len(rows), len(sheets), row)
    return [rows[sheet] for sheet in sheets]


def same(sheet: str, row: Row) -> bool:
    """Whether a sheet is still what it was when it was marked."""
    try:
        return bool(row.digest) and digest_of_file(Path(sheet)) == row.digest
    except BackproofError:
        return False


def side_by_side(task: Task, jobs: Sequence[Job], executor: Executor | None, workers: int) -> Iterator[Row]:
    """Rows as they come. Where a worker dies, what it and the others had in hand is marked again sheet by sheet."""
    size = max(1, min(CHUNK, len(jobs) // (4 * workers)))
    waiting = deque(jobs[i : i + size] for i in range(0, len(jobs), size))
    task = replace(task, own=executor is None)
    while waiting:
        with opened(executor, min(workers, len(waiting))) as pool:
            failed = yield from drained(pool, task, waiting, 2 * workers if executor is None else 64)
        yield from one_by_one(task, [job for chunk in failed for job in chunk], executor)


@contextmanager
def opened(executor: Executor | None, workers: int) -> Generator[Executor]:
    """The executor that is given, which others close; or processes of our own."""
    if executor is not None:
        with nullcontext(executor) as given:
            yield given
        return
    from multiprocessing import get_all_start_methods, get_context

    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    context = get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["backproof.marking.classes.work", "backproof.marking.judging.judge"])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=begin)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def drained(
    pool: Executor, task: Task, waiting: deque[Sequence[Job]], most: int
) -> Generator[Row, None, list[Sequence[Job]]]:
    """Rows as chunks are done; at the end the chunks that failed, when the pool broke or nothing waits any more."""
    running: dict[Future[list[Row]], Sequence[Job]] = {}
    failed: list[Sequence[Job]] = []
    while waiting or running:
        while waiting and len(running) < most:
            try:
                running[pool.submit(mark_chunk, task, waiting[0])] = waiting[0]
            except BrokenProcessPool as error:
                if not (running or task.own):
                    raise BackproofError(f"the executor is broken: {error}") from error
                break
            waiting.popleft()
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        broken = not done
        for future in done:
            chunk = running.pop(future)
            try:
                rows = future.result()
            except Exception as error:
                failed.append(chunk)
                broken = broken or isinstance(error, BrokenProcessPool)
            else:
                yield from rows
        if broken:
            return [*failed, *running.values()]
    return failed


def one_by_one(task: Task, jobs: Sequence[Job], executor: Executor | None) -> Iterator[Row]:
    """One sheet at a time, so that it is known which one ends its worker."""
    waiting = deque(jobs)
    while waiting:
        with opened(executor, 1) as pool:
            while waiting:
                job = waiting.popleft()
                try:
                    (row,) = pool.submit(mark_chunk, task, [job]).result()
                except BrokenProcessPool as error:
                    if executor is not None:
                        raise BackproofError(f"the executor broke while {job[0]} was being marked: {error}") from error
                    why = (
                        f"it ended the process that marked it: it took longer than {task.limit:g} s, or too much memory"
                    )
                    yield Row(job[0], error=f"not marked: {why}")
                    break
                except Exception as error:
                    why = f"{type(error).__name__}: {error}"[:300]
                    yield Row(job[0], error=f"not marked: the worker failed ({why})")
                else:
                    yield row
