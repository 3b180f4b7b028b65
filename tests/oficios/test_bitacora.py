"""The bitácora on the case page: reading it, writing in it, mending what was written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.oficios.service import EntradaData, OficioData, add_entry, update_oficio
from tests.factories import make_oficio
from tests.oficios.acting import act, stored
from tests.oficios.textos import make_texto
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def url(oficio):
    return f"/oficios/{oficio.id}/bitacora"


def write(app, oficio, actor, text, tipo=Actividad.NOTA, at=None):
    act(
        app,
        oficio,
        actor,
        lambda o, who: add_entry(o, EntradaData(tipo, text, at), actor=who, now=utcnow()),
    )


def test_a_note_is_stored_and_shown_both_ways(app, investigador, url, oficio, usuario_admin, rows):
    make_texto(app, usuario_admin, "No contesta")
    plain = investigador.post(url, data={"tipo": "nota", "descripcion": "El conserje lo conoce"})
    assert plain.status_code == 303
    assert plain.headers["Location"] == url

    response = investigador.post(
        url,
        data={"tipo": "llamada", "frase": "No contesta", "descripcion": "Dos veces\nhoy"},
        headers=HTMX,
    )
    text = assert_fragment(response, f"oficio-bitacora-{oficio.id}")
    assert "El conserje lo conoce" in text
    assert "aviso" in response.headers["HX-Trigger"]
    call = rows(Investigacion, tipo=Actividad.LLAMADA)[0]
    assert call.descripcion == "No contesta. Dos veces\nhoy"
    assert "No contesta. Dos veces" not in text.partition("<textarea")[2].partition("</textarea")[0]


def test_a_preset_text_is_enough(app, investigador, url, usuario_admin, rows):
    make_texto(app, usuario_admin, "Buzón de voz")
    investigador.post(url, data={"tipo": "llamada", "frase": "Buzón de voz"})

    assert rows(Investigacion, tipo=Actividad.LLAMADA)[0].descripcion == "Buzón de voz"


def test_what_happened_earlier_takes_its_place_in_the_line(investigador, url, rows):
    investigador.post(
        url,
        data={"tipo": "nota", "descripcion": "Ayer lo vi", "ocurrido_at": "2026-10-24T18:42"},
    )

    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    assert note.ocurrido_at == datetime(2026, 10, 24, 21, 42, tzinfo=UTC)
    text = investigador.get(url, headers=HTMX).text
    assert text.index("Oficio ingresado") < text.index("Ayer lo vi")


BAD_ENTRIES = [
    ({"tipo": "nota"}, "Escriba qué pasó"),
    ({"tipo": "sistema", "descripcion": "Hola"}, "Elija una de las opciones"),
    ({"descripcion": "Hola", "tipo": "n\x00ta"}, "Elija una de las opciones"),
    ({"tipo": "nota", "frase": "Inventada"}, "Ese texto ya no está en la lista"),
    ({"tipo": "terreno", "descripcion": "Hola"}, "Elija qué pasó en la visita"),
    ({"tipo": "terreno", "resultado": "magnífica"}, "Elija una de las opciones"),
    ({"tipo": "terreno", "resultado": "otro", "direccion_id": "77"}, "Elija una de las opciones"),
    ({"tipo": "terreno", "resultado": "otro", "lat": "-33"}, "La posición no se entiende"),
    ({"tipo": "nota", "descripcion": "x" * 5001}, "No puede tener más de 5000"),
    ({"tipo": "nota", "descripcion": "\x00\x00"}, "Escriba qué pasó"),
    ({"tipo": "nota", "descripcion": "Hola", "ocurrido_at": "31/02/2026 10:00"}, "no existe"),
    ({"tipo": "nota", "descripcion": "Hola", "ocurrido_at": "pronto"}, "no es una fecha"),
    ({"tipo": "nota", "descripcion": "Hola", "ocurrido_at": "2098-01-01T10:00"}, "no llegan"),
]


@pytest.mark.parametrize(("data", "sentence"), BAD_ENTRIES)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_bad_entry_is_explained_and_nothing_is_written(
    data, sentence, headers, investigador, url, oficio, rows
):
    response = investigador.post(url, data=data, headers=headers)

    assert response.status_code == 422
    assert sentence in response.text
    if headers:
        assert_fragment(response, f"oficio-bitacora-{oficio.id}")
    if data.get("descripcion") == "Hola":
        assert ">\nHola</textarea>" in response.text.replace("\r", "")
    if "ocurrido_at" in data:
        assert f'value="{data["ocurrido_at"]}"' in response.text
    assert len(rows(Investigacion)) == 1


def test_a_nul_byte_never_reaches_the_database(investigador, url, rows):
    investigador.post(url, data={"tipo": "nota", "descripcion": "uno\x00dos"})

    assert rows(Investigacion, tipo=Actividad.NOTA)[0].descripcion == "unodos"


def test_the_line_is_filtered_by_kind_and_comes_in_pages(
    app, investigador, url, oficio, usuario_investigador
):
    for number in range(52):
        write(app, oficio, usuario_investigador, f"Nota número {number:02}.")
    write(app, oficio, usuario_investigador, "Una llamada", Actividad.LLAMADA)

    calls = investigador.get(f"{url}?tipo=llamada").text
    assert "Una llamada" in calls
    assert "Nota número" not in calls
    first = investigador.get(f"{url}?tipo=nota").text
    assert "Nota número 51." in first
    assert "Nota número 01." not in first
    assert f'href="{url}?tipo=nota&amp;pagina=2"' in first
    assert "Nota número 01." in investigador.get(f"{url}?tipo=nota&pagina=2").text
    assert "Una llamada" in investigador.get(f"{url}?tipo=inventado").text
    for page in ("0", "-1", "99999999999999999999", "dos"):
        assert investigador.get(f"{url}?pagina={page}").status_code == 200


def test_a_form_that_was_sent_leads_to_pages_of_the_line(
    app, investigador, url, oficio, usuario_investigador
):
    for number in range(51):
        write(app, oficio, usuario_investigador, f"Nota número {number:02}.")

    refused = investigador.post(url, data={"tipo": "nota"})
    assert f'href="{url}?pagina=2"' in refused.text


def test_a_changed_field_is_told_in_words(app, investigador, url, oficio, usuario_admin):
    data = OficioData(
        numero_oficio=oficio.numero_oficio, fecha_limite=date(2026, 12, 31), fuerza_publica=True
    )
    act(
        app,
        oficio,
        usuario_admin,
        lambda o, who: update_oficio(o, data, 1, actor=who, now=utcnow()),
    )

    text = " ".join(investigador.get(url).text.split())
    assert "Fecha límite: <del>vacío</del> → <ins>31-12-2026</ins>" in text
    assert "Fuerza pública: <del>no</del> → <ins>sí</ins>" in text


def test_an_own_fresh_entry_is_mended(app, investigador, url, oficio, usuario_investigador, rows):
    write(app, oficio, usuario_investigador, "Vive en Ñuñoa")
    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    edit = f"{url}/{note.id}"
    assert f'href="{edit}"' in investigador.get(url).text

    form = investigador.get(edit, headers=HTMX)
    assert "Vive en Ñuñoa</textarea>" in assert_fragment(form, f"oficio-bitacora-{oficio.id}")
    empty = investigador.post(edit, data={"descripcion": " "})
    assert empty.status_code == 422
    assert "Escriba qué pasó" in empty.text
    done = investigador.post(edit, data={"descripcion": "Vive en La Reina"}, headers=HTMX)

    text = assert_fragment(done, f"oficio-bitacora-{oficio.id}")
    assert "Vive en La Reina" in text
    assert "editado recién" in text
    assert "Vive en Ñuñoa" in text.partition("Lo que decía antes")[2]


def test_an_old_or_foreign_entry_stays_and_the_page_says_what_to_do(
    app, admin, investigador, url, oficio, usuario_investigador, rows
):
    write(app, oficio, usuario_investigador, "Vive en Ñuñoa")
    (note,) = rows(Investigacion, tipo=Actividad.NOTA)
    edit = f"{url}/{note.id}"

    foreign = admin.post(edit, data={"descripcion": "Otra cosa"})
    assert foreign.status_code == 409
    assert "propias" in foreign.text
    with app.app_context(), transaction():
        db.session.get_one(Investigacion, note.id).created_at -= timedelta(minutes=16)
    for response in (
        investigador.get(edit),
        investigador.post(edit, data={"descripcion": "Tarde"}),
    ):
        assert response.status_code == 409
        assert "Agregue una corrección" in response.text
    assert rows(Investigacion, id=note.id)[0].descripcion == "Vive en Ñuñoa"
    assert f'href="{edit}"' not in investigador.get(url).text


def test_an_entry_of_another_case_is_not_there(
    app, investigador, oficio, buffet, usuario_investigador, rows
):
    other = make_oficio(app, buffet, usuario_investigador)
    investigador.post(f"/oficios/{other.id}/bitacora", data={"tipo": "nota", "descripcion": "Hoy"})
    entry = rows(Investigacion, oficio_id=other.id)[-1]

    assert investigador.get(f"/oficios/{oficio.id}/bitacora/{entry.id}").status_code == 404
    assert investigador.get(f"/oficios/{oficio.id}/bitacora/0").status_code == 404
    assert "Hoy" in investigador.get(f"/oficios/{other.id}/bitacora/{entry.id}").text


def test_a_note_makes_the_case_look_attended_to(app, investigador, buffet, usuario_admin):
    long_ago = utcnow() - timedelta(days=30)
    case = make_oficio(app, buffet, usuario_admin, now=long_ago)
    investigador.post(f"/oficios/{case.id}/bitacora", data={"tipo": "nota", "descripcion": "Hoy"})

    assert stored(app, case).ultima_actividad_at > long_ago
