"""The distribution's Chromium without a window, driven by Playwright for the end-to-end tests."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

#: Where pictures of the pages of a failed test are left.
ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"

#: The same names that tools/chromium.sh looks for.
NAMES = ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser")

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Chromium calls nobody but the application.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("rastro").addoption(
        "--every-width",
        action="store_true",
        help="look at every page at every width in both themes (some minutes)",
    )


def find_chromium() -> str:
    """The Chromium to drive: that of ``CHROMIUM``, or the first that is installed."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        path = shutil.which(name) if name else None
        if path:
            return path
    pytest.fail("There is no Chromium: run `sh tools/chromium.sh`.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Two browsers share two cores: that something comes late is no finding, that it never comes is.
    expect.set_options(timeout=15_000)
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*ARGUMENTS, *as_root]
        )
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open a page of somebody of their own: cookies are not shared between two of them.

    ``new_page(width=360, height=740, java_script_enabled=False, ...)``: anything but the two sizes
    is an option of Playwright's ``new_context``. A test fails in the end if one of its pages had
    an error in the console or in a script; expected ones go in ``page.tolerated``, a list of
    regular expressions.
    """
    pages: list[Page] = []
    errors: list[tuple[Page, str]] = []

    def open_page(width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="es-CL",
            timezone_id="America/Santiago",
            **options,
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.tolerated = []  # type: ignore[attr-defined] # travels with the page that it is about

        def on_console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                errors.append((page, f"{message.text} ({message.location.get('url')})"))

        page.on("console", on_console)
        page.on("pageerror", lambda error: errors.append((page, str(error))))
        pages.append(page)
        return page

    yield open_page

    if FAILED in request.node.stash:
        ARTIFACTS.mkdir(exist_ok=True)
        still_open = [page for first in pages for page in first.context.pages]
        for number, page in enumerate(still_open, 1):
            name = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=ARTIFACTS / f"{name}-{number}.png", full_page=True)
    for page in pages:
        page.context.close()
    unexpected = [
        text
        for page, text in errors
        if not any(re.search(pattern, text) for pattern in page.tolerated)  # type: ignore[attr-defined] # set above
    ]
    assert not unexpected, unexpected


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page on a desktop's screen."""
    return new_page()


def wait_until(page: Page, condition: str, arg: object = None) -> None:
    """Wait until a function of JavaScript, given as text, returns what is true, or a promise of it.

    Playwright's ``wait_for_function()`` takes any promise for true, and asks an expression anew by
    ``eval``, which our content security policy refuses from the second time on.
    """
    end = time.monotonic() + 20
    while not page.evaluate(condition, arg):
        assert time.monotonic() < end, f"not within 20 s: {condition}"
        page.wait_for_timeout(20)


def drag(page: Page, what: Locator, to: Locator, *, y: float = 90) -> None:
    """Drag with the mouse, in steps as a hand does, to a place in the upper part of an element."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 12)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + y - 20, steps=12)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + y, steps=4)
    page.wait_for_timeout(50)
    page.mouse.up()
