"""The worksheet's page in a real browser, opened from disk."""

import pytest

import backproof as bp
from browser.conftest import violations
from worksheet.sheets import sheet

PAGES = ["question-01", "question-02", "random 2", "wide", "batch 1"]


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")

    def address(name):
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(sheet(name).html(), encoding="utf-8")
        return path.as_uri()

    return address


def lit(page):
    """What is lit up: for each role, the addresses."""
    return page.evaluate(
        """() => Object.fromEntries(["here", "source", "use"].map((role) =>
            [role, [...new Set([...document.querySelectorAll("." + role)].map((e) => e.dataset.cell))].sort()]))"""
    )


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_it_opens_from_disk_and_nothing_sticks_out(visit, written, name, width):
    page = visit(written(name), width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("h1").count() == 1
    assert page.evaluate("[...document.querySelectorAll('.math')].every((m) => m.getBoundingClientRect().height > 8)")


COVERED = """() => [...document.querySelectorAll("mtable.matrix mtr")].flatMap((row) => {
    const boxes = [...row.children].map((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return [range.getBoundingClientRect(), cell.getBoundingClientRect()];
    });
    return boxes.filter(([text, cell]) => text.left < cell.left - 1 || text.right > cell.right + 1);
}).length"""


@pytest.mark.parametrize("name", PAGES)
def test_on_a_telephone_no_number_of_a_matrix_covers_another(visit, written, name):
    page = visit(written(name), width=360)
    assert page.locator("mtable.matrix").count()
    assert page.evaluate(COVERED) == 0


A4 = round((210 - 2 * 12) * 96 / 25.4)


@pytest.mark.parametrize("name", [*PAGES, "batch 4"])
def test_on_paper_every_formula_ends_before_the_edge(visit, written, name):
    page = visit(written(name), width=A4)
    page.emulate_media(media="print")
    assert page.evaluate("[...document.querySelectorAll('.math')].every((m) => m.scrollWidth <= m.clientWidth + 2)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES[:4])
def test_axe_finds_nothing(visit, written, name, scheme):
    page = visit(written(name), color_scheme=scheme)
    assert violations(page) == []
    page.locator("li.line .about").first.click()
    page.locator(".picture svg:visible a[data-cell]").nth(1).click()
    assert violations(page) == []


@pytest.mark.parametrize("name", ["question-01", "wide"])
def test_axe_finds_nothing_on_a_telephone(visit, written, name):
    assert violations(visit(written(name), width=360, height=740)) == []


def test_pointing_at_a_number_lights_up_its_sources_and_uses(visit, written):
    page = visit(written("question-01"))
    scope = page.locator('[data-scope="1"]')
    scope.locator('.lines mrow[data-cell="U[1,0]"]').first.hover()
    found = lit(page)
    assert found["here"] == ["U[1,0]"]
    assert found["source"] == ["X[2,0]", "X[2,1]", "X[3,0]", "X[3,1]"]
    assert found["use"] == ["V[1,0]", "dL/dU[1,0]"]
    page.mouse.move(0, 0)
    assert lit(page) == {"here": [], "source": [], "use": []}


def test_the_drawing_lights_up_too_and_by_the_keyboard(visit, written):
    page = visit(written("question-01"))
    drawn = page.locator('[data-scope="1"] svg:visible')
    drawn.locator('a[data-cell="V[0,0]"]').focus()
    assert lit(page)["source"] == ["U[0,0]"]
    page.keyboard.press("ArrowRight")
    assert lit(page)["here"] == ["V[0,1]"]
    page.keyboard.press("ArrowDown")
    assert lit(page)["here"] == ["V[1,1]"]
    page.keyboard.press("Enter")
    assert "0.1" in page.locator(".unfolded").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".unfolded").count() == 0


def test_what_the_drawing_leaves_out_is_passed_through(visit, tmp_path):
    path = tmp_path / "branch.html"
    path.write_text(bp.solve("branch").html(), encoding="utf-8")
    page = visit(path.as_uri())
    page.locator('svg:visible a[data-cell="dL/dr[0,0,2]"]').focus()
    drawn = page.evaluate("[...document.querySelectorAll('.wide .source, .wide .use')].map((e) => e.dataset.cell)")
    assert {"dL/dm[0,0,1]", "dL/da[0,0,1]", "dL/dc[0,0,2]"} <= set(drawn)


def test_a_click_unfolds_the_substitution_and_a_second_folds_it(visit, written):
    page = visit(written("question-01"))
    number = page.locator('[data-scope="1"] .lines li[data-cell="y"] mrow[data-cell="V[1,0]"]').last
    number.click()
    unfolded = page.locator(".unfolded")
    assert unfolded.locator(".math").first.get_attribute("aria-label").startswith("V at 1, 0 equals 0.1 times")
    unfolded.get_by_role("button", name="U[1,0]", exact=True).click()
    assert (
        page.locator(".unfolded .unfolded").locator(".math").first.get_attribute("aria-label").startswith("U at 1, 0")
    )
    number.click()
    assert page.locator(".unfolded").count() == 0


def test_a_variant_unfolds_what_the_question_itself_computed(visit, written):
    page = visit(written("question-01"))
    page.locator('[data-scope="v1.1"] .lines mrow[data-cell="U[1,0]"]').first.click()
    assert page.locator(".unfolded .math").first.get_attribute("aria-label").startswith("U at 1, 0 equals the largest")


def test_everything_is_there_without_javascript(visit, written):
    page = visit(written("question-01"), java_script_enabled=False)
    text = page.locator("main").inner_text()
    assert "Each window keeps its largest number." in text
    assert page.locator("li.line:visible math").count() > 40
    link = page.locator('[data-scope="1"] svg:visible a[data-cell="U[0,1]"]')
    target = link.get_attribute("href")
    page.goto(page.url.split("#")[0] + target)
    assert page.locator("li.line:target").get_attribute("data-cell") == "U[0,1]"


def test_two_notebook_outputs_live_side_by_side(visit, tmp_path):
    path = tmp_path / "notebook.html"
    outputs = "".join(f"<div>{sheet(name)._repr_html_()}</div>" for name in ("question-01", "question-02"))
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>n</title><body><h2>cell</h2>{outputs}</body>',
        encoding="utf-8",
    )
    page = visit(path.as_uri())
    page.locator('li[data-cell="U[0,0]"] .about').first.click()
    page.locator('li[data-cell="p[0]"] .about').first.click()
    assert page.locator(".relations").count() == 2
    page.emulate_media(color_scheme="dark")
    ground = page.locator(".backproof").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert ground == "rgb(255, 255, 255)"  # as the notebook is, not as the system
    assert page.locator("h2").first.evaluate("e => getComputedStyle(e).borderTopWidth") == "0px"
