"""A belief: a misconception at a place."""

from __future__ import annotations

from dataclasses import dataclass

from backproof.marking.judging.course import Course, Task
from backproof.marking.wrong import Wrong, of_rule

EVERY_LAYER = "*"
"""The layer of a misconception that is of the order of the work, and of no layer by itself."""


@dataclass(frozen=True)
class Belief:
    """A misconception at one layer, and in which parts, all where there are none named."""

    wrong: type[Wrong]
    layer: str
    parts: frozenset[int] | None = None

    def holds(self, task: Task) -> bool:
        """Whether this task is done so."""
        job = task.job
        of_layer = job.layer == self.layer and type(job.rule) is self.wrong.rule
        through = self.layer == EVERY_LAYER and job.direction == "backward" and bool(job.rule.parameters)
        return (
            (of_layer or through)
            and job.function in self.wrong.directions()
            and (self.parts is None or task.part in self.parts)
        )


def beliefs_at(course: Course, task: Task) -> list[Belief]:
    """What one can believe wrongly, or otherwise, of what a task does."""
    here = frozenset({task.part})
    wrongs = [w for w in of_rule(task.job.rule) if task.job.function in w.directions() and not w.uses_updated]
    found = [Belief(w, task.job.layer, here) for w in wrongs]
    update = course.question.parts[task.part].record.network.update
    if (
        update
        and task.job.direction == "backward"
        and any(f"d{a}" in task.job.writes for a in task.job.rule.parameters)
    ):
        found += [Belief(w, EVERY_LAYER, here) for w in of_rule(update) if w.uses_updated]
    return found
