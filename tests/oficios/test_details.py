"""Correcting what the paper says of an oficio, and entrusting it."""

from __future__ import annotations

from datetime import date

import pytest

from app.oficios.models import Investigacion, Oficio
from app.usuarios.rules import Rol
from tests.factories import make_oficio, make_usuario
from tests.oficios.acting import act, stored
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def url(oficio):
    return f"/oficios/{oficio.id}/datos"


@pytest.fixture
def data(oficio):
    return {"numero_oficio": oficio.numero_oficio, "prioridad": "media", "version": "1"}


def test_the_data_are_corrected_and_the_case_entrusted_in_one_go(
    app, investigador, url, oficio, data, usuario_admin, rows
):
    response = investigador.post(
        url,
        data={
            **data,
            "rol": "c 3030 - 2017",
            "tribunal": "19 juzgado civil de santiago",
            "caratulado": "BANCO DE CHILE/CEA",
            "fecha_oficio": "2026-10-28",
            "fecha_ingreso": "2026-11-02",
            "fecha_limite": "24-12-2026",
            "prioridad": "urgente",
            "fuerza_publica": "y",
            "investigador_id": str(usuario_admin.id),
        },
        headers=HTMX,
    )

    text = assert_fragment(response, f"oficio-datos-{oficio.id}")
    assert "24-12-2026" in text
    now = stored(app, oficio)
    assert (now.rol, now.tribunal) == ("C-3030-2017", "19º Juzgado Civil de Santiago")
    assert (now.fecha_limite, now.prioridad.value) == (date(2026, 12, 24), "urgente")
    assert (now.fuerza_publica, now.descerrajamiento) == (True, False)
    assert (now.fecha_oficio, now.fecha_ingreso) == (date(2026, 10, 28), date(2026, 11, 2))
    assert now.investigador_id == usuario_admin.id
    told = [entry.descripcion for entry in rows(Investigacion)][1:]
    assert told == ["Datos del oficio modificados", "Asignado a Ana Vega"]
    assert f'name="version" value="{now.version}"' in text


BAD = [
    ({"numero_oficio": ""}, "numero_oficio", "Escriba el número"),
    ({"numero_oficio": "\x00"}, "numero_oficio", "Escriba el número"),
    ({"numero_oficio": "x" * 61}, "numero_oficio", "más de 60"),
    ({"rol": "3030"}, "rol", "no es un rol"),
    ({"rol": "C-3030-2017" * 4}, "rol", "más de 40"),
    ({"tribunal": "x" * 161}, "tribunal", "más de 160"),
    ({"caratulado": "x" * 201}, "caratulado", "más de 200"),
    ({"fecha_ingreso": "31/02/2026"}, "fecha_ingreso", "no existe"),
    ({"fecha_limite": "mañana"}, "fecha_limite", "no es una fecha"),
    ({"fecha_limite": "24-12-0026"}, "fecha_limite", "no es creíble"),
    ({"prioridad": "máxima"}, "prioridad", "Elija una de las opciones"),
    ({"investigador_id": "999"}, "investigador_id", "Elija una de las opciones"),
    ({"investigador_id": "nadie"}, "investigador_id", "Elija una de las opciones"),
    ({"notas_generales": "x" * 5001}, "notas_generales", "más de 5000"),
]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(("change", "name", "sentence"), BAD)
def test_what_cannot_be_read_is_explained_beside_its_field(
    change, name, sentence, headers, app, investigador, url, oficio, data, rows
):
    response = investigador.post(
        url, data={**data, "caratulado": "BANCO/CEA", **change}, headers=headers
    )

    assert response.status_code == 422
    assert sentence in response.text.partition(f'id="{name}-error"')[2].partition("</div>")[0]
    if name != "caratulado":
        assert 'value="BANCO/CEA"' in response.text
    if name in {"rol", "fecha_ingreso", "fecha_limite"}:
        assert f'value="{change[name]}"' in response.text
    assert len(rows(Investigacion)) == 1
    assert stored(app, oficio).version == 1


