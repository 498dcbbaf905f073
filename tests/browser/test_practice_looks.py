"""How a practice page looks, and whether everybody can read it."""

import pytest

from browser.conftest import violations
from browser.practising import MEANS, answer, expect, given, press


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
