"""Every route lets in exactly the people that the table names; a route without a row fails."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.architecture.permissions import PERMISSIONS
from tests.architecture.world import url_arguments

# Other tests reach the same lines, and measuring doubles what these take.
pytestmark = pytest.mark.no_cover

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


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


@pytest.mark.parametrize("endpoint", sorted(PERMISSIONS))
def test_a_route_lets_in_exactly_who_the_table_names(
    endpoint,
    app,
    sign_in,
    buffet,
    usuario_admin,
    usuario_investigador,
    usuario_cliente,
    usuario_ajeno,
):
    people = {
        "ajeno": usuario_ajeno,
        "cliente": usuario_cliente,
        "investigador": usuario_investigador,
        "admin": usuario_admin,
    }
    arguments = url_arguments(app, buffet, usuario_admin)
    adapter = app.url_map.bind("localhost")

    for rule in app.url_map.iter_rules(endpoint):
        url = adapter.build(endpoint, {name: arguments[name] for name in rule.arguments})
        for method in sorted(set(METHODS) & (rule.methods or set())):
            refused = (
                {"anonimo"} if is_refused(app.test_client().open(url, method=method)) else set()
            )
            # Strangers first: a POST of somebody who may can change what the others would find.
            for name, usuario in people.items():
                if is_refused(sign_in(usuario).open(url, method=method)):
                    refused.add(name)

            assert refused == {"anonimo", *people} - PERMISSIONS[endpoint], f"{method} {url}"
