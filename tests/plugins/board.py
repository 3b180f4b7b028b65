"""What the tests of the board share: changing rows, and reading cards out of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count as count_up
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.core.clock import local_today, utcnow
from app.custodia.service import execute_sealed
from app.db import db, transaction
from app.oficios.models import Oficio

_keys = count_up()


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """Change columns of a stored row without a service."""

    def apply(row: Any, **values: Any) -> None:
        with app.app_context(), transaction():
            execute_sealed(sa.update(type(row)).where(type(row).id == row.id).values(**values))

    return apply


@pytest.fixture
def add(app: Flask) -> Callable[..., None]:
    """Store rows that no service of the board makes."""

    def store(*rows: Any) -> None:
        with app.app_context(), transaction():
            db.session.add_all(rows)

    return store


@pytest.fixture
def counted(app: Flask) -> Callable[[], Any]:
    """Count the statements that reach the database: ``with counted() as statements``."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            statements.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        yield statements
        sa.event.remove(engine, "before_cursor_execute", note)

    return count


@pytest.fixture
def order(rows: Callable[..., list[Any]]) -> Callable[..., list[int]]:
    """The ids of a column in the order that is stored."""

    def read(estado: Any) -> list[int]:
        column = rows(Oficio, estado=estado)
        return [row.id for row in sorted(column, key=lambda row: (row.posicion, row.id))]

    return read


def cards(html: str) -> dict[int, str]:
    """The cards of a page or fragment by id of the oficio, in their order, without CSRF tokens."""
    html = re.sub(r'<input type="hidden" name="csrf_token"[^>]*>', "", html)
    found = re.findall(r'(<li id="oficio-card-(\d+)".*?</li>)', html, re.DOTALL)
    return {int(pk): text for text, pk in found}


def column(html: str, estado: str) -> list[int]:
    """The ids of the cards that a page shows in a column, from top to bottom."""
    return [pk for pk, text in cards(html).items() if f'data-estado="{estado}"' in text]


def count(html: str, estado: str) -> int:
    """The number in a column's header."""
    found = re.search(rf'id="board-count-{estado}"[^>]*>\s*(\d+)', html)
    assert found, f"no count of {estado}"
    return int(found[1])


def sighting(oficio: Oficio, moment: datetime | None = None, **values: Any) -> Avistamiento:
    """The vehicle of a case was seen by a gantry."""
    day = local_today(moment or utcnow())
    return Avistamiento(
        **{
            "oficio_id": oficio.id,
            "fuente": Fuente.PORTICO,
            "fecha": day,
            "fecha_hora": moment,
            "clave": f"clave {next(_keys)}",
            **values,
        }
    )
