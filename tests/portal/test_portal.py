import re
from datetime import date, timedelta

import pytest

from app.ajustes.rules import OFFICE_NAME
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.buffets.models import Buffet, Enlace
from app.buffets.rules import ModoHitos
from app.buffets.service import revoke_enlaces, set_active
from app.core.clock import utcnow
from app.db import db, transaction
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.service import RespuestaData, answer_notice
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, assign_oficio, move_oficio, record
from app.usuarios.models import Usuario
from tests.ajustes.logos import make_logo
from tests.factories import make_link, make_oficio
from tests.notificaciones.rows import make_sent_notice


def move(app, oficio, *estados):
    for estado in estados:
        with app.app_context(), transaction():
            row = db.session.get_one(Oficio, oficio.id)
            actor = db.session.get_one(Usuario, row.creado_por_id)
            move_oficio(row, Move(estado, row.version), actor=actor, now=utcnow())


def test_looking_at_a_link_uses_nothing_up_and_pressing_the_button_opens_the_dashboard(
    app, stranger, buffet, oficio, rows
):
    token = make_link(app, buffet)

    shown = stranger.get(f"/b/{token}")
    assert "Ver mis oficios" in shown.text
    assert [enlace.usos for enlace in rows(Enlace)] == [0]
    assert stranger.get("/portal").status_code == 303

    opened = stranger.post(f"/b/{token}")
    assert opened.headers["Location"] == "/portal"
    assert oficio.numero_oficio in stranger.get("/portal").text
    assert [enlace.usos for enlace in rows(Enlace)] == [1]


