"""A real browser, where one is installed: the system's Chromium, which may ask nothing of the network but what a test allows."""

import shutil

import pytest

from practice.conftest import started

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    """Closed with the module: while it runs, no test can run an event loop of its own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def visit(browser):
    """Open an address, and hold at the end that no other was asked for and that the console stayed empty.

    faults: whether the browser may note there that the server refused something.
    """
    contexts, asked, said = [], [], []

    def opened(address, width=1440, height=900, allowed="file:", faults=False, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append((message.text, faults)))
        page.on("pageerror", lambda error: said.append((str(error), False)))
        page.set_default_timeout(5_000)
        page.goto(address)
        opened.allowed = allowed
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text, faults in said if not (faults and text.startswith("Failed to load resource"))] == []
    assert [url for url in asked if not url.startswith((opened.allowed, "data:"))] == []


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


def violations(page):
    """What axe-core finds wrong with a page, each with the first element at fault."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page).response["violations"]
    return [(each["id"], each["help"], each["nodes"][0]["html"][:200]) for each in found]
