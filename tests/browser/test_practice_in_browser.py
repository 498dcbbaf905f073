"""The practice page in a real browser, served as people have it served."""

import re

import pytest

import backproof as bp
from backproof.examples import locate
from backproof.record.digits import text_of
from browser.conftest import violations
from practice.conftest import started

expect = pytest.importorskip("playwright.sync_api").expect
OWN = """
title = "A question of mine"
data = [{x = [1, 2], t = 1}]
layers = [{rule = "Linear", output = "y", weight = "W", bias = false}]
parameters = {W = [1, 3]}
loss = {rule = "HalfSquaredError"}
"""
MEANS = {"U[0,0]": "0.5", "U[0,1]": "-0.625", "U[1,0]": "-3.875", "U[1,1]": "-4.875"}


@pytest.fixture(scope="module")
def origin(browser):
    with started("--limit", "5") as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def practise(visit, origin):
    """Open an address of the server, from which nothing may lead away."""

    def opened(path="/q/question-01", **options):
        page = visit(origin + path, allowed=origin, **options)
        if options.get("java_script_enabled", True) and page.locator("#practice").count():
            page.wait_for_function("document.querySelector('.keys')?.textContent")
        return page

    return opened


def answer(page, place):
    return page.locator(f'input[name="answer:{place}"]')


def given(page, place):
    return page.locator(f'input[name="given:{place}"]')


def press(page, do):
    page.locator(f'button[value="{do}"]:not(.default):visible').first.click()


def drawn(page, name):
    """The numbers of a quantity in the drawing."""
    return page.locator(f'svg [data-quantity="{name}"] [data-cell] text').all_text_contents()


def settled(page):
    """Wait until what was typed or pressed has been answered and kept."""
    page.wait_for_timeout(400)


def test_stepping_by_buttons_and_by_keys_uncovers_the_drawing(practise):
    page = practise("/q/question-01?at=0")
    assert drawn(page, "U") == ["?"] * 4
    page.evaluate("window.same = true")
    press(page, "next")
    expect(page.locator("#now h2")).to_have_text("1 U, by MaxPool2d")
    assert drawn(page, "U") == ["8", "6", "−0.5", "−0.5"]
    assert page.locator("svg [data-role]").evaluate_all("all => all.map((e) => [e.dataset.quantity, e.dataset.role]).sort()") == [
        ["U", "made"], ["X", "read"],
    ]  # fmt: skip
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#now h2")).to_contain_text("y, by Linear")
    expect(page.locator("#now .why")).to_contain_text("sum of the inputs")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#now h2")).to_contain_text("V, by LeakyReLU")
    assert drawn(page, "y") == ["?"]
    press(page, "last")
    expect(page.locator(".modes [aria-current]")).to_have_text("Whole solution")
    assert "?" not in "".join(drawn(page, "dL/dX"))
    page.evaluate("location.hash = 'main'")
    page.wait_for_timeout(100)
    assert page.evaluate("window.same"), "the page was loaded anew"


def test_arrows_in_a_box_do_not_step(practise):
    page = practise("/q/question-01?at=3")
    given(page, "X[0,0]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.name") == "given:X[0,1]"
    assert page.locator("#practice").get_attribute("data-at") == "3"


def test_everything_follows_from_a_number_that_is_changed(practise):
    page = practise()
    problem = bp.read_problem(locate("question-01"))
    changed = problem.data[0]["X"].nested()
    changed[0][1] = "-9"
    network = bp.Network(
        {"X": (4, 4)}, problem.network.layers, problem.network.loss, parameters=problem.network.parameters
    )
    record = network.solve({"X": changed}, "17.3")
    y, gradient = (
        text_of(record.array(name)[cell], 6)[0].replace("-", "−") for name, cell in (("y", ()), ("dL/dW", (0, 0)))
    )
    box = given(page, "X[0,1]")
    box.click()
    box.press("Control+a")
    box.press_sequentially("-9", delay=20)
    shown = page.locator('td[data-cell="y"]')
    expect(shown).to_have_text(y)
    expect(page.locator('td[data-cell="dL/dW[0,0]"]')).to_have_text(gradient)
    assert page.evaluate("[document.activeElement.name, document.activeElement.selectionStart]") == ["given:X[0,1]", 2]
    expect(page.locator("td.changed")).to_have_count(1)
    press(page, "restore")
    expect(shown).to_have_text("19.3")
    assert given(page, "X[0,1]").input_value() == "8"


