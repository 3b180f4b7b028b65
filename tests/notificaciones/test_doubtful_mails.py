"""Who hears of a mail that did not go out, or of which nobody knows whether it did."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.avisos.models import Aviso
from app.avisos.rules import Novedad
from app.db import db, transaction
from app.mail.outcomes import Refusal
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion
from app.notificaciones.service.delivery import give_up, mark_sent, mark_uncertain
from app.usuarios.rules import Rol
from tests.factories import make_usuario
from tests.notificaciones.rows import make_notice

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)


def is_uncertain(notice):
    mark_uncertain(notice, "Se cortó la conexión.", now=NOW)


def failed(notice):
    give_up(notice, "El servidor no responde.", now=NOW)


def left_copies_out(notice):
    mark_sent(
        notice,
        now=NOW,
        refused=[
            Refusal("a@buffet.example", "550 no such user", is_permanent=True),
            Refusal("b@buffet.example", "550 no such user", is_permanent=True),
        ],
    )


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (is_uncertain, "no se sabe si llegó"),
        (failed, "no se pudo enviar"),
        (left_copies_out, "las copias a a@buffet.example y b@buffet.example"),
    ],
)
def test_who_has_the_case_and_every_admin_hear_of_it_once(
    app, oficio, usuario_admin, usuario_investigador, rows, outcome, words
):
    other = make_usuario(app, Rol.ADMIN, email="otra@oficina.example")
    colleague = make_usuario(app, Rol.INVESTIGADOR, email="colega@oficina.example")
    notice_id = make_notice(app, oficio, usuario_investigador)
    for _ in range(2):
        with app.app_context(), transaction():
            outcome(db.session.get_one(Notificacion, notice_id))

    told = [row for row in rows(Aviso) if row.novedad is Novedad.CORREO]
    assert {row.usuario_id for row in told} == {
        usuario_admin.id,
        usuario_investigador.id,
        other.id,
    }
    assert len(told) == 3
    assert colleague.id not in {row.usuario_id for row in told}
    assert all(words in row.texto for row in told)
    assert {row.url for row in told} == {f"/oficios/{oficio.id}/notificaciones/{notice_id}"}


def test_many_of_a_morning_are_one_notice_to_an_admin(
    app, admin, oficio, usuario_admin, usuario_investigador
):
    for _ in range(3):
        notice_id = make_notice(app, oficio, usuario_investigador)
        with app.app_context(), transaction():
            notice = db.session.get_one(Notificacion, notice_id)
            notice.estado = EstadoNotificacion.ENVIANDO
            is_uncertain(notice)

    page = admin.get("/avisos").get_data(as_text=True)
    assert "no se sabe si llegó. Y 2 más." in page
    assert "Avisos: 1 nuevo" in page
