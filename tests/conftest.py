"""What every test may ask for, by subject: one file in tests/plugins each."""

import gc
import os

import pytest
from hypothesis import settings

# What is imported and collected stays to the end: nobody looks through it for garbage meanwhile.
gc.disable()

# How long one example may take says how busy the machine is, not whether the code is right.
# CI tries the same examples every time; on a laptop each run tries others.
settings.register_profile("rastro", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("rastro")

pytest_plugins = [
    "tests.plugins.clamd",
    "tests.plugins.databases",
    "tests.plugins.crawl",
    "tests.plugins.disk",
    "tests.plugins.repeated",
    "tests.plugins.statements",
    "tests.plugins.write_lock",
    "tests.plugins.smtp",
    "tests.plugins.redis",
    "tests.plugins.provider",
    "tests.plugins.browser",
    "tests.plugins.live",
    "tests.plugins.board",
    "tests.plugins.application",
    "tests.plugins.served",
]


def pytest_collection_finish(session: pytest.Session) -> None:
    """From here on there is garbage. A test leaves little: it is looked for less often."""
    del session
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()
