"""What a practice page keeps in the browser, and what it gives back."""

from browser.practising import answer, expect, given, press, settled

OWN = """
title = "A question of mine"
data = [{x = [1, 2], t = 1}]
layers = [{rule = "Linear", output = "y", weight = "W", bias = false}]
parameters = {W = [1, 3]}
loss = {rule = "HalfSquaredError"}
"""


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
