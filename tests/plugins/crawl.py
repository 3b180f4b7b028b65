"""How much the crawler of ``tests/crawl`` tries."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("rastro").addoption(
        "--thorough-crawl",
        action="store_true",
        help="try every hostile value in every field of every form (many minutes)",
    )
