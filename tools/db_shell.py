"""``make db-shell``: the database's own client if it is installed, else a plain SQL prompt."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config import ConfigError, load_config  # the folder above comes first


def main() -> None:
    """Open it on the configured database."""
    try:
        url = load_config().database_url
    except ConfigError as error:
        sys.exit(str(error))
    if url.startswith("sqlite:///"):
        target = url.removeprefix("sqlite:///")
        client = ("sqlite3", target)
    else:
        target = url.replace("postgresql+psycopg://", "postgresql://", 1)
        client = ("psql", target)
    if shutil.which(client[0]):
        os.execvp(client[0], client)  # noqa: S606  # a client by its name, as a shell would
    if client[0] == "sqlite3":
        prompt(sqlite3.connect(target, isolation_level=None), sqlite3.Error)
    else:
        prompt(psycopg.connect(target, autocommit=True), psycopg.Error)


def prompt(connection: Any, failure: type[Exception]) -> None:
    """Run one statement a line until Ctrl-D; each is committed at once."""
    print(f"Una instrucción por línea; Ctrl-D termina. {connection}")
    while True:
        try:
            statement = input("sql> ").strip()
        except EOFError:
            return
        if not statement:
            continue
        try:
            cursor = connection.execute(statement)
            if cursor.description:
                print(" | ".join(column[0] for column in cursor.description))
                for row in cursor.fetchmany(200):
                    print(" | ".join(map(str, row)))
        except failure as error:
            print(error)


if __name__ == "__main__":
    main()
