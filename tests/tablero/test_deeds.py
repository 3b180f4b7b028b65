"""Undoing, assigning, priorities, many cards at once, limits and views: what the server answers."""

from __future__ import annotations

import json
from datetime import date, timedelta
from html import escape
from urllib.parse import urlencode

import pytest

from app.ajustes.models import Ajuste
from app.auditoria.models import Auditoria
from app.consultas.models import Consulta
from app.core.clock import utcnow
from app.jobs.models import Trabajo
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado, Prioridad
from app.oficios.service import UNDO_PERIOD
from app.tablero.models import LAST, Vista
from app.tablero.rules import BULK_LIMIT
from app.tablero.service import VIEWS_LIMIT
from app.titulares.queries.persona import find_person
from app.titulares.rules.identidad import read_buscado
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment
from tests.plugins.board import cards


def post(client, path, headers=HTMX, **data):
    return client.post(f"/tablero/{path}", data=data, headers=headers)


def notice(response):
    return json.loads(response.headers["HX-Trigger"])["aviso"]["texto"]


# Gantries


def test_the_menu_of_a_card_has_its_gantries_checked(investigador, oficio, rows, change):
    change(oficio, estado=Estado.INVESTIGACION)

    response = post(investigador, f"oficios/{oficio.id}/consultar", consultar="Dato nuevo")

    assert_fragment(response, f"oficio-card-{oficio.id}")
    assert notice(response) == "Se consultarán sus pórticos."
    (trabajo,) = rows(Trabajo, tipo="avistamientos.consultar")
    assert trabajo.oficio_id == oficio.id


def test_the_gantries_of_a_closed_case_are_not_checked(investigador, oficio, rows, change):
    change(oficio, estado=Estado.NO_ENCONTRADO)

    response = post(investigador, f"oficios/{oficio.id}/consultar", consultar="Dato nuevo")

    assert response.status_code == 422
    assert "cerrado" in notice(response)
    assert not rows(Trabajo, tipo="avistamientos.consultar")


def test_without_a_script_the_gantries_are_asked_for_on_the_page_of_the_card(
    investigador, oficio, change
):
    change(oficio, estado=Estado.INVESTIGACION)
    page = investigador.get(f"/tablero/oficios/{oficio.id}/acciones").text
    assert f'action="/tablero/oficios/{oficio.id}/consultar"' in page

    response = post(
        investigador, f"oficios/{oficio.id}/consultar", headers=None, consultar="Dato nuevo"
    )

    assert response.status_code == 303
    assert "Se consultarán sus pórticos." in investigador.get(response.location).text


# Undoing


def move_and_undo(client, oficio, to, back="pendiente", **data):
    assert post(client, f"oficios/{oficio.id}/mover", estado=to, version=1).status_code == 200
    return post(client, f"oficios/{oficio.id}/deshacer", **{"estado": back, "version": 2, **data})


def test_a_slip_that_closed_a_case_is_undone_by_who_slipped(investigador, oficio, rows):
    response = move_and_undo(investigador, oficio, "finalizado_no_encontrado")

    text = assert_fragment(response, f"oficio-card-{oficio.id}")
    assert response.status_code == 200
    assert 'data-estado="pendiente"' in text
    entries = rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)
    assert [entry.descripcion for entry in entries] == [
        "Pasa a No encontrado",
        "Se deshace: vuelve a Pendiente",
    ]


def test_the_card_goes_back_below_the_one_that_it_was_below(
    investigador, app, buffet, usuario_admin, order
):
    oficio, above = (make_oficio(app, buffet, usuario_admin) for _ in range(2))

    move_and_undo(investigador, oficio, "investigacion", despues_de=above.id)

    assert order(Estado.PENDIENTE) == [above.id, oficio.id]


def test_after_some_seconds_there_is_nothing_to_undo(investigador, oficio, rows, change):
    post(investigador, f"oficios/{oficio.id}/mover", estado="investigacion", version=1)
    (entry,) = rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)
    change(entry, ocurrido_at=utcnow() - UNDO_PERIOD - timedelta(seconds=1))

    late = post(investigador, f"oficios/{oficio.id}/deshacer", estado="pendiente", version=2)

    assert late.status_code == 422
    assert "Ya no se puede deshacer" in notice(late)
    assert rows(Oficio)[0].estado is Estado.INVESTIGACION


