"""The preset texts of the bitácora, which an admin keeps."""

from __future__ import annotations

import re

import flask_migrate
import pytest
import sqlalchemy as sa

from app import create_app
from app.auditoria.models import Auditoria
from app.db import db
from app.oficios.models import TextoPredefinido
from app.oficios.rules import Actividad
from tests.oficios.textos import make_texto
from tests.plugins.application import test_config as config_for_tests

URL = "/admin/textos"


@pytest.fixture
def texts(app, usuario_admin):
    """Three of a kind, in their order."""
    return [make_texto(app, usuario_admin, text) for text in ("Uno", "Dos", "Tres")]


def offered(client, oficio):
    """The texts for calls that the case page offers, in their order."""
    form = client.get(f"/oficios/{oficio.id}/bitacora").text.partition('id="frase-llamada"')[2]
    options = form.partition("</select>")[0].split('<option value="')[2:]
    return [option.partition('"')[0] for option in options]


def test_a_new_installation_offers_texts_for_each_kind(fresh_database_url, tmp_path):
    app = create_app(config_for_tests(fresh_database_url, tmp_path))
    with app.app_context():
        flask_migrate.upgrade()
        rows = db.session.execute(
            sa.select(TextoPredefinido.tipo, sa.func.count()).group_by(TextoPredefinido.tipo)
        ).all()
        db.session.remove()
        db.engine.dispose()

    assert {tipo for tipo, _count in rows} == {
        Actividad.NOTA,
        Actividad.LLAMADA,
        Actividad.TERRENO,
    }
    assert all(count >= 5 for _tipo, count in rows)


def test_an_admin_adds_a_text_and_it_is_offered(admin, investigador, oficio, texts, rows):
    response = admin.post(URL, data={"tipo": "llamada", "texto": "  Pide   hablar mañana "})

    assert response.status_code == 303
    assert offered(investigador, oficio) == ["Uno", "Dos", "Tres", "Pide hablar mañana"]
    assert rows(Auditoria, accion="texto.creado")[-1].entidad_id == rows(TextoPredefinido)[-1].id


BAD = [
    ({"tipo": "llamada", "texto": " "}, "Escriba el texto"),
    ({"tipo": "llamada", "texto": "x" * 201}, "más de 200"),
    ({"tipo": "llamada", "texto": "DOS"}, "ya existe"),
    ({"tipo": "sistema", "texto": "Hola"}, "Elija una de las opciones"),
    ({"texto": "Hola", "tipo": ""}, "Elija una de las opciones"),
]


@pytest.mark.parametrize(("data", "sentence"), BAD)
def test_a_text_that_cannot_be_offered_is_explained(data, sentence, admin, texts, rows):
    response = admin.post(URL, data=data)

    assert response.status_code == 422
    assert sentence in response.text
    assert len(rows(TextoPredefinido)) == 3


def test_the_same_words_may_be_offered_for_another_kind(admin, texts, rows):
    assert admin.post(URL, data={"tipo": "nota", "texto": "Dos"}).status_code == 303
    assert len(rows(TextoPredefinido, texto="Dos")) == 2


def test_a_text_is_said_otherwise(admin, investigador, oficio, texts, rows):
    edit = f"{URL}/{texts[1]}"
    page = admin.get(edit).text
    assert 'value="Dos"' in page
    assert "<title>Cambiar un texto predefinido" in re.sub(r">\s+", ">", page)
    assert admin.post(edit, data={"texto": "Dos veces"}).status_code == 303
    assert admin.post(edit, data={"texto": "Dos veces"}).status_code == 303
    taken = admin.post(edit, data={"texto": "uno"})
    empty = admin.post(edit, data={"texto": ""})

    assert (taken.status_code, empty.status_code) == (422, 422)
    assert "ya existe" in taken.text
    assert offered(investigador, oficio) == ["Uno", "Dos veces", "Tres"]
    assert len(rows(Auditoria, accion="texto.modificado")) == 1


def test_a_text_is_offered_no_more_and_then_again(admin, investigador, oficio, texts, rows):
    toggle = f"{URL}/{texts[0]}/activo"
    for _ in range(2):
        admin.post(toggle, data={"activo": "0"})
    assert offered(investigador, oficio) == ["Dos", "Tres"]
    late = investigador.post(
        f"/oficios/{oficio.id}/bitacora", data={"tipo": "llamada", "frase": "Uno"}
    )
    assert late.status_code == 422
    assert "Inactivo" in admin.get(URL).text

    admin.post(toggle, data={"activo": "1"})
    assert offered(investigador, oficio) == ["Uno", "Dos", "Tres"]
    assert len(rows(Auditoria, accion="texto.desactivado")) == 1


def test_texts_change_places_and_stop_at_the_ends(admin, investigador, oficio, texts):
    admin.post(f"{URL}/{texts[2]}/mover", data={"hacia": "arriba"})
    assert offered(investigador, oficio) == ["Uno", "Tres", "Dos"]
    admin.post(f"{URL}/{texts[0]}/mover", data={"hacia": "arriba"})
    assert offered(investigador, oficio) == ["Uno", "Tres", "Dos"]
    admin.post(f"{URL}/{texts[0]}/mover", data={"hacia": "abajo"})
    admin.post(f"{URL}/{texts[1]}/mover", data={"hacia": "abajo"})
    assert offered(investigador, oficio) == ["Tres", "Uno", "Dos"]


def test_the_texts_are_for_admins_alone(investigador, cliente, stranger, texts, rows):
    for client, status in ((investigador, 404), (cliente, 404), (stranger, 303)):
        assert client.get(URL).status_code == status
        assert client.post(URL, data={"tipo": "nota", "texto": "x"}).status_code == status
        assert client.post(f"{URL}/{texts[0]}/activo", data={"activo": "0"}).status_code == status
    assert len(rows(TextoPredefinido, activo=True)) == 3
    assert investigador.get(f"{URL}/{texts[0] + 99}").status_code == 404
