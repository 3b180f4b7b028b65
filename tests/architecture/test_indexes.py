"""What a page asks of the tables that grow is found by an index, on both databases.

A page that reads a whole table is quick in every test and slow in an office of ten years. So the
plan of each statement of each page is looked at: none walks through a growing table. (A search for
words does: it looks into each text.) PostgreSQL
reads small tables whole, whatever their indexes, so there it is told not to where it can do else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client

from app.core.clock import utcnow
from app.db import db
from app.promesas.queries.kept_promises import count_kept, count_kept_by_week

#: With ten years of an office they have between ten thousand rows and some millions.
GROWING = {
    "adjuntos",
    "auditoria",
    "avisos",
    "avistamientos",
    "ciclos",
    "compromisos",
    "consultas",
    "custodia",
    "direcciones",
    "divulgaciones",
    "divulgaciones_casos",
    "etapas",
    "eventos",
    "investigaciones",
    "mensajes",
    "notificaciones",
    "oficios",
    "propietarios",
    "trabajo_ejecuciones",
    "trabajos",
    "vehiculos",
    "visitas",
}
STAFF = (
    "/oficios/{id}",
    "/oficios/{id}/historial",
    "/oficios/{id}/avistamientos",
    "/oficios/{id}/fotos",
    "/oficios/{id}/notificaciones",
    "/tablero?todo=1",
    "/tablero/lista?todo=1",
    "/tablero/hoy?todo=1",
    "/terreno",
    "/avisos",
    "/mensajes",
)
ADMIN = (
    "/admin",
    "/admin/trabajos",
    "/admin/auditoria",
    "/admin/auditoria?quien=1",
    "/admin/auditoria?desde=2026-01-05&que=caso&quien=1",
    "/admin/consultas",
    "/admin/divulgaciones",
    "/informes",
    "/informes?rango=anio",
)
CLIENTE = ("/portal",)
#: Lists that say how many rows they have in all: each is walked for its number, and not read.
COUNTED = {
    "/admin/consultas": "consultas",
    "/admin/divulgaciones": "divulgaciones",
    "/admin/trabajos": "trabajos",
}
_SCANNED = {
    "sqlite": re.compile(r"^SCAN (\w+)(?! USING)"),
    "postgresql": re.compile(r"Seq Scan on (\w+)"),
}


@contextmanager
def sent(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile, with its values."""
    found: list[tuple[str, Any]] = []

    def note(
        _connection: Any, _cursor: Any, text: str, values: Any, _context: Any, is_many: bool
    ) -> None:
        if not is_many and text.lstrip().startswith(("SELECT", "WITH")):
            found.append((text, values))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def scanned(app: Flask, asked: list[tuple[str, Any]], counted: str) -> list[str]:
    """The growing tables that a statement walks through, each with the statement.

    The rows of ``counted`` may be counted.
    """
    found: list[str] = []
    with app.app_context(), db.engine.connect() as connection:
        kind = db.engine.dialect.name
        if kind == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN "
        for text, values in asked:
            for row in connection.exec_driver_sql(explain + text, values):
                match = _SCANNED[kind].search(str(row[-1]).strip())
                if not match or match[1] not in GROWING or _stops(text):
                    continue
                if match[1] != counted or not text.startswith("SELECT count(*)"):
                    found.append(f"{match[1]}: {text}")
    return found


def _stops(text: str) -> bool:
    """Whether it ends after so many rows, in whatever order they come."""
    return "LIMIT" in text and "ORDER BY" not in text


@pytest.mark.parametrize("who", ["investigador", "admin", "cliente"])
def test_no_page_walks_through_a_table_that_grows(
    who: str, app: Flask, oficio: Any, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(who)
    paths = {"investigador": STAFF, "admin": ADMIN, "cliente": CLIENTE}[who]
    walked: list[str] = []
    for path in paths:
        url = path.format(id=oficio.id)
        client.get(url)
        with sent(app) as asked:
            assert client.get(url).status_code == 200, url
        assert asked, url

        walked += [f"{url}: {one}" for one in scanned(app, asked, COUNTED.get(path, ""))]

    assert not walked, "\n".join(walked)


def test_promises_are_counted_by_an_index_that_holds_all_of_them(app: Flask, buffet: Any) -> None:
    period = date(2026, 1, 1), date(2026, 12, 31)
    with sent(app) as asked, app.app_context():
        count_kept(*period, now=utcnow())
        count_kept(*period, now=utcnow(), buffet_id=buffet.id)
        count_kept_by_week(*period, now=utcnow())

    assert len(asked) == 3
    with app.app_context(), db.engine.connect() as connection:
        is_sqlite = db.engine.dialect.name == "sqlite"
        by_index = "USING COVERING INDEX" if is_sqlite else "Index Only Scan using"
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        for text, values in asked:
            rows = connection.exec_driver_sql(
                ("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + text, values
            )
            plan = "\n".join(str(row[-1]) for row in rows)
            assert f"{by_index} ix_compromisos_decided" in plan, plan
