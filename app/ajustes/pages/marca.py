"""The demonstration banner, and the guard that keeps demonstrations out of production."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app.ajustes.queries import is_demo
from app.db import db
from app.feature import StartRefused
from config import Config


def shows_demo() -> bool:
    """Whether every page must say that this is a demonstration.

    A database is marked before its first start and keeps the mark, so it is read once. An error
    page must stand when the database does not.
    """
    if "is_demo" not in current_app.extensions:
        try:
            current_app.extensions["is_demo"] = is_demo()
        except SQLAlchemyError:
            db.session.rollback()
            return False
    return bool(current_app.extensions["is_demo"])


def init_mark(app: Flask) -> None:
    """Register the template variable ``demo_mode``."""
    app.context_processor(lambda: {"demo_mode": shows_demo()})


def refuse_demo(config: Config) -> Mapping[str, object]:
    """Keep production from a database whose passwords everybody knows.

    Raises:
        StartRefused: it is one.
    """
    if config.is_production and is_demo():
        raise StartRefused(
            "Esta base de datos es de demostración y tiene contraseñas conocidas: en producción "
            "use otra (DATABASE_URL o INSTANCE_DIR)."
        )
    return {}
