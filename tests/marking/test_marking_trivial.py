"""Whether a slip has left anything to be worked out."""

from itertools import product

import pytest
from flint import fmpq
from hypothesis import assume, example, given
from hypothesis import strategies as st

from backproof.arithmetic.array import Array
from backproof.marking.judging.judge import course_of
from backproof.marking.judging.trivial import trivial
from backproof.marking.question import Question
from backproof.network.plan import Slot

COURSE = course_of(Question.of("question-01"))
CELLS = list(product(range(2), repeat=2))


def task_of(name):
    return next((t, k) for t in COURSE.tasks for k in t.writes if t.part == 0 and k.slot.name == name)


def key(name):
    return COURSE.at(0, Slot(name))


def with_numbers(name, numbers):
    shape = COURSE.truth[key(name)].shape
    cells = zip(Array(shape).indices(), numbers, strict=True)
    return {**COURSE.truth, key(name): Array(shape, {i: fmpq(n) for i, n in cells})}


@pytest.mark.parametrize("task", COURSE.tasks, ids=lambda t: f"{t.part} {t.job.layer} {t.job.direction}")
def test_nothing_is_trivial_on_the_right_numbers(task):
    assert not any(trivial(COURSE, task, k, COURSE.truth) for k in task.writes)


@given(st.lists(st.integers(-9, 9), min_size=4, max_size=4))
def test_a_gradient_is_trivial_where_nothing_comes_back(numbers):
    task, gradient = task_of("dL/dX")
    assert trivial(COURSE, task, gradient, with_numbers("dL/dU", numbers)) == (not any(numbers))


@given(st.integers(-9, 9))
def test_what_a_weight_gets_is_trivial_where_the_loss_no_longer_changes(number):
    for name in ("dL/dV", "dL/dW"):
        task, gradient = task_of(name)
        assert trivial(COURSE, task, gradient, with_numbers("dL/dy", [number])) == (number == 0)


@given(st.lists(st.integers(-9, 9), min_size=4, max_size=4))
@example([0, 0, 1, -2])
@example([3, -1, 0, 0])
def test_a_sum_of_products_is_trivial_where_one_side_is_nought(numbers):
    task, output = task_of("y")
    assert trivial(COURSE, task, output, with_numbers("V", numbers)) == (not any(numbers))


@given(st.lists(st.integers(1, 9), min_size=16, max_size=16, unique=False))
def test_other_numbers_leave_pooling_to_be_done(numbers):
    task, output = task_of("U")
    assume(len(set(numbers)) > 1)
    assert not trivial(COURSE, task, output, with_numbers("X", numbers))
