"""Every route lets in exactly the people that the table names; a route without a row fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.buffets.models import Buffet
from app.usuarios.models import Usuario
from tests.architecture.permissions import PERMISSIONS
from tests.architecture.world import route_arguments

# Other tests reach the same lines, and measuring doubles what these take.
pytestmark = pytest.mark.no_cover

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
READING = {"GET", "HEAD", "OPTIONS"}


def is_refused(response: TestResponse) -> bool:
    """A stranger is sent to the sign-in page, or told that there is nothing."""
    response.close()
    assert response.status_code != 500, f"{response.request.path} broke"
    if response.status_code in {401, 403, 404}:
        return True
    return response.status_code == 303 and response.headers["Location"].startswith("/entrar")


def test_every_route_has_a_row_and_every_row_a_route(app: Flask):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert endpoints == set(PERMISSIONS)


@pytest.fixture
def find_wrong(
    app: Flask,
    sign_in: Callable[[Usuario], FlaskClient],
    buffet: Buffet,
    usuario_admin: Usuario,
    usuario_investigador: Usuario,
    usuario_cliente: Usuario,
    usuario_ajeno: Usuario,
) -> Callable[[list[str]], dict[str, set[str]]]:
    """Everybody asks for some endpoints; returns whom an address refused if not rightly."""
    people = {
        "ajeno": usuario_ajeno,
        "cliente": usuario_cliente,
        "investigador": usuario_investigador,
        "admin": usuario_admin,
    }
    adapter = app.url_map.bind("localhost")

    def ask(endpoints: list[str]) -> dict[str, set[str]]:
        arguments = route_arguments(app, buffet, usuario_admin, endpoints)
        wrong: dict[str, set[str]] = {}
        for endpoint in endpoints:
            rules = list(app.url_map.iter_rules(endpoint))
            assert any(set(METHODS) & (rule.methods or set()) for rule in rules), endpoint
            for rule in rules:
                url = adapter.build(endpoint, {name: arguments[name] for name in rule.arguments})
                for method in sorted(set(METHODS) & (rule.methods or set())):
                    hold(endpoint, method, url, wrong)
        return wrong

    def hold(endpoint: str, method: str, url: str, wrong: dict[str, set[str]]) -> None:
        refused = {"anonimo"} if is_refused(app.test_client().open(url, method=method)) else set()
        # Strangers first: a POST of somebody who may can change what the others would find.
        for name, usuario in people.items():
            if is_refused(sign_in(usuario).open(url, method=method)):
                refused.add(name)
        if refused != {"anonimo", *people} - PERMISSIONS[endpoint]:
            wrong[f"{method} {url}"] = refused

    return ask


def only_reads(app: Flask, endpoint: str) -> bool:
    return all((rule.methods or set()) <= READING for rule in app.url_map.iter_rules(endpoint))


@pytest.mark.parametrize("package", sorted({name.partition(".")[0] for name in PERMISSIONS}))
def test_a_page_lets_in_exactly_who_the_table_names(package, app, find_wrong):
    """What is only read leaves all as it was for the next one: one world does for a package."""
    of_package = [name for name in sorted(PERMISSIONS) if name.partition(".")[0] == package]

    assert find_wrong([name for name in of_package if only_reads(app, name)]) == {}


@pytest.mark.parametrize("endpoint", sorted(PERMISSIONS))
def test_a_route_that_writes_lets_in_exactly_who_the_table_names(endpoint, app, request):
    if only_reads(app, endpoint):
        return  # the test above asked for it, with the others of its package
    assert request.getfixturevalue("find_wrong")([endpoint]) == {}