def test_a_link_is_kept_by_nobody_on_the_way(app, stranger, buffet):
    headers = stranger.get(f"/b/{make_link(app, buffet)}").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_links_that_open_nothing_are_all_alike(app, stranger, buffet, otro_buffet, method):
    rotated = make_link(app, buffet)
    current = make_link(app, buffet)
    expired = make_link(app, otro_buffet, now=utcnow() - timedelta(days=181))
    selector, _, signature = current.partition(".")
    forged = f"{selector}.{signature[::-1]}"

    answers = [
        stranger.open(f"/b/{token}", method=method)
        for token in (rotated, expired, forged, "nada", "a.b", "ñ.ñ")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("end", ["rotate", "revoke", "close"])
def test_what_a_link_opened_ends_with_it(app, stranger, buffet, end):
    stranger.post(f"/b/{make_link(app, buffet)}")
    assert stranger.get("/portal").status_code == 200

    if end == "rotate":
        make_link(app, buffet)
    else:
        with app.app_context(), transaction():
            row = db.session.get_one(Buffet, buffet.id)
            if end == "revoke":
                assert revoke_enlaces(row, actor=None, now=utcnow()) == 1
            else:
                set_active(row, activo=False, actor=None, now=utcnow())

    assert stranger.get("/portal").status_code == 404


def test_a_cliente_sees_the_same_as_through_the_link(app, cliente, stranger, buffet, oficio):
    stranger.post(f"/b/{make_link(app, buffet)}")

    def table(client):
        text = client.get("/portal").text
        return text[text.index("<table") : text.index("</table>")]

    assert table(cliente) == table(stranger)


def test_a_buffet_sees_its_own_oficios_only(app, cliente_ajeno, stranger, otro_buffet, oficio):
    assert oficio.numero_oficio not in cliente_ajeno.get("/portal").text
    assert cliente_ajeno.get(f"/portal/oficios/{oficio.id}").status_code == 404

    stranger.post(f"/b/{make_link(app, otro_buffet)}")
    assert stranger.get(f"/portal/oficios/{oficio.id}").status_code == 404


def test_milestones_are_shown_and_notes_and_corrections_are_not(app, cliente, oficio):
    move(app, oficio, Estado.INVESTIGACION, Estado.NOTIFICACION, Estado.INVESTIGACION)
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        record(row, Actividad.NOTA, "El conserje pide dinero", actor=None, now=utcnow())

    text = cliente.get(f"/portal/oficios/{oficio.id}").text

    assert "Oficio recibido" in text
    assert text.count("Comienza la búsqueda") == 1
    assert "Vehículo ubicado" in text
    assert "conserje" not in text


def test_a_case_with_an_investigator_is_not_said_to_lack_one(
    app, cliente, buffet, usuario_admin, usuario_investigador
):
    oficio = make_oficio(app, buffet, usuario_admin)
    with app.app_context(), transaction():
        assign_oficio(
            db.session.get_one(Oficio, oficio.id),
            db.session.get_one(Usuario, usuario_investigador.id),
            actor=db.session.get_one(Usuario, usuario_admin.id),
            now=utcnow(),
        )

    assert "Comenzar la búsqueda" in cliente.get("/portal").text
    assert "Asignar a un investigador" not in cliente.get("/portal").text


def test_the_order_was_received_on_its_day_of_entry(app, cliente, buffet, usuario_admin):
    oficio = make_oficio(app, buffet, usuario_admin, fecha_ingreso=date(2026, 11, 3))

    page = cliente.get(f"/portal/oficios/{oficio.id}").text
    milestones = re.sub(r"<[^>]+>|\s+", " ", page[page.index("Hitos") :])

    assert re.search(r"Oficio recibido\s+03-11-2026\s", milestones)


def test_a_vehicle_that_the_receptor_did_not_find_is_not_counted_as_located(
    app, cliente, buffet, oficio, usuario_admin
):
    move(app, oficio, Estado.INVESTIGACION, Estado.NOTIFICACION)
    assert "<b>1</b> ubicados" in cliente.get("/portal").text
    told = make_sent_notice(app, oficio, usuario_admin)
    assert "Diligencia del receptor judicial" in cliente.get("/portal").text

    with app.app_context(), transaction():
        answer_notice(
            db.session.get_one(Notificacion, told),
            RespuestaData(TipoRespuesta.NO_ENCONTRADO),
            clave="una-respuesta",
            now=utcnow(),
        )

    page = cliente.get("/portal").text
    assert "<b>0</b> ubicados" in page
    assert "<b>1</b> abiertos" in page


def test_a_closed_case_is_counted_and_filtered(app, cliente, buffet, usuario_admin):
    make_oficio(app, buffet, usuario_admin, numero_oficio="ABIERTO-1")
    closed = make_oficio(app, buffet, usuario_admin, numero_oficio="CERRADO-1")
    move(app, closed, Estado.NO_ENCONTRADO)

    assert "CERRADO-1" not in cliente.get("/portal?ver=abiertos").text
    text = cliente.get("/portal?ver=cerrados").text
    assert "CERRADO-1" in text
    assert "ABIERTO-1" not in text
    assert "Caso cerrado sin encontrar el vehículo" in text


def test_leaving_forgets_the_link_on_this_device_only(app, stranger, buffet):
    token = make_link(app, buffet)
    stranger.post(f"/b/{token}")

    assert "Salió del tablero" in stranger.post("/portal/salir").text
    assert stranger.get("/portal").status_code == 303
    assert stranger.post(f"/b/{token}").status_code == 303


def test_a_cliente_who_leaves_goes_home(cliente):
    assert cliente.post("/portal/salir").headers["Location"] == "/"


def test_a_buffet_chooses_how_it_is_told_by_mail(app, stranger, cliente, buffet, rows):
    stranger.post(f"/b/{make_link(app, buffet)}")
    [enlace] = [one for one in rows(Enlace) if one.revocado_at is None]

    assert "Correos sobre el avance" in stranger.get("/portal/correos").text
    by_link = stranger.post("/portal/correos", data={"modo_hitos": "semanal"})
    assert by_link.headers["Location"] == "/portal/correos"
    cliente.post("/portal/correos", data={"modo_hitos": "al_momento"})

    assert [row.modo_hitos for row in rows(Buffet)] == [ModoHitos.AL_MOMENTO]
    first, second = rows(Auditoria, accion="buffet.correos")
    assert first.usuario_id is None
    assert first.detalle == {"modo": "semanal", "origen": "tablero", "enlace_id": enlace.id}
    assert second.usuario_id is not None
    assert second.detalle == {"modo": "al_momento", "origen": "tablero"}


def test_the_office_sees_who_chose_and_can_choose_too(admin, cliente, buffet):
    page = f"/admin/buffets/{buffet.id}"
    assert "eligió" not in admin.get(page).text

    cliente.post("/portal/correos", data={"modo_hitos": "semanal"})
    assert "Lo eligió el buffet en su tablero" in admin.get(page).text

    admin.post(f"{page}/correos", data={"modo_hitos": "nunca"})
    assert "Lo eligió la oficina" in admin.get(page).text


@pytest.mark.parametrize("value", ["", "diario"])
def test_what_is_no_choice_changes_nothing(value, cliente, rows):
    answer = cliente.post("/portal/correos", data={"modo_hitos": value})

    assert answer.status_code == 422
    assert "Elija una de las opciones" in answer.text
    assert [row.modo_hitos for row in rows(Buffet)] == [ModoHitos.NUNCA]


def test_a_revoked_link_chooses_nothing(app, stranger, buffet, rows):
    stranger.post(f"/b/{make_link(app, buffet)}")
    with app.app_context(), transaction():
        revoke_enlaces(db.session.get_one(Buffet, buffet.id), actor=None, now=utcnow())

    answer = stranger.post("/portal/correos", data={"modo_hitos": "semanal"})

    assert answer.status_code == 404
    assert [row.modo_hitos for row in rows(Buffet)] == [ModoHitos.NUNCA]


def test_the_dashboard_and_the_link_show_whose_office_it_is(
    app, stranger, usuario_admin, buffet, oficio
):
    token = make_link(app, buffet)
    with app.app_context(), transaction():
        set_setting(OFFICE_NAME.clave, "Oficina Sur")
    assert "Oficina Sur" in stranger.get(f"/b/{token}").text

    logo = make_logo(app, usuario_admin)
    stranger.post(f"/b/{token}")

    for page in (f"/b/{token}", "/portal", f"/portal/oficios/{oficio.id}"):
        assert f"/oficina/logo/{logo}.png" in stranger.get(page).text
