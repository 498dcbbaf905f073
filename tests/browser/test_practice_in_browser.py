"""The practice page in a real browser, served as people have it served: steps, answers, hints and changed numbers."""

import re

import backproof as bp
from backproof.examples import locate
from backproof.record.digits import text_of
from browser.practising import MEANS, answer, drawn, expect, given, press, settled


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