def test_a_date_that_cannot_be_shown_in_a_date_field_stays_visible(investigador, url, data):
    text = investigador.post(url, data={**data, "fecha_limite": "31/02/2026"}).text

    shown = text.partition('name="fecha_limite"')
    assert 'type="text"' in shown[0].rpartition("<input")[2] + shown[2].partition(">")[0]


def test_a_number_of_another_oficio_is_refused_beside_the_field(
    investigador, url, data, buffet, app, usuario_admin
):
    make_oficio(app, buffet, usuario_admin, numero_oficio="OF-2026-7")

    response = investigador.post(url, data={**data, "numero_oficio": "OF-2026-7"})

    assert response.status_code == 422
    beside = response.text.partition('id="numero_oficio-error"')[2].partition("</div>")[0]
    assert "Ya existe un oficio con este número" in beside


@pytest.mark.parametrize("version", ["0", "2", "", "uno", "-1", "²", "9" * 30])
def test_an_older_copy_is_refused_and_keeps_what_was_typed(
    version, app, investigador, url, oficio, data
):
    response = investigador.post(url, data={**data, "caratulado": "MÍO", "version": version})

    assert response.status_code == 409
    assert "Lo que usted escribió sigue aquí" in response.text
    assert 'value="MÍO"' in response.text
    assert 'name="version" value="1"' in response.text
    assert stored(app, oficio).caratulado is None


def test_what_does_not_add_up_is_kept_flagged_and_gone_once_corrected(
    app, investigador, url, oficio, data
):
    odd = {"tribunal": "Juzgado de la Luna", "fecha_ingreso": "2026-11-02"}
    investigador.post(url, data={**data, **odd, "fecha_limite": "2026-10-02"})

    page = investigador.get(url).text
    assert "«Juzgado de la Luna» no está en la lista" in page
    assert "es anterior a la de ingreso" in page
    investigador.post(f"/oficios/{oficio.id}/confirmar", data={"clave": "ingreso-tribunal"})
    assert set(stored(app, oficio).advertencias_ingreso) == {"fecha_limite"}

    fixed = {**data, **odd, "fecha_limite": "2026-12-02", "version": "3"}
    assert investigador.post(url, data=fixed).status_code == 303
    now = stored(app, oficio)
    assert now.tribunal == "Juzgado de la Luna"
    assert now.advertencias_ingreso == {}, "what was confirmed does not come back"


def test_an_unreadable_rol_of_the_papers_stays_while_its_neighbours_change(
    app, investigador, buffet, usuario_admin
):
    case = make_oficio(app, buffet, usuario_admin, numero_oficio="OF-1", rol="3030 (ilegible)")
    data = {"numero_oficio": "OF-1", "prioridad": "alta", "version": "1"}

    response = investigador.post(
        f"/oficios/{case.id}/datos", data={**data, "rol": "3030 (ilegible)"}
    )

    assert response.status_code == 303
    assert stored(app, case).rol == "3030 (ilegible)"
    assert stored(app, case).prioridad.value == "alta"


def test_who_left_the_firm_keeps_the_case_until_it_is_given_to_another(
    app, investigador, url, oficio, data, rows
):
    retired = make_usuario(app, Rol.INVESTIGADOR, nombre="Pedro Antiguo", activo=False)

    def assign(row, _who):
        row.investigador_id = retired.id

    act(app, oficio, retired, assign)
    assert "Pedro Antiguo (inactivo)" in investigador.get(url).text

    kept = {**data, "investigador_id": str(retired.id), "caratulado": "BANCO/CEA"}
    assert investigador.post(url, data=kept).status_code == 303
    assert stored(app, oficio).investigador_id == retired.id
    freed = {**data, "investigador_id": "", "caratulado": "BANCO/CEA", "version": "2"}
    assert investigador.post(url, data=freed).status_code == 303
    assert stored(app, oficio).investigador_id is None
    assert rows(Investigacion)[-1].descripcion == "Queda sin asignar"


def test_the_data_are_for_the_firm_alone(cliente, cliente_ajeno, stranger, url, data, rows):
    for client in (cliente, cliente_ajeno, stranger):
        response = client.post(url, data={**data, "caratulado": "ROBADO"})
        assert response.status_code in {303, 404}
    assert rows(Oficio)[0].caratulado is None