def test_a_given_number_that_cannot_be_read_counts_as_the_one_of_the_question(practise):
    page = practise("/q/question-01?at=3")
    shown, box = page.locator('td[data-cell="y"]'), given(page, "X[0,1]")
    given(page, "t").fill("1")
    box.fill("9")
    expect(shown).to_have_text("20.3")
    box.press_sequentially("x")
    for _ in ("as it is typed", "as it is loaded anew"):
        expect(page.locator("#givens .reasons")).to_have_text(
            re.compile(r"X\[0,1\] could not be taken: .*; 8 is used instead\.")
        )
        expect(shown).to_have_text("19.3")
        assert (box.input_value(), drawn(page, "y"), drawn(page, "U")[0]) == ("9x", ["19.3"], "8")
        assert page.locator("#practice").get_attribute("data-at") == "3"
        settled(page)
        page.reload()
    press(page, "restore:X[0,1]")
    expect(box).to_have_value("8")
    assert given(page, "t").input_value() == "1"


def test_of_answers_that_overtake_each_other_the_newest_counts(practise):
    page = practise()
    slow = []

    def late(route):
        slow.append(route)
        if len(slow) > 1:
            route.continue_()

    page.route("**/practice", late)
    given(page, "t").fill("1")
    page.wait_for_timeout(300)
    given(page, "t").fill("2")
    expect(page.locator('td[data-cell="dL/dy"]')).to_have_text("17.3")
    assert given(page, "t").input_value() == "2"


def test_what_is_typed_while_an_answer_is_on_its_way_stays(practise):
    page = practise("/q/question-01?mode=practise")
    answer(page, "U[0,0]").fill("8")
    held = []
    page.route("**/practice", lambda route: held.append(route))
    press(page, "check")
    answer(page, "U[1,1]").press_sequentially("-0.5")
    held.pop().continue_()
    expect(page.locator('td[data-cell="U[0,0]"] .verdict')).to_have_text("✓ right")
    assert answer(page, "U[1,1]").input_value() == "-0.5"
    assert page.evaluate("document.activeElement.name") == "answer:U[1,1]"


def test_a_wrong_answer_is_explained_and_what_follows_from_it_is_not_held_against_anybody(practise):
    page = practise("/q/question-01?mode=practise")
    for place, text in {**MEANS, "V[0,0]": "0.5", "y": "x"}.items():
        answer(page, place).fill(text)
    answer(page, "y").press("Enter")
    expect(page.locator('td[data-cell="U[0,0]"] .verdict')).to_have_text("✗ wrong")
    expect(page.locator('li[data-cell="U[0,0]"]')).to_contain_text("mean of each window")
    expect(page.locator('td[data-cell="V[0,0]"] .verdict')).to_contain_text("follows")
    expect(page.locator('td[data-cell="y"] .verdict')).to_contain_text("not a number")
    assert answer(page, "U[0,0]").get_attribute("aria-invalid") == "true"
    answer(page, "U[0,0]").fill("8")
    expect(page.locator('td[data-cell="U[0,0]"] .verdict')).to_have_count(0)
    press(page, "check")
    expect(page.locator('td[data-cell="U[0,0]"] .verdict')).to_have_text("✓ right")
    expect(page.locator(".score")).to_contain_text("1 of 39 right")
    assert answer(page, "y").input_value() == "x"


def test_hints_go_on_to_the_full_step_by_the_keyboard(practise):
    page = practise("/q/question-01?mode=practise")
    answer(page, "V[1,0]").fill("0.05")
    for level in range(1, 5):
        page.keyboard.press("?")
        expect(page.locator('.hints[data-cell="V[1,0]"] li')).to_have_count(level)
        assert page.evaluate("document.activeElement.name") == "answer:V[1,0]"
    hints = page.locator('.hints[data-cell="V[1,0]"]')
    assert "Look at the sign" in hints.locator("li").first.inner_text()
    assert hints.locator(".math").last.get_attribute("aria-label").endswith("minus 0.05")
    expect(page.locator(".voice[role=status]")).to_contain_text("The full step")
    assert answer(page, "V[1,0]").input_value() == "0.05"


