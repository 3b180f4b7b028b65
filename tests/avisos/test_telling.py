"""Who is told of what, once, as one notice when there is much of it, and by which mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.ajustes.service import set_setting
from app.avisos.models import Aviso
from app.avisos.rules import Canales, Novedad, PorCorreo, last_digest, offered, say_many
from app.avisos.service import choose, tell
from app.core.clock import utcnow
from app.db import db, transaction, transactions
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.runner import claim, execute, work
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion
from app.oficios.models import Oficio
from app.oficios.service import assign_oficio
from app.oficios.service.telling import tell_case
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from tests.factories import make_oficio, want_mail

#: 11:00 in Santiago.
NOON = datetime(2026, 11, 30, 14, tzinfo=UTC)


@pytest.fixture
def cases(app, buffet, usuario_investigador, usuario_admin):
    """Three cases that the admin gave to the investigator; what that told is taken away."""
    made = [make_oficio(app, buffet, usuario_admin) for _ in range(3)]
    with app.app_context(), transaction():
        for one in made:
            row = db.session.get_one(Oficio, one.id)
            row.investigador_id = usuario_investigador.id
    return made


def say(app, oficio, number, *, novedad=Novedad.AVISTAMIENTO, actor=None, now=None, cantidad=1):
    with app.app_context(), transaction():
        tell_case(
            db.session.get_one(Oficio, oficio.id),
            novedad,
            f"Cosa {number} del caso {oficio.numero_oficio}.",
            path=f"/oficios/{oficio.id}",
            accion="Ver",
            clave=f"cosa:{number}",
            now=now or utcnow(),
            actor=actor,
            cantidad=cantidad,
        )


def wish(app, usuario, correo, *, en_campana=True, hora=8):
    with app.app_context(), transaction():
        row = db.session.get_one(Usuario, usuario.id)
        choose(row, {one: Canales(en_campana, correo) for one in Novedad}, hora=hora)


def sweep(app, now):
    with app.app_context():
        with transaction():
            enqueue("avisos.resumen", key=f"resumen:{now.isoformat()}", now=now)
        work("prueba", clock=lambda: now)


def test_much_of_a_kind_is_one_notice_that_leads_to_each(app, investigador, cases, rows):
    for number, oficio in enumerate([*cases, cases[0]]):
        say(app, oficio, number, cantidad=3)
        say(app, oficio, number, cantidad=3)  # once for each thing
    assert len(rows(Aviso)) == 4

    page = investigador.get("/avisos").get_data(as_text=True)
    newest = max(row.id for row in rows(Aviso))
    assert "Avisos: 1 nuevo" in page
    assert page.count("12 avistamientos nuevos en 3 casos.") == 1
    news = investigador.get("/avisos/novedades?desde=0&sin_leer=0").get_json()
    assert [one["texto"] for one in news["avisos"]] == ["12 avistamientos nuevos en 3 casos."]

    answer = investigador.post(f"/avisos/{newest}/abrir")
    assert answer.headers["Location"] == f"/avisos/{newest}"
    listed = investigador.get(f"/avisos/{newest}").get_data(as_text=True)
    assert [listed.count(f"Cosa {number} del caso") for number in range(4)] == [1] * 4
    assert listed.count(f'href="/oficios/{cases[0].id}"') == 2

    # What comes after it was opened is a notice of its own.
    say(app, cases[1], 9)
    assert "Avisos: 1 nuevo" in investigador.get("/avisos").get_data(as_text=True)
    assert "Cosa 9 del caso" in investigador.get("/avisos").get_data(as_text=True)


def test_of_one_case_the_newest_is_said_and_opened(app, investigador, cases, rows):
    for number in range(3):
        say(app, cases[0], number)
    newest = rows(Aviso)[-1].id

    assert f"Cosa 2 del caso {cases[0].numero_oficio}. Y 2 más." in investigador.get(
        "/avisos"
    ).get_data(as_text=True)
    answer = investigador.post(f"/avisos/{newest}/abrir")
    assert answer.headers["Location"] == f"/oficios/{cases[0].id}"
    assert all(row.leido_at for row in rows(Aviso))


def test_nobody_is_told_of_what_they_did(app, cases, usuario_investigador, usuario_admin, rows):
    say(app, cases[0], 1, actor=usuario_investigador)
    assert rows(Aviso) == []

    say(app, cases[0], 1, actor=usuario_admin)
    assert [row.usuario_id for row in rows(Aviso)] == [usuario_investigador.id]


def test_who_gets_a_case_is_told_and_who_takes_it_is_not(
    app, buffet, usuario_investigador, usuario_admin, rows
):
    oficio = make_oficio(app, buffet, usuario_admin)

    def assign(to, by):
        with app.app_context(), transaction():
            person = db.session.get_one(Usuario, to.id) if to else None
            assign_oficio(
                db.session.get_one(Oficio, oficio.id),
                person,
                actor=db.session.get_one(Usuario, by.id),
                now=utcnow(),
            )

    assign(usuario_investigador, usuario_investigador)
    assign(None, usuario_admin)
    assert rows(Aviso) == []

    assign(usuario_investigador, usuario_admin)
    [aviso] = rows(Aviso)
    assert (aviso.usuario_id, aviso.novedad) == (usuario_investigador.id, Novedad.ASIGNADO)
    assert oficio.numero_oficio in aviso.texto


def test_a_case_that_one_may_not_see_or_nobody_works_with_tells_nothing(
    app, cases, investigador, usuario_investigador, usuario_admin, buffet, rows
):
    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
    ajeno = make_oficio(app, buffet, usuario_admin)

    def told(oficio):
        with app.app_context(), transaction():
            return tell(
                db.session.get_one(Usuario, usuario_investigador.id),
                "Algo pasó.",
                novedad=Novedad.MENSAJE,
                url="/",
                accion="Ver",
                clave=f"x:{oficio.id}",
                now=utcnow(),
                oficio_id=oficio.id,
            )

    assert [told(ajeno), told(cases[0]), told(cases[1])] == [False, True, True]
    with app.app_context(), transaction():
        admin = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([cases[0].id], "Lo pidió la persona", actor=admin, now=utcnow())
    # What was told before goes with the case, and nothing new is told of it.
    page = investigador.get("/avisos").get_data(as_text=True)
    assert "Avisos: 1 nuevo" in page
    say(app, cases[0], 7)
    assert len(rows(Aviso)) == 2


def test_what_a_person_does_not_want_is_neither_shown_nor_mailed(
    app, investigador, cases, usuario_investigador, rows
):
    wish(app, usuario_investigador, PorCorreo.NO, en_campana=False)
    say(app, cases[0], 1)
    assert rows(Aviso) == []

    wish(app, usuario_investigador, PorCorreo.RESUMEN, en_campana=False)
    say(app, cases[0], 1)
    assert len(rows(Aviso)) == 1
    page = investigador.get("/avisos").get_data(as_text=True)
    assert "No hay avisos" in page
    assert 'aria-label="Avisos"' in page


def test_at_once_is_one_mail_now_and_one_for_the_next_ten_minutes(
    app, cases, usuario_investigador, mail_server, rows
):
    want_mail(app, usuario_investigador)
    say(app, cases[0], 1, now=NOON)
    with app.app_context():
        work("prueba", clock=lambda: NOON)
    assert [one.rcpt_tos for one in mail_server.received] == [[usuario_investigador.email]]
    assert "Cosa 1 del caso" in mail_server.messages[0]["Subject"]
    assert "/cuenta/avisos" in mail_server.messages[0].get_body(("plain",)).get_content()

    soon = NOON + timedelta(minutes=2)
    for number in (2, 3, 4):
        say(app, cases[number - 2], number, now=soon)
    with app.app_context():
        work("prueba", clock=lambda: soon)
        assert len(mail_server.messages) == 1
        work("prueba", clock=lambda: NOON + timedelta(minutes=10))
    [_, second] = mail_server.messages
    assert second["Subject"] == "3 avisos de sus casos"
    body = second.get_body(("plain",)).get_content()
    assert [body.count(f"Cosa {number} del caso") for number in (1, 2, 3, 4)] == [0, 1, 1, 1]
    assert all(row.correo_at for row in rows(Aviso))


def test_the_digest_comes_at_its_hour_with_what_was_not_opened(
    app, cases, usuario_investigador, mail_server, rows
):
    wish(app, usuario_investigador, PorCorreo.RESUMEN, hora=18)
    for number, oficio in enumerate(cases):
        say(app, oficio, number, now=NOON, novedad=[*Novedad][number])
    with app.app_context(), transaction():
        db.session.execute(sa.update(Aviso).where(Aviso.clave == "cosa:0").values(leido_at=NOON))

    sweep(app, NOON + timedelta(hours=6, minutes=55))
    assert mail_server.messages == []
    sweep(app, NOON + timedelta(hours=7, minutes=5))
    sweep(app, NOON + timedelta(hours=7, minutes=10))
    [mail] = mail_server.messages
    assert mail["Subject"] == "Resumen del día: 2 avisos"
    html = mail.get_body(("html",)).get_content()
    assert [html.count(f"Cosa {number} del caso") for number in range(3)] == [0, 1, 1]
    assert Novedad.MENCION.label in html

    # A night at which nothing ran is made up for, once.
    say(app, cases[0], 9, now=NOON + timedelta(hours=8))
    sweep(app, NOON + timedelta(days=2, hours=1))
    assert len(mail_server.messages) == 2
    assert len(rows(Notificacion)) == 2


def test_a_digest_of_nothing_new_and_one_without_a_mail_server_are_not_sent(
    app, cases, usuario_investigador, rows
):
    wish(app, usuario_investigador, PorCorreo.RESUMEN)
    say(app, cases[0], 1, now=NOON)

    sweep(app, NOON + timedelta(days=1))

    assert rows(Notificacion) == []
    assert rows(Aviso)[0].correo_at is not None


def test_a_worker_that_dies_neither_loses_a_mail_nor_sends_it_twice(
    app, cases, usuario_investigador, mail_server, rows, monkeypatch
):
    want_mail(app, usuario_investigador)
    say(app, cases[0], 1, now=NOON)
    with app.app_context():
        run = claim("muere", now=NOON)
        run.clock = lambda: NOON
        with monkeypatch.context() as patch:
            patch.setattr(transactions, "_commit", _die)
            with pytest.raises(KeyboardInterrupt):
                execute(run)
        db.session.rollback()
    assert rows(Notificacion) == []

    later = NOON + timedelta(minutes=5)
    with app.app_context():
        work("sigue", clock=lambda: later)
        work("sigue", clock=lambda: later)
    assert len(mail_server.messages) == 1
    assert rows(Notificacion)[0].estado is EstadoNotificacion.ENVIADA
    assert all(row.estado.value == "hecho" for row in rows(Trabajo))


def _die():
    raise KeyboardInterrupt


def test_a_digest_that_waited_while_one_of_its_cases_was_blocked_is_written_anew(
    app, cases, usuario_investigador, usuario_admin, mail_server, rows
):
    wish(app, usuario_investigador, PorCorreo.RESUMEN)
    for number, oficio in enumerate(cases):
        say(app, oficio, number, now=NOON)
    next_day = NOON + timedelta(days=1)
    with app.app_context():
        with transaction():
            enqueue("avisos.resumen", key="resumen:uno", now=next_day)
        run = claim("primero", now=next_day)
        run.clock = lambda: next_day
        execute(run)
        with transaction():
            admin = db.session.get_one(Usuario, usuario_admin.id)
            block_cases([cases[0].id], "Lo pidió", actor=admin, now=next_day)
        work("prueba", clock=lambda: next_day)
    assert mail_server.messages == []

    sweep(app, next_day + timedelta(minutes=5))
    [mail] = mail_server.messages
    assert mail["Subject"] == "Resumen del día: 2 avisos"
    assert "Cosa 0" not in mail.get_body(("plain",)).get_content()


def test_everybody_chooses_for_each_kind_and_nobody_for_others(
    app, investigador, admin, cliente, stranger, usuario_investigador
):
    page = investigador.get("/cuenta/avisos").get_data(as_text=True)
    assert Novedad.MENCION.label in page
    assert Novedad.TRABAJO.label not in page
    assert Novedad.TRABAJO.label in admin.get("/cuenta/avisos").get_data(as_text=True)
    assert 'href="/cuenta/avisos"' in investigador.get("/cuenta").get_data(as_text=True)

    data = {f"correo_{one.value}": "momento" for one in offered(is_admin=False)}
    data |= {"campana_mencion": "y", "hora": "18"}
    assert investigador.post("/cuenta/avisos", data=data).status_code == 303
    page = investigador.get("/cuenta/avisos").get_data(as_text=True)
    assert page.count(" checked") == 1
    assert '<option selected value="18">18:00</option>' in page
    assert page.count('<option selected value="momento">') == len(offered(is_admin=False))
    assert '<option selected value="8">' in admin.get("/cuenta/avisos").get_data(as_text=True)

    for wrong in ({"hora": "3"}, {"hora": "x" * 90}, {"correo_mencion": "paloma"}):
        answer = investigador.post("/cuenta/avisos", data=data | wrong)
        assert answer.status_code == 422
        assert "lista" in answer.get_data(as_text=True)

    investigador.post("/cuenta/avisos/habituales")
    page = investigador.get("/cuenta/avisos").get_data(as_text=True)
    assert page.count(" checked") == len(offered(is_admin=False)) - 1
    assert cliente.get("/cuenta/avisos").status_code == 404
    assert "/entrar" in stranger.get("/cuenta/avisos").headers["Location"]


def test_a_group_of_somebody_else_does_not_exist(app, cases, admin, investigador, rows):
    say(app, cases[0], 1)
    aviso = rows(Aviso)[0]

    assert investigador.get(f"/avisos/{aviso.id}").status_code == 200
    assert admin.get(f"/avisos/{aviso.id}").status_code == 404


@pytest.mark.parametrize(
    ("hour", "now", "expected"),
    [
        (8, "2026-11-30T11:00+00:00", "2026-11-30T11:00+00:00"),
        (8, "2026-11-30T10:59+00:00", "2026-11-29T11:00+00:00"),
        # The clock was put forward in the night to 6 September, and back in that to 5 April.
        (8, "2026-09-06T12:00+00:00", "2026-09-06T11:00+00:00"),
        (8, "2026-09-06T10:00+00:00", "2026-09-05T12:00+00:00"),
        (22, "2026-04-05T10:00+00:00", "2026-04-05T01:00+00:00"),
    ],
)
def test_the_hour_of_a_digest_is_that_of_the_clock_on_the_wall(hour, now, expected):
    assert last_digest(hour, datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_much_is_said_in_one_sentence():
    said = {one: say_many(one, 12, 5) for one in Novedad if one.many}
    assert said[Novedad.AVISTAMIENTO] == "12 avistamientos nuevos en 5 casos."
    assert said[Novedad.ASIGNADO] == "Le asignaron 12 casos."
    assert all("{" not in text and text.startswith(("12 ", "Le ")) for text in said.values())
