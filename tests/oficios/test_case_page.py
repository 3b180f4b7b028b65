"""The frame of the case page: who sees it and what stands over the sections."""

from __future__ import annotations

from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment


def test_the_case_page_opens_on_the_bitacora(investigador, oficio):
    page = investigador.get(f"/oficios/{oficio.id}")

    assert page.status_code == 200
    assert "<html" in page.text
    assert "Oficio ingresado" in page.text
    assert f'id="oficio-head-{oficio.id}"' in page.text


def test_htmx_gets_the_section_alone(investigador, oficio):
    response = investigador.get(f"/oficios/{oficio.id}", headers=HTMX)

    assert_fragment(response, f"oficio-bitacora-{oficio.id}")


def test_other_oficios_of_the_same_plate_are_announced(
    app, investigador, buffet, otro_buffet, usuario_admin
):
    one = make_oficio(app, buffet, usuario_admin, patente="BBCL12")
    other = make_oficio(app, otro_buffet, usuario_admin, patente="BBCL12")

    page = investigador.get(f"/oficios/{one.id}")

    assert other.numero_oficio in page.text
