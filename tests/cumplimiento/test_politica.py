"""The public policy: what it proposes, who reads what, and that a published version stays."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.ajustes.rules import OFFICE_EMAIL, OFFICE_NAME
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.core.sealed import OFFICE_CHAIN
from app.cumplimiento.models.politica import Politica
from app.cumplimiento.queries.politica import find_policy
from app.cumplimiento.rules.politica import (
    POSTAL_ADDRESS,
    PREVENTION,
    PUNTOS,
    REPRESENTATIVE,
    HechosPolitica,
    is_complete,
    missing_items,
    propose_items,
)
from app.cumplimiento.service.politica import publish_for_demo
from app.custodia.service import verify
from app.db import db, transaction
from app.extensions import current_config
from app.notificaciones.mails import compose_internal
from app.titulares.rules.solicitudes import IN_FORCE, LAW, Plazos
from tests.cumplimiento.politicas import make_policy
from tests.factories import make_link
from tests.notificaciones.rows import link_of, make_sent_notice

URL = "/admin/politica"
KNOWN = HechosPolitica(
    oficina="Oficina Sur",
    correo="datos@oficina.example",
    telefono="+56912345678",
    representante="Ana Rojas",
    domicilio="Huérfanos 100, Santiago",
    prevencion="",
    formulario="https://rastro.example/datos-personales",
    plazos=Plazos(responder=25, prorroga=10, bloqueo=3),
    respaldo_dias=14,
    respaldo_meses=6,
    respaldo_cifrado=True,
)
UNKNOWN = HechosPolitica("", "", "", "", "", "", "https://rastro.example/x", Plazos(), 14, 6, False)


def put_settings(app, values):
    with app.app_context(), transaction():
        for setting, value in values.items():
            set_setting(setting.clave, value)


def main_of(page):
    """What a page shows, without the tokens of its head."""
    return page[page.index("<main") : page.index("</main>")]


@pytest.fixture
def typed(admin):
    """What the form sends: what it shows, but for some items."""

    def typed(hacer, **textos):
        page = admin.get(URL).text
        seal = re.search(r'name="version"[^>]*value="([^"]+)"', page)[1]
        texts = {each.letra: f"Texto del punto {each.letra}." for each in PUNTOS} | textos
        fields = {f"texto_{letra}": texto for letra, texto in texts.items()}
        return {**fields, "version": seal, "hacer": hacer}

    return typed


def test_the_items_are_the_twelve_of_the_law_and_the_proposals_take_the_offices_facts():
    assert "".join(each.letra for each in PUNTOS) == "abcdefghijkl"
    known, unknown = propose_items(KNOWN), propose_items(UNKNOWN)

    assert set(known) == set(unknown) == set("abcdefghijkl")
    # What no setting knows is said to be missing, never made up.
    assert missing_items(known) == ["h", "i", "j"]
    assert missing_items(unknown) == ["a", "b", "c", "h", "i", "j"]
    assert "Ana Rojas" in known["b"]
    assert "prevención" not in known["b"]
    for fact in ("datos@oficina.example", "9 1234 5678", "Huérfanos 100", KNOWN.formulario):
        assert fact in known["c"]
    assert "dentro de 25 días corridos" in known["f"]
    assert "por 10 más" in known["f"]
    assert "3 días hábiles" in known["f"]
    assert "14 días" in known["i"]
    assert "6 meses" in known["i"]
    assert "respaldo cifrado" in known["e"]
    assert "cifrado" not in unknown["e"]


@pytest.mark.parametrize(
    ("texto", "complete"),
    [
        ("", False),
        (" \n ", False),
        ("Carta: [por completar: el domicilio]", False),
        ("[Por  completar]", False),
        ("Por completar el formulario no se paga.", True),
        ("Sí.", True),
    ],
)
def test_what_is_complete(texto, complete):
    assert is_complete(texto) is complete


def test_the_page_proposes_from_the_settings_and_says_what_is_missing(app, admin):
    put_settings(
        app,
        {
            OFFICE_NAME: "Oficina Sur",
            OFFICE_EMAIL: "datos@oficina.example",
            REPRESENTATIVE: "Ana Rojas",
            POSTAL_ADDRESS: "Huérfanos 100",
            PREVENTION: "Luis Soto",
        },
    )
    page = admin.get(URL).text

    for fact in ("Oficina Sur", "datos@oficina.example", "Ana Rojas", "Luis Soto"):
        assert fact in page
    assert "Por completar: h, i, j." in page
    assert page.count(">por completar<") == 3


def test_a_draft_is_nobodys_business_and_what_is_published_never_changes(
    app, admin, usuario_admin, rows, typed, stranger
):
    assert admin.post(URL, data=typed("guardar", a="Primer texto.")).status_code == 303
    assert "todavía no ha publicado" in stranger.get("/privacidad").text
    assert stranger.get("/privacidad/1").status_code == 404
    assert "Primer texto." in admin.get(URL).text

    admin.post(URL, data=typed("publicar", a="Primer texto.", h="[por completar: el país]"))
    first = stranger.get("/privacidad").text
    assert "Versión 1, publicada el" in first
    assert "Ley 19.628" in first
    assert "01-12-2026" in first
    assert "Primer texto." in first
    assert "el país" not in first
    assert "por eso no se muestran: h." in first

    admin.post(URL, data=typed("guardar", a="Segundo texto."))
    assert main_of(stranger.get("/privacidad").text) == main_of(first)
    assert stranger.get("/privacidad/2").status_code == 404
    put_settings(app, {LAW: "Ley 19.628, modificada por otra", IN_FORCE: "2027-12-01"})
    assert "Los ajustes nombran ahora otro texto legal" in admin.get(URL).text
    admin.post(URL, data=typed("publicar", a="Segundo texto."))

    newest, former = stranger.get("/privacidad").text, stranger.get("/privacidad/1").text
    assert "Segundo texto." in newest
    assert "modificada por otra" in newest
    assert "01-12-2027" in newest
    assert "Primer texto." in former
    assert "Segundo texto." not in former
    assert "01-12-2026" in former
    assert "Esta versión fue reemplazada" in former
    assert [row.publicada_por_id for row in rows(Politica)] == [usuario_admin.id] * 2
    told = rows(Auditoria, accion="politica.publicada")
    assert [row.detalle for row in told] == [
        {"numero": 1, "por_completar": ["h"]},
        {"numero": 2, "por_completar": []},
    ]


def test_publishing_nothing_or_the_same_again_is_refused_and_keeps_what_was_typed(
    admin, usuario_admin, app, rows, typed
):
    empty = admin.post(URL, data=typed("publicar", **dict.fromkeys("abcdefghijkl", "")))
    assert empty.status_code == 409
    assert "Complete al menos un punto" in empty.text
    assert rows(Politica) == []

    make_policy(app, usuario_admin)
    again = admin.post(URL, data=typed("publicar"))
    assert again.status_code == 409
    assert "no hay nada que publicar" in again.text
    assert len(rows(Politica)) == 1

    long = admin.post(URL, data=typed("guardar", b="x" * 4001))
    assert long.status_code == 422
    assert "x" * 4001 in long.text


def test_whoever_opened_the_form_before_another_saved_is_told(app, admin, rows, typed):
    early = typed("publicar", a="El mío.")
    admin.post(URL, data=typed("guardar", a="El de otra persona."))
    late = admin.post(URL, data=early)

    assert late.status_code == 409
    assert "Alguien cambió la política" in late.text
    assert "El mío." in late.text
    (row,) = rows(Politica)
    assert (row.textos["a"], row.publicada_at) == ("El de otra persona.", None)


def test_the_page_is_linked_where_people_outside_are(app, buffet, oficio, usuario_admin, cliente):
    make_policy(app, usuario_admin)
    notice = make_sent_notice(app, oficio, usuario_admin)
    anybody = app.test_client()
    linked = 'href="/privacidad"'

    for path in ("/entrar", "/datos-personales", f"/b/{make_link(app, buffet)}"):
        assert linked in anybody.get(path).text, path
    assert linked in anybody.get(link_of(app, notice)).text
    assert linked in cliente.get("/portal").text
    with app.app_context():
        mail = compose_internal("Pasó algo.", path="/avisos", accion="Ver", nombre="Ana")
        address = f"{current_config().base_url}/privacidad"
    assert f'href="{address}"' in mail.html
    assert f"Política de privacidad: {address}" in mail.texto


def test_a_published_version_is_evidence(app, usuario_admin):
    make_policy(app, usuario_admin)
    with app.app_context():
        assert verify(OFFICE_CHAIN).problemas == []
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE politicas SET ley = 'Otra ley'"))
        (problem,) = verify(OFFICE_CHAIN).problemas
    assert "Se cambió la política de privacidad n.º 1: ley: se selló «Ley 19.628" in problem.texto


def test_a_demonstration_has_a_policy_and_no_other_installation_gets_one(app):
    with app.app_context():
        publish_for_demo(current_config())
        assert find_policy() is None
        with transaction():
            set_setting("demo", "1")
        publish_for_demo(current_config())
        publish_for_demo(current_config())
        row = find_policy()
        assert row is not None
        assert (row.numero, row.publicada_por_id) == (1, None)
        assert "f" not in missing_items(row.textos)
