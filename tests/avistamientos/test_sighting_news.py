"""A new sighting reaches whoever has the case: once, with its date, in the bell and by mail."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.avisos.models import Aviso
from app.avistamientos.rules.crossings import Crossing
from app.consultas.service import store_answer
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.runner import work
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import TipoNotificacion
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import assign_oficio
from app.porticos.models import Portico
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.avistamientos.rows import an_answer, make_sighting, store
from tests.factories import make_oficio, make_usuario, want_mail


def seen(day: int, hour: int | None = 11, **values) -> Crossing:
    """A crossing of November at that hour in UTC; 11:15 is 8:15 in Chile."""
    moment = datetime(2026, 11, day, hour, 15, tzinfo=UTC) if hour is not None else None
    given = {"ubicacion": "Ruta 5 km 12", "empresa": "Una concesionaria", **values}
    return Crossing(fecha=date(2026, 11, day), fecha_hora=moment, **given)


@pytest.fixture
def case(app, buffet, usuario_investigador) -> Oficio:
    """A case in investigation that the investigator has."""
    return give(
        app,
        make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION),
        usuario_investigador,
    )


def give(app, oficio: Oficio, usuario: Usuario | None) -> Oficio:
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).investigador_id = usuario.id if usuario else None
    return oficio


def change(app, usuario: Usuario, **values) -> None:
    with app.app_context(), transaction():
        for name, value in values.items():
            setattr(db.session.get_one(Usuario, usuario.id), name, value)


def test_several_sightings_of_one_check_are_one_notice_with_the_newest_date(
    app, case, usuario_investigador, rows
):
    store(app, case, an_answer([seen(18), seen(20), seen(20, 10)]))

    (aviso,) = rows(Aviso)
    assert aviso.usuario_id == usuario_investigador.id
    assert aviso.texto == (
        f"3 avistamientos nuevos de BBCL12 ({case.numero_oficio}): el último, "
        "20-11-2026 08:15, Ruta 5 km 12."
    )
    assert aviso.url == f"/oficios/{case.id}/avistamientos"
    assert aviso.oficio_id == case.id


def test_the_same_answer_again_says_nothing(app, case, rows):
    store(app, case, an_answer([seen(20)]))
    store(app, case, an_answer([seen(20)]))
    store(app, case, an_answer())

    assert len(rows(Aviso)) == 1


def test_what_is_older_than_what_is_known_is_not_called_new(app, case, rows):
    store(app, case, an_answer([seen(20)]))
    store(app, case, an_answer([seen(2), seen(5), seen(20)]))
    store(app, case, an_answer([seen(1)]))

    texts = [row.texto for row in rows(Aviso)]
    assert "nuevo" in texts[0]
    assert texts[1] == (
        f"2 avistamientos anteriores de BBCL12 ({case.numero_oficio}): el más reciente, del "
        "05-11-2026 08:15, Ruta 5 km 12. Ya se conocía uno del 20-11-2026."
    )
    assert texts[2].startswith("Un avistamiento anterior de BBCL12")
    assert not any("nuevo" in text for text in texts[1:])


def test_an_unknown_hour_and_place_are_left_out(app, case, rows):
    store(app, case, an_answer([seen(20, None, ubicacion=None, empresa=None)]))

    assert rows(Aviso)[0].texto == (
        f"Avistamiento nuevo de BBCL12 ({case.numero_oficio}): 20-11-2026."
    )


def test_the_gantry_is_called_by_its_name_in_the_catalogue(app, case, rows):
    with app.app_context(), transaction():
        db.session.add(
            Portico(
                clave="costanera norte/p5",
                autopista="Costanera Norte",
                codigo="P5",
                tramo="Carrascal – Vivaceta",
            )
        )
    store(app, case, an_answer([seen(20, ubicacion="COSTANERA NORTE P-5", empresa=None)]))

    assert "Costanera Norte P5 Carrascal – Vivaceta." in rows(Aviso)[0].texto


def test_a_colleagues_sighting_is_told_and_ones_own_is_not(
    app, case, usuario_investigador, usuario_admin, rows
):
    make_sighting(app, case, usuario_investigador)
    assert rows(Aviso) == []

    make_sighting(app, case, usuario_admin, ubicacion="Pasaje 2")

    (aviso,) = rows(Aviso)
    assert aviso.usuario_id == usuario_investigador.id
    assert "Pasaje 2" in aviso.texto


def test_a_case_of_somebody_else_is_not_told_and_a_stranger_never(
    app, case, usuario_investigador, usuario_admin, usuario_cliente, rows
):
    make_usuario(app, Rol.INVESTIGADOR, nombre="Otra Persona")

    store(app, case, an_answer([seen(20)]))

    assert [row.usuario_id for row in rows(Aviso)] == [usuario_investigador.id]


@pytest.mark.parametrize("reason", ["nobody", "gone"])
def test_of_a_case_that_nobody_has_every_administrator_is_told(
    app, case, usuario_investigador, usuario_admin, rows, reason
):
    other = make_usuario(app, Rol.ADMIN)
    if reason == "nobody":
        give(app, case, None)
    else:
        change(app, usuario_investigador, activo=False)

    store(app, case, an_answer([seen(20)]))

    assert {row.usuario_id for row in rows(Aviso)} == {usuario_admin.id, other.id}
    assert all(row.texto.endswith("El caso no tiene investigador.") for row in rows(Aviso))


@pytest.mark.parametrize("estado", [Estado.ENCONTRADO, Estado.NO_ENCONTRADO])
def test_a_closed_case_is_left_alone(app, buffet, case, usuario_investigador, rows, estado):
    closed = make_oficio(app, buffet, usuario_investigador, estado=estado)
    give(app, closed, usuario_investigador)

    store(app, closed, an_answer([seen(20)]))
    assert rows(Aviso) == []

    store(app, case, an_answer([seen(20)]))
    assert [row.oficio_id for row in rows(Aviso)] == [case.id]


def test_who_got_the_case_a_moment_ago_is_told(app, case, usuario_admin, rows):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, case.id)
        assert row.investigador is not None
        admin = db.session.get_one(Usuario, usuario_admin.id)
        assign_oficio(row, admin, actor=admin, now=utcnow())
        values = {"provider": "generico", "trabajo_id": None, "actor": None, "now": utcnow()}
        store_answer(row.id, an_answer([seen(20)]), **values)

    assert [row.usuario_id for row in rows(Aviso)] == [usuario_admin.id]


def test_what_the_demonstration_invents_says_so(app, case, demo_database, rows):
    store(app, case, an_answer([seen(20)], is_demo=True))

    assert rows(Aviso)[0].texto.endswith("Dato de demostración.")


def test_who_asked_for_mail_gets_one_for_each_check(
    app, case, usuario_investigador, configure, smtp_server, silent_bell, rows
):
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    want_mail(app, usuario_investigador)

    store(app, case, an_answer([seen(18), seen(20)]))
    store(app, case, an_answer([seen(18), seen(20)]))
    with app.app_context():
        work("test")
        work("test")

    [mail] = smtp_server.received
    assert mail.rcpt_tos == [usuario_investigador.email]
    html = mail.message.get_body(("html",)).get_content()
    assert "2 avistamientos nuevos de BBCL12" in html
    assert f"http://localhost/oficios/{case.id}/avistamientos" in html
    assert len(rows(Notificacion, tipo=TipoNotificacion.INTERNA)) == 1


def test_without_the_preference_there_is_no_mail(app, case, rows):
    store(app, case, an_answer([seen(20)]))

    assert len(rows(Aviso)) == 1
    assert rows(Notificacion) == []


def test_an_answer_that_is_not_stored_tells_nobody(app, case, rows):
    with app.app_context(), transaction():
        values = {"provider": "generico", "trabajo_id": None, "actor": None, "now": utcnow()}
        store_answer(case.id, an_answer([seen(20)]), **values)
        assert db.session.query(Aviso).count() == 1
        db.session.rollback()

    assert rows(Aviso) == []
