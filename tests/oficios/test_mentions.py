"""A colleague who is mentioned in a note is kept with it and told, if they may see the case."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.ajustes.service import set_setting
from app.avisos.models import Aviso
from app.avisos.rules import Novedad
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.oficios.rules.addressed import find_mentions, split_mentions
from app.usuarios.rules import Rol
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from tests.factories import make_usuario

PEOPLE = {1: "Ana Pérez", 2: "Ana Núñez Soto", 3: "Óscar D’Angelo", 4: "Luis", 5: "Luis Rey"}


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        ("Ojo @Ana Pérez, mire esto", {1: "@Ana Pérez"}, []),
        ("ojo @ana perez: y @ANA NUNEZ SOTO", {1: "@ana perez", 2: "@ANA NUNEZ SOTO"}, []),
        ("@óscar y @Luis Rey.", {3: "@óscar", 5: "@Luis Rey"}, []),
        ("@Luis llamó", {4: "@Luis"}, []),
        ("@Ana llamó", {}, ["@Ana"]),
        ("@Pedro, @Pedro y (@ana pérez)", {1: "@ana pérez"}, ["@Pedro", "@Pedro"]),
        ("escriba a ana@correo.example o a @", {}, []),
        ("@Ana  Pérez", {}, ["@Ana"]),
        ("@Ana Pérez @Ana Pérez", {1: "@Ana Pérez"}, []),
        ("@" * 5000, {}, []),
    ],
)
def test_names_are_found_by_their_longest_form(text, found, unknown):
    mentions, missed = find_mentions(text, PEOPLE)

    assert {one.usuario_id: one.texto for one in mentions} == found
    assert missed == unknown


def test_a_note_is_split_where_it_mentions_somebody():
    detalle = {
        "menciones": [{"usuario_id": 1, "texto": "@Ana"}, {"usuario_id": 2, "texto": "@Ana S"}]
    }

    assert split_mentions("¿@Ana S o @Ana?", detalle) == [
        ("¿", False),
        ("@Ana S", True),
        (" o ", False),
        ("@Ana", True),
        ("?", False),
    ]
    assert split_mentions("@Ana", {}) == [("@Ana", False)]


@pytest.fixture
def colleague(app):
    return make_usuario(app, Rol.INVESTIGADOR, nombre="Elisa Ríos Z.")


def write(client, oficio, text, where="resumen"):
    data = {"tipo": "nota", "descripcion": text}
    return client.post(f"/oficios/{oficio.id}/{where}", data=data, follow_redirects=True)


def test_who_is_mentioned_is_told_once_and_the_note_shows_it(
    app, investigador, usuario_investigador, admin, usuario_admin, oficio, colleague, rows
):
    page = write(
        investigador,
        oficio,
        f"@Elisa Ríos Z. puede ir mañana, @{usuario_investigador.nombre} no. @Nadie Así",
        "bitacora",
    ).get_data(as_text=True)

    [aviso] = rows(Aviso)
    assert (aviso.usuario_id, aviso.novedad) == (colleague.id, Novedad.MENCION)
    assert usuario_investigador.nombre in aviso.texto
    assert '<strong class="mention">@Elisa Ríos Z.</strong> puede ir' in page
    assert "A @Nadie no se le avisó" in page
    entry = next(row for row in rows(Investigacion) if row.tipo is Actividad.NOTA)
    assert entry.detalle["menciones"][0] == {"usuario_id": colleague.id, "texto": "@Elisa Ríos Z."}
    assert aviso.url.endswith(f"entrada={entry.id}")

    # Mending the note tells who is new in it, and nobody twice.
    investigador.post(
        f"/oficios/{oficio.id}/bitacora/{entry.id}",
        data={"descripcion": f"@Elisa Ríos Z. y @{usuario_admin.nombre}"},
    )
    assert [row.usuario_id for row in rows(Aviso)] == [colleague.id, usuario_admin.id]
    assert '<strong class="mention">@Elisa Ríos Z.</strong>' in investigador.get(
        f"/oficios/{oficio.id}"
    ).get_data(as_text=True)


def test_only_who_may_see_the_case_is_offered_and_told(
    app,
    investigador,
    usuario_investigador,
    admin,
    usuario_admin,
    cliente,
    stranger,
    oficio,
    colleague,
    rows,
):
    url = f"/oficios/{oficio.id}/menciones"
    offered = investigador.get(url).get_json()["personas"]
    assert colleague.nombre in offered
    assert usuario_investigador.nombre not in offered
    assert cliente.get(url).status_code == 404
    assert "/entrar" in stranger.get(url).headers["Location"]

    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
        db.session.get_one(Oficio, oficio.id).investigador_id = usuario_investigador.id
    assert investigador.get(url).get_json()["personas"] == [usuario_admin.nombre]

    page = write(investigador, oficio, "@Elisa Ríos Z.").get_data(as_text=True)
    assert "no se le avisó" in page
    assert rows(Aviso) == []


@pytest.mark.e2e
def test_names_are_offered_while_one_types_and_enter_takes_one(
    app, browse, usuario_investigador, oficio, colleague, rows
):
    page = browse(usuario_investigador, f"/oficios/{oficio.id}")
    line = page.locator("#linea")
    line.press_sequentially("Pregunte a @ríos")
    option = page.get_by_role("option", name=colleague.nombre)
    expect(option).to_have_attribute("aria-selected", "true")
    line.press("Enter")
    expect(line).to_have_value(f"Pregunte a @{colleague.nombre} ")
    expect(option).to_have_count(0)
    line.press("Enter")

    expect(page.locator(".mention")).to_have_text("@Elisa Ríos Z.")
    assert [row.usuario_id for row in rows(Aviso)] == [colleague.id]
