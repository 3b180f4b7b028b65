"""Every route that tells somebody outside of a case is declared, and records it."""

from __future__ import annotations

import inspect

import pytest
import sqlalchemy as sa
from flask import Flask

from app.auditoria.models import Auditoria, Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.cumplimiento.queries import LOOKS
from app.db import db
from tests.architecture.disclosures import AUDITED, DISCLOSES, TELLS_NOTHING
from tests.architecture.permissions import PERMISSIONS, STAFF
from tests.architecture.world import url_arguments

pytestmark = pytest.mark.no_cover

#: How a view hands out a file.
_FILES = ("send_file(", "send_table(", "_send(", "_send_zip(", "answer_report(", "make_response(c")
#: Held by tests/notificaciones/test_receptor_page.py and tests/cumplimiento/test_encargados.py.
_ELSEWHERE = ("receptor.", "encargados.hand_back")


def _is_office_only(endpoint: str) -> bool:
    who = PERMISSIONS[endpoint]
    return bool(who) and who <= STAFF


def _hands_out_a_file(app: Flask, endpoint: str) -> bool:
    view = app.view_functions[endpoint]
    return any(word in inspect.getsource(inspect.unwrap(view)) for word in _FILES)


def _is_recorded_api(app: Flask, endpoint: str) -> bool:
    """``bearer_required`` records whatever its view tells a buffet or a program with a key."""
    return endpoint.startswith("api.") and hasattr(app.view_functions[endpoint], "__roles__")


def test_each_route_is_declared_as_disclosing_or_says_why_it_is_not(app):
    """A new route that is not of the office alone, or hands out a file, needs a row."""
    open_ones = []
    for endpoint in {rule.endpoint for rule in app.url_map.iter_rules()}:
        whole = f"{endpoint.rpartition('.')[0]}.*"
        known = endpoint in DISCLOSES or endpoint in AUDITED or endpoint in TELLS_NOTHING
        if known or whole in TELLS_NOTHING or _is_recorded_api(app, endpoint):
            continue
        if not _is_office_only(endpoint) or _hands_out_a_file(app, endpoint):
            open_ones.append(endpoint)

    assert open_ones == [], "declare them in tests/architecture/disclosures.py"


def test_the_tables_name_routes_that_exist_and_each_once(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    blueprints = {f"{endpoint.rpartition('.')[0]}.*" for endpoint in endpoints}

    assert {*DISCLOSES, *AUDITED} <= endpoints
    assert set(TELLS_NOTHING) <= endpoints | blueprints
    assert not set(DISCLOSES) & set(TELLS_NOTHING)
    assert not [name for name in TELLS_NOTHING if _is_recorded_api(app, name)]


def test_each_declared_route_leaves_its_record(
    app, buffet, sign_in, usuario_admin, usuario_cliente
):
    arguments = url_arguments(app, buffet, usuario_admin)
    people = {"portal": sign_in(usuario_cliente), "api": app.test_client()}
    admin = sign_in(usuario_admin)
    adapter = app.url_map.bind("localhost")
    missing = []
    for endpoint, expected in {**DISCLOSES, **AUDITED}.items():
        if endpoint.startswith(_ELSEWHERE):
            continue
        (rule,) = app.url_map.iter_rules(endpoint)
        client = people.get("portal" if "portal_" in endpoint else endpoint.split(".")[0], admin)
        url = adapter.build(endpoint, {name: arguments[name] for name in rule.arguments})
        with app.app_context():
            before = _count(expected)
        answer = client.open(url, method="POST" if "POST" in rule.methods else "GET")
        answer.close()
        with app.app_context():
            if _count(expected) == before:
                missing.append((endpoint, answer.status_code))

    assert missing == []


def _count(expected: CanalDivulgacion | str) -> int:
    if isinstance(expected, CanalDivulgacion):
        rows = sa.select(sa.func.count(Divulgacion.id)).where(Divulgacion.canal == expected)
    else:
        rows = sa.select(sa.func.count(Auditoria.id)).where(Auditoria.accion == expected)
    return db.session.scalar(rows) or 0


def test_what_the_audit_records_of_a_case_is_shown_as_a_look():
    assert {name for name in AUDITED.values() if not name.startswith("ingreso.")} <= set(LOOKS)
