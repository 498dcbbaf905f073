"""What one does on a practice page, and what it then shows."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect
MEANS = {"U[0,0]": "0.5", "U[0,1]": "-0.625", "U[1,0]": "-3.875", "U[1,1]": "-4.875"}
"""The means of Question 1's windows: max pooling taken for average pooling."""


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
