"""The office's own words around the facts: text with known places, and nothing that runs."""

from __future__ import annotations

import pytest

from app.auditoria.models import Auditoria
from app.core.errors import InvalidValue
from app.notificaciones.models import Plantilla
from app.notificaciones.rules.plantillas import PLACEHOLDERS, POR_DEFECTO, check_template, fill
from tests.factories import make_oficio
from tests.notificaciones.rows import EMAIL
from tests.notificaciones.test_views import typed
from tests.plugins.application import HTMX, assert_fragment

URL = "/admin/plantillas"


def words(**values):
    return {**vars(POR_DEFECTO), **values}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Vehículo {{patente}}", "llaves simples"),
        ("{{ 7 * 7 }}", "llaves simples"),
        ("{x.__class__}", "«{x.__class__}» no es un campo"),
        ("{patente.__class__.__mro__}", "no es un campo"),
        ("{patente!r}", "no es un campo"),
        ("{patente:>10}", "no es un campo"),
        ("{0}", "no es un campo"),
        ("{}", "no es un campo"),
        ("{ patente }", "no es un campo"),
        ("{PATENTE}", "no es un campo"),
        ("Vehículo {patente", "llave suelta"),
        ("Vehículo patente}", "llave suelta"),
        ("{% for x in y %}", "no es un campo"),
    ],
)
@pytest.mark.parametrize("field", ["asunto", "introduccion"])
def test_what_is_no_known_place_is_refused_with_a_sentence(text, sentence, field, admin, rows):
    with pytest.raises(InvalidValue, match=sentence.replace("{", "\\{")):
        check_template(text)

    answer = admin.post(URL, data=words(**{field: text}))

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert sentence in page
    assert text.replace("'", "&#39;") in page or "&gt;" in page
    assert rows(Plantilla) == []


def test_every_place_that_is_offered_is_filled():
    text = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    check_template(text)

    assert fill(text, {name: name.upper() for name in PLACEHOLDERS}) == " ".join(
        name.upper() for name in PLACEHOLDERS
    )


def test_braces_in_a_fact_stay_text():
    assert fill("{caratulado}", {"caratulado": "{patente}", "patente": "X"}) == "{patente}"


def test_a_part_whose_facts_are_missing_is_left_out():
    line = "Vehículo {patente} · Rol {rol} · {tribunal} · Oficio {numero_oficio}"

    assert fill(line, {"patente": "A", "numero_oficio": "7"}) == "Vehículo A · Oficio 7"


def test_the_notices_that_follow_say_what_an_admin_wrote(
    admin, investigador, oficio, mail_server, worker, rows
):
    answer = admin.post(
        URL,
        data=words(
            asunto="Oficio {numero_oficio}: {patente}",
            saludo="Don o doña {destinatario}:",
            introduccion="Le escribimos por <b>{patente}</b>.\nGracias.",
        ),
    )
    assert answer.status_code == 303
    assert [row.accion for row in rows(Auditoria)] == ["plantilla.modificada"]

    investigador.post(f"/oficios/{oficio.id}/notificaciones", data=typed())
    worker()

    [message] = mail_server.messages
    assert message["Subject"] == f"Oficio {oficio.numero_oficio}: BB·CL·12"
    html = message.get_body(("html",)).get_content()
    assert "Don o doña Ema Soto:" in html
    assert "Le escribimos por &lt;b&gt;BB·CL·12&lt;/b&gt;.<br>Gracias." in html
    text = message.get_body(("plain",)).get_content()
    assert "Le escribimos por <b>BB·CL·12</b>." in text.splitlines()


def test_the_original_comes_back(admin, rows):
    admin.post(URL, data=words(saludo="Hola {destinatario}"))
    assert len(rows(Plantilla)) == 1
    assert "Volver al texto original" in admin.get(URL).get_data(as_text=True)

    assert admin.post(f"{URL}/original").status_code == 303

    assert rows(Plantilla) == []
    assert "Volver al texto original" not in admin.get(URL).get_data(as_text=True)


def test_the_preview_lives_while_one_types_and_names_what_is_wrong(admin, rows):
    answer = admin.post(f"{URL}/muestra", data=words(saludo="Hola {destinatario}"), headers=HTMX)
    page = assert_fragment(answer, "plantilla-sample")
    assert "Hola Ema Soto" in page

    answer = admin.post(f"{URL}/muestra", data=words(saludo="Hola {nadie}"), headers=HTMX)
    assert answer.status_code == 422
    assert "no es un campo" in assert_fragment(answer, "plantilla-sample")
    assert rows(Plantilla) == []


def test_the_frame_shows_the_mail_as_it_is_typed_and_can_run_nothing(admin):
    typed_mail = admin.post(f"{URL}/correo", data=words(saludo="Hola <i>{destinatario}</i>"))
    broken = admin.post(f"{URL}/correo", data=words(saludo="{{"))
    stored = admin.get(f"{URL}/correo")

    assert "Hola &lt;i&gt;Ema Soto&lt;/i&gt;" in typed_mail.get_data(as_text=True)
    assert broken.get_data(as_text=True) == stored.get_data(as_text=True)
    for answer in (typed_mail, broken, stored):
        assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("field", ["asunto", "saludo", "despedida"])
def test_what_must_be_said_cannot_be_empty(field, admin, rows):
    answer = admin.post(URL, data=words(**{field: " "}))

    assert answer.status_code == 422
    assert rows(Plantilla) == []


def test_a_case_with_braces_in_its_names_is_sent_as_it_is(
    app, investigador, buffet, usuario_investigador, mail_server, worker
):

    oficio = make_oficio(app, buffet, usuario_investigador, caratulado="{patente}/{{7*7}}")
    investigador.post(
        f"/oficios/{oficio.id}/notificaciones", data=typed(nombre="{rol}", email=EMAIL)
    )
    worker()

    html = mail_server.messages[0].get_body(("html",)).get_content()
    assert "{patente}/{{7*7}}" in html
    assert "{rol}:" in html
