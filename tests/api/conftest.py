"""Programs that ask the API in somebody's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.api.rules import Alcance, new_key
from app.api.service import create_key
from app.api.v1.tokens import make_token
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from tests.factories import make_oficio


class ApiClient:
    """A program with somebody's token, or without any."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, json: Any = None, **options: Any) -> TestResponse:
        """Ask below /api/v1; ``json`` is left out when it is None."""
        if json is not None:
            options["json"] = json
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)


@pytest.fixture
def token_of(app: Flask) -> Callable[..., str]:
    """A token without paying for a password hash, that reads people's data unmasked."""

    def make(usuario: Usuario, scopes: tuple[str, ...] = ("datos_personales",)) -> str:
        return make_token(usuario, str(app.secret_key), now=utcnow(), minutes=30, scopes=scopes)

    return make


@pytest.fixture
def api_of(app: Flask, token_of: Callable[[Usuario], str]) -> Callable[[Usuario], ApiClient]:
    return lambda usuario: ApiClient(app, token_of(usuario))


@pytest.fixture
def nobody(app: Flask) -> ApiClient:
    return ApiClient(app, None)


@pytest.fixture
def admin_api(api_of: Callable[[Usuario], ApiClient], usuario_admin: Usuario) -> ApiClient:
    return api_of(usuario_admin)


@pytest.fixture
def investigador_api(
    api_of: Callable[[Usuario], ApiClient], usuario_investigador: Usuario
) -> ApiClient:
    return api_of(usuario_investigador)


@pytest.fixture
def cliente_api(api_of: Callable[[Usuario], ApiClient], usuario_cliente: Usuario) -> ApiClient:
    return api_of(usuario_cliente)


@pytest.fixture
def buscado(app: Flask, buffet: Buffet, usuario_investigador: Usuario) -> Oficio:
    """An oficio in investigation, whose order allows looking its plate up."""
    return make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)


@pytest.fixture
def make_key(app: Flask, usuario_admin: Usuario) -> Callable[..., tuple[int, ApiClient]]:
    """A key of an account, and the client that asks with it."""

    def make(
        usuario: Usuario, *alcances: Alcance, dias: int | None = None
    ) -> tuple[int, ApiClient]:
        key = new_key()
        with app.app_context(), transaction():
            clave = create_key(
                "Sincronización",
                db.session.get_one(Usuario, usuario.id),
                alcances or {Alcance.LECTURA, Alcance.ESCRITURA},
                key,
                actor=db.session.get_one(Usuario, usuario_admin.id),
                now=utcnow(),
                dias=dias,
            )
            return clave.id, ApiClient(app, key)

    return make
