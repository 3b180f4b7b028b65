"""Coming back to a case: the day that a note names, and what becomes of a promise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio, Seguimiento
from app.oficios.rules.seguimientos import propose_follow_up
from app.oficios.service import remove_entry, take_back_promise
from app.usuarios.models import Usuario
from tests.oficios.follow_ups import make_follow_up

#: A Monday.
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No contesta. Volver a llamar el martes", date(2026, 12, 1)),
        ("Volver a llamar el lunes", date(2026, 12, 7)),
        ("volveré a pasar mañana temprano", date(2026, 12, 1)),
        ("Pide que lo llamen pasado mañana", date(2026, 12, 2)),
        ("Quedó de confirmar el jueves 10", date(2026, 12, 10)),
        ("Llamar de nuevo el 15 de diciembre", date(2026, 12, 15)),
        ("Visitar el 3/12 antes de las 10:00", date(2026, 12, 3)),
        ("Visitar el 03-01", date(2027, 1, 3)),
        ("Insistir en 3 días", date(2026, 12, 3)),
        ("Revisar en dos semanas", date(2026, 12, 14)),
        ("Retomar la próxima semana", date(2026, 12, 7)),
        ("El conserje estará el 5", date(2026, 12, 5)),
        ("Llamar hoy en la tarde", TODAY),
        # What was done, and what happens every day, is no promise.
        ("Llamé el martes y no contestaron", None),
        ("Sale a las 7:30 por la mañana", None),
        ("Volver a llamar por la mañana", None),
        ("Visitado el 3 de noviembre", None),
        ("Llamar al 22 345 6789", None),
        ("El 31/02 volver a llamar", None),
        ("", None),
    ],
)
def test_a_day_is_proposed_for_what_is_still_to_be_done(text, expected):
    assert propose_follow_up(text, TODAY) == expected


def note(client, oficio, **data):
    return client.post(f"/oficios/{oficio.id}/resumen", data={"tipo": "nota", **data})


def test_a_note_promises_a_day_and_a_call_keeps_what_was_promised(
    investigador, oficio, usuario_investigador, rows
):
    today = local_today(utcnow())

    note(investigador, oficio, descripcion="Volver a llamar", seguimiento=today.isoformat())

    (promise,) = rows(Seguimiento)
    (entry,) = rows(Investigacion, descripcion="Volver a llamar")
    assert (promise.para, promise.usuario_id) == (today, usuario_investigador.id)
    assert promise.entrada_id == entry.id
    assert entry.detalle["seguimiento"] == today.isoformat()
    shown = f"volver el {today:%d-%m-%Y}"
    assert shown in investigador.get(f"/oficios/{oficio.id}/bitacora").text

    note(investigador, oficio, descripcion="Sigue cerrado")
    assert rows(Seguimiento)[0].hecho_at is None, "a note keeps no promise"
    later = (today + timedelta(days=2)).isoformat()
    note(investigador, oficio, tipo="llamada", descripcion="Contestó", seguimiento=later)
    first, second = sorted(rows(Seguimiento), key=lambda row: row.id)
    assert first.hecho_por_id == usuario_investigador.id
    assert second.hecho_at is None


@pytest.mark.parametrize("days", [-1, 400])
def test_a_day_that_makes_no_sense_is_refused_beside_its_field(investigador, oficio, rows, days):
    day = (local_today(utcnow()) + timedelta(days=days)).isoformat()

    answer = note(investigador, oficio, descripcion="Volver", seguimiento=day)

    assert answer.status_code == 422
    assert "Elija un día desde hoy y dentro de un año." in answer.text
    assert not rows(Seguimiento)


def test_a_visit_promises_too(investigador, oficio, rows):
    day = (local_today(utcnow()) + timedelta(days=1)).isoformat()

    investigador.post(
        f"/oficios/{oficio.id}/bitacora",
        data={"tipo": "terreno", "resultado": "no_encontrado", "seguimiento": day},
    )

    assert [row.para.isoformat() for row in rows(Seguimiento)] == [day]


def test_what_its_author_takes_back_promises_nothing(app, oficio, usuario_admin, rows):
    make_follow_up(app, oficio, usuario_admin, text="Volver a llamar")
    (entry,) = rows(Investigacion, descripcion="Volver a llamar")

    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        remove_entry(db.session.get_one(Investigacion, entry.id), actor=actor, now=utcnow())

    assert not rows(Seguimiento)


def test_a_promise_is_done_or_postponed_by_anybody_of_the_case(
    app, investigador, admin, cliente, oficio, usuario_investigador, rows
):
    pk = make_follow_up(app, oficio, usuario_investigador, text="Volver a llamar")
    path = f"/oficios/{oficio.id}"

    assert cliente.post(f"{path}/seguimientos/{pk}/hecho").status_code == 404
    admin.post(f"{path}/posponer", data={"dias": "3", "seguimiento": pk})
    assert rows(Seguimiento)[0].para == local_today(utcnow()) + timedelta(days=3)
    assert admin.post(f"{path}/posponer", data={"dias": "0"}).status_code == 303
    assert admin.post(f"/oficios/{oficio.id + 1}/seguimientos/{pk}/hecho").status_code == 404
    admin.post(f"{path}/seguimientos/{pk}/hecho")
    assert rows(Seguimiento)[0].hecho_at is not None


@pytest.mark.e2e
def test_the_day_that_a_note_names_is_proposed_until_somebody_decides(
    browse, usuario_investigador, oficio, rows
):
    page = browse(usuario_investigador, f"/oficios/{oficio.id}")
    line = page.get_by_label("Anotar en la bitácora")
    day = page.get_by_label("Volver a esto el")

    line.fill("No contesta. Volver a llamar mañana")
    tomorrow = (local_today(utcnow()) + timedelta(days=1)).isoformat()
    expect(day).to_have_value(tomorrow)
    expect(page.get_by_text("Se le recordará:")).to_be_visible()
    day.fill("")
    line.fill("No contesta. Volver a llamar el 15")
    line.press("Enter")
    expect(page.locator(".brief")).to_contain_text("Volver a llamar el 15")
    assert not rows(Seguimiento)


def test_a_promise_older_than_the_time_for_edits_is_taken_back_by_a_correction(
    app, investigador, oficio, usuario_investigador, rows
):
    later = (local_today(utcnow()) + timedelta(days=2)).isoformat()
    note(investigador, oficio, descripcion="Volver a llamar", seguimiento=later)
    note(investigador, oficio, descripcion="Volver a llamar", seguimiento=later)
    # Another day is another promise, and a call may have been made twice.
    for _ in range(2):
        note(investigador, oficio, tipo="llamada", descripcion="Ocupado", seguimiento=later)
    assert len(rows(Seguimiento)) == 3
    with app.app_context(), transaction():
        promise = db.session.get_one(Seguimiento, rows(Seguimiento)[0].id)
        case = db.session.get_one(Oficio, oficio.id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        take_back_promise(case, promise, actor=actor, now=utcnow() + timedelta(hours=1))

    assert len(rows(Seguimiento)) == 2
    [first] = rows(Investigacion, descripcion="Volver a llamar")
    assert first.retirado_at is None
    [correction] = rows(Investigacion, corrige_id=first.id)
    assert correction.descripcion.startswith("Se quitó lo agendado para el")


def test_what_is_done_is_not_taken_back(investigador, oficio, usuario_investigador, app, rows):
    pk = make_follow_up(app, oficio, usuario_investigador, text="Pasar a verlo")
    path = f"/oficios/{oficio.id}/seguimientos/{pk}"
    investigador.post(f"{path}/hecho")

    assert investigador.post(f"{path}/deshacer").status_code == 303
    assert [row.id for row in rows(Seguimiento)] == [pk]
