"""One table of rules, held against both doors: what a page refuses, the API refuses in its words.

Each row says what is asked through a page's form and through the API, and the sentence that both
answer with. In the end nothing has changed, whichever door was tried.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.auditoria.models import Auditoria
from app.avistamientos.models import Avistamiento
from app.buffets.models import Buffet
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from tests.factories import make_oficio


@dataclass(frozen=True)
class Rule:
    """What is refused at each door. Texts may name ``{o}``, an oficio's id, and more."""

    sentence: str
    page: tuple[str, dict[str, Any]]
    api: tuple[str, str, dict[str, Any]]
    status: int
    #: Who asks; an admin unless something else is said.
    by: str = "admin"
    #: What the API says where its first version's contract has other words.
    contract: str = ""
    estado: Estado = Estado.PENDIENTE
    watched: tuple[type[Any], ...] = field(default=(Oficio, Investigacion, Auditoria))


RULES = {
    "a number of the buffet that exists": Rule(
        "Ya existe un oficio con este número",
        ("/oficios/nuevo", {"numero_oficio": "{n}", "buffet_id": "{b}", "patente": "BBCL12"}),
        ("POST", "/oficios", {"numero_oficio": "{n}", "buffet_id": "{b}", "patente": "BBCL12"}),
        400,
    ),
    "what is no plate": Rule(
        "«ABCDE» no es una patente chilena",
        ("/oficios/nuevo", {"numero_oficio": "9", "buffet_id": "{b}", "patente": "ABCDE"}),
        ("POST", "/oficios", {"numero_oficio": "9", "buffet_id": "{b}", "patente": "ABCDE"}),
        422,
    ),
    "a comuna that does not exist": Rule(
        "La comuna «Ñuñoaa» no existe. ¿Será «Ñuñoa»?",
        ("/oficios/{o}/direcciones", {"direccion": "Grecia 1", "comuna": "Ñuñoaa"}),
        ("POST", "/oficios/{o}/direcciones", {"direccion": "Grecia 1", "comuna": "Ñuñoaa"}),
        422,
    ),
    "a step that the flow does not have": Rule(
        "De «Pendiente» no se pasa a «Encontrado»",
        ("/tablero/oficios/{o}/mover", {"estado": "finalizado_encontrado", "version": "1"}),
        ("PATCH", "/oficios/{o}/estado", {"estado": "finalizado_encontrado", "version": 1}),
        409,
    ),
    "reopening by an investigador": Rule(
        "solo un administrador puede reabrirlo",
        ("/tablero/oficios/{o}/mover", {"estado": "investigacion", "version": "1"}),
        ("PATCH", "/oficios/{o}/estado", {"estado": "investigacion"}),
        409,
        by="investigador",
        estado=Estado.ENCONTRADO,
    ),
    "a move on an older state": Rule(
        "No se pudo guardar",
        ("/tablero/oficios/{o}/mover", {"estado": "investigacion", "version": "7"}),
        ("PATCH", "/oficios/{o}/estado", {"estado": "investigacion", "version": 7}),
        409,
    ),
    "a note of the future": Rule(
        "Esa fecha y hora todavía no llegan",
        ("/oficios/{o}/bitacora", {"descripcion": "x", "ocurrido_at": "2099-01-01T10:00"}),
        (
            "POST",
            "/oficios/{o}/actividades",
            {"descripcion": "x", "ocurrido_at": "2099-01-01T10:00:00"},
        ),
        422,
    ),
    "a person without a name and a number": Rule(
        "el nombre o el RUT de la persona",
        ("/oficios/{o}/personas", {"tipo": "aval", "notas": "x"}),
        ("POST", "/oficios/{o}/propietarios", {"tipo": "aval", "notas": "x"}),
        422,
        watched=(Oficio, Investigacion, Propietario),
    ),
    "a sighting that is yet to come": Rule(
        "Esa fecha y hora todavía no llegan",
        ("/oficios/{o}/avistamientos", {"fuente": "manual", "fecha": "01-01-2099"}),
        ("POST", "/oficios/{o}/avistamientos", {"fuente": "manual", "fecha": "2099-01-01"}),
        422,
        watched=(Avistamiento, Investigacion),
    ),
    "checking a closed case": Rule(
        "El caso está cerrado",
        ("/oficios/{o}/consultar", {}),
        ("POST", "/oficios/{o}/consultar-apis", {}),
        409,
        estado=Estado.NO_ENCONTRADO,
    ),
    "an e-mail that has an account": Rule(
        "Ya existe una cuenta con este correo",
        (
            "/admin/usuarios/nuevo",
            {"email": "{e}", "nombre": "X", "rol": "admin"},
        ),
        (
            "POST",
            "/usuarios",
            {"email": "{e}", "nombre": "X", "rol": "admin"},
        ),
        400,
        contract="Ya existe un usuario con este email",
        watched=(Usuario, Auditoria),
    ),
    "a cliente without a buffet": Rule(
        "Un cliente pertenece a un buffet: elija cuál.",
        (
            "/admin/usuarios/nuevo",
            {"email": "n@x.example", "nombre": "X", "rol": "cliente"},
        ),
        (
            "POST",
            "/usuarios",
            {"email": "n@x.example", "nombre": "X", "rol": "cliente"},
        ),
        422,
        watched=(Usuario, Auditoria),
    ),
    "the last admin": Rule(
        "Es el último administrador activo",
        ("/admin/usuarios/{u}/activo", {"activo": "0"}),
        ("DELETE", "/usuarios/{u}", {}),
        409,
        watched=(Usuario, Auditoria),
    ),
    "a RUT that has a buffet": Rule(
        "Ya existe un buffet con este RUT",
        ("/admin/buffets/nuevo", {"nombre": "X", "rut": "{r}", "email_principal": "x@x.example"}),
        ("POST", "/buffets", {"nombre": "X", "rut": "{r}", "email_principal": "x@x.example"}),
        400,
        watched=(Buffet, Auditoria),
    ),
}


