"""Which tests say on PostgreSQL what no other test says there: those that the second run repeats.

The run on SQLite notes what each test sent to the database (``--note-statements FOLDER``); that on
PostgreSQL (``--repeat FOLDER``) leaves out a test each of whose statements is sent by tests that
it repeats. So every statement of the suite meets both databases, and the twentieth refusal of a
form, which sends what the first one sends, meets one.

Repeated whatever it sends is what is about more than the texts of its statements:

* that in which the database refused something, or several threads spoke to it;
* that with a database of its own: migrations, first starts;
* that of ``BOTH``, and that which nothing was noted of.

``make test EVERYTHING=1`` repeats all tests that use a database.
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

#: Where it matters what is locked, leased, erased, who may see what, or what processes of their own
#: send.
BOTH = (
    "tests/acceso/",
    "tests/api/test_killed.py",
    "tests/auditoria/",
    "tests/crawl/",
    "tests/custodia/",
    "tests/jobs/",
    "tests/respaldo/",
    "tests/supresion/",
)
#: Fixtures of tests with a database of their own, or of one kind.
OWN = {"fresh_database_url", "migrated_database_url", "database_kind", "demo"}
#: Lists of values have as many places as there are values.
_PLACES, _LISTS = re.compile(r"\?(?:, \?)+"), re.compile(r"\(\?\)(?:, \(\?\))+")

#: By test: whether it is repeated whatever it sends, and the numbers of its statements.
Noted = dict[str, tuple[bool, list[int]]]
SENT = pytest.StashKey["Sent"]()


class Sent:
    """What the tests of this process sent; a statement is a number that is its own everywhere."""

    def __init__(self) -> None:
        self.by_test: dict[str, set[int]] = {}
        self.special: set[str] = set()
        self.test = ""
        self._numbers: dict[str, int] = {}

    def begin(self, test: str) -> None:
        self.test = test
        self.by_test[test] = set()

    def note(self, _connection: object, _cursor: object, text: str, *_rest: object) -> None:
        if not self.test:
            return
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = number_of(text)
        self.by_test[self.test].add(number)
        if threading.current_thread() is not threading.main_thread():
            self.special.add(self.test)

    def note_error(self, _context: object) -> None:
        self.special.add(self.test)

    def result(self) -> Noted:
        return {test: (test in self.special, sorted(sent)) for test, sent in self.by_test.items()}


def number_of(text: str) -> int:
    """The same for a statement with three values in a list and with thirty."""
    return zlib.crc32(_LISTS.sub("(?)", _PLACES.sub("?", text)).encode())


def select(noted: Noted, tests: list[str]) -> set[str]:
    """The tests to repeat: those that must be, and as few others as send all the statements.

    Nobody knows the smallest set in a reasonable time. First come those with a statement that no
    other test sends, then those that send most.
    """
    sent = {test: set(numbers) for test, (_, numbers) in noted.items()}
    kept = {test for test in tests if test not in noted or noted[test][0]}
    others = [test for test in tests if test not in kept]
    senders = Counter(number for test in others for number in sent[test])
    met: set[int] = set()
    for test in kept:
        met |= sent.get(test, set())

    def rank(test: str) -> tuple[bool, int, str]:
        return min((senders[one] for one in sent[test]), default=2) > 1, -len(sent[test]), test

    for test in sorted(others, key=rank):
        if not sent[test] <= met:
            kept.add(test)
            met |= sent[test]
    return kept


def must_be_repeated(item: pytest.Item) -> bool:
    """Whether a test is about more than the texts of its statements, by where and what it is."""
    return item.nodeid.startswith(BOTH) or not OWN.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rastro")
    group.addoption("--note-statements", metavar="FOLDER", help="note what each test sends")
    group.addoption("--repeat", metavar="FOLDER", help="leave out tests that send nothing new")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--repeat"):
        return
    noted: Noted = {}
    for file in sorted(Path(config.getoption("--repeat")).glob("*.json")):
        noted |= json.loads(file.read_text(encoding="utf-8"))
    for item in items:
        if item.nodeid in noted and must_be_repeated(item):
            noted[item.nodeid] = (True, noted[item.nodeid][1])
    kept = select(noted, [item.nodeid for item in items])
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in kept])
    items[:] = [item for item in items if item.nodeid in kept]


@pytest.fixture(scope="session", autouse=True)
def _noting(pytestconfig: pytest.Config, worker_id: str) -> Iterator[None]:
    folder = pytestconfig.getoption("--note-statements")
    if not folder:
        yield
        return
    sent = pytestconfig.stash[SENT] = Sent()
    sa.event.listen(sa.Engine, "before_cursor_execute", sent.note)
    sa.event.listen(sa.Engine, "handle_error", sent.note_error)
    yield
    sa.event.remove(sa.Engine, "before_cursor_execute", sent.note)
    sa.event.remove(sa.Engine, "handle_error", sent.note_error)
    file = Path(folder) / f"{worker_id}.json"
    file.write_text(json.dumps(sent.result()), encoding="utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if SENT in item.config.stash:
        item.config.stash[SENT].begin(item.nodeid)
