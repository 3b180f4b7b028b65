"""How much the case page asks of the database, however much the case holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.db import db
from app.oficios.models import Oficio
from app.oficios.queries import SAME_VEHICLE_LIMIT, list_same_vehicle
from app.oficios.service import DireccionData, PropietarioData
from tests.bench.caso_rows import fill_case
from tests.factories import make_oficio

ROSA = PropietarioData(nombre="Rosa Soto", rut="76123456-0")
SECTIONS = (
    "",
    "/bitacora",
    "/bitacora?tipo=nota&texto=conserje",
    "/historial",
    "/personas",
    "/direcciones",
    "/datos",
)


@contextmanager
def questions(app) -> Iterator[list[str]]:
    """The SELECTs that are sent meanwhile."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def case(app, buffet, usuario_admin):
    """A case with much in it, and another one of the same person."""
    make_oficio(app, buffet, usuario_admin, propietario=ROSA)
    row = make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="SPRT44-1",
        propietario=ROSA,
        direccion=DireccionData(direccion="Av. Grecia 1180"),
    )
    with app.app_context():
        fill_case(row.id, usuario_admin.id, entries=120, sightings=120, photos=30)
    return row


@pytest.mark.parametrize("path", SECTIONS)
@pytest.mark.parametrize("who", ["investigador", "admin"])
def test_a_full_case_takes_at_most_twelve_questions(who, path, app, case, request):
    client = request.getfixturevalue(who)
    url = f"/oficios/{case.id}{path}"
    client.get(url)
    with questions(app) as asked:
        assert client.get(url).status_code == 200

    assert 0 < len(asked) <= 12, "\n".join(asked)


def test_the_same_plate_is_looked_up_in_the_indexes(app, case, usuario_admin):
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("the plan of a small table says nothing on PostgreSQL")
        row = db.session.get_one(Oficio, case.id)
        with questions(app) as asked:
            assert len(list_same_vehicle(row, usuario_admin)) == 1
        statement = asked[-1]
        values = ("?",) * statement.count("?")
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = " ".join(step[3] for step in plan)

    assert "ix_vehiculos_patente" in steps
    assert "ix_propietarios_rut" in steps
    assert "SCAN oficios" not in steps
    assert "SCAN vehiculos" not in steps


def test_very_many_others_are_not_all_listed(app, investigador, case, buffet, usuario_admin):
    for _ in range(SAME_VEHICLE_LIMIT):
        make_oficio(app, buffet, usuario_admin, patente="SPRT44")

    page = investigador.get(f"/oficios/{case.id}").text
    notice = page.partition("La misma patente está en")[2].partition("búsquelos por la patente")[0]
    assert notice.count('<a class="tabular"') == SAME_VEHICLE_LIMIT
    assert page.count("La misma patente está en") == 1
    assert "búsquelos por la patente" in page
