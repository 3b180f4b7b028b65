"""A form that was sent: checked, done and answered, for HTMX and for plain browsers alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from flask import Flask, get_flashed_messages, make_response
from markupsafe import escape
from wtforms import HiddenField, StringField

from app.ajustes.models import Ajuste
from app.ajustes.service import set_setting
from app.core.errors import InvalidValue, NotFound, Refused, Stale
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form, required
from app.web.sentences import Sentence, TextLink, take_sentences, tell
from tests.plugins.application import HTMX

PAGE = "/despues"
BACK = "/antes"


class NameForm(Form):
    """One thing to type, and the version that it was typed on."""

    nombre = StringField("Nombre", [required("Escriba el nombre.")])
    version = HiddenField()


class NameTaken(Refused):
    """A refusal that belongs beside a field."""


class Away(Refused, OSError):
    """A refusal of the storage."""


@dataclass
class Answer:
    """What came back, with what the next page of a plain browser would announce."""

    status: int
    text: str
    headers: dict[str, str]
    announced: list[tuple[str, str]]

    @property
    def notice(self) -> dict[str, str]:
        """What HTMX announces at once."""
        return json.loads(self.headers["HX-Trigger"])["aviso"]


@pytest.fixture
def send(app: Flask) -> Callable[..., Answer]:
    """Send the form: ``send(nombre="…", htmx=True, refusal=…, **fields of the deed)``."""

    def do(
        *,
        nombre: str = "Ana",
        htmx: bool = False,
        method: str = "POST",
        refusal: Exception | None = None,
        done: Done | None = None,
        places: Callable[[NameForm], dict] = lambda _form: {},
        **options: Any,
    ) -> Answer:
        with app.test_request_context(
            method=method,
            data={"nombre": nombre, "version": "1"} if method == "POST" else None,
            headers=HTMX if htmx else None,
        ):
            form = NameForm()

            def deed() -> Done:
                set_setting("nombre", form.nombre.data)
                if refusal is not None:
                    raise refusal
                return done or Done("Guardado.", PAGE)

            def show(status: int):
                shown = [form.nombre.data, form.version.data, *form.form_errors]
                return make_response("|".join([*map(str, shown), *form.nombre.errors]), status)

            fields: dict[str, Any] = {"form": form, "show": show, "beside": places(form), **options}
            response = app.process_response(make_response(carry_out(Deed(do=deed, **fields))))
            return Answer(
                response.status_code,
                response.get_data(as_text=True),
                dict(response.headers),
                cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True)),
            )

    return do


def test_what_is_only_looked_at_is_shown_and_changes_nothing(send, rows):
    shown = send(method="GET")

    assert (shown.status, shown.text.split("|")[2:]) == (200, [])
    assert rows(Ajuste) == []


def test_a_plain_browser_goes_to_the_page_that_shows_the_deed(send, rows):
    answer = send(done=Done("Guardado.", PAGE, warnings=["Revise el RUT."]))

    assert (answer.status, answer.headers["Location"]) == (303, PAGE)
    assert answer.announced == [("ok", "Guardado."), ("aviso", "Revise el RUT.")]
    assert [row.valor for row in rows(Ajuste)] == ["Ana"]


def test_htmx_gets_the_fragment_as_it_is_now_and_the_sentence(send, rows):
    done = Done("No había nada que hacer.", PAGE, ["Revise el RUT."], "info")
    answer = send(htmx=True, done=done, fresh=lambda: make_response("vacío"))

    assert (answer.status, answer.text, answer.announced) == (200, "vacío", [])
    assert answer.notice == {"texto": "No había nada que hacer. Revise el RUT.", "tipo": "info"}
    assert [row.valor for row in rows(Ajuste)] == ["Ana"]


def test_htmx_without_a_fragment_is_sent_to_the_page(send):
    answer = send(htmx=True)

    assert (answer.status, answer.headers["HX-Redirect"]) == (204, PAGE)
    assert answer.announced == [("ok", "Guardado.")]


@pytest.mark.parametrize("htmx", [False, True])
def test_an_invalid_form_is_shown_again_and_nothing_is_done(send, rows, htmx):
    answer = send(nombre=" ", htmx=htmx)

    assert (answer.status, answer.text) == (422, "|1|Escriba el nombre.")
    assert rows(Ajuste) == []


@pytest.mark.parametrize("htmx", [False, True])
def test_a_refusal_stands_beside_its_field_with_what_was_typed(send, rows, htmx):
    answer = send(
        htmx=htmx,
        refusal=NameTaken("Ya existe"),
        places=lambda form: {NameTaken: form.nombre, Refused: form},
    )

    assert (answer.status, answer.text, answer.announced) == (422, "Ana|1|Ya existe.", [])
    assert rows(Ajuste) == []


def test_a_refusal_of_the_whole_stands_over_the_form(send):
    answer = send(
        refusal=Refused("El caso está cerrado."),
        places=lambda form: {NameTaken: form.nombre, Refused: form},
    )

    assert (answer.status, answer.text) == (422, "Ana|1|El caso está cerrado.")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Refused("No se puede."), 409), (Stale("Cambió."), 409), (InvalidValue("No se lee."), 422)],
)
def test_a_refusal_without_a_place_is_announced(send, rows, refusal, status):
    plain, htmx = send(refusal=refusal), send(refusal=refusal, htmx=True)

    assert (plain.status, plain.announced) == (status, [("error", str(refusal))])
    assert (htmx.status, htmx.notice) == (status, {"texto": str(refusal), "tipo": "error"})
    assert plain.text == htmx.text == "Ana|1"
    assert rows(Ajuste) == []


def test_a_plain_browser_is_told_on_the_page_that_it_goes_back_to(send):
    answer = send(refusal=Refused("No se puede."), back=BACK)

    assert (answer.status, answer.headers["Location"]) == (303, BACK)
    assert answer.announced == [("error", "No se puede.")]


def test_a_deed_without_a_form_goes_back_when_it_is_refused(send, rows):
    nothing = {"form": None, "show": None, "back": BACK}
    plain = send(refusal=Refused("No se puede."), **nothing)
    htmx = send(refusal=Refused("No se puede."), htmx=True, **nothing)

    assert (plain.status, plain.headers["Location"]) == (303, BACK)
    assert (htmx.status, htmx.headers["HX-Redirect"]) == (204, BACK)
    assert plain.announced == htmx.announced == [("error", "No se puede.")]
    assert rows(Ajuste) == []


@pytest.mark.parametrize("htmx", [False, True])
def test_a_stale_form_keeps_what_was_typed_and_gets_the_new_version(send, rows, htmx):
    answer = send(
        htmx=htmx,
        refusal=Stale("Otra persona lo cambió."),
        places=lambda form: {Refused: form},
        version=lambda: 2,
    )

    assert (answer.status, answer.text) == (409, "Ana|2|Otra persona lo cambió.")
    assert rows(Ajuste) == []


@pytest.mark.parametrize("problem", [NotFound("No existe."), Away("El disco no responde.")])
def test_what_is_gone_or_away_is_left_to_the_error_pages(send, rows, problem):
    with pytest.raises(type(problem)):
        send(refusal=problem, places=lambda form: {Refused: form})

    assert rows(Ajuste) == []


def test_a_sentence_keeps_its_link_until_it_is_read_and_is_never_markup(send, app):
    link = TextLink("Ver <b>", "/oficios/1?a=1&b=2")
    told = Sentence("Cambió <i>.", "error", link)

    htmx = send(htmx=True, done=Done("Hecho.", PAGE, [told]), fresh=lambda: make_response(""))
    with app.test_request_context():
        tell(told)
        app.process_response(make_response("", 303))
        left = take_sentences()

    assert htmx.notice == {
        "texto": "Hecho. Cambió <i>.",
        "tipo": "ok",
        "enlaces": [{"texto": "Ver <b>", "href": "/oficios/1?a=1&b=2"}],
    }
    assert left == [told]
    assert str(escape(told)) == (
        'Cambió &lt;i&gt;. <a href="/oficios/1?a=1&amp;b=2" target="_blank" rel="noopener">'
        "Ver &lt;b&gt;</a>"
    )


@pytest.mark.parametrize("href", ["javascript:alert(1)", "https://x.cl", "//x.cl", "/\\x.cl", ""])
def test_a_sentence_leads_to_no_other_place(href):
    with pytest.raises(ValueError, match="pages of this application"):
        TextLink("Ver", href)


def test_a_refusal_has_its_own_place_on_a_page(send, rows):
    def refuse(sentence, status):
        return make_response(f"aquí: {sentence}", status)

    texts = [
        (answer.status, answer.text)
        for refusal in (Refused("No se puede"), Stale("Cambió."), InvalidValue("No se lee."))
        for answer in [send(refusal=refusal, refuse=refuse, lead="No. ")]
    ]

    assert texts == [
        (409, "aquí: No. No se puede."),
        (409, "aquí: Cambió."),
        (422, "aquí: No se lee."),
    ]
    assert rows(Ajuste) == []


def test_an_answer_of_its_own_takes_the_place_of_the_page(send, rows):
    done = Done("Hecho.", "", answer=lambda: make_response("la clave", 200))

    answer = send(done=done)

    assert (answer.status, answer.text, answer.announced) == (200, "la clave", [("ok", "Hecho.")])
    assert [row.valor for row in rows(Ajuste)] == ["Ana"]