def test_tab_goes_through_the_boxes_in_order(practise):
    page = practise("/q/question-01?mode=practise")
    answer(page, "U[0,0]").focus()
    passed = []
    for _ in range(5):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.name + ' ' + document.activeElement.value"))
    assert passed == ["answer:U[0,1] ", "answer:U[1,0] ", "answer:U[1,1] ", "do uncover:U", "answer:V[0,0] "]
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.name") == "answer:V[1,0]"


def test_one_quantity_is_uncovered_alone(practise):
    page = practise("/q/question-01?mode=practise")
    press(page, "uncover:V")
    expect(page.locator('[data-quantity="V"] .told .math').first).to_be_visible()
    assert drawn(page, "V") == ["8", "6", "−0.05", "−0.05"]
    assert drawn(page, "U") == ["?"] * 4
    press(page, "cover:V")
    expect(page.locator('[data-quantity="V"] .told')).to_have_count(0)


def test_a_reload_loses_nothing_and_starting_over_forgets(practise):
    page = practise("/q/question-01?mode=practise")
    answer(page, "U[0,0]").fill("8")
    answer(page, "dL/dU[1,0]").fill("-7")
    given(page, "t").fill("15.3")
    assert page.locator("footer").inner_text().endswith("It is kept by your browser alone.")
    settled(page)
    answer(page, "V[0,0]").focus()
    press(page, "hint:V[0,0]")
    expect(page.locator(".hints")).to_have_count(1)
    answer(page, "U[0,1]").fill("not checked yet")
    page.reload()
    expect(answer(page, "U[0,1]")).to_have_value("not checked yet")
    assert answer(page, "U[0,0]").input_value() == "8"
    assert answer(page, "dL/dU[1,0]").input_value() == "-7"
    assert given(page, "t").input_value() == "15.3"
    assert page.locator(".hints").count() == 1
    press(page, "step")
    press(page, "next")
    expect(page.locator("#now h2")).to_contain_text("V, by")
    page.reload()
    expect(page.locator("#now h2")).to_contain_text("V, by")
    press(page, "reset")
    expect(given(page, "t")).to_have_value("17.3")
    press(page, "cover")
    expect(answer(page, "U[0,0]")).to_have_value("")
    page.reload()
    expect(answer(page, "U[0,0]")).to_have_value("")


def test_the_ways_into_a_question_say_what_they_show_whatever_is_kept(practise):
    page = practise("/q/question-01?at=2")
    given(page, "t").fill("15.3")
    settled(page)
    page.goto(page.url.split("/q/")[0] + "/")
    page.get_by_role("listitem").filter(has_text="Question 1").get_by_role("link", name="Read the solution").click()
    expect(page.locator(".modes [aria-current]")).to_have_text("Whole solution")
    expect(given(page, "t")).to_have_value("15.3")
    expect(page.locator("#solution-box .step")).to_have_count(9)
    page.go_back()
    page.get_by_role("listitem").filter(has_text="Question 1").get_by_role("link", name="Fill in").click()
    expect(page.locator(".modes [aria-current]")).to_have_text("Fill in")
    settled(page)
    page.goto(page.url.partition("?")[0])
    expect(page.locator(".modes [aria-current]")).to_have_text("Fill in")


def test_parts_and_tabs_take_nothing_from_one_another(practise):
    page = practise("/q/question-01?mode=practise")
    answer(page, "U[0,0]").fill("8")
    press(page, "part:1")
    expect(page.locator("#parts [aria-current]")).to_contain_text("slope of its own")
    assert answer(page, "U[0,0]").input_value() == ""
    answer(page, "U[0,0]").fill("9")
    press(page, "part:0")
    expect(answer(page, "U[0,0]")).to_have_value("8")
    other = page.context.new_page()
    other.goto(page.url)
    expect(answer(other, "U[0,0]")).to_have_value("8")
    answer(page, "U[0,1]").fill("one")
    answer(other, "U[1,0]").fill("two")
    page.wait_for_timeout(400)
    other.wait_for_timeout(400)
    page.reload()
    expect(answer(page, "U[1,0]")).to_have_value("two")
    assert answer(page, "U[0,1]").input_value() == "one"


