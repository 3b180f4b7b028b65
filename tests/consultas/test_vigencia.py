"""A plate is looked up only under an order in force: which states, which days, which doors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.consultas.models import Consulta
from app.consultas.queries import CHECK, list_due_for_check
from app.consultas.rules import ResultadoConsulta
from app.consultas.rules.vigencia import refusal_to_check
from app.consultas.service import CheckRefused, ReasonMissing, request_check
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.usuarios.models import Usuario
from tests.avistamientos.conftest import NOW
from tests.plugins.application import HTMX

WHY = {"motivo": "Búsqueda del vehículo"}
LIMIT = date(2026, 11, 24)
#: The last minute of the limit in Santiago, and the first one after it.
LAST_MINUTE = datetime(2026, 11, 25, 2, 59, tzinfo=UTC)
TOO_LATE = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture
def change(app):
    """Change columns of an oficio."""

    def set_values(oficio, **values) -> None:
        with app.app_context(), transaction():
            row = db.session.get_one(Oficio, oficio.id)
            for name, value in values.items():
                setattr(row, name, value)

    return set_values


@pytest.fixture
def ask(app, oficio, usuario_investigador):
    def request(now=NOW, motivo="Búsqueda del vehículo") -> str:
        with app.app_context(), transaction():
            actor = db.session.get_one(Usuario, usuario_investigador.id)
            row = db.session.get_one(Oficio, oficio.id)
            return request_check(row, motivo, actor=actor, now=now).id

    return request


@pytest.mark.parametrize(
    ("estado", "limite", "says"),
    [
        (Estado.INVESTIGACION, None, None),
        (Estado.INVESTIGACION, LIMIT, None),
        (Estado.INVESTIGACION, LIMIT + timedelta(days=1), None),
        (Estado.INVESTIGACION, LIMIT - timedelta(days=1), "venció el 23-11-2026"),
        (Estado.PENDIENTE, None, "Páselo a Investigación"),
        (Estado.NOTIFICACION, None, "ya fue ubicado"),
        (Estado.ENCONTRADO, None, "El caso está cerrado"),
        (Estado.NO_ENCONTRADO, LIMIT - timedelta(days=1), "El caso está cerrado"),
    ],
)
def test_only_in_investigation_and_up_to_the_day_of_the_limit(estado, limite, says):
    refusal = refusal_to_check(Oficio(estado=estado, fecha_limite=limite), LIMIT)

    assert (refusal is None) if says is None else says in refusal


def test_the_day_of_the_limit_ends_at_midnight_in_santiago(oficio, change, ask, silent_bell):
    change(oficio, fecha_limite=LIMIT)

    assert ask(LAST_MINUTE)
    with pytest.raises(CheckRefused, match="venció el 24-11-2026"):
        ask(TOO_LATE)


@pytest.mark.parametrize("motivo", ["", "   ", "1", "no"])
def test_nobody_looks_a_plate_up_without_saying_why(motivo, ask, rows):
    with pytest.raises(ReasonMissing):
        ask(motivo=motivo)

    assert rows(Trabajo) == rows(Consulta) == []


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_page_asks_for_the_reason_and_takes_one_in_own_words(
    headers, investigador, oficio, provider, silent_bell, rows
):
    url = f"/oficios/{oficio.id}/consultar"

    asked = investigador.post(url, headers=headers)
    assert asked.status_code == 422
    assert "Diga por qué se consulta" in asked.text
    assert 'value="A pedido del buffet"' in asked.text
    assert rows(Trabajo) == []

    done = investigador.post(url, data={"otro": "Lo pidió el juez"}, headers=headers)
    assert done.status_code == (200 if headers else 303)
    assert rows(Consulta)[0].motivo == "Lo pidió el juez"
    assert investigador.post(url, data={"otro": "x" * 201}).status_code == 422


def test_the_page_says_why_looking_up_is_closed(investigador, oficio, change):
    url = f"/oficios/{oficio.id}/avistamientos"
    assert 'id="avistamientos-check-' in investigador.get(url, headers=HTMX).text

    change(oficio, fecha_limite=date(2020, 3, 2))
    late = investigador.get(url, headers=HTMX).text
    assert "El plazo de la orden venció el 02-03-2020" in late
    assert 'id="avistamientos-check-' not in late
    refused = investigador.post(f"/oficios/{oficio.id}/consultar", data=WHY)
    assert refused.status_code == 409
    assert "venció el 02-03-2020" in refused.text

    change(oficio, estado=Estado.NOTIFICACION)
    assert "las consultas se detuvieron" in investigador.get(url, headers=HTMX).text
    # The head of every section says so as well.
    assert "las consultas se detuvieron" in investigador.get(f"/oficios/{oficio.id}/datos").text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"estado": Estado.NOTIFICACION}, "ya fue ubicado"),
        ({"estado": Estado.NO_ENCONTRADO}, "cerrado"),
        ({"fecha_limite": date(2026, 11, 23)}, "venció"),
    ],
)
def test_what_waits_in_the_queue_is_not_asked_once_the_order_ran_out(
    values, says, oficio, change, ask, provider, run_jobs, rows
):
    ask()
    change(oficio, **values)

    run_jobs()

    assert provider.requests == []
    (job,) = rows(Trabajo, tipo=CHECK)
    assert job.estado is EstadoTrabajo.HECHO
    assert job.resultado.startswith("No se consultó.")
    (row,) = rows(Consulta)
    assert row.resultado is ResultadoConsulta.NO_VIGENTE
    assert says in row.detalle
    (entry,) = rows(Investigacion, tipo=Actividad.CONSULTA_API)
    assert says in entry.descripcion


def test_the_sweep_leaves_out_what_ran_out(app, oficio, change, silent_bell):
    def due(now: datetime) -> list[int]:
        with app.app_context():
            return list_due_for_check(now, every=timedelta(days=7))

    change(oficio, fecha_limite=LIMIT)
    assert due(LAST_MINUTE) == [oficio.id]
    assert due(TOO_LATE) == []
    change(oficio, fecha_limite=None)
    assert due(TOO_LATE) == [oficio.id]


@pytest.mark.parametrize("accion", ["ejecutar", "reintentar"])
def test_an_admin_cannot_hurry_or_retry_what_the_order_does_not_allow(
    accion, app, admin, oficio, change, ask, silent_bell, rows
):
    job = ask(utcnow())
    waiting = accion == "ejecutar"
    with app.app_context(), transaction():
        row = db.session.get_one(Trabajo, job)
        row.estado = EstadoTrabajo.PROGRAMADO if waiting else EstadoTrabajo.FALLIDO
        row.ejecutar_desde = utcnow() + timedelta(hours=1)
    before = rows(Trabajo)[0].estado
    change(oficio, fecha_limite=local_today(utcnow()) - timedelta(days=1))

    page = admin.post(f"/admin/trabajos/{job}/{accion}", headers=HTMX)

    assert "El plazo de la orden venció" in page.text
    assert rows(Trabajo)[0].estado is before
    change(oficio, fecha_limite=None)
    admin.post(f"/admin/trabajos/{job}/{accion}", headers=HTMX)
    assert rows(Trabajo)[0].estado is EstadoTrabajo.PENDIENTE
