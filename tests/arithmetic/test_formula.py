"""Formulas: letters for indices, Σ for sums, written once whatever the size."""

from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.formula import Lettered, Stated, Subscript, Writer, lettered
from backproof.arithmetic.functions import largest, total
from backproof.arithmetic.loops import cells, span, walking
from backproof.notation.text import TEXT
from backproof.notation.writing import written
from backproof.rules.conv2d import Conv2d
from backproof.rules.linear import Linear
from backproof.rules.max_pool2d import MaxPool2d
from backproof.rules.softmax import Softmax


def formula(rule, function, reads, writes, **others):
    """What a rule's function states, with letters: its first statement about each written array."""
    arrays = {name: Lettered(name, shape) for name, shape in reads.items()}
    arrays |= {name: Stated(shape) for name, shape in writes.items()} | others
    with walking(Writer()):
        getattr(rule, function)(**arrays)
    return {
        name: [lettered(f"{written(Lettered(name, ())[index], TEXT)} = {written(value, TEXT)}").replace("-", "−") for index, value in arrays[name].statements]
        for name in writes
    }  # fmt: skip


def test_linear():
    reads = {"x": (3,), "weight": (2, 3), "bias": (2,)}
    assert formula(Linear(out_features=2), "forward", reads, {"y": (2,)})["y"] == [
        "y[i] = Σ_j weight[i,j]·x[j] + bias[i]"
    ]
    back = formula(
        Linear(out_features=2), "backward", {"x": (3,), "weight": (2, 3), "dy": (2,)}, {"dx": (3,), "dweight": (2, 3), "dbias": (2,)}
    )  # fmt: skip
    assert back["dx"] == ["dx[i] = Σ_j dy[j]·weight[j,i]"]
    assert back["dweight"] == ["dweight[i,j] = dy[i]·x[j]"]


def test_the_formula_does_not_grow_with_the_size():
    def of(n):
        return formula(Linear(bias=False), "forward", {"x": (n, n), "weight": (n, n), "bias": ()}, {"y": ()})

    assert of(2)["y"] == of(50)["y"]


def test_softmax_names_every_running_index_anew():
    assert formula(Softmax().read(str), "forward", {"x": (4,)}, {"y": (4,)})["y"] == [
        "y[i] = exp(x[i] − max_j x[j]) / (Σ_k exp(x[k] − max_j x[j]))"
    ]


def test_windows_are_written_as_index_arithmetic():
    assert formula(MaxPool2d(2), "forward", {"x": (4, 4)}, {"y": (2, 2)}, winner=Stated(Places((2, 2))))["y"] == [
        "y[i,j] = max_k,l x[2i+k,2j+l]"
    ]
    shapes = {"x": (1, 5, 5), "weight": (2, 1, 3, 3), "bias": (2,)}
    assert formula(Conv2d(out_channels=2, kernel_size=3, padding=1), "forward", shapes, {"y": (2, 5, 5)})["y"] == [
        "y[i,j,k] = Σ_l,m weight[i,0,l,m]·x[0,j+l−1,k+m−1] + bias[i]"
    ]


def test_letters_come_in_the_order_of_appearance():
    assert lettered("⟦12⟧ ⟦3⟧ ⟦12⟧ ⟦0⟧") == "i j i k"


def test_subscripts():
    i, k = Subscript({"i": 1}), Subscript({"k": 1})
    assert repr(2 * i + k - 1) == "2i+k-1"
    assert repr(i - i) == "0"
    assert repr(i - 3 * k + 2) == "i-3k+2"
    assert repr((i + 1) // 2) == "⌊(i+1)/2⌋"
    assert repr(i % 3) == "(i mod 3)"
    assert repr(i % 1) == "0"
    assert repr(Subscript({"i": 1}, size=3) // 3) == "0"
    assert repr(Subscript({"i": 1}, size=3) % 3) == "i"


def test_a_sum_of_equal_whole_numbers_is_their_count():
    with walking(Writer()):
        assert total(1 for _ in span(4) for _ in span(3)) == 12


def test_a_walk_over_cells_is_written_once_and_a_single_cell_has_no_letter():
    with walking(Writer()):
        ((i, j),) = cells(Array((1, 9)))
    assert i == 0
    assert repr(j).startswith("⟦")


def test_largest_keeps_its_letters():
    x = Lettered("x", (5,))
    with walking(Writer()):
        value, _ = largest((x[i], i) for i in cells(x))
    assert lettered(written(value, TEXT)) == "max_i x[i]"
