"""Visits on the clock of their address: typed, shown, sent by a phone, printed and answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.core.clock import to_local, utcnow
from app.db import db, transaction
from app.direcciones.models import Direccion, Visita
from app.oficios.models import Investigacion
from app.oficios.service import DireccionData
from tests.terreno.places import make_place

EASTER = ZoneInfo("Pacific/Easter")
WINTER = datetime(2026, 6, 24, 13, 15, tzinfo=UTC)
SHOWN = "24-06-2026 10:15 (hora de Magallanes)"


@pytest.fixture
def south(app, buffet, usuario_investigador) -> tuple[int, int]:
    """A case with an address in Punta Arenas; their ids."""
    place = DireccionData(direccion="Av. Colón 120", comuna="Punta Arenas", region="Magallanes")
    return make_place(app, buffet, usuario_investigador, direccion=place)


@pytest.fixture
def island(app, buffet, usuario_investigador) -> tuple[int, int]:
    """A case with an address on Isla de Pascua; their ids."""
    place = DireccionData(
        direccion="Te Pito o Te Henua 4", comuna="Isla de Pascua", region="Valparaíso"
    )
    return make_place(app, buffet, usuario_investigador, direccion=place)


def visit(client, case: tuple[int, int], when: str):
    oficio_id, direccion_id = case
    return client.post(
        f"/oficios/{oficio_id}/direcciones/{direccion_id}/visitas",
        data={"resultado": "no_encontrado", "fecha_hora": when},
    )


def test_a_visit_is_typed_and_shown_on_the_clock_of_its_address(
    app,
    south,
    investigador,
    investigador_api,
    rows,
    printed,
    oficio,
):
    oficio_id, direccion_id = south
    assert visit(investigador, south, "2026-06-24T10:15").status_code == 303

    [row] = rows(Visita)
    assert row.fecha_hora == WINTER
    assert SHOWN in investigador.get(f"/oficios/{oficio_id}/direcciones").text
    assert SHOWN in investigador.get(f"/oficios/{oficio_id}").text
    assert SHOWN in investigador.get("/terreno").text
    [told] = investigador_api("GET", f"/direcciones/{direccion_id}/visitas").get_json()
    assert datetime.fromisoformat(told["fecha_hora"]) == WINTER
    with app.app_context():
        case = db.session.get_one(Direccion, direccion_id).oficio_id
    assert SHOWN in printed(case=type(oficio)(id=case))[1]


def test_the_form_opens_with_the_hour_of_the_address(island, investigador):
    oficio_id, direccion_id = island
    page = investigador.get(f"/oficios/{oficio_id}/direcciones/{direccion_id}/visitas").text

    now = to_local(utcnow(), EASTER)
    expected = {(now - timedelta(minutes=back)).strftime("%Y-%m-%dT%H:%M") for back in (0, 1)}
    assert any(f'value="{text}"' in page for text in expected)


def test_not_yet_is_said_of_moments_and_not_of_wall_clocks(island, south, investigador, rows):
    # On the island it is two hours earlier: its clock of now is no future there, while the hour
    # that Santiago's clock shows now lies two hours ahead there.
    now = utcnow()
    here = to_local(now, EASTER).strftime("%Y-%m-%dT%H:%M")
    ahead = to_local(now).strftime("%Y-%m-%dT%H:%M")

    assert visit(investigador, island, here).status_code == 303
    refused = visit(investigador, island, ahead)
    assert refused.status_code == 422
    assert "todavía no llegan" in refused.text
    assert len(rows(Visita)) == 1


@pytest.mark.parametrize(
    ("typed", "moment", "why"),
    [
        ("2026-04-04T23:30", datetime(2026, 4, 5, 2, 30, tzinfo=UTC), "existió dos veces"),
        ("2026-09-06T00:30", datetime(2026, 9, 6, 4, 30, tzinfo=UTC), "no existió ese día"),
    ],
)
def test_a_doubtful_hour_of_a_visit_is_kept_with_its_mark(
    app, buffet, usuario_investigador, investigador, investigador_api, rows, typed, moment, why
):
    case = make_place(app, buffet, usuario_investigador)
    oficio_id, direccion_id = case
    assert visit(investigador, case, typed).status_code == 303
    made = investigador_api(
        "POST",
        f"/direcciones/{direccion_id}/visitas",
        {"resultado": "otro", "fecha_hora": f"{typed}:00"},
    ).get_json()

    assert [row.fecha_hora for row in rows(Visita)] == [moment, moment]
    assert why in made["advertencias"][0]
    for page in ("/direcciones", ""):
        assert why in investigador.get(f"/oficios/{oficio_id}{page}").text


def test_a_note_keeps_its_doubtful_hour(investigador, investigador_api, oficio, rows):
    data = {"tipo": "nota", "descripcion": "Hola", "ocurrido_at": "2026-04-04T23:30"}
    assert investigador.post(f"/oficios/{oficio.id}/bitacora", data=data).status_code == 303
    made = investigador_api(
        "POST",
        f"/oficios/{oficio.id}/actividades",
        {"tipo": "nota", "descripcion": "Hola", "ocurrido_at": "2026-09-06T00:30:00"},
    ).get_json()

    assert "no existió ese día" in made["advertencias"][0]
    page = investigador.get(f"/oficios/{oficio.id}").text
    assert "existió dos veces" in page
    assert "no existió ese día" in page
    assert sum("hora_dudosa" in row.detalle for row in rows(Investigacion)) == 2


def test_terreno_counts_the_days_of_the_address(app, island, investigador, usuario_investigador):
    """Visited today means today there."""
    _oficio_id, direccion_id = island
    now = utcnow()
    start = to_local(now, EASTER).replace(hour=0, minute=0, second=30, microsecond=0)
    with app.app_context(), transaction():
        db.session.add(
            Visita(
                direccion_id=direccion_id,
                usuario_id=usuario_investigador.id,
                resultado="no_encontrado",
                fecha_hora=start.astimezone(UTC),
            )
        )
    page = investigador.get("/terreno").text

    assert page.index("Visitadas hoy") < page.index("Te Pito o Te Henua 4")
    assert 'data-zona="Pacific/Easter"' in page
    assert "(hora de Isla de Pascua)" in page
