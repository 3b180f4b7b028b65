"""Signing in through the API, and how long what it gives is good for."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine

from app.api.v1.tokens import AUDIENCE, _key, make_token, read_token
from app.buffets import service as buffets
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.usuarios import service as usuarios
from app.usuarios.models import Usuario
from tests.api.conftest import ApiClient
from tests.factories import PASSWORD

WRONG = {"detail": "Email o contraseña incorrectos"}


def login(client, email, password=PASSWORD, **options):
    return client("POST", "/auth/login", {"email": email, "password": password}, **options)


def test_a_password_buys_a_token_that_says_whose_it_is(app, nobody, usuario_cliente, rows):
    response = login(nobody, usuario_cliente.email)

    assert response.status_code == 200
    body = response.get_json()
    assert set(body) == {"access_token", "token_type", "user"}
    assert body["token_type"] == "bearer"
    created = body["user"].pop("created_at")
    assert datetime.fromisoformat(created) == usuario_cliente.created_at
    assert body["user"] == {
        "id": usuario_cliente.id,
        "email": usuario_cliente.email,
        "nombre": "Luis Cliente",
        "rol": "cliente",
        "buffet_id": usuario_cliente.buffet_id,
        "activo": True,
        "avatar_url": None,
    }
    (row,) = rows(Usuario, id=usuario_cliente.id)
    assert row.ultimo_acceso_at is not None
    me = ApiClient(app, body["access_token"])
    for path in ("/auth/me", "/usuarios/me", "/auth/me/", "/usuarios/me/"):
        answer = me("GET", path)
        assert answer.status_code == 200
        assert answer.get_json() == {**body["user"], "created_at": created}


def test_it_is_never_kept_by_a_cache_and_sets_no_cookie(nobody, usuario_admin):
    response = login(nobody, "ANA@oficina.example")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


def test_an_unknown_address_and_a_wrong_password_say_the_same(nobody, usuario_admin):
    for response in (
        login(nobody, usuario_admin.email, "no es la clave"),
        login(nobody, "nadie@oficina.example"),
        login(nobody, usuario_admin.email, "con \x00 NUL"),
    ):
        assert response.status_code == 401
        assert response.get_json() == WRONG


def test_an_inactive_account_is_told_so_only_with_the_right_password(
    app, nobody, usuario_cliente, buffet
):
    with app.app_context(), transaction():
        row = db.session.get_one(Buffet, buffet.id)
        buffets.set_active(row, activo=False, actor=None, now=utcnow())

    assert login(nobody, usuario_cliente.email, "otra").get_json() == WRONG
    refused = login(nobody, usuario_cliente.email)
    assert refused.status_code == 403
    assert refused.get_json() == {"detail": "Usuario inactivo"}


def test_guessing_is_slowed_down_over_the_page_and_the_api_together(
    throttled, nobody, stranger, usuario_admin, usuario_investigador
):
    for number in range(5):
        guess = {"email": usuario_admin.email, "password": f"clave {number}"}
        if number % 2:
            stranger.post("/entrar", data=guess)
        else:
            assert nobody("POST", "/auth/login", guess).status_code == 401

    limited = login(nobody, usuario_admin.email.upper())
    assert limited.status_code == 429
    assert 0 < int(limited.headers["Retry-After"]) <= 60
    detail = limited.get_json()["detail"]
    assert "Espere 1 minuto" in detail or "segundos" in detail
    assert "un equipo que ya usó antes" in detail
    assert stranger.post("/entrar", data=guess).status_code == 429
    assert login(nobody, usuario_investigador.email).status_code == 200


def change(verb, usuario, actor, **values):
    with transaction():
        verb(
            db.session.get_one(Usuario, usuario.id),
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
            **values,
        )


@pytest.mark.parametrize("end", ["sign out everywhere", "password", "deactivate", "role"])
def test_what_ends_the_sessions_ends_the_tokens(
    end, app, sign_in, api_of, usuario_admin, usuario_investigador
):
    client = api_of(usuario_investigador)
    assert client("GET", "/auth/me").status_code == 200

    if end == "sign out everywhere":
        sign_in(usuario_investigador).post("/salir", data={"todas": "1"})
    else:
        with app.app_context():
            if end == "password":
                change(
                    lambda row, **rest: usuarios.set_password(row, "otra clave nueva", **rest),
                    usuario_investigador,
                    usuario_admin,
                )
            elif end == "deactivate":
                change(usuarios.set_active, usuario_investigador, usuario_admin, activo=False)
            else:
                data = usuarios.UsuarioData(
                    "carla@oficina.example", "Carla Muñoz", usuarios.Rol.ADMIN
                )
                change(
                    lambda row, **rest: usuarios.update_usuario(row, data, **rest),
                    usuario_investigador,
                    usuario_admin,
                )

    assert client("GET", "/auth/me").status_code == 401


def test_a_closed_buffet_ends_the_tokens_of_its_people(app, api_of, usuario_cliente, buffet):
    client = api_of(usuario_cliente)
    assert client("GET", "/auth/me").status_code == 200

    with app.app_context(), transaction():
        row = db.session.get_one(Buffet, buffet.id)
        buffets.set_active(row, activo=False, actor=None, now=utcnow())

    assert client("GET", "/auth/me").status_code == 401


def test_a_token_lives_as_long_as_configured(app, nobody, configure, usuario_admin):
    configure(access_token_minutes=7)
    start = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        client = ApiClient(app, login(nobody, usuario_admin.email).get_json()["access_token"])
    with time_machine.travel(start + timedelta(minutes=6, seconds=59), tick=False):
        assert client("GET", "/auth/me").status_code == 200
    with time_machine.travel(start + timedelta(minutes=7), tick=False):
        assert client("GET", "/auth/me").status_code == 401


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(usuario: Usuario, secret: str) -> dict[str, str]:
    """Tokens that a stranger may try, by what is wrong with them."""
    good = make_token(usuario, secret, now=utcnow(), minutes=30)
    head, body, signature = good.split(".")
    claims = {"aud": AUDIENCE, "sub": usuario.get_id(), "exp": utcnow() + timedelta(minutes=5)}
    none = b64(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    deep = b64(b'{"alg":' + b"[" * 60_000)
    other = {"aud": AUDIENCE, "sub": "1.1", "exp": 4_000_000_000}
    return {
        "no algorithm": f"{none}.{body}.",
        "no algorithm but a signature": f"{none}.{body}.{signature}",
        "another algorithm": jwt.encode(claims, "k" * 64, algorithm="HS512"),
        "another secret": jwt.encode(claims, "k" * 32, algorithm="HS256"),
        "the secret itself as key": jwt.encode(claims, secret, algorithm="HS256"),
        "another body": f"{head}.{b64(json.dumps(other).encode())}.{signature}",
        "cut": good[:-4],
        "two parts": f"{head}.{body}",
        "garbage": "no-es-un-token",
        "dots": "..",
        "a deep header": f"{deep}.{body}.{signature}",
    }


NAMES = [
    "no algorithm",
    "no algorithm but a signature",
    "another algorithm",
    "another secret",
    "the secret itself as key",
    "another body",
    "cut",
    "two parts",
    "garbage",
    "dots",
    "a deep header",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_token_that_is_not_ours_is_nobodys(name, app, usuario_admin):
    tokens = forged(usuario_admin, str(app.secret_key))
    assert set(tokens) == set(NAMES)
    response = ApiClient(app, tokens[name])("GET", "/auth/me")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "/api/v1/auth/login" in response.get_json()["detail"]


@pytest.mark.parametrize("missing", ["aud", "exp", "sub"])
def test_a_token_of_ours_without_an_end_or_an_account_is_nobodys(missing, app):
    claims = {"aud": AUDIENCE, "sub": "1.1", "exp": 4_000_000_000}
    whole = jwt.encode(claims, _key("a secret"), algorithm="HS256")
    assert read_token(whole, "a secret") is not None

    del claims[missing]
    token = jwt.encode(claims, _key("a secret"), algorithm="HS256")

    assert read_token(token, "a secret") is None


def test_a_token_for_another_service_is_nobodys():
    claims = {"aud": "otro", "sub": "1.1", "exp": 4_000_000_000}

    assert read_token(jwt.encode(claims, _key("a secret"), algorithm="HS256"), "a secret") is None


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer  ", "Basic YTpi", "Token abc", "Bearer a=b", "Bearer ñ"]
)
def test_a_header_that_is_no_bearer_token_is_nobodys(header, nobody, usuario_admin):
    response = nobody("GET", "/auth/me", headers={"Authorization": header})

    assert response.status_code == 401


def test_the_scheme_is_read_in_any_case(nobody, token_of, usuario_admin):
    header = f"bearer {token_of(usuario_admin)}"
    response = nobody("GET", "/auth/me", headers={"Authorization": header})

    assert response.status_code == 200
