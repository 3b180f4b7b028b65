"""Jobs that have a past: when they were asked for, begun and ended, with their attempts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from app.db import db, transaction
from app.jobs.models import Ejecucion
from app.jobs.rules import EstadoTrabajo
from tests.factories import make_trabajo


def make_ended(
    app: Flask,
    ended: datetime,
    *,
    wait: float = 1.0,
    run: float = 2.0,
    estado: EstadoTrabajo = EstadoTrabajo.HECHO,
    traza: str | None = None,
    **values: Any,
) -> str:
    """The id of a job that ended at that moment after one attempt (seconds)."""
    started = ended - timedelta(seconds=run)
    created = started - timedelta(seconds=wait)
    is_done = estado is EstadoTrabajo.HECHO
    pk = make_trabajo(
        app,
        **{
            "estado": estado,
            "intentos": 1,
            "created_at": created,
            "ejecutar_desde": created,
            "iniciado_at": started,
            "terminado_at": ended,
            "error": None if is_done else "El proveedor no responde.",
            "resultado": "2 avistamientos nuevos." if is_done else None,
            **values,
        },
    )
    with app.app_context(), transaction():
        db.session.add(
            Ejecucion(
                trabajo_id=pk,
                numero=1,
                trabajador="host:1:Worker-1",
                iniciado_at=started,
                terminado_at=ended,
                error=None if is_done else "El proveedor no responde.",
                traza=traza,
            )
        )
    return pk
