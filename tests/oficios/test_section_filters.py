"""Looking for something in the bitácora: the filters are in the address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.oficios.service import EntradaData, add_entry, record
from tests.oficios.acting import act
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def url(oficio):
    return f"/oficios/{oficio.id}/bitacora"


@pytest.fixture
def line(app, oficio, usuario_admin, usuario_investigador):
    """A note and a call of one person, a note of another, and something that Rastro did."""

    def write(actor, text, tipo, day):
        moment = datetime(2026, 10, day, 15, tzinfo=UTC)
        entry = EntradaData(tipo, text, moment)
        act(app, oficio, actor, lambda o, who: add_entry(o, entry, actor=who, now=moment))

    write(usuario_investigador, "Vive en Ñuñoa, según el conserje", Actividad.NOTA, 1)
    write(usuario_investigador, "Corta la llamada", Actividad.LLAMADA, 5)
    write(usuario_admin, "Pidió plazo el buffet", Actividad.NOTA, 9)
    late = datetime(2026, 10, 9, 23, 30, tzinfo=UTC)
    act(
        app,
        oficio,
        usuario_admin,
        lambda o, _who: record(
            o, Actividad.CONSULTA_API, "Sin novedades", actor=None, now=late, is_real=False
        ),
    )


TEXTS = {
    "nota": "Vive en Ñuñoa",
    "llamada": "Corta la llamada",
    "admin": "Pidió plazo",
    "sistema": "Sin novedades",
}


def shown(response):
    """Which entries the answer lists."""
    listed = response.text.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    return {name for name, text in TEXTS.items() if text in listed}


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("tipo=llamada", {"llamada"}),
        ("tipo=llamada&tipo=consulta_api", {"llamada", "sistema"}),
        ("tipo=nota&tipo=inventado", {"nota", "admin"}),
        ("texto=nunoa+SEGUN", {"nota"}),
        ("texto=buffet&tipo=nota", {"admin"}),
        ("texto=buffet&tipo=llamada", set()),
        ("desde=2026-10-05", {"llamada", "admin", "sistema"}),
        ("desde=2026-10-05&hasta=08-10-2026", {"llamada"}),
        ("hasta=2026-10-01", {"nota"}),
        ("hasta=2026-10-09", {"nota", "llamada", "admin", "sistema"}),
        ("quien=0", {"sistema"}),
        ("quien=999999", {"nota", "llamada", "admin", "sistema"}),
        ("quien=x&entrada=y", {"nota", "llamada", "admin", "sistema"}),
        ("texto=100%25", set()),
    ],
)
def test_the_line_shows_what_the_address_asks_for(query, names, investigador, url, oficio):
    page = investigador.get(f"{url}?{query}")
    part = investigador.get(f"{url}?{query}", headers=HTMX)

    assert shown(page) == names
    assert_fragment(part, f"oficio-bitacora-{oficio.id}")
    assert shown(part) == names


@pytest.mark.usefixtures("line")
def test_what_one_person_wrote(investigador, url, usuario_admin, usuario_investigador):
    assert shown(investigador.get(f"{url}?quien={usuario_admin.id}")) == {"admin"}
    own = investigador.get(f"{url}?quien={usuario_investigador.id}")
    assert shown(own) == {"nota", "llamada"}
    assert f'<option selected value="{usuario_investigador.id}">Carla Muñoz</option>' in own.text
    assert "2 entradas calzan" not in own.text, "the oficio itself was entered by the same person"
    assert "3 entradas calzan con el filtro" in own.text


@pytest.mark.usefixtures("line")
def test_a_kind_is_added_to_the_others_and_taken_away_again(investigador, url):
    text = investigador.get(f"{url}?tipo=nota&texto=ñuñoa").text

    assert f'href="{url}?tipo=nota&amp;tipo=llamada&amp;texto=%C3%B1u%C3%B1oa"' in text
    assert f'href="{url}?texto=%C3%B1u%C3%B1oa"' in text, "the chip of the kind itself, and «Todo»"
    assert '<input type="hidden" name="tipo" value="nota">' in text
    assert 'hx-push-url="true"' in text


@pytest.mark.usefixtures("line")
def test_a_day_that_cannot_be_read_is_said_and_left_out(investigador, url):
    response = investigador.get(f"{url}?desde=31-02-2026&hasta=pronto&tipo=llamada")

    assert response.status_code == 200
    assert "no existe" in response.text.partition('id="desde-error"')[2].partition("</div>")[0]
    assert "no es una fecha" in response.text.partition('id="hasta-error"')[2]
    assert shown(response) == {"llamada"}


def test_pages_of_a_search_keep_it(app, investigador, url, oficio, usuario_investigador):
    now = datetime(2026, 10, 1, 15, tzinfo=UTC)

    def write(o, who):
        for number in range(53):
            add_entry(
                o, EntradaData(Actividad.NOTA, f"Día número {number:02}."), actor=who, now=now
            )

    act(app, oficio, usuario_investigador, write)
    first = investigador.get(f"{url}?texto=dia+numero").text

    assert "53 entradas calzan" in first
    assert f'href="{url}?texto=dia+numero&amp;pagina=2"' in first
    second = investigador.get(f"{url}?texto=dia+numero&pagina=2").text
    assert "Día número 02." in second
    assert "Día número 03." not in second
    assert "No hay entradas" in investigador.get(f"{url}?texto=dia+numero&pagina=9").text


def test_a_form_that_was_sent_shows_the_whole_line(investigador, url, oficio):
    response = investigador.post(
        f"{url}?tipo=llamada&texto=nada",
        data={"tipo": "nota", "descripcion": "Hola"},
        headers=HTMX,
    )

    assert "Hola" in response.text.partition('<ol class="timeline">')[2]


def test_the_filters_are_for_the_firm_alone(cliente, cliente_ajeno, stranger, url, rows):
    assert len(rows(Investigacion)) == 1
    for client, status in ((cliente, 404), (cliente_ajeno, 404), (stranger, 303)):
        assert client.get(f"{url}?tipo=nota&texto=x").status_code == status
