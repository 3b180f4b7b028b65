"""What left the house is written down, and who looked is found by the case."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.auditoria.models import Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import note_view, record_disclosure
from app.core.clock import to_local, utcnow
from app.db import db, transaction, watch_transactions
from app.oficios.models import Propietario
from app.oficios.service import PropietarioData
from tests.factories import make_link, make_oficio


@pytest.fixture
def caso(app, buffet, usuario_investigador):
    return make_oficio(app, buffet, usuario_investigador)


def test_a_buffet_that_looks_is_written_down_once_an_hour(app, buffet, caso, cliente, rows):
    path = f"/portal/oficios/{caso.id}"
    client = app.test_client()
    opened = client.post(f"/b/{make_link(app, buffet)}")
    assert opened.status_code == 303
    for _ in range(3):
        assert client.get(path).status_code == 200
        assert cliente.get(path).status_code == 200
    client.head(path)
    told = rows(Divulgacion, oficio_id=caso.id)
    writes = []
    with watch_transactions(lambda: writes.append):
        client.get(path)

    assert len(told) == 2, "once for the link, once for the account"
    assert {row.canal for row in told} == {CanalDivulgacion.PORTAL}
    assert all(buffet.nombre in row.destinatario for row in told)
    assert writes == [], "a second look writes nothing"


def test_exports_are_written_down_and_the_log_itself_is_one(admin, caso, rows):
    admin.get("/tablero/lista.csv")
    answer = admin.post("/admin/divulgaciones/exportar.csv?canal=exportacion")

    told = [(row.canal.value, row.que, row.cantidad) for row in rows(Divulgacion)]
    assert told == [
        ("exportacion", "Lista de oficios (csv)", 1),
        ("exportacion", "Registro de divulgaciones (csv)", 1),
    ]
    assert "Lista de oficios (csv)" in answer.text


def test_who_looked_joins_what_left_with_what_the_office_asked_to_see(
    app, admin, investigador, cliente, caso
):
    with app.app_context(), transaction():
        row = Propietario(oficio_id=caso.id, nombre="Rosa Soto", rut="15987654-9")
        db.session.add(row)
        db.session.flush()
        persona = row.id
    cliente.get(f"/portal/oficios/{caso.id}")
    investigador.post(f"/oficios/{caso.id}/personas/{persona}/mostrar")
    looked = admin.get(f"/admin/divulgaciones/quien-miro?numero={caso.numero_oficio}").text

    assert "Página del oficio" in looked
    assert "Pidió ver el RUT y los contactos" in looked
    assert "Nadie ha mirado" in admin.get("/admin/divulgaciones/quien-miro?oficio=999").text
    today = f"{to_local(utcnow()):%d-%m-%Y}"
    found = admin.get(
        f"/admin/divulgaciones?oficio={caso.numero_oficio}&canal=portal&hasta={today}"
    ).text
    assert "Página del oficio" in found
    assert "Nada con esos filtros" in admin.get("/admin/divulgaciones?canal=respaldo").text
    assert "Nada con esos filtros" in admin.get("/admin/divulgaciones?hasta=01-01-2020").text


def test_a_list_names_its_cases_and_those_of_its_next_page_join_the_same_look(
    app, admin, buffet, usuario_admin, caso
):
    other = make_oficio(app, buffet, usuario_admin)
    where = {"now": utcnow(), "buffet_id": buffet.id}
    with app.app_context():
        for page in ([caso.id], [caso.id], [other.id]):
            note_view(
                CanalDivulgacion.API, "api.oficios.index", "ERP", "clave 1", **where, casos=page
            )
        named = db.session.scalars(sa.select(DivulgacionCaso.oficio_id))
        assert sorted(named) == [caso.id, other.id]
        assert len(list(db.session.scalars(sa.select(Divulgacion)))) == 1

    admin.get("/tablero/lista.csv")
    admin.get("/tablero/lista?imprimir=1")
    page = admin.get(f"/admin/divulgaciones/quien-miro?oficio={caso.id}&oficio={other.id}").text
    for words in ("api.oficios.index", "Lista de oficios (csv)", "Lista de oficios (impresa)"):
        assert page.count(words) == 2, "once for each of the two cases"


def test_who_looked_is_read_in_pages_and_a_search_of_a_person_is_among_it(
    app, admin, buffet, usuario_admin
):
    persona = PropietarioData(nombre="Rosa Soto", rut="15987654-9")
    caso = make_oficio(app, buffet, usuario_admin, propietario=persona)
    admin.post("/admin/personas", data={"rut": "15.987.654-9", "motivo": "S-2026-0001"})
    url = f"/admin/divulgaciones/quien-miro?oficio={caso.id}"
    assert "Buscó a una persona por RUT" in admin.get(url).text
    with app.app_context(), transaction():
        for number in range(60):
            record_disclosure(
                CanalDivulgacion.PORTAL, f"Vista {number}", "Firma", now=utcnow(), oficio_id=caso.id
            )

    first, second = (admin.get(f"{url}&pagina={number}").text for number in (1, 2))
    assert "Vista 59" in first
    assert "Buscó a una persona por RUT" in second
