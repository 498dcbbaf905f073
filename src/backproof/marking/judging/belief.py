"""A belief: a misconception at a place."""

from __future__ import annotations

from dataclasses import dataclass

from backproof.marking.judging.course import Course, Key, Task
from backproof.marking.wrong import Wrong, of_rule

EVERY_LAYER = "*"
"""The layer of a misconception about the order of the work, or about the update of all parameters."""


@dataclass(frozen=True)
class Belief:
    """A misconception at one layer, and in which parts, all where there are none named."""

    wrong: type[Wrong]
    layer: str
    parts: frozenset[int] | None = None
    only: Key | None = None
    """The one quantity that it is seen in, all else being done right; None where whoever believes it goes on with it."""

    def holds(self, task: Task) -> bool:
        """Whether this task is done so."""
        job = task.job
        here = self.layer in (job.layer, EVERY_LAYER) if job.direction == "update" else self.layer == job.layer
        ordered = self.layer == EVERY_LAYER and of_order(self.wrong, task)
        return (
            ((here and type(job.rule) is self.wrong.rule and not self.wrong.order) or ordered)
            and job.function in self.wrong.directions()
            and (self.parts is None or task.part in self.parts)
            and (self.only is None or self.only in task.writes)
        )


def of_order(wrong: type[Wrong], task: Task) -> bool:
    """Whether a wrong order of the work makes a difference to a task."""
    back = task.job.direction == "backward" and any(f"d{a}" in task.job.writes for a in task.job.rule.parameters)
    return back if wrong.order == "updated" else bool(task.old) if wrong.order == "old" else False


def beliefs_at(course: Course, task: Task) -> list[Belief]:
    """What one can believe wrongly, or otherwise, of what a task does."""
    here = frozenset({task.part})
    wrongs = [w for w in of_rule(task.job.rule) if task.job.function in w.directions() and not w.order]
    layers = [EVERY_LAYER, task.job.layer] if task.job.direction == "update" else [task.job.layer]
    found = [Belief(w, layer, here) for layer in layers for w in wrongs]
    update = course.question.parts[task.part].record.network.update
    return found + [Belief(w, EVERY_LAYER, here) for w in (of_rule(update) if update else ()) if of_order(w, task)]
