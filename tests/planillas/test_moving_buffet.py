"""«Mover al buffet…»: what a list brought for the wrong buffet goes to the right one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.auditoria.models import Auditoria
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.custodia.service import verify_all
from app.eventos.models import Evento
from app.eventos.rules import TipoEvento
from app.oficios.models import Carga, Oficio
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.usuarios.models import Usuario
from tests.factories import make_buffet
from tests.planillas.listados import do_jobs, make_importacion, make_list, press_import

Rows = Callable[..., list[Any]]
COURT = "1º Juzgado Civil de Santiago"
#: Two vehicles of one order, and another order.
LIST = make_list(
    ("OF-1", "BBCL12", COURT, "Ñuñoa"),
    ("OF-1", "BBCL13", COURT, "Ñuñoa"),
    ("OF-2", "BBCL14", COURT, "Macul"),
)


@pytest.fixture
def right(app: Flask) -> Buffet:
    """The buffet whose list it was."""
    return make_buffet(app)


@pytest.fixture
def listed(
    app: Flask, investigador: FlaskClient, buffet: Buffet, usuario_investigador: Usuario
) -> str:
    """The address of a list of three cases that was imported for the wrong buffet."""
    url = f"/importar/{make_importacion(app, buffet, usuario_investigador, contenido=LIST)}"
    press_import(investigador, url)
    return url


def test_all_cases_go_and_their_chains_say_so(
    app: Flask, investigador: FlaskClient, buffet: Buffet, right: Buffet, listed: str, rows: Rows
) -> None:
    assert f"{listed}/mover" in investigador.get(listed).text
    answer = investigador.post(f"{listed}/mover", data={"buffet_id": right.id})
    assert answer.status_code == 303
    assert "Moviendo al otro buffet" in investigador.get(listed).text
    do_jobs(app)

    assert rows(Oficio, buffet_id=buffet.id) == []
    assert sorted((o.numero_oficio, o.vehiculo_n) for o in rows(Oficio, buffet_id=right.id)) == [
        ("OF-1", 1),
        ("OF-1", 2),
        ("OF-2", 1),
    ]
    created = rows(Evento, tipo=TipoEvento.CREADO)
    assert [one.buffet_id for one in created] == [right.id] * 3
    assert rows(Carga) == rows(FilaEnCarga) == []
    (draft,) = rows(Importacion)
    assert (draft.estado, draft.buffet_id) == (EstadoImportacion.IMPORTADA, right.id)
    (said,) = rows(Auditoria, accion="importacion.movida")
    assert said.detalle.items() >= {"casos": 3, "desde": buffet.id, "hacia": right.id}.items()
    with app.app_context():
        found = list(verify_all({one.id for one in rows(Oficio)}))
    assert [problem for one in found for problem in one.problemas] == []
    assert all(
        f'"buffet_id":{right.id}' in "".join(link.contenido or "" for link in one.links)
        for one in found
    )
    # Nothing was done with them: what was moved can be taken back, too.
    investigador.post(f"{listed}/deshacer")
    do_jobs(app)
    assert rows(Oficio) == []


def test_what_was_worked_on_or_is_there_already_stays(
    app: Flask,
    investigador: FlaskClient,
    buffet: Buffet,
    right: Buffet,
    usuario_investigador: Usuario,
    listed: str,
    rows: Rows,
) -> None:
    its = make_list(("OF-2", "BBCL14", COURT, "Macul"), ("OF-1", "BBCL15", COURT, "Macul"))
    own = make_importacion(app, right, usuario_investigador, contenido=its)
    preview = investigador.get(f"/importar/{own}").text
    name = re.search(r'name="(r-\d+)"', preview)
    assert name, "it repeats a plate of the other buffet"
    investigador.post(f"/importar/{own}", data={name[1]: "nuevo"})
    press_import(investigador, f"/importar/{own}")
    worked = next(o for o in rows(Oficio, buffet_id=buffet.id) if o.vehiculo_n == 2)
    data = {"tipo": "nota", "descripcion": "Llamó la dueña."}
    investigador.post(f"/oficios/{worked.id}/bitacora", data=data)

    investigador.post(f"{listed}/mover", data={"buffet_id": right.id})
    page = investigador.get(f"{listed}/avance").text
    do_jobs(app)

    assert "Queda 1 caso: ya se trabajó en ellos." in page
    assert "Queda 1 caso: ese buffet ya los tiene" in page
    assert len(rows(Oficio, buffet_id=buffet.id)) == 2
    # The third vehicle of that order which the buffet has.
    assert sorted(o.vehiculo_n for o in rows(Oficio, numero_oficio="OF-1", buffet_id=right.id)) == [
        1,
        2,
    ]
    assert rows(Importacion)[0].buffet_id == buffet.id
    assert f"Movido al buffet {right.nombre}." in investigador.get(listed).text


def test_one_row_goes_alone(
    investigador: FlaskClient, buffet: Buffet, right: Buffet, listed: str, rows: Rows
) -> None:
    case = next(one for one in rows(Oficio) if one.numero_oficio == "OF-2")
    url = f"{listed}/mover/{case.id}"
    assert "Elija el buffet" in investigador.post(url, data={"buffet_id": buffet.id}).text

    assert investigador.post(url, data={"buffet_id": right.id}).status_code == 303

    assert [one.id for one in rows(Oficio, buffet_id=right.id)] == [case.id]
    assert rows(Evento, oficio_id=case.id, tipo=TipoEvento.CREADO)[0].buffet_id == right.id
    assert len(rows(Auditoria, accion="importacion.fila_movida")) == 1
    assert investigador.get(f"{listed}/mover/{case.id + 99}").status_code == 404


def test_a_row_is_refused_once_somebody_worked_on_it_and_after_a_day(
    investigador: FlaskClient,
    right: Buffet,
    listed: str,
    rows: Rows,
    change: Callable[..., None],
) -> None:
    case = rows(Oficio)[0]
    data = {"tipo": "nota", "descripcion": "Llamó la dueña."}
    investigador.post(f"/oficios/{case.id}/bitacora", data=data)
    answer = investigador.post(f"{listed}/mover/{case.id}", data={"buffet_id": right.id})
    assert answer.status_code == 422
    assert "Ya se trabajó en este caso" in answer.text

    change(rows(Importacion)[0], importada_at=utcnow() - timedelta(days=1, minutes=1))
    assert "Pasó más de un día" in investigador.get(f"{listed}/mover").text
    assert f"{listed}/mover" not in investigador.get(listed).text
    investigador.post(f"{listed}/mover", data={"buffet_id": right.id})
    assert rows(Oficio, buffet_id=right.id) == []


def test_a_program_moves_one_case_and_then_the_rest(
    app: Flask,
    investigador_api: Callable[..., Any],
    buffet: Buffet,
    right: Buffet,
    listed: str,
    rows: Rows,
) -> None:
    (shown,) = investigador_api("GET", "/importaciones?estado=importada").get_json()
    assert shown["buffet_id"] == buffet.id
    path = f"/importaciones/{shown['id']}/mover"
    case = next(one for one in rows(Oficio) if one.numero_oficio == "OF-2")

    one = investigador_api("POST", path, {"buffet_id": right.id, "oficio_id": case.id})
    again = investigador_api("POST", path, {"buffet_id": right.id, "oficio_id": case.id})
    rest = investigador_api("POST", path, {"buffet_id": right.id})
    do_jobs(app)

    assert (one.status_code, one.get_json()["estado"]) == (200, "importada")
    assert again.status_code == 409
    assert rest.get_json()["estado"] == "moviendo"
    assert {one.buffet_id for one in rows(Oficio)} == {right.id}
    assert investigador_api("POST", path, {"buffet_id": 99999}).status_code == 422
    nothing = investigador_api("POST", "/importaciones/99999/mover", {"buffet_id": right.id})
    assert nothing.status_code == 404
