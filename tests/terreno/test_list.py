"""The list: whose addresses it shows, in which order, and the visit that its plain form sends."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import TipoAdjunto
from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.models import Visita
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import DireccionData, PropietarioData, record
from app.terreno.queries import list_lugares, with_case_parts
from app.terreno.rules import Grupo
from app.usuarios.rules import Rol
from tests.adjuntos.files import jpeg, make_adjunto
from tests.factories import make_usuario
from tests.terreno.places import make_place


def shown(html: str) -> list[int]:
    """The addresses on a page, from top to bottom."""
    return [int(pk) for pk in re.findall(r'id="terreno-lugar-(\d+)"', html)]


def visit(client, direccion_id, **data):
    return client.post(
        f"/terreno/direcciones/{direccion_id}/visitas", data={"resultado": "otro", **data}
    )


def test_a_person_sees_the_addresses_of_their_own_cases_that_may_be_visited(
    app, buffet, investigador, admin, usuario_investigador, usuario_admin, place
):
    for estado in (Estado.PENDIENTE, Estado.ENCONTRADO):
        make_place(app, buffet, usuario_investigador, estado=estado)
    _, of_ana = make_place(app, buffet, usuario_admin, estado=Estado.NOTIFICACION)

    assert shown(investigador.get("/terreno").text) == [place[1]]
    assert shown(admin.get("/terreno").text) == [of_ana]


def test_the_list_is_a_reading_of_its_cases_as_it_stays_on_the_phone(
    investigador, admin, usuario_investigador, place, rows
):
    for path in ("/terreno", "/terreno/datos/lista", "/terreno"):
        assert investigador.get(path).status_code == 200
    assert admin.get("/terreno").status_code == 200, "nobody's address"

    (read,) = rows(Divulgacion)
    assert (read.canal, read.usuario_id) == (CanalDivulgacion.LECTURA, usuario_investigador.id)
    assert [row.oficio_id for row in rows(DivulgacionCaso)] == [place[0]]


def test_a_card_says_whom_to_call_and_leads_there_but_shows_no_rut(investigador, place):
    html = investigador.get("/terreno").text

    assert "Llamar" in html
    assert "955501234" not in html, "the number is fetched when somebody calls"
    assert "Rosa Soto" in html
    assert "Timbre 42." in html
    # No point is known, so the telephone's map is given the words.
    assert 'href="geo:0,0?q=Av.%20Grecia%201180%2C%20%C3%91u%C3%B1oa%2C%20Chile"' in html
    assert "12345678" not in html
    assert "12.345.678" not in html


def test_the_number_of_a_person_is_fetched_and_who_got_it_is_written_down(
    investigador, place, rows
):
    html = investigador.get("/terreno").text
    path = re.search(r'action="(/terreno/oficios/\d+/personas/\d+/llamar)"', html)

    assert 'href="tel:+56955501234"' in investigador.post(path[1]).text
    (told,) = rows(Auditoria, accion="persona.datos_mostrados")
    assert told.detalle["motivo"] == "llamar"
    assert investigador.post(re.sub(r"personas/\d+", "personas/999", path[1])).status_code == 404


def test_an_address_where_somebody_stood_is_given_by_its_point(
    app, investigador, usuario_investigador, buffet
):
    _, pk = make_place(app, buffet, usuario_investigador)
    visit(investigador, pk, resultado="exitosa", lat="-33.45", lon="-70.6", exactitud_m="9")

    html = investigador.get("/terreno").text

    assert 'href="geo:-33.45,-70.6?q=-33.45,-70.6"' in html
    assert 'data-lat="-33.45" data-lon="-70.6"' in html
    assert "data-aproximada" not in html


def test_without_a_position_what_is_due_first_comes_first_with_its_neighbours(
    app, buffet, usuario_investigador
):
    def add(street: str, comuna: str, days: int | None) -> int:
        due = date(2026, 12, 1) + timedelta(days=days) if days is not None else None
        return make_place(
            app,
            buffet,
            usuario_investigador,
            direccion=DireccionData(direccion=street, comuna=comuna),
            fecha_limite=due,
        )[1]

    far = add("Los Leones 1", "Providencia", 30)
    late = add("San Diego 9", "Santiago", None)
    urgent = add("Av. Grecia 10", "Ñuñoa", 1)
    neighbour = add("Av. Grecia 90", "Ñuñoa", 60)

    with app.app_context():
        found = list_lugares(usuario_investigador.id, utcnow())

    assert [lugar.direccion_id for lugar in found] == [urgent, neighbour, far, late]
    assert all(lugar.is_rough for lugar in found), "the comuna's point serves until one is known"


def test_the_filter_finds_by_comuna_plate_and_name_without_accents(
    app, buffet, investigador, usuario_investigador, place
):
    _, other = make_place(
        app,
        buffet,
        usuario_investigador,
        patente="KZRT91",
        direccion=DireccionData(direccion="San Diego 9", comuna="Santiago"),
        propietario=PropietarioData(nombre="Andrés Peña"),
    )

    for words, expected in (
        ("nunoa", [place[1]]),
        ("kzrt91", [other]),
        ("PENA", [other]),
        ("osorno", []),
    ):
        html = investigador.get("/terreno", query_string={"q": words}).text
        assert shown(html) == expected, words
    assert "Ninguna dirección coincide" in html


def test_visited_and_discarded_addresses_stand_apart(
    app, buffet, investigador, usuario_investigador
):
    def add(resultado: ResultadoVisita | None, days: int = 0) -> int:
        _, pk = make_place(app, buffet, usuario_investigador)
        if resultado is not None:
            moment = utcnow() - timedelta(days=days)
            with app.app_context(), transaction():
                db.session.add(
                    Visita(
                        direccion_id=pk,
                        usuario_id=usuario_investigador.id,
                        resultado=resultado,
                        fecha_hora=moment,
                        created_at=moment,
                    )
                )
        return pk

    new = add(None)
    nobody = add(ResultadoVisita.NO_ENCONTRADO, 3)
    moved = add(ResultadoVisita.SE_MUDO, 3)
    today = add(ResultadoVisita.SE_MUDO)
    with app.app_context():
        groups = {
            lugar.direccion_id: lugar.grupo
            for lugar in list_lugares(usuario_investigador.id, utcnow())
        }

    assert groups == {
        new: Grupo.POR_VISITAR,
        nobody: Grupo.POR_VISITAR,
        moved: Grupo.DESCARTADAS,
        today: Grupo.HOY,
    }
    assert "Descartadas por una visita" in investigador.get("/terreno").text


def test_the_list_asks_as_much_for_thirty_addresses_as_for_one(
    app, buffet, usuario_investigador, place, counted
):
    def ask() -> int:
        with counted() as statements, app.app_context():
            with_case_parts(list_lugares(usuario_investigador.id, utcnow()))
        return len(statements)

    one = ask()
    for _ in range(30):
        make_place(app, buffet, usuario_investigador)

    assert ask() == one


def test_a_long_list_begins_with_the_first_and_its_cases_bring_notes_and_small_photos(
    app, buffet, investigador, usuario_investigador, place, rows
):
    oficio_id, _ = place
    with app.app_context(), transaction():
        oficio = db.session.get_one(Oficio, oficio_id)
        for text in ("Primera.", "Segunda.", "Tercera, " + "larga " * 90):
            record(oficio, Actividad.NOTA, text, actor=None, now=utcnow())
        db.session.flush()
        newest = db.session.scalars(
            sa.select(Investigacion).where(Investigacion.descripcion == "Segunda.")
        ).one()
        newest.retirado_at = utcnow()
    photo = make_adjunto(app, rows(Oficio, id=oficio_id)[0], usuario_investigador)
    short = investigador.get("/terreno").text
    assert "data-parte" not in short
    assert f'data-foto="/adjuntos/{photo.id}/miniatura"' in short
    assert "Primera." in short
    assert "Segunda." not in short, "withdrawn"
    assert "larga larga" in short
    assert "larga " * 60 not in short, "cut"
    for _ in range(26):
        make_place(app, buffet, usuario_investigador)

    page = investigador.get("/terreno").text
    assert len(shown(page)) == 25
    assert "data-parte" in page
    assert "las primeras 25 de 27" in page
    assert len(shown(investigador.get("/terreno?todas=1").text)) == 27
    assert len(shown(investigador.get("/terreno/datos/lista").json["html"])) == 27


def test_the_plain_form_stores_the_visit_with_its_photos_once(
    investigador, place, usuario_investigador, rows
):
    oficio_id, pk = place
    cliente_id = re.search(r'name="cliente_id" value="([^"]+)"', investigador.get("/terreno").text)[
        1
    ]
    one, two = jpeg(), jpeg()

    def send():
        return visit(
            investigador,
            pk,
            resultado="exitosa",
            notas="Está en el subterráneo.",
            cliente_id=cliente_id,
            fotos=[(BytesIO(one), "uno.jpg"), (BytesIO(two), "dos.jpg")],
        )

    first, again = send(), send()

    assert (first.status_code, again.status_code) == (303, 303)
    [visita] = rows(Visita)
    assert (visita.resultado, visita.usuario_id) == (
        ResultadoVisita.EXITOSA,
        usuario_investigador.id,
    )
    fotos = rows(Adjunto, oficio_id=oficio_id)
    assert [(foto.visita_id, foto.tipo) for foto in fotos] == [
        (visita.id, TipoAdjunto.FOTO_VEHICULO)
    ] * 2
    kinds = [entry.tipo for entry in rows(Investigacion, oficio_id=oficio_id)]
    assert kinds.count(Actividad.TERRENO) == 1
    assert kinds.count(Actividad.ADJUNTO) == 2


def test_a_photo_that_is_none_is_named_and_the_visit_stays(investigador, direccion_id, rows):
    response = visit(investigador, direccion_id, fotos=(BytesIO(b"no es una foto"), "f.jpg"))

    assert response.status_code == 303
    assert len(rows(Visita)) == 1
    assert rows(Adjunto) == []
    assert "La foto «f.jpg» no se guardó." in investigador.get("/terreno").text


def test_a_refused_visit_stands_open_with_what_was_typed(investigador, direccion_id, rows):
    nothing = visit(investigador, direccion_id, resultado="", notas="Portón gris.")
    future = visit(
        investigador,
        direccion_id,
        fecha_hora=(utcnow() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    )

    assert (nothing.status_code, future.status_code) == (422, 422)
    assert "Portón gris." in nothing.text
    assert "todavía no llegan" in future.text
    assert rows(Visita) == []


@pytest.mark.parametrize("who", ["cliente", "cliente_ajeno"])
def test_for_a_cliente_there_is_no_terreno(request, who, direccion_id, rows):
    client = request.getfixturevalue(who)
    assert request.getfixturevalue("investigador").get("/terreno").status_code == 200

    assert client.get("/terreno").status_code == 404
    assert client.get("/terreno/datos/lista").status_code == 404
    assert visit(client, direccion_id).status_code == 404
    assert rows(Visita) == []


def test_a_colleague_may_write_down_a_visit_and_a_stranger_signs_in_first(
    app, sign_in, stranger, direccion_id, rows
):
    colleague = make_usuario(app, Rol.INVESTIGADOR)

    assert visit(sign_in(colleague), direccion_id).status_code == 303
    assert visit(stranger, direccion_id).headers["Location"].startswith("/entrar")
    assert stranger.get("/terreno").headers["Location"].startswith("/entrar")
    assert [row.usuario_id for row in rows(Visita)] == [colleague.id]


def test_an_address_that_does_not_exist_is_not_found(investigador, direccion_id):
    assert visit(investigador, 987654).status_code == 404
    assert visit(investigador, direccion_id).status_code == 303


def test_the_list_says_when_a_visit_reached_the_server_later(
    app, investigador, place, usuario_investigador
):
    oficio_id, direccion_id = place
    with app.app_context(), transaction():
        db.session.add(
            Visita(
                direccion_id=direccion_id,
                usuario_id=usuario_investigador.id,
                resultado=ResultadoVisita.OTRO,
                fecha_hora=utcnow() - timedelta(hours=3),
                created_at=utcnow(),
            )
        )

    assert "· recibida " in investigador.get("/terreno").text
    assert "· recibida " in investigador.get(f"/oficios/{oficio_id}/direcciones").text


def test_a_case_that_leaves_its_investigator_leaves_the_list(app, investigador, place):
    with app.app_context(), transaction():
        db.session.get_one(Oficio, place[0]).investigador_id = None

    assert "No tiene direcciones por visitar" in investigador.get("/terreno").text
