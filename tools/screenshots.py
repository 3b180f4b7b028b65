"""Draw the pictures of ``docs/img`` from a new demonstration: ``make screenshots``.

A supervisor of its own is started on nothing, as a newcomer does; it ends with the program. The
pictures are WebP without loss: a repository keeps each version of them.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.plugins.browser import ARGUMENTS, find_chromium  # noqa: E402 # of the checkout
from tests.plugins.served import families  # noqa: E402

IMAGES = ROOT / "docs" / "img"
ADMIN = ("admin@investigaciones.cl", "admin123")
INVESTIGADOR = ("investigador@investigaciones.cl", "inv123")
CLIENTE = ("cliente@buffetgonzalez.cl", "cliente123")
DESK, PHONE = (1280, 800), (390, 844)
#: Lists that wait in the tray of the picture.
ARRIVED = ("tests/data/oficios_buffet.xlsx", "tests/data/intake/s10_patentes.csv")


@dataclass(frozen=True)
class Screen:
    """A picture: its file, whose page, which, and how large; a dark one follows a dark system."""

    name: str
    account: tuple[str, str]
    path: str
    size: tuple[int, int] = DESK
    scheme: str = "light"


#: Stands for the address of the case that the demonstration knows most of.
CASE = "caso"
SCREENS = (
    Screen("tablero", ADMIN, "/tablero"),
    Screen("lista", ADMIN, "/tablero/lista"),
    Screen("hoy", INVESTIGADOR, "/tablero/hoy"),
    Screen(CASE, INVESTIGADOR, CASE),
    Screen("caso-oscuro", INVESTIGADOR, CASE, scheme="dark"),
    Screen("caso-telefono", INVESTIGADOR, CASE, PHONE),
    Screen("terreno", INVESTIGADOR, "/terreno", PHONE),
    Screen("bandeja", ADMIN, "/bandeja"),
    Screen("trabajos", ADMIN, "/admin/trabajos"),
    Screen("auditoria", ADMIN, "/admin/auditoria"),
    Screen("informes", ADMIN, "/informes"),
    Screen("primeros-pasos", ADMIN, "/primeros-pasos"),
    Screen("portal", CLIENTE, "/portal"),
    Screen("portal-telefono", CLIENTE, "/portal", PHONE),
)


def sign_in(browser: Browser, url: str, screen: Screen) -> Page:
    """A page of that size in which the account is signed in."""
    width, height = screen.size
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if screen.scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="es-CL",
        timezone_id="America/Santiago",
    )
    page = context.new_page()
    email, password = screen.account
    page.goto("/entrar")
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("^(?!.*entrar)"))
    return page


def fill_tray(page: Page) -> None:
    """Let two lists arrive, and wait until they are read."""
    page.goto("/bandeja")
    page.set_input_files("input[type=file]", [str(ROOT / path) for path in ARRIVED])
    page.get_by_role("button", name="Recibir").click()
    page.get_by_role("link", name="Revisar").nth(len(ARRIVED) - 1).wait_for(timeout=60_000)


def case_path(page: Page) -> str:
    """The address of the case with a routine: the first that the demonstration searches."""
    page.goto("/tablero/lista?todo=1")
    return page.get_by_role("link", name="OF-2026-00011").get_attribute("href") or "/tablero"


def draw(browser: Browser, url: str) -> Iterator[tuple[str, bytes]]:
    """Each picture as a WebP."""
    admin = sign_in(browser, url, SCREENS[0])
    fill_tray(admin)
    case = case_path(admin)
    for screen in SCREENS:
        page = sign_in(browser, url, screen)
        page.goto(case if screen.path == CASE else screen.path)
        page.wait_for_timeout(1500)  # charts and the parts that ask for themselves
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            output = io.BytesIO()
            picture.convert("RGB").save(output, "WEBP", lossless=True, method=6)
        page.context.close()
        yield screen.name, output.getvalue()


def main() -> None:
    """Draw them all, and say how much they weigh."""
    total = 0
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        with families(f"sqlite:///{folder / 'rastro.db'}", folder) as start:
            served = start()
            served.wait_until_healthy()
            browser = playwright.chromium.launch(
                executable_path=find_chromium(),
                args=[*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            )
            for screen, content in draw(browser, served.url):
                (IMAGES / f"{screen}.webp").write_bytes(content)
                total += len(content)
                print(f"docs/img/{screen}.webp {len(content) // 1024} kB")
            browser.close()
    print(f"{len(SCREENS)} pictures, {total // 1024} kB")


if __name__ == "__main__":
    main()
