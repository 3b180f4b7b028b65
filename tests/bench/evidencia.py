"""What evidence and the log of reads cost a page, in one run: ``python -m tests.bench.evidencia``.

Each page is asked for in turns with the same page while nothing is sealed, or while nobody writes
down who reads, so that a busy machine slows both. The test client asks, without a server between:
what is compared is a larger part of the time than in a browser.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import create_app
from app.acceso import pages as reading
from app.auditoria.models import Divulgacion
from app.custodia.service import collecting
from app.db import db
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from config import load_config
from tests.bench.board import SECRET, in_turns, say
from tests.bench.board_rows import fill
from tests.bench.caso_rows import fill_case
from tests.drills.servers import servers
from tests.factories import sign_in_client

OFICIOS = 300
#: How much slower a page may be that is read, and one that seals an entry.
MAX_PAGE = 1.05
PAGES = ("", "/historial", "/personas", "/direcciones", "/custodia")


@contextmanager
def unsealed() -> Iterator[None]:
    """Seal nothing, as before there were chains."""
    hooks: tuple[tuple[Any, str, Callable[..., None]], ...] = (
        (Session, "after_flush", collecting._note),
        (Session, "before_commit", collecting._seal),
        (sa.Engine, "before_cursor_execute", collecting._refuse_unnoted),
    )
    for target, name, hook in hooks:
        event.remove(target, name, hook)
    try:
        yield
    finally:
        for target, name, hook in hooks:
            event.listen(target, name, hook)


@contextmanager
def unread() -> Iterator[None]:
    """Write down nobody who reads."""
    with patch.object(reading, "_note", lambda *_: None):
        yield


@contextmanager
def as_it_is() -> Iterator[None]:
    """Change nothing."""
    yield


def measure(kind: str) -> bool:
    """Measure on one kind of database."""
    print(f"\n{kind}")
    with servers() as running, tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        url = running.database(kind) or f"sqlite:///{folder}/rastro.sqlite3"
        app, client, oficio_id = _installation(url, folder)
        results = []
        for path in PAGES:
            ask = partial(_get, client, f"/oficios/{oficio_id}{path}")
            results.append(_compare(f"case page{path}, reads log on / off", ask, unread))
        results.append(
            _compare(
                "case list, reads log on / off", partial(_get, client, "/tablero/lista"), unread
            )
        )
        first = partial(_first_of_the_hour, app, client, f"/oficios/{oficio_id}")
        _compare("case page, first read of an hour / log off", first, unread, limit=None)
        note = partial(_post, client, f"/oficios/{oficio_id}/bitacora")
        _compare("an entry is written, sealed / unsealed", note, unsealed, limit=None)
    return all(results)


def _compare(
    what: str,
    ask: Callable[[], float],
    without: Callable[[], Any],
    *,
    limit: float | None = MAX_PAGE,
) -> bool:
    def ask_within(manager: Callable[[], Any]) -> float:
        with manager():
            return ask()

    with_it, bare = in_turns(partial(ask_within, as_it_is), partial(ask_within, without))
    ratio = with_it / bare
    times = f"{1000 * with_it:.1f} / {1000 * bare:.1f} ms = {ratio:.3f}"
    if limit is None:
        print(f"{what:<58} {times}   (no limit)")
        return True
    return say(what, times, f"<= {limit}", ratio <= limit)


def _installation(url: str, folder: str) -> tuple[Flask, FlaskClient, int]:
    """An application with cases, somebody of the office who is signed in, and a full case."""
    env = {
        "HOME": folder,
        "ENVIRONMENT": "test",
        "SECRET_KEY": SECRET,
        "INSTANCE_DIR": str(Path(folder)),
        "DATABASE_URL": url,
        "BASE_URL": "http://127.0.0.1",
        "LOG_LEVEL": "warning",
    }
    app = create_app(load_config(env))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        flask_migrate.upgrade()
        usuario_id = fill(OFICIOS)
        usuario = db.session.get_one(Usuario, usuario_id)
        db.session.expunge_all()
        oficio_id = db.session.scalars(sa.select(sa.func.max(Oficio.id))).one()
        db.session.remove()
        fill_case(oficio_id, usuario_id, 100, 300, 20)
    return app, sign_in_client(app, usuario), oficio_id


def _get(client: FlaskClient, path: str) -> float:
    start = time.perf_counter()
    answer = client.get(path)
    seconds = time.perf_counter() - start
    assert answer.status_code == 200, (path, answer.status_code)
    answer.close()
    return seconds


def _first_of_the_hour(app: Flask, client: FlaskClient, path: str) -> float:
    app.extensions.pop("looks", None)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.delete(Divulgacion))
    return _get(client, path)


def _post(client: FlaskClient, path: str) -> float:
    data = {"tipo": "nota", "descripcion": "Se revisó el expediente."}
    start = time.perf_counter()
    answer = client.post(path, data=data)
    seconds = time.perf_counter() - start
    assert answer.status_code == 303, (path, answer.status_code, answer.text[:400])
    return seconds


def main() -> int:
    """Measure; return 1 when a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args().database
    kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
    results = [measure(kind) for kind in kinds]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
