"""Loops over arrays: every cell once, in reading order, or the wanted cells alone."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic.array import Array, stacked
from backproof.arithmetic.loops import cells, line, lines, pairs, span
from backproof.arithmetic.shown import Wanted

shapes = st.lists(st.integers(1, 3), max_size=4).map(tuple)


def numbered(shape):
    return Array(shape, {i: n for n, i in enumerate(product(*map(range, shape)))})


@given(shapes)
def test_cells_are_walked_in_reading_order(shape):
    assert list(cells(Array(shape))) == list(product(*map(range, shape)))


@given(shapes, st.data())
def test_wanted_cells_alone_are_walked(shape, data):
    every = list(product(*map(range, shape)))
    wanted = data.draw(st.lists(st.sampled_from(every), unique=True))
    assert list(cells(Wanted(shape, wanted))) == wanted
    start = data.draw(st.sampled_from(every))[:1]
    assert list(cells(Wanted(shape, wanted), start)) == [i for i in wanted if i[:1] == start]
    assert list(cells(Array(shape), start)) == [i for i in every if i[:1] == start]


@given(shapes.filter(bool), st.data())
def test_lines_cover_every_cell_once(shape, data):
    dim = data.draw(st.integers(0, len(shape) - 1))
    array = numbered(shape)
    found = [x[i] for (x,) in lines(dim, array) for i in cells(x)]
    assert sorted(found) == list(range(array.size))
    for (x,) in lines(dim, array):
        places = [k for k, v in array.items() if v in [x[i] for i in cells(x)]]
        assert len({i[:dim] + i[dim + 1 :] for i in places}) == 1


@given(shapes.filter(bool), st.data())
def test_lines_of_wanted_cells_alone(shape, data):
    dim = data.draw(st.integers(0, len(shape) - 1))
    wanted = data.draw(st.lists(st.sampled_from(list(product(*map(range, shape)))), unique=True))
    target = Wanted(shape, wanted)
    for _, y in lines(dim, numbered(shape), target):
        for i in cells(y):
            y[i] = 1
    assert set(target) == set(wanted)


def test_a_line_writes_into_its_array():
    array = numbered((2, 3))
    line(array, 1, (1,))[2,] = "new"
    assert array[1, 2] == "new"
    assert line(array, 0, (1,)).shape == (2,)


@given(shapes, shapes)
def test_pairs_cut_where_the_left_index_ends(left, right):
    found = list(pairs(Array(left + right), Array(left)))
    assert found == [(i, j) for i in product(*map(range, left)) for j in product(*map(range, right))]


def test_span_counts_from_nought():
    assert list(span(3)) == [0, 1, 2]


@given(shapes)
def test_nested_lists_and_back(shape):
    array = numbered(shape)
    assert Array.of(array.nested()) == array
    assert Array.of(array.nested()).shape == shape
    assert stacked([array, array]).at(1) == array
    assert stacked([array, array]).shape == (2, *shape)
    assert array.map(lambda n: n + 1) == {i: n + 1 for i, n in array.items()}
    assert Array.filled(shape, 7).size == array.size == len(Array.filled(shape, 7))