@pytest.fixture
def names(app, buffet, usuario_admin) -> Callable[[Rule], dict[str, Any]]:
    """The rows that a rule is about."""

    def make(rule: Rule) -> dict[str, Any]:
        oficio = make_oficio(app, buffet, usuario_admin, estado=rule.estado)
        return {
            "o": oficio.id,
            "n": oficio.numero_oficio,
            "b": buffet.id,
            "r": buffet.rut,
            "u": usuario_admin.id,
            "e": usuario_admin.email,
        }

    return make


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("door", ["page", "api"])
def test_a_rule_is_the_same_at_both_doors(door, name, request, names, rows, usuario_investigador):
    rule = RULES[name]
    known = names(rule)
    before = {model: [vars_of(row) for row in rows(model)] for model in rule.watched}

    if door == "page":
        path, form = rule.page
        client = request.getfixturevalue(rule.by)
        answer = client.post(fill(path, known), data=fill(form, known), follow_redirects=True)
        assert rule.sentence in html.unescape(answer.text)
    else:
        method, path, body = rule.api
        ask = request.getfixturevalue(f"{rule.by}_api")
        answer = ask(method, fill(path, known), fill(body, known) or None)
        assert answer.status_code == rule.status, answer.text
        assert (rule.contract or rule.sentence) in sentences(answer.get_json()["detail"])

    assert {model: [vars_of(row) for row in rows(model)] for model in rule.watched} == before


def fill(value, known):
    """Put the ids into a path, a form or a body; a body's numbers stay numbers."""
    if isinstance(value, dict):
        return {name: fill(item, known) for name, item in value.items()}
    if isinstance(value, str) and value in {"{b}", "{o}", "{u}"}:
        return known[value.strip("{}")]
    return value.format(**known) if isinstance(value, str) else value


def sentences(detail):
    return detail if isinstance(detail, str) else " ".join(problem["msg"] for problem in detail)


def vars_of(row):
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}
