"""What a worker does: a request answered, whatever it holds. The process it runs in has little memory and may write no file."""

from __future__ import annotations

import sys
import textwrap
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from backproof.arithmetic.array import address
from backproof.errors import BackproofError
from backproof.examples import STARTER
from backproof.marking.classes.work import begin
from backproof.practice.api import CheckReply, Fault, Hinted, Judged, SolveReply
from backproof.practice.checking import check, reason
from backproof.practice.hints import hints
from backproof.practice.questions import shelf_of, stored
from backproof.practice.rendering import prepare, render
from backproof.practice.state import State, acted, sentence, turned
from backproof.practice.view import findings_of, summary, view
from backproof.practice.worked import Memory

MEMORY = 1 << 30
"""Bytes that a worker may use."""
FILES = 64
"""Files that it may have open."""
FIRST = "question-01"
T = TypeVar("T")
LARGEST_LISTED = 10_000
LINE = 160
"""Characters of a question's text in the list."""


class Reply(NamedTuple):
    """An answer: its status and its text."""

    status: int
    text: bytes


class Desk:
    """What a worker has at hand."""

    shelf: Mapping[str, Path] = {}
    memory = Memory()


def start(own: Path | None) -> None:
    """What a worker does first: leave Ctrl-C to the server, give up what it does not need, and read what it does."""
    begin()
    prepare()
    Desk.shelf = shelf_of()
    warm()
    Desk.shelf = shelf_of(own)
    limit()


def warm() -> None:
    """Have done once what the first request would otherwise wait for."""
    worked = Desk.memory.worked(State(example=FIRST), Desk.shelf)
    view(worked, State(example=FIRST))
    view(worked, State(example=FIRST, mode="practise", answers={"y": "1e9"}))


def limit() -> None:
    """No more memory than is lent, no file written, no core dumped; as far as the system knows of such limits."""
    try:
        import resource
    except ImportError:
        return
    limits = (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, FILES),
    )  # fmt: skip
    for kind, most in limits:
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (least, least))


def index(whole: bool) -> Reply:
    """The list of questions."""

    def made() -> str:
        listed = [listed_question(name, path) for name, path in sorted(Desk.shelf.items(), key=placed)]
        starter = STARTER.read_text(encoding="utf-8")
        return render("index.html", whole, questions=listed, starter=starter)

    return as_page(made, whole)


def listed_question(name: str, path: Path) -> dict[str, str]:
    """What the list tells of a question: its title, and what begins its text."""
    problem = stored(path, path.stat().st_mtime_ns)
    line = " ".join(problem.text.split())
    return {"name": name, "title": problem.title, "line": textwrap.shorten(line, LINE, placeholder=" …")}


def placed(item: tuple[str, Path]) -> tuple[bool, str]:
    """Where something of the shelf stands in the list: examination questions first."""
    return not item[0].startswith("question"), item[0]


def page(state: State, do: str, whole: bool) -> Reply:
    """The page of a state, once what is to be done is done."""

    def made() -> str:
        now = turned(state, do)
        worked = Desk.memory.worked(now, Desk.shelf)
        # What a button does depends on how many steps there are; and it may restore given numbers, which changes them again.
        now = acted(now, "" if now is not state else do, len(worked.steps))
        worked = Desk.memory.worked(now, Desk.shelf)
        return render("question.html", whole, view=view(worked, now))

    return as_page(made, whole)


def check_json(state: State) -> Reply:
    """Verdicts by address."""

    def made() -> CheckReply:
        worked = Desk.memory.worked(state, Desk.shelf)
        checked = check(worked, state.answers)
        cells: dict[str, Judged] = {}
        for name in worked.boxed:
            for index in worked.record.array(name).indices():
                place = address(name, index)
                cell = checked.cells[place]
                told = hints(worked, name, index, cell, state.hints.get(place, 0))
                cells[place] = Judged(
                    cell.verdict,
                    reason(cell),
                    [Hinted(h.title, h.says, list(h.texts)) for h in told],
                )
        return CheckReply(
            cells, summary(checked), [finding.text for finding in findings_of(checked)], dict(worked.faults)
        )

    return as_json(made)


def solve_json(state: State) -> Reply:
    """Numbers by name."""

    def made() -> SolveReply:
        worked = Desk.memory.worked(state, Desk.shelf)
        record = worked.record
        listed = [name for name in record.names if record.array(name).size <= LARGEST_LISTED]
        numbers = {name: record[name].exact() for name in listed}
        return SolveReply(numbers, [n for n in record.names if n not in numbers], dict(worked.faults))

    return as_json(made)


def as_page(made: Callable[[], str], whole: bool) -> Reply:
    status, says, text = answered(made)
    if text is not None:
        return Reply(200, text.encode())
    return Reply(status, fault_page(status, says, whole))


def fault_page(status: int, says: str, whole: bool) -> bytes:
    """What is said where there is no page."""
    return render("error.html", whole, title=TITLES.get(status, "This did not work"), says=sentence(says)).encode()


TITLES = {
    400: "This cannot be read",
    403: "This comes from another site",
    404: "There is no such page",
    405: "This page is not asked for in that way",
    408: "This took too long to arrive",
    413: "This is too large",
    415: "This is in a form that is not taken",
    421: "This server goes by another name",
    422: "This cannot be worked out",
    500: "backproof itself failed",
    503: "The server is busy",
}


def as_json(made: Callable[[], msgspec.Struct]) -> Reply:
    status, says, reply = answered(made)
    return Reply(200, msgspec.json.encode(reply)) if reply is not None else Reply(status, fault_json(says))


def fault_json(says: str) -> bytes:
    return msgspec.json.encode(Fault(sentence(says)))


def answered(made: Callable[[], T]) -> tuple[int, str, T | None]:
    """What is made; or the status and the sentence that stand for what went wrong."""
    try:
        return 200, "", made()
    except BackproofError as error:
        return 422, str(error), None
    except RecursionError:
        return 422, "it is nested too deeply", None
    except MemoryError:
        Desk.memory = Memory()
        return 422, "it needs more memory than a question is lent here", None
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return 500, f"That is a fault of backproof's ({type(error).__name__}), and not of what you sent.", None
