"""A place that nobody acted on is asked about again, from what the database says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.ajustes.service import set_setting
from app.avisos.models import Aviso
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.service import RespuestaData, answer_notice
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import assign_oficio
from app.ubicado.models import Ubicacion
from app.ubicado.rules import RECHECK_DAYS, ResultadoRevision
from app.ubicado.service import review, undo
from app.usuarios.models import Usuario
from tests.notificaciones.rows import make_notice
from tests.ubicado.rows import make_location

#: Long before any clock of a test, and after the case came in.
FOUND = utcnow() - timedelta(days=2)


def tick(app, now, name="ahora"):
    """What the consumer does in one window."""
    with app.app_context():
        with transaction():
            enqueue("ubicado.revisar", key=f"{name}:{now.isoformat()}", now=now)
        work("prueba", clock=lambda: now)


@pytest.fixture
def found(app, searched, usuario_investigador):
    return make_location(app, searched, usuario_investigador, now=FOUND)


def test_after_the_set_days_the_investigator_is_asked_once(
    app, rows, found, searched, usuario_investigador
):
    tick(app, FOUND + timedelta(days=2, hours=23))
    assert rows(Aviso) == []

    for name in ("a", "b"):
        tick(app, FOUND + timedelta(days=3, minutes=1), name)

    (told,) = rows(Aviso)
    assert told.usuario_id == usuario_investigador.id
    assert told.url == f"/oficios/{searched.id}/ubicacion"
    assert "la diligencia no consta. ¿Sigue ahí?" in told.texto
    assert found.completa in told.texto


def test_a_look_that_a_clock_ahead_dated_is_asked_about_once(
    app, rows, searched, usuario_investigador
):
    """Nobody knows when it was, so it must not wait until that day and three more."""
    make_location(app, searched, usuario_investigador, now=FOUND + timedelta(days=90))

    for name in ("a", "b"):
        tick(app, FOUND + timedelta(days=2), name)

    (told,) = rows(Aviso)
    assert "fecha que todavía no llega (el reloj estaba adelantado)" in told.texto
    assert "se vio por última vez" not in told.texto


def test_it_is_asked_again_after_as_many_days(app, rows, found):
    for days in (3, 4, 5, 6):
        tick(app, FOUND + timedelta(days=days, minutes=1))

    assert len(rows(Aviso)) == 2


def test_the_days_are_those_that_an_admin_set(app, rows, found):
    with app.app_context(), transaction():
        set_setting(RECHECK_DAYS.clave, "1")

    tick(app, FOUND + timedelta(days=1, minutes=1))

    assert len(rows(Aviso)) == 1


def test_the_setting_stands_on_the_page_of_the_settings(admin):
    page = admin.get("/admin/ajustes").get_data(as_text=True)

    assert "Volver a mirar después de" in page


def test_whoever_has_the_case_now_is_asked(app, rows, found, searched, usuario_admin):
    with app.app_context(), transaction():
        assign_oficio(
            db.session.get_one(Oficio, searched.id),
            db.session.get_one(Usuario, usuario_admin.id),
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=utcnow(),
        )

    tick(app, FOUND + timedelta(days=3, minutes=1))

    assert [told.usuario_id for told in rows(Aviso)] == [usuario_admin.id]


def _answered(app, searched, actor):
    notice_id = make_notice(app, searched, actor)
    with app.app_context(), transaction():
        answer_notice(
            db.session.get_one(Notificacion, notice_id),
            RespuestaData(TipoRespuesta.DILIGENCIADO),
            clave="respuesta-de-prueba",
            now=utcnow(),
        )


def _closed(app, searched, _actor):
    with app.app_context(), transaction():
        db.session.get_one(Oficio, searched.id).estado = Estado.ENCONTRADO


def _undone(app, searched, _actor):
    with app.app_context(), transaction():
        admin = db.session.query(Usuario).filter_by(nombre="Ana Vega").one()
        undo(db.session.query(Ubicacion).one(), "Era otro", actor=admin, now=utcnow())


def _gone(app, searched, actor):
    with app.app_context(), transaction():
        review(
            db.session.query(Ubicacion).one(),
            ResultadoRevision.NO_ESTA,
            cliente_id="r1",
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )


@pytest.mark.parametrize("happened", [_answered, _closed, _undone, _gone])
def test_nobody_is_asked_about_what_is_done_closed_undone_or_gone(
    happened, app, rows, found, searched, usuario_investigador, usuario_admin
):
    def asked() -> int:
        return sum(told.clave.startswith("revisar:") for told in rows(Aviso))

    tick(app, FOUND + timedelta(days=3, minutes=1))
    assert asked() == 1

    happened(app, searched, usuario_investigador)

    tick(app, FOUND + timedelta(days=30))

    assert asked() == 1


def test_seen_again_the_days_begin_anew(app, rows, found, usuario_investigador):
    seen = FOUND + timedelta(days=2)
    with app.app_context(), transaction():
        review(
            db.session.get_one(Ubicacion, found.id),
            ResultadoRevision.SIGUE,
            cliente_id="r1",
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=seen,
        )

    tick(app, FOUND + timedelta(days=4))
    assert rows(Aviso) == []
    tick(app, seen + timedelta(days=3, minutes=1))
    assert len(rows(Aviso)) == 1


def test_the_case_page_proposes_to_go_and_see(app, investigador, searched, usuario_investigador):
    make_location(app, searched, usuario_investigador, now=utcnow() - timedelta(days=4))

    page = investigador.get(f"/oficios/{searched.id}/direcciones").get_data(as_text=True)

    assert "vaya a ver si sigue ahí" in page
