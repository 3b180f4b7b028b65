"""An installed phone: what its key opens, and what opens nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient

from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.db import db, transaction
from app.usuarios.models import Sesion, Usuario
from app.usuarios.rules.device_key import GO_ON, INSTALL, is_signed, read_device_key
from app.usuarios.rules.sesiones import FinSesion, TipoSesion
from app.usuarios.service import set_active
from app.usuarios.service.sesiones import end_session
from tests.factories import sign_in_client

DAY = timedelta(days=1)
KEY = generate_private_key(SECP256R1())


def public(key: EllipticCurvePrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


def sign(what: str, question: str, key: EllipticCurvePrivateKey = KEY) -> str:
    """As a browser signs: the two numbers one after the other."""
    signature = key.sign(f"{what} {question}".encode(), ECDSA(SHA256()))
    halves = (each.to_bytes(32) for each in decode_dss_signature(signature))
    return base64.b64encode(b"".join(halves)).decode()


def ask(client: FlaskClient) -> str:
    answer = client.post("/entrar/telefono/pregunta")
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.get_json()["pregunta"])


def install(client: FlaskClient, key: EllipticCurvePrivateKey = KEY) -> dict[str, Any]:
    data = {"clave": public(key), "firma": sign(INSTALL, ask(client), key)}
    return client.post("/cuenta/telefono", data=data).get_json()


def go_on(client: FlaskClient, sesion_id: int, what: str = GO_ON, **options: Any) -> dict[str, Any]:
    data = {"sesion": sesion_id, "firma": sign(what, ask(client), **options)}
    return client.post("/entrar/telefono?next=/tablero", data=data).get_json()


@pytest.fixture
def alter(app: Flask) -> Callable[..., None]:
    """Change columns of the only session."""

    def change(**values: Any) -> None:
        with app.app_context(), transaction():
            row = db.session.query(Sesion).one()
            for name, value in values.items():
                setattr(row, name, value)

    return change


@pytest.fixture
def phone(app: Flask, usuario_investigador: Usuario) -> int:
    """The session of a phone that was installed just now."""
    done = install(sign_in_client(app, usuario_investigador))
    assert done["ok"]
    return int(done["sesion"])


def test_a_signature_is_of_its_key_its_purpose_and_its_question() -> None:
    right = sign(GO_ON, "abc")
    assert is_signed(public(KEY), right, GO_ON, "abc")
    other = generate_private_key(SECP256R1())
    for key, firma, what, question in (
        (public(other), right, GO_ON, "abc"),
        (public(KEY), right, INSTALL, "abc"),
        (public(KEY), right, GO_ON, "abd"),
        (public(KEY), right[:-4], GO_ON, "abc"),
        (public(KEY), base64.b64encode(bytes(64)).decode(), GO_ON, "abc"),
        (public(KEY), "ñ" * 88, GO_ON, "abc"),
        ("x", right, GO_ON, "abc"),
    ):
        assert not is_signed(key, firma, what, question)


@pytest.mark.parametrize(
    "text", ["", "x", "AAAA", "A" * 5000, public(generate_private_key(SECP384R1()))]
)
def test_what_is_no_key_over_p256_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        read_device_key(text)


def test_a_phone_goes_on_after_weeks_without_its_cookie(
    app: Flask, phone: int, alter: Callable[..., None], rows: Callable[..., list[Any]]
) -> None:
    long_ago = utcnow() - 20 * DAY
    alter(created_at=long_ago, vista_at=long_ago, confirmada_at=long_ago)
    client = app.test_client()
    assert client.get("/tablero").status_code == 303

    assert go_on(client, phone) == {"ok": True, "url": "/tablero"}
    assert client.get("/tablero").status_code == 200
    (row,) = rows(Sesion)
    assert row.tipo is TipoSesion.TELEFONO
    assert "Rastro instalado" in client.get("/cuenta").text
    # That it signs says nothing of who holds it: what harms most still asks for the person.
    assert row.confirmada_at == long_ago
    assert client.get("/tablero/lista.csv").status_code == 303


@pytest.mark.parametrize(
    "case", ["old", "ended", "left", "desk", "other key", "other purpose", "no such", "twice"]
)
def test_what_is_over_or_not_its_own_does_not_go_on(
    case: str,
    app: Flask,
    phone: int,
    alter: Callable[..., None],
    usuario_investigador: Usuario,
    usuario_admin: Usuario,
) -> None:
    now, client = utcnow(), app.test_client()
    options: dict[str, Any] = {}
    if case == "old":
        alter(created_at=now - 31 * DAY)
    elif case == "desk":
        alter(tipo=TipoSesion.ESCRITORIO, clave_publica=None)
    elif case in {"ended", "left"}:
        with app.app_context(), transaction():
            if case == "ended":
                end_session(phone, FinSesion.CERRADA, now=now)
            else:
                actor = db.session.get_one(Usuario, usuario_admin.id)
                person = db.session.get_one(Usuario, usuario_investigador.id)
                set_active(person, activo=False, actor=actor, now=now)
    elif case == "other key":
        options = {"key": generate_private_key(SECP256R1())}
    elif case == "other purpose":
        options = {"what": INSTALL}
    if case == "twice":
        data = {"sesion": phone, "firma": sign(GO_ON, ask(client))}
        kept = client.get_cookie("rastro")
        assert kept is not None
        assert client.post("/entrar/telefono", data=data).get_json()["ok"]
        client = app.test_client()
        client.set_cookie("rastro", kept.value)
        assert client.post("/entrar/telefono", data=data).get_json() == {"ok": False}
    else:
        number = 2**40 if case == "no such" else phone
        assert go_on(client, number, **options) == {"ok": False}
    assert client.get("/tablero").status_code == 303


def test_only_who_has_just_signed_in_gets_a_key(
    app: Flask, usuario_investigador: Usuario, rows: Callable[..., list[Any]]
) -> None:
    stale = sign_in_client(app, usuario_investigador, confirmada_at=utcnow() - timedelta(hours=1))
    assert install(stale) == {"ok": False}
    assert "js/telefono.js" not in stale.get("/tablero").text
    fresh = sign_in_client(app, usuario_investigador)
    assert "js/telefono.js" in fresh.get("/tablero").text
    unasked = {"clave": public(KEY), "firma": sign(INSTALL, "")}
    assert fresh.post("/cuenta/telefono", data=unasked).get_json() == {"ok": False}
    assert {row.tipo for row in rows(Sesion)} == {TipoSesion.ESCRITORIO}
    assert install(fresh)["ok"]
    assert "js/telefono.js" not in fresh.get("/tablero").text