def test_a_question_of_ones_own_is_loaded_dropped_and_comes_back(practise, tmp_path):
    page = practise("/", faults=True)
    page.locator("#problem").fill("layers = 3")
    page.locator("#text-form button").click()
    expect(page.locator(".notice")).to_contain_text("layers")
    assert page.locator("#problem").input_value() == "layers = 3"
    page.locator("#file").set_input_files({"name": "long.toml", "mimeType": "text/plain", "buffer": b"#" * 48_001})
    page.locator("#file-form button").click()
    expect(page.locator(".notice")).to_contain_text("at most 48,000 characters")
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    page.locator("#file").set_input_files(path)
    page.locator("#file-form button").click()
    expect(page.locator("h1")).to_have_text("A question of mine")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Practise backpropagation")
    page.evaluate(
        """(text) => {
            const brought = new DataTransfer();
            brought.items.add(new File([text], "mine.toml"));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer: brought, bubbles: true, cancelable: true }));
        }""",
        OWN,
    )
    expect(page.locator("h1")).to_have_text("A question of mine")
    given(page, "x[0]").fill("5")
    press(page, "last")
    expect(page.locator('td[data-cell="y"]')).to_have_text("11")
    page.reload()
    expect(page.locator('td[data-cell="y"]')).to_have_text("11")
    page.locator("header.top a").click()
    page.get_by_role("link", name="A question of mine").click()
    expect(given(page, "x[0]")).to_have_value("5")


def test_without_a_store_it_works_and_says_so_until_that_is_closed(visit, origin):
    page = visit(f"{origin}/", allowed=origin)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto(f"{origin}/q/question-01?mode=practise")
    expect(page.locator(".notice")).to_contain_text("keeps nothing")
    answer(page, "U[0,0]").fill("8")
    press(page, "check")
    expect(page.locator('td[data-cell="U[0,0]"] .verdict')).to_have_text("✓ right")
    expect(page.locator(".notice")).to_contain_text("keeps nothing")
    assert "kept" not in page.locator("footer").inner_text()
    page.locator(".notice button").click()
    press(page, "uncover:V")
    expect(page.locator(".told")).to_have_count(1)
    assert page.locator(".notice").is_hidden()


def test_a_server_that_is_gone_takes_nothing_along(practise):
    page = practise("/q/question-01?mode=practise", faults=True)
    answer(page, "U[0,0]").fill("8")
    page.route("**/practice", lambda route: route.abort())
    press(page, "check")
    expect(page.locator(".notice")).to_contain_text("does not answer")
    assert answer(page, "U[0,0]").input_value() == "8"
    page.unroute("**/practice")
    press(page, "check")
    expect(page.locator('td[data-cell="U[0,0]"] .verdict')).to_have_text("✓ right")
    assert page.locator(".notice").is_hidden()


def test_what_is_kept_and_damaged_does_no_harm(practise):
    page = practise("/q/question-01", faults=True)
    page.evaluate(
        'localStorage.setItem(\'backproof practice question-01\', \'{"parts": {"0": {"at": "x", "hint:<b>": "9"}}}\')'
    )
    page.goto(page.url.split("/q/")[0] + "/")
    page.goto(page.url + "q/question-01")
    expect(page.locator(".notice")).to_contain_text("cannot be read")
    assert page.locator("h1").inner_text().startswith("Question 1")


def test_a_form_is_checked_without_javascript(practise):
    page = practise("/q/question-01?mode=practise", java_script_enabled=False)
    answer(page, "U[0,0]").fill("0.5")
    answer(page, "U[0,1]").fill("-0.625")
    answer(page, "U[1,0]").fill("-3.875")
    answer(page, "U[1,1]").fill("-4.875")
    answer(page, "U[1,1]").press("Enter")
    assert "mean of each window" in page.locator('li[data-cell="U[0,0]"]').inner_text()
    press(page, "hint:U[0,0]")
    assert page.locator(".hints li").count() == 1
    given(page, "t").fill("15.3")
    press(page, "apply")
    assert page.locator("td.changed").count() == 1
    press(page, "step")
    press(page, "next")
    assert "V, by LeakyReLU" in page.locator("#now h2").inner_text()
    press(page, "cover")
    assert answer(page, "U[0,0]").input_value() == "0.5"
    assert "kept" not in page.locator("footer").inner_text()


