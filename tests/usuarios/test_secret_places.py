"""Every place that takes a secret, and what stops who guesses there: one table, no place left out.

``docs/seguridad.md`` shows it to people (*Dónde se puede adivinar*).
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from limits import parse_many
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from app.agenda.rules import CALENDAR_PURPOSE
from app.agenda.service import make_calendar_link
from app.api.v1.schemas.base import Body
from app.buffets.rules import make_leave_token
from app.core.clock import utcnow
from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.link_signature import make_token
from app.core.networks import network_of
from app.db import db, transaction
from app.usuarios.models import Usuario
from app.usuarios.queries import find_by_email
from app.usuarios.rules import Rol, make_invite, make_recovery
from app.usuarios.rules.known_devices import account_key
from app.web.forms import Form
from tests.factories import make_link, make_usuario
from tests.notificaciones.rows import link_of, make_sent_notice

ROOT = Path(__file__).parents[2]
LINKS = "tests/usuarios/test_secret_places.py::test_dead_links_are_counted_and_a_living_one_opens"
METRICS = "tests/usuarios/test_secret_places.py::test_wrong_tokens_of_the_metrics_are_counted"
PASSWORDS = "tests/usuarios/test_wrong_passwords.py::"
FACTORS = "tests/factores/test_factores.py::"

#: Endpoint and the test that shows what a guesser meets there.
PLACES = {
    "auth.login_page": f"{PASSWORDS}"
    "test_strangers_keep_nobody_out_of_a_device_that_was_used_before",
    "api.auth.login": "tests/api/test_auth.py::"
    "test_guessing_is_slowed_down_over_the_page_and_the_api_together",
    "usuarios.profile": f"{PASSWORDS}"
    "test_guessing_the_password_of_an_open_session_is_slowed_down_too",
    "pasos.second_step": f"{FACTORS}test_guessing_codes_waits_ever_longer",
    "pasos.confirm_page": f"{LINKS.partition('::')[0]}"
    "::test_guessing_who_one_is_is_slowed_down_in_an_open_session",
    "factores.set_up_app": f"{FACTORS}test_enrolment_of_an_application",
    "enlaces_propios.accept": LINKS,
    "enlaces_propios.recover": LINKS,
    "agenda.feed": LINKS,
    "portal.open_link": LINKS,
    "receptor.page": LINKS,
    "receptor.answer": LINKS,
    "receptor.photo": LINKS,
    "receptor.leave": LINKS,
    "api.tablero.public": LINKS,
    "metrics.prometheus": METRICS,
    "metrics.as_json": METRICS,
    "informes.verify_by_code": "tests/informes/test_pdf_verification.py::"
    "test_guessing_codes_and_uploading_is_slowed_down",
}
#: Words in addresses that open nothing by themselves: lists of ours, or of what is asked about
#: only by somebody who is signed in.
OPEN_WORDS = {
    *("estado", "parte", "formato", "apartado", "sha256", "clave", "cliente_id", "name", "cid"),
    # Which chain a deed of the audit is from, and which version the file of streets has.
    *("fuente", "edicion"),
    # The colour of the office, which report of the page Informes, and as which file.
    *("color", "informe", "extension"),
}
#: Forms with a field for something secret; their pages are in the table.
FORMS = {"LoginForm", "OwnPasswordForm", "FirstPasswordForm", "ProofForm", "AppForm"}
#: The first one is what forms of passwords have in common, the other names a gantry by its code.
OTHER_FORMS = {"PasswordForm", "PorticoForm"}


#: Fields of bodies of the API: those of ``api.auth.login``.
BODIES = {"Credentials.password", "Credentials.codigo"}


def test_no_address_takes_a_secret_that_is_not_in_the_table(app):
    found = {
        rule.endpoint: words
        for rule in app.url_map.iter_rules()
        if (words := {word for word in rule.arguments if _is_text(rule, word)} - OPEN_WORDS)
    }

    assert set().union(*found.values()) == {"token", "codigo"}
    assert {endpoint: words for endpoint, words in found.items() if endpoint not in PLACES} == {}
    assert set(PLACES) <= set(app.view_functions)


def _is_text(rule, word):
    return type(rule._converters[word]).__name__ == "UnicodeConverter"


def test_no_form_takes_a_secret_that_is_not_in_the_table(app):
    assert {form.__name__ for form in _all_of(Form) if _takes_secret(form)} == FORMS | OTHER_FORMS


def _all_of(base):
    for each in base.__subclasses__():
        yield each
        yield from _all_of(each)


def _takes_secret(form):
    for name in dir(form):
        field = getattr(form, name)
        if isinstance(field, UnboundField) and (
            issubclass(field.field_class, PasswordField) or "codigo" in name
        ):
            return form.__module__.startswith("app.")
    return False


def test_no_body_of_the_api_takes_a_secret_that_is_not_in_the_table(app):
    """A field for something secret belongs to the place that signs people in, or to none."""
    words = re.compile(r"passw|clave|contrase|codigo|secret|token|pin$")
    found = {
        f"{body.__name__}.{name}"
        for body in _all_of(Body)
        if body.__module__.startswith("app.")
        for name in body.model_fields
        if words.search(name)
    }

    assert found == BODIES


def test_each_test_that_the_table_names_is_there_and_people_are_told_of_it():
    told = (ROOT / "docs" / "seguridad.md").read_text("utf-8")
    for endpoint, place in PLACES.items():
        path, name = place.split("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        named = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in named, (endpoint, place)
        assert re.search(rf"`{endpoint}`.*`{re.escape(place)}`", told), endpoint


@pytest.fixture
def few(monkeypatch, throttled):
    monkeypatch.setattr("app.usuarios.pages.wrong_passwords._PER_ADDRESS", parse_many("3 per hour"))


def make_calendar(app, usuario):
    with app.app_context(), transaction():
        row = make_calendar_link(db.session.get_one(Usuario, usuario.id), now=utcnow())
        return make_token(row.selector, str(app.secret_key), purpose=CALENDAR_PURPOSE)


def test_dead_links_are_counted_and_a_living_one_opens(
    app, few, buffet, oficio, usuario_investigador
):
    """All kinds are one count for the address; who has a good one is not held back by others."""
    client = app.test_client()
    secret, now = str(app.secret_key), utcnow()
    link = make_link(app, buffet)
    living = [
        f"/b/{link}",
        link_of(app, make_sent_notice(app, oficio, usuario_investigador)),
        f"/baja/{make_leave_token(buffet.id, 1, secret, now)}",
        f"/invitacion/{make_invite(usuario_investigador.get_id(), secret, now=now)}",
        f"/recuperar/{make_recovery(usuario_investigador.get_id(), secret, now=now)}",
        f"/api/v1/publico/tablero/{link}",
        f"/calendario/{make_calendar(app, usuario_investigador)}",
    ]
    dead = [f"{each}\u200b" for each in living[:-1]] + [f"{living[1]}0/foto/1"]
    dead.append(f"/calendario/0{living[-1].removeprefix('/calendario/')}.ics")
    living[-1] += ".ics"

    codes = [client.get(each).status_code for each in dead]

    assert codes == [404] * 3 + [429] * 5
    held = client.post(f"{living[1]}0", data={"tipo": "recibido"})
    assert held.status_code == 429
    assert 0 < int(held.headers["Retry-After"]) <= 3600
    assert "enlaces que no sirven" in held.text
    assert [client.get(each).status_code for each in living] == [200] * 7


def test_wrong_tokens_of_the_metrics_are_counted(app, few, configure):
    configure(metrics_token="una ficha al azar")
    client = app.test_client()

    def ask(token):
        return client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code

    assert [ask(f"adivina {n}") for n in range(4)] == [404, 404, 404, 429]
    assert ask("una ficha al azar") == 200


def test_guessing_who_one_is_is_slowed_down_in_an_open_session(investigador, throttled):
    codes = [
        investigador.post("/cuenta/confirmar", data={"confirmacion_clave": f"mala {n}"}).status_code
        for n in range(6)
    ]

    assert codes == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:DB8:0001:0002::1%eth0", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("unix:", "unix:", True),
    ],
)
def test_all_addresses_of_one_customer_are_counted_as_one(one, other, is_same):
    assert (network_of(one) == network_of(other)) is is_same


SPELLINGS = (
    *("ana@oficina.example", "ANA@Oficina.Example", " ana@oficina.example "),
    *("ana@oficina.example\u200b", "a\u200bna@oficina.example", "ana\u00ad@oficina.example"),
    *("ana@ofi\u00adcina.example", "ana@oficina\uff0eexample", "ana@oficina\u3002example"),
    *("\uff41na@oficina.example", "ana@\uff4fficina.example", "\u202eana@oficina.example"),
    *("ána@oficina.example", "ana\ufeff@oficina.example", "ana@oficina.example."),
)


def test_every_spelling_that_finds_an_account_is_counted_as_that_account(app):
    """What looks the account up makes the key of the count; nothing stands between the two."""
    make_usuario(app, Rol.INVESTIGADOR, email="ana@oficina.example")
    found = []
    with app.app_context():
        for spelling in SPELLINGS:
            try:
                email = parse_email(spelling)
            except InvalidValue:
                continue  # neither looked up nor counted
            if find_by_email(email) is not None:
                found.append(spelling)
                assert account_key(email) == account_key("ana@oficina.example"), spelling

    assert len(found) >= 3
