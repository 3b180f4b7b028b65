"""The cookie by which a device is known again on which somebody signed in."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, after_this_request, current_app, request

from app.db import release
from app.usuarios.models import Usuario
from app.usuarios.queries import find_password_hash
from app.usuarios.rules.known_devices import (
    Device,
    account_mark,
    make_device,
    new_device_id,
    password_mark,
    read_device,
)

#: As long as browsers keep a cookie at most (RFC 6265bis); each sign-in begins it anew.
_LIFE = timedelta(days=400)


def find_known_device(email: str) -> str:
    """The number of the asking device if the account was signed in to on it, else "".

    Only who brings a signed cookie for this account has the database asked, whether its password
    is still that one. The read is ended again.
    """
    device = _own_device(email)
    if device is None:
        return ""
    stored = find_password_hash(email)
    release()
    if stored is None or password_mark(stored, _secret()) != device.password_mark:
        return ""
    return device.id


def remember_device(usuario: Usuario) -> None:
    """Have the answer to a successful sign-in tell the browser that its device is known now."""
    device = _own_device(usuario.email)
    device_id = device.id if device else new_device_id()
    name = _cookie_name(usuario.email)
    token = make_device(device_id, usuario.email, usuario.password_hash, _secret())

    @after_this_request
    def tell_browser(response: Response) -> Response:
        response.set_cookie(
            name,
            token,
            max_age=_LIFE,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _own_device(email: str) -> Device | None:
    return read_device(request.cookies.get(_cookie_name(email), ""), email, _secret())


def _cookie_name(email: str) -> str:
    """One cookie for each account, as people share a device. It does not tell which account."""
    prefix = "__Host-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    return f"{prefix}equipo-{account_mark(email, _secret())}"


def _secret() -> str:
    return str(current_app.secret_key)
