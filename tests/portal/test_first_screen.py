"""A lawyer's questions, answered by the first screen: what needs me, how many, what is next."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.ajustes.rules import OFFICE_COLOR, OFFICE_NAME, OFFICE_PHONE, text_on
from app.ajustes.service import set_setting
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.mensajes.rules import ClaseMensaje
from app.mensajes.service import write_to_buffet
from app.notificaciones.models import Notificacion
from app.notificaciones.rules.avance import days_in_stages
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, move_oficio, record
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from tests.factories import make_link, make_oficio
from tests.notificaciones.rows import make_sent_notice

NOW = utcnow()


def move(app, oficio, *estados, now=None):
    for estado in estados:
        with app.app_context(), transaction():
            row = db.session.get_one(Oficio, oficio.id)
            actor = db.session.get_one(Usuario, row.creado_por_id)
            move_oficio(row, Move(estado, row.version), actor=actor, now=now or utcnow())


def ask(app, oficio, admin, texto="¿Sigue vigente el domicilio?", clase=ClaseMensaje.PREGUNTA):
    with app.app_context(), transaction():
        mensaje = write_to_buffet(
            db.session.get_one(Oficio, oficio.id),
            texto,
            clase,
            actor=db.session.get_one(Usuario, admin.id),
            now=utcnow(),
        )
        return mensaje.id


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def order_of(text):
    return re.findall(r"OF-[A-Z]+", text[text.index("<tbody>") : text.index("</tbody>")])


@pytest.fixture
def firm(app, buffet, usuario_admin):
    """Four open cases, each with another reason to be looked at, and a closed one."""
    today, old = local_today(NOW), NOW - timedelta(days=20)

    def make(name, **values):
        return make_oficio(app, buffet, usuario_admin, numero_oficio=f"OF-{name}", **values)

    rows = {
        "quiet": make("QUIETO", now=old, patente="BBCL13"),
        "due": make("VENCE", fecha_limite=today + timedelta(days=2), patente="BBCL14"),
        "asked": make("PREGUNTA", patente="BBCL15", tribunal="9º Juzgado Civil de Santiago"),
        "silent": make("SILENCIO", patente="BBCL16"),
        "closed": make("CERRADO", patente="BBCL17"),
    }
    move(app, rows["silent"], Estado.INVESTIGACION, Estado.NOTIFICACION)
    told = make_sent_notice(app, rows["silent"], usuario_admin)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, told).enviada_at = NOW - timedelta(hours=30)
    move(app, rows["closed"], Estado.NO_ENCONTRADO)
    ask(app, rows["asked"], usuario_admin)
    return rows


def test_the_first_screen_answers_what_a_lawyer_asks(app, cliente, stranger, buffet, firm):
    with app.app_context(), transaction():
        set_setting(OFFICE_NAME.clave, "Oficina Sur")
        set_setting(OFFICE_PHONE.clave, "+56225550100")
        set_setting(OFFICE_COLOR.clave, "#2f3e63")
    page = cliente.get("/portal").text
    said = plain(page)

    assert "Oficina Sur" in said
    assert f"informa a {buffet.nombre}" in said
    assert "tel:+56225550100" in page
    style = cliente.get("/oficina/color/2f3e63.css")
    assert "/oficina/color/2f3e63.css" in page
    assert "--office: #2f3e63; --office-on: #fff" in style.text
    own, ours = said.index("Necesitan algo de usted 1"), said.index("Lo estamos viendo 3")
    assert own < ours < said.index("4 abiertos")
    assert "La oficina pregunta: «¿Sigue vigente el domicilio?»" in said[own:ours]
    assert "El receptor no responde hace 30 h" in said[ours:]
    assert "Sin novedad hace 20 días" in said[ours:]
    assert "Se acerca el plazo" in said[ours:]
    for count in ("4 abiertos", "1 ubicados", "1 vencen en 5 días", "1 sin novedad", "1 cerrados"):
        assert count in said
    assert "Usted responde la pregunta" in said
    assert "Diligencia del receptor judicial" in said

    stranger.post(f"/b/{make_link(app, buffet)}")
    by_link = stranger.get("/portal").text
    assert (
        by_link[by_link.index("<main") : by_link.index("</main>")]
        == page[page.index("<main") : page.index("</main>")]
    )


def test_counts_filter_and_search_and_order_work_by_address_alone(cliente, firm):
    def found(query):
        text = cliente.get(f"/portal?{query}").text
        return order_of(text) if "<tbody>" in text else []

    assert found("")[-1] == "OF-QUIETO"
    assert "OF-CERRADO" not in found("")
    assert found("ver=ubicados") == ["OF-SILENCIO"]
    assert found("ver=vencen") == ["OF-VENCE"]
    assert found("ver=sin_novedad") == ["OF-QUIETO"]
    assert found("ver=cerrados") == ["OF-CERRADO"]
    assert found("orden=plazo")[0] == "OF-VENCE"
    assert found("orden=quieto")[0] == "OF-QUIETO"
    assert found("q=bbcl.17") == ["OF-CERRADO"]
    assert found("q=of-vence") == ["OF-VENCE"]
    assert found("paso=notificacion") == ["OF-SILENCIO"]
    assert found("tribunal=9º Juzgado Civil de Santiago") == ["OF-PREGUNTA"]
    assert found("q=nada") == []
    assert len(found("ver=quizás&orden=¿&paso=x&pagina=-1")) == 4


def test_a_search_tells_nothing_of_the_people_in_a_case(app, cliente, firm, usuario_admin):
    with app.app_context(), transaction():
        db.session.execute(sa.update(Oficio).values(busqueda=Oficio.busqueda + " rosa soto"))

    assert "Ninguno de sus oficios calza" in cliente.get("/portal?q=rosa").text


def test_the_workbook_has_every_case_of_the_filter(cliente, firm):
    answer = cliente.get("/portal/oficios.xlsx?ver=todos&orden=plazo")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    answer.close()
    head, *rows = sheet.iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]

    assert answer.headers["Cache-Control"] == "no-store"
    assert found[0]["Oficio"] == "OF-VENCE"
    assert len(found) == 5
    asked = next(row for row in found if row["Oficio"] == "OF-PREGUNTA")
    assert asked["Lo que sigue"] == "Usted responde la pregunta"
    assert asked["Espera algo de ustedes"] == "Sí"
    assert asked["Días en recibido"] == 0


def test_500_cases_are_a_small_page_of_as_many_queries_as_five(
    app, cliente, buffet, usuario_admin, firm
):
    def count():
        sent = []
        with app.app_context():
            engine = db.engine

        def note(_conn, _cursor, statement, *_rest):
            sent.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            answer = cliente.get("/portal")
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return answer, len(sent)

    cliente.get("/portal")
    few = count()[1]
    long = "BANCO DEL PACÍFICO / GONZÁLEZ-HENRÍQUEZ Y OTROS, CON TERCERÍA DE DOMINIO"
    with app.app_context(), transaction():
        for number in range(500):
            row = Oficio(
                numero_oficio=f"OF-MUCHOS-{number}",
                buffet_id=buffet.id,
                rol=f"C-{10000 + number}-2026",
                caratulado=long,
                tribunal=f"{1 + number % 30}º Juzgado Civil de Santiago",
                estado=list(Estado)[number % 3],
                fecha_limite=local_today(NOW) + timedelta(days=number % 30),
            )
            row.vehiculo = Vehiculo(patente="BBCL12", marca="Mercedes-Benz", modelo="Sprinter 415")
            db.session.add(row)
    count()  # what was shown is written down once
    answer, many = count()

    assert "504" in plain(answer.text)
    assert len(answer.data) < 60_000
    assert many <= few


def test_days_in_each_step_are_those_of_the_calendar():
    day = NOW - timedelta(days=14)

    def after(days):
        return day + timedelta(days=days)

    etapas = (
        (Estado.PENDIENTE, day),
        (Estado.INVESTIGACION, after(2)),
        (Estado.NOTIFICACION, after(9)),
        (Estado.INVESTIGACION, after(10)),
        (Estado.NO_ENCONTRADO, after(13)),
    )

    assert days_in_stages(etapas, NOW) == {
        Estado.PENDIENTE: 2,
        Estado.INVESTIGACION: 7 + 3,
        Estado.NOTIFICACION: 1,
        Estado.NO_ENCONTRADO: 0,
    }
    assert days_in_stages(etapas[:2], after(5)) == {Estado.PENDIENTE: 2, Estado.INVESTIGACION: 3}


def test_what_is_written_on_a_colour_can_be_read():
    assert (text_on("#2f3e63"), text_on("#ffd200"), text_on("#777777")) == ("#fff", "#000", "#000")


def test_a_note_of_today_is_told_as_days_alone(app, cliente, firm):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, firm["quiet"].id)
        record(row, Actividad.NOTA, "El conserje pide dinero", actor=None, now=utcnow())
    text = cliente.get("/portal?orden=plazo").text

    assert "conserje" not in text
    assert "última actividad hoy" in plain(text)
    assert not re.search(r"hace \d+ min|hoy \d\d:", text[text.index("<tbody>") :])


@pytest.mark.e2e
@pytest.mark.parametrize(("width", "height"), [(360, 780), (1440, 900)])
def test_what_needs_the_buffet_and_the_counts_are_seen_without_scrolling(
    browse, usuario_cliente, firm, width, height
):
    page = browse(usuario_cliente, "/portal", width=width, height=height)

    for part in (".ask-own .ask-row", ".ask-ours summary", ".portal-counts", ".portal-find"):
        box = page.locator(part).first.bounding_box()
        assert box is not None, part
        assert box["y"] + box["height"] <= height, part
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # At a desk what the office looks after is open; on a phone it is one tap away.
    row = page.locator(".ask-ours .ask-row").first
    assert row.is_visible() is (width > 767)
    page.goto(page.url + f"/oficios/{firm['asked'].id}")
    assert page.evaluate("document.documentElement.scrollWidth") == width