def test_nobody_undoes_what_somebody_else_moved_or_to_where_it_was_not(
    admin, investigador, oficio, rows
):
    elsewhere = move_and_undo(investigador, oficio, "investigacion", back="notificacion")
    assert elsewhere.status_code == 422

    others = post(admin, f"oficios/{oficio.id}/deshacer", estado="pendiente", version=2)
    assert others.status_code == 422
    assert rows(Oficio)[0].estado is Estado.INVESTIGACION


def test_what_changed_since_is_not_undone(investigador, oficio):
    stale = move_and_undo(investigador, oficio, "investigacion", version=1)

    assert stale.status_code == 409


# One card


def test_a_card_is_assigned_and_taken_away_again(investigador, oficio, usuario_admin, rows):
    given = post(investigador, f"oficios/{oficio.id}/asignar", investigador=usuario_admin.id)
    assert "Ana Vega" in given.text
    assert rows(Oficio)[0].investigador_id == usuario_admin.id

    taken = post(investigador, f"oficios/{oficio.id}/asignar", investigador="")
    assert "Sin asignar" in taken.text


@pytest.mark.parametrize("person", ["987654", "x", "-1"])
def test_a_card_is_not_assigned_to_who_is_not_there(investigador, oficio, rows, person):
    response = post(investigador, f"oficios/{oficio.id}/asignar", investigador=person)

    assert response.status_code == 422
    assert notice(response).endswith(".")
    assert rows(Oficio)[0].investigador_id is None


def test_a_card_is_not_assigned_to_a_cliente(investigador, oficio, usuario_cliente):
    response = post(investigador, f"oficios/{oficio.id}/asignar", investigador=usuario_cliente.id)

    assert response.status_code == 422
    assert "persona activa de la oficina" in notice(response)


def test_a_priority_is_changed_and_told_in_the_bitacora(investigador, oficio, rows):
    for _ in range(2):  # the second time there is nothing to do
        response = post(investigador, f"oficios/{oficio.id}/prioridad", prioridad="urgente")

    assert "is-urgent" in response.text
    (entry,) = rows(Investigacion, descripcion="Prioridad: Urgente")
    assert entry.detalle["antes"] == {"prioridad": "media"}
    assert rows(Oficio)[0].version == 2
    assert post(investigador, f"oficios/{oficio.id}/prioridad", prioridad="x").status_code == 422


def test_without_javascript_the_menu_is_a_page(investigador, oficio, usuario_admin):
    html = investigador.get(
        f"/tablero/oficios/{oficio.id}/acciones",
        headers={"Referer": "http://localhost/tablero?q=of"},
    ).text
    assert 'value="investigacion"' in html
    assert 'name="volver" value="/tablero?q=of"' in html

    response = post(
        investigador,
        f"oficios/{oficio.id}/asignar",
        headers={},
        investigador=usuario_admin.id,
        volver="/tablero?q=of",
    )
    assert response.headers["Location"] == "/tablero?q=of"


# Many cards


@pytest.fixture
def three(app, buffet, usuario_admin):
    return [make_oficio(app, buffet, usuario_admin) for _ in range(3)]


def test_what_can_be_done_is_done_and_the_rest_is_told_why(
    investigador, three, change, rows, usuario_admin
):
    good, closed, stale = three
    change(closed, estado=Estado.ENCONTRADO)
    change(stale, version=2, modificado_por_id=usuario_admin.id)

    response = post(
        investigador,
        "lote",
        oficio=[f"{good.id}.1", f"{closed.id}.1", f"{stale.id}.1", "987654.1"],
        estado="investigacion",
    )

    text = assert_fragment(response, "bulk-report")
    assert "Mover: 1 de 4" in text
    assert "solo un administrador puede reabrirlo" in text
    assert "Ana Vega lo cambió" in text
    assert "Este oficio ya no existe." in text
    assert rows(Oficio, id=good.id)[0].estado is Estado.INVESTIGACION
    assert rows(Oficio, id=stale.id)[0].estado is Estado.PENDIENTE
    assert len(rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)) == 1


def test_many_are_assigned_prioritised_and_checked(
    investigador, three, usuario_admin, rows, change
):
    ids = [str(oficio.id) for oficio in three]
    for oficio in three:
        change(oficio, estado=Estado.INVESTIGACION)

    assert "3 de 3" in post(investigador, "lote", oficio=ids, investigador=usuario_admin.id).text
    assert "3 de 3" in post(investigador, "lote", oficio=ids, prioridad="alta").text
    assert "3 de 3" in post(investigador, "lote", oficio=ids, consultar="Dato nuevo").text

    stored = rows(Oficio)
    assert {row.investigador_id for row in stored} == {usuario_admin.id}
    assert {row.prioridad for row in stored} == {Prioridad.ALTA}
    checks = rows(Trabajo, tipo="avistamientos.consultar")
    assert {job.oficio_id for job in checks} == {oficio.id for oficio in three}
    assert {row.motivo for row in rows(Consulta)} == {"Dato nuevo"}


