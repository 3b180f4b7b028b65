"""HEAD and OPTIONS change nothing, on any route, for anybody: scanners and browsers send them."""

from __future__ import annotations

import ast
import hashlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client

from app.api.rules import Alcance, new_key
from app.api.service import create_key
from app.api.v1 import eventos
from app.api.v1.tokens import make_token
from app.buffets.models import Enlace
from app.buffets.rules import make_leave_token
from app.core.clock import utcnow
from app.db import Model, ReadOnlyRequest, db, transaction
from app.usuarios.models import Usuario
from app.usuarios.rules import make_invite, make_recovery
from tests.architecture.world import url_arguments
from tests.factories import make_link, make_oficio
from tests.notificaciones.rows import link_of, make_sent_notice

# Other tests reach the same lines, and measuring doubles what these take.
pytestmark = pytest.mark.no_cover

METHODS = ("HEAD", "OPTIONS")
PEOPLE = ("anonimo", "ajeno", "cliente", "investigador", "admin")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def person(request: pytest.FixtureRequest) -> Callable[[str], Usuario | None]:
    """The account of a role by its name; nobody's is None."""

    def find(name: str) -> Usuario | None:
        return None if name == "anonimo" else request.getfixturevalue(f"usuario_{name}")

    return find


@pytest.fixture
def addresses(
    app: Flask, buffet: Any, usuario_admin: Usuario
) -> Iterator[Callable[[], Iterator[tuple[str, str, bool]]]]:
    """Every route with arguments that open it: a living link of its own kind where it takes one."""
    oficio = make_oficio(app, buffet, usuario_admin)
    notice = link_of(app, make_sent_notice(app, oficio, usuario_admin)).removeprefix("/r/")
    arguments = url_arguments(app, buffet, usuario_admin)
    secret = str(app.secret_key)
    tokens = {
        "portal.open_link": arguments["token"],
        "api.tablero.public": arguments["token"],
        "receptor.leave": make_leave_token(buffet.id, 1, secret, utcnow()),
        "enlaces_propios.accept": make_invite(usuario_admin.get_id(), secret, now=utcnow()),
        "enlaces_propios.recover": make_recovery(usuario_admin.get_id(), secret, now=utcnow()),
    }
    app.config["EVENTS_SECONDS"] = 0
    adapter = app.url_map.bind("localhost")

    def walk() -> Iterator[tuple[str, str, bool]]:
        for rule in app.url_map.iter_rules():
            values = {name: arguments[name] for name in rule.arguments}
            if "token" in rule.arguments:
                values["token"] = tokens.get(rule.endpoint, notice)
            yield (
                rule.endpoint,
                adapter.build(rule.endpoint, values),
                "GET" in (rule.methods or set()),
            )

    yield walk
    app.config.pop("EVENTS_SECONDS")


def snapshot(app: Flask) -> dict[str, str]:
    """A digest of all rows of each table, and of every file that is stored."""
    found = {}
    with app.app_context():
        for table in Model.metadata.sorted_tables:
            rows = db.session.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
            found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        folder = app.extensions["rastro_config"].storage_dir
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            found[str(file)] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("name", PEOPLE)
def test_no_route_changes_anything_by_cookie(name, app, person, sign_in, addresses):
    usuario = person(name)
    client = sign_in(usuario) if usuario else app.test_client()
    headers = [{}, {"HX-Request": "true"}]

    walk_without_a_trace(app, client, addresses, headers)


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("name", PEOPLE)
def test_no_route_changes_anything_by_token_or_key(name, app, person, addresses):
    usuario = person(name)
    headers = [{"Authorization": f"Bearer {token}"} for token in credentials(app, usuario)]

    walk_without_a_trace(app, app.test_client(use_cookies=False), addresses, headers)


def walk_without_a_trace(
    app: Flask,
    client: Client,
    addresses: Callable[[], Iterator[tuple[str, str, bool]]],
    headers: list[dict[str, str]],
) -> None:
    """Ask for every route; nothing is written, no cookie is set, no view tried to write."""
    before = snapshot(app)
    written: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        verb = statement.lstrip()[:6].upper()
        # The health check writes its row as it stands; the snapshot holds it to that.
        if verb in {"INSERT", "UPDATE", "DELETE"} and "SET valor = valor" not in statement:
            written.append(statement)

    asked = 0
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        for endpoint, url, is_page in addresses():
            for method, extra in itertools.product(METHODS, headers):
                if method == "OPTIONS" and extra is not headers[0]:
                    continue  # answered before any view sees the headers
                response = client.open(url, method=method, headers=extra)
                response.close()
                asked += 1
                assert not written, f"{method} {endpoint}: {written}"
                assert "Set-Cookie" not in response.headers, f"{method} {endpoint}"
                assert response.status_code != 500, f"{method} {endpoint}"
                # Refused is what is no page; a page that is would have tried to write.
                if response.status_code == 405 and endpoint != "static":
                    assert (method, is_page) == ("HEAD", False), endpoint
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert asked >= len(METHODS) * len(list(app.url_map.iter_rules()))
    assert snapshot(app) == before


def credentials(app: Flask, usuario: Usuario | None) -> list[str]:
    """A token, and a key that was never used, of an account."""
    if usuario is None:
        return ["rastro_nadie"]
    key = new_key()
    with app.app_context(), transaction():
        owner = db.session.get_one(Usuario, usuario.id)
        create_key("Prueba", owner, {Alcance.LECTURA}, key, actor=owner, now=utcnow())
    return [make_token(usuario, str(app.secret_key), now=utcnow(), minutes=30), key]


def test_a_scanner_that_sends_head_opens_no_link(app, stranger, buffet, oficio, rows):
    link = f"/b/{make_link(app, buffet)}"

    assert stranger.head(link).status_code == 200
    assert stranger.get("/portal").status_code != 200
    assert [enlace.usos for enlace in rows(Enlace) if enlace.revocado_at is None] == [0]


@pytest.mark.parametrize("path", ["/entrar", "/portal", "/verificar", "/docs", "/health"])
def test_head_answers_as_get_does(path, cliente, stranger):
    for client in (cliente, stranger):
        assert client.head(path).status_code == client.get(path).status_code


def test_head_of_the_live_events_holds_no_place(app, person, addresses):
    (token, _key) = credentials(app, person("admin"))
    client = app.test_client(use_cookies=False)
    for _ in range(eventos.MOST + 2):
        answer = client.head("/api/v1/eventos", headers={"Authorization": f"Bearer {token}"})
        answer.close()
        assert answer.status_code == 200


def test_a_verb_that_a_head_reaches_is_refused_before_it_writes(app, rows):
    refused = pytest.raises(ReadOnlyRequest)
    with app.test_request_context("/", method="HEAD"), refused, transaction():
        db.session.add(Enlace())

    assert rows(Enlace) == []


def test_no_view_takes_a_head_for_a_form():
    """``request.method == "GET"`` sends a HEAD into the branch of the POST: ``is_read`` exists."""
    found, looked = [], set()
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and ast.unparse(node.left) == "request.method":
                looked.add(file.name)
                values = {ast.unparse(value) for value in node.comparators}
                if values == {"'GET'"}:
                    found.append(f"{file.name}:{node.lineno}")

    assert "fragments.py" in looked
    assert found == []
