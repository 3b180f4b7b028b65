"""The maintenance mode: a file in the data folder, which stands also when the database does not."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, make_response, render_template, request
from flask_login import current_user

from app.extensions import current_config
from app.web.error_pages import error_response, wants_json

#: Seconds after which a browser or a program may ask again.
RETRY_SECONDS = 120
_OPEN = ("static", "health.", "metrics.", "auth.", "usuarios.accept")


def maintenance_file(folder: Path) -> Path:
    """Where the mode is kept; the file's text is shown to people."""
    return folder / "mantencion.txt"


def maintenance_text(folder: Path) -> str | None:
    """What is shown to people; None when the mode is off."""
    try:
        return maintenance_file(folder).read_text().strip() or _DEFAULT
    except FileNotFoundError:
        return None


def set_maintenance(folder: Path, text: str | None) -> None:
    """Switch the mode on with a sentence (empty: the usual one), or off with None."""
    if text is None:
        maintenance_file(folder).unlink(missing_ok=True)
    else:
        maintenance_file(folder).write_text(text)


def init_maintenance(app: Flask) -> None:
    """Answer 503 to everybody but admins while the mode is on; signing in stays possible."""

    @app.before_request
    def hold() -> Response | None:
        text = maintenance_text(current_config().instance_dir)
        if text is None or (request.endpoint or "").startswith(_OPEN):
            return None
        if current_user.is_authenticated and getattr(current_user, "is_admin", False):
            return None
        response = (
            error_response(503, text)
            if wants_json()
            else make_response(render_template("errors/503.html", sentence=text), 503)
        )
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response


_DEFAULT = "Rastro está en mantención y vuelve en unos minutos. Nada de lo guardado se pierde."