def test_many_are_not_checked_without_a_reason_nor_without_an_order(
    investigador, three, rows, change
):
    good, found, late = three
    change(good, estado=Estado.INVESTIGACION)
    change(found, estado=Estado.NOTIFICACION)
    change(late, estado=Estado.INVESTIGACION, fecha_limite=date(2020, 1, 2))
    ids = [str(oficio.id) for oficio in three]

    assert "0 de 3" in post(investigador, "lote", oficio=ids, consultar="1").text
    text = post(investigador, "lote", oficio=ids, consultar="Dato nuevo").text

    assert "1 de 3" in text
    assert "ya fue ubicado" in text
    assert "venció el 02-01-2020" in text
    assert [job.oficio_id for job in rows(Trabajo)] == [good.id]


def test_a_card_that_is_there_already_is_left_alone(investigador, three, rows):
    text = post(investigador, "lote", oficio=[three[0].id], estado="pendiente").text

    assert "Ya estaba en Pendiente." in text
    assert rows(Oficio, id=three[0].id)[0].version == 1


@pytest.mark.parametrize(
    "data",
    [
        {"estado": "investigacion"},
        {"oficio": ["1"]},
        {"oficio": ["x"], "estado": "investigacion"},
        {"oficio": ["1"], "estado": "archivado"},
        {"oficio": ["1"], "prioridad": "mucha"},
        {"oficio": ["1"], "investigador": "x"},
        {"oficio": [str(n) for n in range(BULK_LIMIT + 1)], "consultar": "1"},
    ],
)
def test_a_deed_that_cannot_be_read_is_refused_whole(investigador, oficio, rows, data):
    response = post(investigador, "lote", **data)

    assert response.status_code == 422
    assert 'role="alert"' in assert_fragment(response, "bulk-report")
    assert rows(Oficio)[0].version == 1


def test_without_javascript_the_report_is_a_page(investigador, oficio):
    response = post(investigador, "lote", headers={}, oficio=[oficio.id], prioridad="alta")

    assert "<html" in response.text
    assert "1 de 1" in response.text


def test_a_cliente_does_nothing_to_many(cliente, oficio, rows):
    assert post(cliente, "lote", oficio=[oficio.id], prioridad="alta").status_code == 404
    assert rows(Oficio)[0].version == 1


# Limits


def test_an_admin_sets_limits_and_the_column_says_when_it_is_over(
    admin, investigador, app, buffet, usuario_admin, rows
):
    for _ in range(2):
        make_oficio(app, buffet, usuario_admin)
    assert "sobre el límite" not in investigador.get("/tablero").text.replace(" hidden>sobre", "")

    response = post(admin, "limites", headers={}, pendiente="1", investigacion="", notificacion="9")

    assert response.status_code == 303
    html = investigador.get("/tablero").text
    assert 'class="board-count is-over"' in html
    assert 'data-limit="1"' in html
    assert 'value="9"' in admin.get("/tablero/limites").text
    assert rows(Ajuste, clave="tablero.limites")
    assert rows(Auditoria, accion="ajustes.tablero")


@pytest.mark.parametrize("junk", ["0", "-1", "x", "99999999999"])
def test_a_limit_that_makes_no_sense_is_refused(admin, rows, junk):
    response = post(admin, "limites", headers={}, pendiente=junk)

    assert response.status_code == 422
    assert f'value="{junk}"' in response.text
    assert not rows(Ajuste, clave="tablero.limites")


# Views, and the filters of the last visit


def test_the_filters_of_the_last_visit_come_back(investigador, admin, oficio, rows):
    investigador.get("/tablero?prioridad=urgente&q=algo")
    assert investigador.get("/tablero").status_code == 200, "a search is for once"
    investigador.get("/tablero?prioridad=urgente")

    back = investigador.get("/tablero")
    assert (back.status_code, back.headers["Location"]) == (303, "/tablero?prioridad=urgente")
    assert admin.get("/tablero").status_code == 200, "they are those of one person"

    investigador.get("/tablero?todo=1")
    assert investigador.get("/tablero").status_code == 200
    assert [row.consulta for row in rows(Vista, nombre=LAST)] == [""]


