"""What pages show, and that nothing is lost on the way from one to the next."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backproof as bp
from backproof.arithmetic.array import address
from backproof.practice import work
from backproof.practice.questions import shelf_of
from backproof.practice.state import State, state_of
from backproof.record.digits import text_of
from backproof.worksheet.sheet import compared
from practice.pages import box, cells, described, fields, page, parsed, text


def shown(record, name):
    array = record.array(name)
    return {address(name, i): text_of(array[i], 6)[0].replace("-", "−") for i in array.indices()}


@pytest.mark.parametrize(
    ("example", "mode"),
    [(e, m) for e in sorted(shelf_of()) for m in ("read", "practise") if (e, m) != ("lenet-5", "read")],
)
def test_every_example_has_a_page(example, mode):
    tree = page(example=example, mode=mode)
    assert len(list(tree.iter("h1"))) == 1
    assert all(i.get("aria-label") for i in tree.iter("input") if i.get("type") != "hidden")
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert not any(e.get("style") or e.get("onclick") for e in tree.iter())


@pytest.mark.parametrize("arithmetic", ["float32", "auto"])
def test_an_arithmetic_that_rounds_is_not_passed_over_in_silence(arithmetic):
    problem = f"""
        arithmetic = "{arithmetic}"
        data = {{x = [0.1, 2], t = 1}}
        layers = [{{rule = "Linear", output = "y", bias = false, weight = "W"}}]
        parameters = {{W = [3, 4]}}
        loss = {{rule = "HalfSquaredError"}}
    """
    tree = page(example="", problem=problem)
    assert cells(tree)["y"] == "8.3"
    assert ("the file asks for float32" in text(tree)) == (arithmetic == "float32")


def test_the_solution_has_the_numbers_of_solve():
    record, found = bp.solve("question-01").record, cells(page())
    for name in record.made:
        if name in record.names:
            assert shown(record, name).items() <= found.items()


@pytest.mark.parametrize("part", range(3))
def test_a_variant_is_a_part_of_its_own(part):
    sheet = bp.solve("question-01")
    record = [sheet.record, *(v.records[0] for v in sheet.variants)][part]
    assert shown(record, "V").items() <= cells(page(part=part)).items()


@pytest.mark.parametrize("part", [0, 1])
def test_what_is_compared_stands_beside_the_whole_solution(part):
    def table(**state):
        (section,) = (e for e in page(**state).iter("section") if e.get("id") == "beside-box")
        return [[text(cell) for cell in row if cell.tag in ("th", "td")] for row in section.iter("tr")]

    sheet = bp.solve("question-02")
    rows = [[label, *values] for label, values in compared(sheet, sheet.passes[part])]
    assert table(example="question-02", part=part)[1:] == rows
    for state in ({"at": 2}, {"mode": "practise"}):
        assert not [e for e in page(example="question-02", part=part, **state).iter() if e.get("id") == "beside-box"]
    alone = table(example="question-02", part=1, given={"z[0]": "2", "z[1]": "1", "z[2]": "0.1"})
    assert alone == table(example="question-02")


def test_the_second_datum_begins_where_the_first_ended():
    text = """
        data = [{x = [1, 2], t = 1}, {x = [3, -1], t = 0}]
        layers = [{rule = "Linear", output = "y", weight = "W", bias = false}]
        parameters = {W = [1, "1/2"]}
        loss = {rule = "HalfSquaredError"}
        update = {rule = "SGD", lr = 0.1}
    """
    tree = page(example="", problem=text, part=1)
    assert cells(tree)["W[0]"] == "0.9"
    assert cells(tree)["y"] == "2.4"
    assert not [name for name, _ in fields(tree) if name.startswith("given:W")]
    assert cells(page(example="", problem=text, part=1, given={"x[0]": "4"}))["y"] == "3.3"


@pytest.mark.parametrize("at", range(10))
def test_only_what_was_stepped_to_is_told(at):
    tree, steps = page(at=at), bp.solve("question-01").passes[0].steps
    names = [step.quantity for step in steps]
    assert {c.partition("[")[0] for c in cells(tree)} == set(names[:at])
    assert [e.get("id") for e in tree.iter("section") if e.get("aria-current")] == ([f"step.{at}"] if at else [])


def test_stepping_stays_within_the_question():
    places = []
    state = State(example="question-01", at=7)
    for do in ["next", "next", "next", "back", "first", "back", "last", "next", "back"]:
        tree = parsed(work.page(state, do, True).text)
        (form,) = (f for f in tree.iter("form") if f.get("id") == "practice")
        places.append(int(form.get("data-at", "")))
        state = state_of(fields(tree))[0]
    assert places == [8, 9, 9, 8, 0, 0, 9, 9, 8]


NUMBERS = st.one_of(
    st.integers(-99, 99).map(str),
    st.decimals(-9, 9, places=2).map(str),
    st.builds("{}/{}".format, st.integers(-9, 9), st.integers(1, 9)),
)


@settings(max_examples=10)
@given(st.dictionaries(st.tuples(st.sampled_from("WX"), st.integers(0, 1), st.integers(0, 1)), NUMBERS), NUMBERS)
def test_all_follows_from_changed_numbers_as_solve_has_it(changes, target):
    problem = bp.read_problem(shelf_of()["question-01"])
    datum = {"X": problem.data[0]["X"].nested(), "t": target}
    weight = problem.network.parameters["W"].nested()
    for (name, i, j), number in changes.items():
        (weight if name == "W" else datum["X"])[i][j] = number
    network = bp.Network({"X": (4, 4)}, problem.network.layers, problem.network.loss, parameters={"W": weight})
    record = network.solve({"X": datum["X"]}, target)
    given = {f"{name}[{i},{j}]": number for (name, i, j), number in changes.items()} | {"t": target}
    found = cells(page(given=given))
    for name in ("U", "V", "y", "L", "dL/dX", "dL/dW"):
        assert shown(record, name).items() <= found.items()


@pytest.mark.parametrize("typed", ["abc", "1,000", "1/0", "1e9999", "--1", "nan", "inf"])
def test_what_is_no_number_is_kept_and_changes_nothing(typed):
    tree = page(given={"X[0,1]": typed})
    assert box(tree, "given:X[0,1]").get("value") == typed
    assert box(tree, "given:X[0,1]").get("aria-invalid") == "true"
    assert "X[0,1] could not be taken" in described(tree, "given:X[0,1]")
    assert cells(tree) == cells(page())


def test_a_class_must_be_one_of_those_that_are_there():
    tree = page(example="question-02", given={"t": "5"})
    assert "could not be taken" in described(tree, "given:t")
    assert cells(page(example="question-02", given={"t": "2"})) != cells(tree) == cells(page(example="question-02"))


STATE = {
    "given": {"X[0,1]": "7", "t": "no"},
    "answers": {"U[0,0]": "7", "V[1,1]": "?x", "dL/dW[1,0]": "1/3"},
    "hints": {"V[1,1]": 2},
}


@pytest.mark.parametrize("mode", ["read", "practise"])
def test_a_form_sends_back_all_that_it_was_made_of(mode):
    state, _ = state_of(fields(page(mode=mode, at=3, **STATE)))
    assert (state.example, state.mode, state.at) == ("question-01", mode, 3)
    assert state.hints == STATE["hints"]
    assert STATE["given"].items() <= state.given.items()
    assert {k: v for k, v in state.answers.items() if v} == STATE["answers"]
    assert fields(page(**{f: getattr(state, f) for f in ("mode", "at", "given", "answers", "hints")})) == fields(
        page(mode=mode, at=3, **STATE)
    )


def test_a_problem_that_was_loaded_comes_back_to_the_letter():
    problem = bp.read_problem(shelf_of()["question-01"]).source + "\n# <&\"' \\ \t é\n\n"
    assert dict(fields(page(example="", problem=problem)))["problem"] == problem


def test_buttons_that_take_something_back():
    def after(do):
        tree = parsed(work.page(State(example="question-01", mode="practise", at=2, **STATE), do, True).text)
        return state_of(fields(tree))[0]

    assert after("restore").answers["U[0,0]"] == "7"
    assert after("restore").given["X[0,1]"] == "8"
    assert not after("reset").hints
    assert not any(after("reset").answers.values())
    assert (after("part:2").part, after("part:2").given["t"]) == (2, "17.3")
    assert after("uncover").mode == "read"
    assert after("uncover").answers["U[0,0]"] == "7"
    assert after("hint:V[1,1]").hints == {"V[1,1]": 3}


def test_large_quantities_have_no_boxes():
    tree = page(example="digits", mode="practise")
    names = {name.partition(":")[2].partition("[")[0] for name, _ in fields(tree)}
    assert "y" in names
    assert not names & {"c", "dL/dW", "W"}
    assert "too many to be filled in" in text(tree)


def test_one_quantity_is_uncovered_and_one_number_put_back():
    def after(do, **more):
        tree = parsed(work.page(State(example="question-01", mode="practise", at=2, **STATE, **more), do, True).text)
        return tree, state_of(fields(tree))[0]

    tree, state = after("uncover:V")
    assert (state.uncovered, state.mode, state.answers["U[0,0]"]) == (["V"], "practise", "7")
    assert [e.get("id") for e in tree.iter("details") if e.get("class") == "told"] == ["told.2"]
    assert after("cover:V", uncovered=["U", "V"])[1].uncovered == ["U"]
    assert after("check", uncovered=["V"])[1].uncovered == ["V"]
    assert not after("reset", uncovered=["V"])[1].uncovered
    state = after("restore:X[0,1]")[1]
    assert (state.given["X[0,1]"], state.given["t"]) == ("8", "no")
    assert (after("step")[1].mode, after("step")[1].at) == ("read", 2)
