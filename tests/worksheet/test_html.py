"""The page: sound as HTML, whole, safe, and spoken; what it looks like is looked at in a browser."""

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

import backproof as bp
from backproof.arithmetic.array import address
from backproof.notation.mathml import MATHML
from backproof.notation.spoken import SPOKEN
from backproof.notation.text import TEXT
from backproof.record.digits import text_of
from backproof.worksheet.html.page import fragment, html
from backproof.worksheet.sheet import sections
from worksheet.sheets import NAMES, sheet, steps

VOID = {"meta", "link", "br", "input", "img"}


class Page(HTMLParser):
    """The elements of a page; a tag that is not closed, or closed twice, fails."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    def all(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]


@pytest.fixture(params=NAMES)
def worksheet(request):
    return sheet(request.param)


def test_the_page_is_sound_and_its_links_lead_somewhere(worksheet):
    page = Page(html(worksheet))
    ids = page.all("id")
    assert len(ids) == len(set(ids)), Counter(ids).most_common(3)
    targets = {unquote(href[1:]) for href in page.all("href") if href.startswith("#")}
    assert targets <= set(ids)
    assert Counter(tag for tag, _ in page.elements)["h1"] == Counter(tag for tag, _ in page.elements)["main"] == 1
    assert not {"style"} & {name for _, attributes in page.elements for name in attributes}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_it_asks_for_nothing_and_its_policy_knows_its_own_texts(worksheet):
    text = html(worksheet)
    assert not re.findall(r'(?:src|href)="(?!#|data:,)', text)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() in policy
    assert text == html(worksheet)


def test_every_number_of_a_line_is_marked_as_the_cell_it_is(worksheet):
    for _, step in steps(worksheet):
        for line in step.lines:
            sides = line.sides(MATHML)
            marked = re.findall(r'data-cell="([^"]*)"', "".join(sides[:1]))
            assert [unescaped(marked[0])] == [address(*line.cell.args)]
            named = {unescaped(cell) for cell in re.findall(r'data-cell="([^"]*)"', "".join(sides[1:]))}
            known = {address(name, index) for name, index in [*line.sources, line.cell.args]}
            assert named <= known
            number = TEXT.number(text_of(line.working.value, line.digits)[0])
            if re.fullmatch(r"−?[\d.]+", number):
                assert re.sub(r"<[^>]*>", "", sides[-1]) == number


def unescaped(text):
    return text.replace("&#x27;", "'").replace("&lt;", "<").replace("&amp;", "&")


def test_voices_are_given_words_and_no_signs(worksheet):
    for _, step in steps(worksheet):
        said = [*step.formulas(SPOKEN), *(" ".join(line.sides(SPOKEN)) for line in step.lines)]
        said += [decision for line in step.lines for decision in line.decisions(SPOKEN)]
        for text in said:
            assert not set(text) & set("∂·−+=≈≤≥<>≠[]{}()/^_⟦⟧…"), text
            assert not re.search(r"[a-z]-|-\d", text), text


def test_what_is_said_has_the_numbers_that_are_shown(worksheet):
    for _, step in steps(worksheet):
        for line in step.lines:
            assert digits(" ".join(line.sides(SPOKEN))) == digits(" ".join(line.sides(TEXT)))


def digits(text):
    """The numbers of a text, however it writes powers of ten and squares."""
    text = re.sub(r"e([+-]?\d+)", lambda m: f" 10 {int(m[1])}", text.replace("−", "-").replace("²", " "))
    return [n.strip(".") for n in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\w)_?h?\d+(?=[\w.]*[a-z])", "", text))]


def test_texts_of_others_stay_texts():
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7*7 }}"
    network = bp.Network({"x": (2,)}, [bp.Layer("y", bp.Linear(bias=False))], bp.HalfSquaredError(), title=hostile)
    worksheet = network.solve([1, 2], 3).worksheet()
    for text in (html(worksheet), fragment(worksheet)):
        page = Page(text)
        assert "img" not in {tag for tag, _ in page.elements}
        assert hostile in "".join(page.texts)


def test_two_fragments_in_one_page_do_not_meet():
    first, second = (Page(fragment(sheet(name))).all("id") for name in ("question-01", "question-02"))
    assert first
    assert not set(first) & set(second)


def test_a_fragment_is_what_a_notebook_shows():
    record = sheet("question-01").record
    assert fragment(record.worksheet()) == record._repr_html_()


def test_sections_tell_the_whole_worksheet(worksheet):
    told = [step for section in sections(worksheet) for _, steps in section.phases for step in steps]
    assert [step.quantity for _, step in steps(worksheet)] == [step.quantity for step in told]


def test_it_is_light():
    assert len(html(sheet("question-01")).encode()) < 300_000