def test_filters_get_a_name_and_are_used_by_it(investigador, rows):
    form = investigador.get("/tablero/vistas?prioridad=urgente&vence=5").text
    assert "prioridad=urgente&amp;vence=5" in form

    query = "prioridad=urgente&vence=5&basura=1"
    saved = post(investigador, "vistas", headers={}, nombre="Lo que arde", consulta=query)
    post(investigador, "vistas", headers={}, nombre="Lo que arde", consulta="mios=1")

    assert saved.headers["Location"] == "/tablero?prioridad=urgente&vence=5"
    assert 'href="/tablero?mios=1"' in investigador.get("/tablero?todo=1").text
    (vista,) = rows(Vista, nombre="Lo que arde")
    assert vista.consulta == "mios=1"


def test_a_person_in_the_search_of_a_view_is_found_there(app, investigador, rows):
    words = "Núñez Peña & Cía +56 9 8765 4321 jn@correo.example"
    query = urlencode({"mios": "1", "q": words})
    post(investigador, "vistas", headers={}, nombre="Lo suyo", consulta=query)

    (vista,) = rows(Vista, nombre="Lo suyo")
    assert vista.consulta.startswith("mios=1&q=Núñez Peña %26 Cía ")
    page = investigador.get("/tablero?todo=1").text
    assert f'href="/tablero?{escape(query)}"' in page, "the address is the same"
    with app.app_context():
        for known in (
            {"nombre": "Peña Núñez"},
            {"telefono": "987654321"},
            {"correo": "jn@correo.example"},
        ):
            (place,) = find_person(read_buscado(**known)).lugares
            assert place.tabla == "tablero_vistas"


def test_a_view_needs_a_name_and_there_are_not_too_many(investigador):
    assert post(investigador, "vistas", headers={}, nombre=" ").status_code == 422
    for number in range(VIEWS_LIMIT):
        post(investigador, "vistas", headers={}, nombre=f"Vista {number}", consulta="mios=1")

    full = post(investigador, "vistas", headers={}, nombre="Una más", consulta="mios=1")

    assert full.status_code == 422
    assert "Borre una que no use" in full.text


def test_only_its_owner_deletes_a_view(admin, investigador, rows):
    post(investigador, "vistas", headers={}, nombre="Mía", consulta="mios=1")
    vista = rows(Vista, nombre="Mía")[0]

    assert post(admin, f"vistas/{vista.id}/borrar", headers={}).status_code == 404
    assert post(investigador, f"vistas/{vista.id}/borrar", headers={}).status_code == 303
    assert not rows(Vista, nombre="Mía")


def test_lanes_show_each_persons_cases_and_what_nobody_has(
    admin, app, buffet, usuario_admin, usuario_investigador, change
):
    of_carla, of_nobody = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    change(of_carla, investigador_id=usuario_investigador.id)

    html = admin.get("/tablero?carriles=investigador").text

    assert set(cards(html)) == {of_carla.id, of_nobody.id}
    assert html.index("Carla Muñoz</h2>") < html.index("Sin asignar</h2>")
    assert f'id="board-count-pendiente-{usuario_investigador.id}">1<' in html
    by_buffet = admin.get("/tablero?carriles=buffet").text
    assert f'id="board-lane-{buffet.id}"' in by_buffet


def test_over_the_lanes_each_column_says_its_total_and_its_limit(
    admin, app, buffet, usuario_admin, usuario_investigador, change
):
    of_carla, _of_nobody = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    change(of_carla, investigador_id=usuario_investigador.id)
    post(admin, "limites", headers={}, pendiente="1", investigacion="", notificacion="")

    html = admin.get("/tablero?carriles=investigador").text

    total = html.partition('data-total-of="pendiente"')[2].partition("</li>")[0]
    assert 'data-limit="1"' in total
    assert 'id="board-count-pendiente">2<' in total
    assert '<span class="board-over">sobre el límite' in total


def test_a_long_cell_of_a_lane_goes_on_within_its_lane(
    admin, app, buffet, usuario_admin, usuario_investigador, change
):
    made = [make_oficio(app, buffet, usuario_admin) for _ in range(12)]
    for oficio in made[:11]:
        change(oficio, investigador_id=usuario_investigador.id)

    html = admin.get("/tablero?carriles=investigador").text
    address = html.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    part = admin.get(address, headers=HTMX).text

    assert f"investigador={usuario_investigador.id}" in address
    assert list(cards(part)) == [made[0].id]