def test_a_number_lights_up_and_unfolds_after_the_page_has_changed(practise):
    page = practise("/q/question-01?at=1")
    page.locator('#now td[data-cell="U[0,1]"]').hover()
    assert page.locator(".source").count() > 4
    press(page, "next")
    expect(page.locator("#now h2")).to_contain_text("V, by")
    page.locator('#now td[data-cell="V[0,1]"]').hover()
    assert set(page.locator(".source").evaluate_all("all => all.map((e) => e.dataset.cell)")) == {"U[0,1]"}
    page.locator('#now td[data-cell="V[0,1]"]').click()
    assert page.locator(".unfolded .math").first.get_attribute("aria-label").startswith("V at 0, 1")


def test_axe_finds_nothing_in_any_state_by_day_or_night(practise):
    def found():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            yield from violations(page)

    page = practise("/")
    assert [*found()] == []
    page.goto(f"{page.url}q/question-01?at=2")
    expect(page.locator("svg [data-role=made]")).to_be_visible()
    assert [*found()] == []
    press(page, "cover")
    for place, text in {**MEANS, "V[0,0]": "0.5", "V[0,1]": "?x", "L": "2", "dL/dy": "2"}.items():
        answer(page, place).fill(text)
    given(page, "X[3,3]").fill("-7")
    press(page, "check")
    expect(page.locator("td.wrong")).not_to_have_count(0)
    for level in range(1, 5):
        press(page, "hint:U[0,0]")
        expect(page.locator(".hints li")).to_have_count(level)
    press(page, "uncover:y")
    expect(page.locator('[data-quantity="y"] .told')).to_be_visible()
    assert [*found()] == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert [*found()] == []
    press(page, "uncover")
    expect(page.locator("#solution")).to_be_visible()
    assert [*found()] == []


@pytest.mark.parametrize(
    "path", ["/", "/q/question-01", "/q/question-01?mode=practise", "/q/question-02?at=2", "/q/digits?at=5"]
)
def test_nothing_sticks_out(practise, path):
    page = practise(path, width=1440)
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_brackets_are_as_tall_as_their_boxes_until_something_is_said_of_them(practise):
    page = practise("/q/question-02?mode=practise", width=768)
    spare = """all => all.map((table) => table.getBoundingClientRect().height
        - table.rows.length * table.querySelector("input").getBoundingClientRect().height)"""
    answer(page, "p[0]").focus()
    assert max(page.locator("table.boxes").evaluate_all(spare)) < 12
    middles = "all => all.map((e) => { const box = e.getBoundingClientRect(); return (box.top + box.bottom) / 2; })"
    names, boxes = (
        page.locator(f".matrix {what}").evaluate_all(middles) for what in (".is", "tr:first-child td:first-child input")
    )
    assert max(abs(a - b) for a, b in zip(names, boxes, strict=True)) < 6
    low = given(page, "t").bounding_box()["height"]
    given(page, "z[1]").fill("1x")
    expect(page.locator("#givens .reasons")).to_contain_text("z[1] could not be taken")
    assert page.locator("table.boxes").first.bounding_box()["height"] < low + 40
    assert (
        page.locator("#givens .reasons").bounding_box()["y"]
        > page.locator("table.boxes").first.bounding_box()["y"] + low
    )


def test_an_error_page_is_decent_too(visit, origin):
    page = visit(f"{origin}/", allowed=origin, faults=True, java_script_enabled=False)
    page.locator("#problem").fill("layers = <b>3</b>")
    page.locator("#text-form button").click()
    expect(page.locator("[role=alert]")).to_have_text("Problem:1: this is not TOML: Invalid value.")
    assert page.locator("b").count() == 0
