"""An erasure is decided on a page, and goes on where its process died."""

from __future__ import annotations

import pytest

from app.auditoria.models import Auditoria
from app.jobs.runner import work
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Estado
from app.oficios.service import PropietarioData
from app.supresion import service
from app.supresion.models import Supresion
from app.supresion.rules import EstadoSupresion
from tests.factories import make_oficio

PERSON = {"rut": "5.126.663-3", "nombre": "José Núñez Peña"}
URL = "/admin/personas/supresiones/nueva"


@pytest.fixture
def casos(app, buffet, usuario_admin):
    """Two closed cases of the person and one that is open."""
    data = PropietarioData(nombre=PERSON["nombre"], rut="5126663-3")
    return [
        make_oficio(app, buffet, usuario_admin, estado=estado, propietario=data, rol="C-1-2026").id
        for estado in (Estado.ENCONTRADO, Estado.NO_ENCONTRADO, Estado.PENDIENTE)
    ]


def send(client, casos, *tratos, porque=""):
    return client.post(
        URL,
        data={
            **PERSON,
            "motivo": "Solicitud S-2026-0001",
            "confirma": "1",
            "caso": [str(each) for each in casos],
            "trato": list(tratos),
            "porque": ["", "", porque],
        },
    )


def test_what_is_open_is_refused_and_what_stays_needs_a_reason(admin, casos, rows):
    page = admin.post(URL, data=PERSON)
    assert page.status_code == 200
    assert page.text.count('value="anonimizar"') == 2
    assert page.text.count("El procedimiento judicial sigue abierto.") == 1

    for tratos in (["anonimizar"] * 3, ["anonimizar", "anonimizar", "conservar"]):
        answer = send(admin, casos, *tratos)
        assert answer.status_code == 422
        assert f"caso {casos[2]}" in answer.text
    assert rows(Supresion) == []


def test_it_goes_on_where_its_process_died(app, admin, casos, rows, monkeypatch):
    answer = send(admin, casos, "anonimizar", "anonimizar", "conservar", porque="Sigue abierto.")
    assert answer.status_code == 303
    empty_case, emptied = service.empty_case, []

    def die_at_the_second(oficio_id, *args, **options):
        emptied.append(oficio_id)
        empty_case(oficio_id, *args, **options)
        if len(emptied) == 2:
            raise SystemExit

    monkeypatch.setattr(service, "empty_case", die_at_the_second)
    with app.app_context(), pytest.raises(SystemExit):
        work("test")
    names = [each.nombre for each in rows(Propietario)]
    assert names == [None, PERSON["nombre"], PERSON["nombre"]], "a case whole, or not begun"

    (row,) = rows(Supresion)
    with app.app_context():
        while service.erase_next(row.id, now=row.confirmada_at):
            pass
    assert emptied == [casos[0], casos[1], casos[1]]
    assert [each.nombre for each in rows(Propietario)] == [None, None, PERSON["nombre"]]
    assert [each.rol for each in rows(Oficio)] == [None, None, "C-1-2026"]
    (row,) = rows(Supresion)
    assert row.buscado == []
    assert row.estado is EstadoSupresion.CONFIRMADA
    page = admin.get(f"/admin/personas/supresiones/{row.id}").text
    assert "Sigue abierto." in page
    assert PERSON["nombre"] not in page
    proof = admin.get(f"/admin/personas/supresiones/{row.id}/prueba.json").json
    assert proof["sha256"] == row.huella
    assert "Núñez" not in str([each.detalle for each in rows(Auditoria)])
