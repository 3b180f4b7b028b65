"""Draw the icons of the installable page from the logo: ``python tools/icons.py``.

The PNGs are committed; this is for whoever changes ``static/img/favicon.svg``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

IMG = Path(__file__).resolve().parents[1] / "static" / "img"
BRAND = "#0b5d6b"
#: Name, pixels, and which part of the width the logo takes: a system may cut a maskable icon to
#: a circle of 80 %.
ICONS = (("icono-192", 192, 1.0), ("icono-512", 512, 1.0), ("icono-maskable-512", 512, 0.7))


def main() -> None:
    """Draw each icon with Chromium."""
    logo = (IMG / "favicon.svg").read_text(encoding="utf-8")
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    chromium = next((path for path in map(shutil.which, names) if path), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, size, part in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = BRAND if part < 1 else "transparent"
            page.set_content(
                f"<body style='margin:0;display:grid;place-items:center;height:100vh;"
                f"background:{ground}'>"
                f"<div style='width:{part * size}px;height:{part * size}px'>{logo}</div></body>"
            )
            page.screenshot(path=IMG / f"{name}.png", omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
