"""What is left to chance: drawn from the seed for each datum by itself, or given; none of it in evaluation."""

import pytest

import backproof as bp
from backproof.errors import BadFile, BadNetwork, BadNumber, BadShape, UnknownName
from backproof.network.datum import read_datum
from backproof.network.plan import Slot, plan
from backproof.network.problem import read_problem
from backproof.worksheet.worksheet import solve

L = bp.Layer


def network(p="0.5", seed=0, **names):
    layers = [L("d", bp.Dropout(p), **names), L("y", bp.Linear(bias=False), weight="W")]
    return bp.Network({"x": (4,)}, layers, bp.HalfSquaredError(), initial=bp.Initial(seed))


def test_drawn_numbers_are_in_the_record_and_the_same_for_the_same_seed():
    first, again, other = (network(seed=s).solve([1, 2, 3, 4], 5) for s in (1, 1, 2))
    assert first["d.u"].exact() == again["d.u"].exact() != other["d.u"].exact()
    assert all(0 <= u < 1 and 10**4 % int(u.q) == 0 for u in first["d.u"].array.values())
    for i in range(4):
        dropped = first["d.u"][i] < bp.Initial().draw("", (), (1, 1), bp.Dropout().p)[()]
        assert first["d"][i] == (0 if dropped else 2 * (i + 1))
    assert "d.u" not in first.made


def test_each_datum_draws_for_itself_and_each_layer_too():
    layers = [L("a", bp.Dropout()), L("b", bp.Dropout())]
    record = bp.Network((50,), layers).solve([[1] * 50, [1] * 50])
    drawn = [record[name][n].exact() for name in ("a.u", "b.u") for n in (0, 1)]
    assert len({str(each) for each in drawn}) == 4


def test_a_later_layer_changes_nothing_that_is_drawn():
    layers = [L("a", bp.Dropout()), L("b", bp.Dropout())]
    one, two = (bp.Network((9,), layers[:n]).solve([1] * 9)["a.u"].exact() for n in (1, 2))
    assert one == two


def test_drawn_numbers_have_two_decimals_at_least():
    for decimals, parts in ((0, 100), (2, 100), (6, 10**6)):
        drawn = bp.Initial(3, decimals=decimals).chance("u", (200,), 0)
        assert all(0 <= u < 1 and parts % int(u.q) == 0 for u in drawn.values())
        assert len(set(drawn.values())) > 50


def test_a_mask_may_be_given():
    record = network(u="mask", keep="k").solve({"x": [1, 2, 3, 4], "mask": [1, 0, 0, 1]}, 5)
    assert record["k"].exact() == ["2", "0", "0", "2"]
    assert record["dL/dx"].exact()[1:3] == ["0", "0"]


def test_a_batch_may_give_the_masks_of_all_its_data():
    record = network(u="mask").solve({"x": [[1, 2, 3, 4]] * 2, "mask": [[1, 0, 1, 0], [0, 1, 0, 1]]}, [5, 5])
    assert record["d"].exact() == [["2", "0", "6", "0"], ["0", "4", "0", "8"]]


def test_wrong_masks_are_refused():
    x = [1, 2, 3, 4]
    with pytest.raises(BadShape, match=r"mask has shape \(3,\); expected \(4,\)"):
        network(u="mask").solve({"x": x, "mask": [1, 0, 1]}, 5)
    for wrong in (-0.1, 1.5, "nan"):
        with pytest.raises(BadNumber, match=r"mask\[3\] is .*, which is not a random number from 0 to 1"):
            network(u="mask").solve({"x": x, "mask": [1, 0, 1, wrong]}, 5)
    with pytest.raises(UnknownName, match="did you mean mask"):
        network(u="mask").solve({"x": x, "masc": [1, 0, 1, 1]}, 5)
    with pytest.raises(BadNetwork, match="the name x is used twice: for an input and for the u of layer 1"):
        network(u="x")


def test_in_evaluation_nothing_is_drawn_nor_dropped():
    whole = network(p="0.9", u="mask")
    predicting = whole.evaluating()
    record = predicting.solve({"x": [1, 2, 3, 4], "mask": [0, 0, 0, 0]}, 5)
    assert record["d"].exact() == ["1", "2", "3", "4"]
    assert record["dL/dx"].exact() == record["dL/dd"].exact()
    assert not {"mask", "d.keep"} & set(record.names)
    assert predicting.parameters == whole.parameters
    assert predicting.chance == {}
    assert whole.chance == {"mask": (4,)}
    assert isinstance(predicting, bp.Network)
    plain = bp.Network((3,), [bp.ReLU()])
    assert plain.evaluating().layers[0].rule == plain.layers[0].rule


