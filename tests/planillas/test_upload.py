"""The first page: a list goes in for a buffet, or a sentence says why not."""

from __future__ import annotations

import io
import os
from datetime import timedelta

import pytest

from app.core.clock import utcnow
from app.oficios.models import Oficio
from app.planillas.models import Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from tests.factories import make_buffet
from tests.planillas.listados import DATA, GOOD, do_jobs, make_importacion, make_list, upload
from tests.plugins.application import HTMX, assert_fragment


def test_the_page_offers_the_buffets_that_send_oficios(investigador, app, buffet):
    make_buffet(app, nombre="Estudio Cerrado", activo=False)

    page = investigador.get("/importar").text

    assert buffet.nombre in page
    assert "Estudio Cerrado" not in page


def test_without_a_buffet_the_page_says_what_to_do_first(admin, app):
    page = admin.get("/importar").text

    assert "Todavía no hay buffets" in page
    assert 'href="/admin/buffets/nuevo"' in page


def test_an_upload_is_kept_as_a_draft_and_nothing_else_is_stored(
    investigador, buffet, usuario_investigador, rows
):
    contenido = (DATA / "oficios_buffet.csv").read_bytes()

    response = upload(investigador, buffet, contenido, "Listas/oficios_buffet.csv")

    draft = rows(Importacion)[0]
    assert response.status_code == 303
    assert response.headers["Location"] == f"/importar/{draft.id}"
    assert (draft.buffet_id, draft.usuario_id) == (buffet.id, usuario_investigador.id)
    assert draft.nombre_archivo == "oficios_buffet.csv"
    assert draft.estado is EstadoImportacion.BORRADOR
    assert len(draft.sha256) == 64
    assert rows(Oficio) == []


def test_htmx_is_sent_to_the_preview(investigador, buffet, rows):
    response = upload(investigador, buffet, make_list(GOOD), headers=HTMX)

    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == f"/importar/{rows(Importacion)[0].id}"


@pytest.mark.parametrize(
    ("contenido", "nombre", "sentence"),
    [
        (b"", "vacio.csv", "El archivo está vacío."),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "listado.xlsx", "es una imagen, no una planilla"),
        (os.urandom(10 * 1024 * 1024), "basura.csv", "no es una planilla ni texto legible"),
        (os.urandom(10 * 1024 * 1024 + 1), "basura.xlsx", "pesa más de 10 MB"),
        (b"PK\x03\x04" + os.urandom(2000), "roto.xlsx", "está dañado o incompleto"),
        (b"hola;mundo\n1;2\n", "otro.csv", "No se encontró la fila de encabezados."),
    ],
    ids=["empty", "image", "junk", "too big", "broken", "no header"],
)
def test_what_is_no_list_is_refused_beside_the_field_and_the_buffet_stays(
    contenido, nombre, sentence, investigador, buffet, rows
):
    response = upload(investigador, buffet, contenido, nombre)

    assert response.status_code == 422
    assert sentence in response.text
    assert f'<option selected value="{buffet.id}">' in response.text
    assert rows(Importacion) == []


def test_a_refused_upload_answers_htmx_with_the_form_alone(investigador, buffet):
    response = upload(investigador, buffet, b"", headers=HTMX)

    assert response.status_code == 422
    form = assert_fragment(response, "importacion-upload-new")
    assert "El archivo está vacío." in form


def test_a_buffet_must_be_chosen(investigador, buffet, rows):
    response = upload(investigador, None, make_list(GOOD))

    assert response.status_code == 422
    assert "Elija el buffet que envió el listado." in response.text
    assert rows(Importacion) == []


@pytest.mark.parametrize("buffet_id", ["999999", "uno", "-1"])
def test_a_buffet_that_is_not_on_the_list_is_refused(buffet_id, investigador, buffet, rows):
    data = {"buffet_id": buffet_id, "planilla": (io.BytesIO(make_list(GOOD)), "l.csv")}

    response = investigador.post("/importar", data=data)

    assert response.status_code == 422
    assert "Elija el buffet que envió el listado." in response.text
    assert rows(Importacion) == []


def test_a_closed_buffet_sends_nothing(investigador, app, buffet, rows):
    closed = make_buffet(app, activo=False)

    assert upload(investigador, closed, make_list(GOOD)).status_code == 422
    assert rows(Importacion) == []


def test_a_file_must_be_chosen(investigador, buffet):
    response = investigador.post("/importar", data={"buffet_id": str(buffet.id)})

    assert response.status_code == 422
    assert "Elija la planilla que va a importar." in response.text


def test_drafts_of_last_week_go_when_a_new_one_comes(
    investigador, app, buffet, usuario_investigador, rows
):
    old = utcnow() - timedelta(days=7, minutes=1)
    young = utcnow() - timedelta(days=6)
    make_importacion(app, buffet, usuario_investigador, now=old)
    kept = make_importacion(app, buffet, usuario_investigador, now=young)

    upload(investigador, buffet, make_list(GOOD))

    assert [draft.id for draft in rows(Importacion)][:1] == [kept]
    assert len(rows(Importacion)) == 2


def test_the_last_lists_are_shown_with_what_became_of_them(
    investigador, app, buffet, usuario_investigador
):
    waiting = make_importacion(app, buffet, usuario_investigador, nombre="espera.csv")
    done = make_importacion(app, buffet, usuario_investigador, nombre="lista.csv")
    gone = make_importacion(app, buffet, usuario_investigador, nombre="descartada.csv")
    investigador.post(f"/importar/{done}/importar", data={"version": 1})
    do_jobs(app)
    investigador.post(f"/importar/{gone}/descartar")

    page = investigador.get("/importar").text

    assert f'href="/importar/{waiting}">espera.csv</a>' in page
    assert "Por importar" in page
    assert "1 creados" in page
    assert "descartada.csv" not in page
