"""Proving again who one is: what waits for it, what is kept meanwhile, and what proves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.auditoria.models import Auditoria, Divulgacion
from app.core.clock import utcnow
from app.factores.rules.totp import code_at, step_at
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.factores.rows import make_app
from tests.factories import PASSWORD, sign_in_client

OWN = {"confirmacion_clave": PASSWORD}
NEW = {"nombre": "Ema «Ñ» <b>", "email": "ema@oficina.example", "rol": "investigador"}
PAGE = {"Referer": "http://localhost/tablero/lista?q=BB"}


@pytest.fixture
def stale(app: Flask, usuario_admin: Usuario) -> FlaskClient:
    """An admin who proved eleven minutes ago who they are."""
    return sign_in_client(app, usuario_admin, confirmada_at=utcnow() - timedelta(minutes=11))


def _next(answer: Any) -> dict[str, list[str]]:
    where = urlsplit(answer.headers.get("Location") or answer.headers["HX-Redirect"])
    assert where.path == "/cuenta/confirmar"
    return parse_qs(where.query)


def test_a_page_is_shown_once_its_person_has_confirmed(stale: FlaskClient) -> None:
    asked = stale.get("/admin/usuarios/nuevo?desde=menu")
    assert _next(asked) == {"next": ["/admin/usuarios/nuevo?desde=menu"]}
    page = stale.get(asked.headers["Location"])
    assert "Su contraseña" in page.text
    assert page.headers["Cache-Control"] == "no-store"

    wrong = stale.post(asked.headers["Location"], data={"confirmacion_clave": "no es esa"})
    assert wrong.status_code == 422
    assert stale.get("/admin/usuarios/nuevo").status_code == 303

    right = stale.post(asked.headers["Location"], data=OWN)
    assert (right.status_code, right.headers["Location"]) == (
        303,
        "/admin/usuarios/nuevo?desde=menu",
    )
    assert stale.get("/admin/usuarios/nuevo").status_code == 200
    assert stale.get("/admin/personas").status_code == 200, "one proof does for ten minutes"


def test_a_form_waits_with_all_that_was_typed(
    stale: FlaskClient, rows: Callable[..., list[Any]]
) -> None:
    asked = stale.post("/admin/usuarios/nuevo", data=NEW)
    assert asked.status_code == 422
    text = unescape(asked.text)
    assert 'action="/admin/usuarios/nuevo"' in text
    assert "Lo que escribió se conserva" in text
    for name, value in NEW.items():
        assert f'name="{name}" value="{value}"' in text
    assert "<b>" not in asked.text.partition("confirmacion_clave")[0].partition("<form")[2]
    assert rows(Usuario, email=NEW["email"]) == []

    wrong = stale.post("/admin/usuarios/nuevo", data={**NEW, "confirmacion_clave": "no es esa"})
    assert wrong.status_code == 422
    assert NEW["email"] in wrong.text
    assert rows(Usuario, email=NEW["email"]) == []

    assert stale.post("/admin/usuarios/nuevo", data={**NEW, **OWN}).status_code == 303
    (made,) = rows(Usuario, email=NEW["email"])
    assert (made.nombre, made.rol) == (NEW["nombre"], Rol.INVESTIGADOR)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/tablero/lista.csv?q=BB"),
        ("GET", "/admin/trabajos/exportar"),
        ("POST", "/admin/divulgaciones/exportar.csv"),
        ("POST", "/admin/consultas/exportar.xlsx"),
    ],
)
def test_a_file_comes_after_the_proof_and_is_written_down_then(
    stale: FlaskClient, rows: Callable[..., list[Any]], method: str, path: str
) -> None:
    """A browser stays on the page where one confirms: it says so, and leads back."""
    asked = stale.open(path, method=method, headers=PAGE)
    assert rows(Auditoria) == rows(Divulgacion) == []
    where = path
    if method == "GET":
        told = _next(asked)
        assert told["next"] == [path]
        where = asked.headers["Location"]
        asked = stale.get(where)
    assert "esta página queda abierta" in asked.text
    assert 'href="/tablero/lista?q=BB"' in unescape(asked.text)
    assert "data-download" in asked.text

    done = stale.post(where, data=OWN)
    if method == "GET":
        assert done.headers["Location"] == path
        done = stale.get(path)
    with done:
        assert done.status_code == 200
        assert done.headers["Content-Disposition"].startswith("attachment")
    assert [*rows(Auditoria), *rows(Divulgacion)]


def test_htmx_is_led_to_the_page_too(stale: FlaskClient) -> None:
    htmx = {"HX-Request": "true", "Referer": "http://localhost/admin/usuarios"}
    asked = stale.get("/admin/usuarios/nuevo", headers=htmx)
    assert asked.status_code == 204
    assert _next(asked)["next"] == ["/admin/usuarios"]
    sent = stale.post("/admin/usuarios/nuevo", data=NEW, headers=htmx)
    assert (sent.status_code, sent.headers["HX-Retarget"]) == (422, "body")
    assert NEW["email"] in sent.text


def test_who_has_a_second_factor_proves_it_with_that(
    app: Flask, stale: FlaskClient, usuario_admin: Usuario, rows: Callable[..., list[Any]]
) -> None:
    secret, _ = make_app(app, usuario_admin)
    sent = stale.post("/admin/usuarios/nuevo", data={**NEW, **OWN})
    assert sent.status_code == 422
    assert "confirmacion_clave" not in sent.text
    code = {"confirmacion_codigo": code_at(secret, step_at(utcnow()))}
    assert stale.post("/admin/usuarios/nuevo", data={**NEW, **code}).status_code == 303
    assert len(rows(Usuario, email=NEW["email"])) == 1


def test_a_stranger_to_a_page_is_told_nothing_of_it(
    app: Flask, usuario_investigador: Usuario
) -> None:
    long_ago = utcnow() - timedelta(hours=1)
    client = sign_in_client(app, usuario_investigador, confirmada_at=long_ago)
    assert client.get("/admin/usuarios/nuevo").status_code == 404
    assert client.get("/tablero").status_code == 200