def test_the_plan_says_which_slots_are_chance():
    for data in (1, 3):
        batch = data > 1
        steps = plan(network(), [{"t": ()}] * data, batch, {})
        slots = {Slot("d.u", n if batch else None): (4,) for n in range(data)}
        assert steps.chance == slots
        assert steps.chance.items() <= steps.given.items()
        jobs = [job for job in steps.jobs if job.layer == "d" and job.direction == "forward"]
        assert [job.reads["u"] for job in jobs] == list(slots)
        assert not [slot for job in steps.jobs for slot in job.written if slot.name == "dL/dd.u"]
    assert plan(network().evaluating(), [{"t": ()}], False, {}).chance == {}


def test_a_datum_that_has_been_read_keeps_what_it_drew():
    one = read_datum(network(), {"x": [1, 2, 3, 4], "t": 5}, number=7)
    assert read_datum(network(), one) == one
    assert one["d.u"] != read_datum(network(), {"x": [1, 2, 3, 4], "t": 5})["d.u"]


FILE = """
[[data]]
x = [1, 2, 3, 4]
t = 5
mask = [1, 0, 1, 0]

[[data]]
x = [1, 2, 3, 4]
t = 5

[[layers]]
output = "d"
rule = "Dropout"
u = "mask"

[[layers]]
output = "y"
rule = "Linear"

[loss]
rule = "HalfSquaredError"
"""


def read(folder, text):
    path = folder / "p.toml"
    path.write_text(text, encoding="utf-8")
    return read_problem(path)


def test_a_file_gives_a_mask_to_one_datum_and_has_another_drawn(tmp_path):
    problem = read(tmp_path, FILE)
    assert list(problem.network.inputs) == ["x"]
    first, second = (each.record for each in solve(problem).passes)
    assert first["d"].exact() == ["2", "0", "6", "0"]
    assert set(map(float, second["mask"].numpy())) - {0, 1}


def test_two_data_in_turn_draw_different_numbers(tmp_path):
    problem = read(tmp_path, FILE.replace("mask = [1, 0, 1, 0]\n", ""))
    first, second = (each.record["mask"].exact() for each in solve(problem).passes)
    assert first != second


@pytest.mark.parametrize("layer", ['rule = "Dropout"\np = 0\nu = "mask"', 'rule = "Dropout"\np = 0', 'rule = "ReLU"'])
def test_a_variant_that_leaves_nothing_to_chance_passes_the_mask_over(tmp_path, layer):
    variant = f'[[variants]]\ntitle = "as it predicts"\n[[variants.layers]]\noutput = "d"\n{layer}\n'
    (variant,) = solve(read(tmp_path, FILE + variant)).variants
    assert variant.records[0]["d"].exact() == ["1", "2", "3", "4"]
    assert "mask" not in variant.records[0].names


def test_a_variant_alone_may_have_dropout(tmp_path):
    text = FILE.replace('rule = "Dropout"\nu = "mask"', 'rule = "ReLU"')
    variant = '[[variants]]\ntitle = "v"\n[[variants.layers]]\noutput = "d"\nrule = "Dropout"\nu = "mask"\n'
    sheet = solve(read(tmp_path, text + variant))
    assert sheet.passes[0].record["d"].exact() == ["1", "2", "3", "4"]
    assert sheet.variants[0].records[0]["d"].exact() == ["2", "0", "6", "0"]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("mask = [1, 0, 1, 0]", "mask = [1, 0, 1]", 5, r"mask has shape \(3,\); expected \(4,\)"),
        ("mask = [1, 0, 1, 0]", "mask = [1, 0, 1, 2]", 5, "which is not a random number from 0 to 1"),
        ('u = "mask"', 'u = "mask"\np = 1.5', 15, "p is 1.5; expected a probability, a number from 0 to 1"),
        ('rule = "Dropout"\nu = "mask"', 'rule = "LayerNorm"\nnormalized_shape = 3', 11, "expected the last axes"),
        ('rule = "Dropout"\nu = "mask"', 'rule = "LayerNorm"\nnormalized_shape = 0', 14, "whole number above 0"),
        ('rule = "Dropout"\nu = "mask"', 'rule = "LayerNorm"', 11, "LayerNorm's normalized_shape is missing"),
    ],
)
def test_faults_are_found_in_the_file(tmp_path, old, new, line, what):
    text = FILE.replace(old, new)
    with pytest.raises(BadFile, match=what) as found:
        read(tmp_path, text if "Dropout" in text else text.replace("mask = [1, 0, 1, 0]\n", "\n"))
    assert f":{line}:" in str(found.value)
