"""The ledger forgets what repeated by itself and ended well, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.ajustes.service import set_setting
from app.db import db, transaction
from app.informes.models import Expediente
from app.informes.rules import Variante
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.registry import list_periodic
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.trabajos import service
from app.trabajos.rules import FORGETTING_JOB, KEPT_JOBS_DAYS

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=91)


def keep_job(clave: str, **values: Any) -> Trabajo:
    """A periodic job that ended well, with its attempt."""
    trabajo = Trabajo(
        **{
            "tipo": "cumplimiento.retencion",
            "clave": clave,
            "estado": EstadoTrabajo.HECHO,
            "intentos": 1,
            "created_at": OLD,
            "ejecutar_desde": OLD,
            "terminado_at": OLD,
            **values,
        }
    )
    db.session.add(trabajo)
    db.session.flush()
    db.session.add(Ejecucion(trabajo_id=trabajo.id, numero=1, trabajador="uno", iniciado_at=OLD))
    return trabajo


def forget(app, now: datetime = NOW) -> set[str]:
    """Have the job done; the keys of the jobs that stay, without its own."""
    with app.app_context():
        with transaction():
            db.session.add(
                Trabajo(
                    tipo=FORGETTING_JOB,
                    clave=f"{FORGETTING_JOB}:{now.timestamp()}",
                    ejecutar_desde=now,
                    created_at=now,
                )
            )
        work("test", clock=lambda: now)
        stayed = set(db.session.scalars(sa.select(Trabajo.clave)))
        orphans = sa.select(Ejecucion.id).where(Ejecucion.trabajo_id.not_in(sa.select(Trabajo.id)))
        assert db.session.scalars(orphans).all() == []
    return {clave for clave in stayed if not clave.startswith(FORGETTING_JOB)}


def test_only_what_repeats_and_ended_well_long_ago_is_forgotten(
    app, oficio, usuario_admin, monkeypatch
):
    monkeypatch.setattr(service, "_FORGOTTEN_AT_ONCE", 2)
    with app.app_context(), transaction():
        assert "planillas.importar" not in {one.name for one in list_periodic()}
        for number in range(5):
            keep_job(f"old:{number}")
        keep_job("young", terminado_at=NOW - timedelta(days=89))
        keep_job("of a case", oficio_id=oficio.id)
        keep_job("asked for", usuario_id=usuario_admin.id)
        keep_job("failed", estado=EstadoTrabajo.FALLIDO)
        keep_job("waits", estado=EstadoTrabajo.PENDIENTE, ejecutar_desde=NOW + timedelta(days=1))
        keep_job("failed at first", intentos=2)
        keep_job("left a word", error="El servidor no responde.")
        keep_job("ordered", tipo="planillas.importar")
        printed = keep_job("printed")
        db.session.add(
            Expediente(
                oficio_id=oficio.id,
                variante=next(iter(Variante)),
                codigo="AAAA-BBBB-CCCC",
                trabajo_id=printed.id,
            )
        )

    assert forget(app) == {
        "young",
        "of a case",
        "asked for",
        "failed",
        "waits",
        "failed at first",
        "left a word",
        "ordered",
        "printed",
    }


def test_the_office_says_for_how_long(app):
    with app.app_context(), transaction():
        keep_job("old")
        set_setting(KEPT_JOBS_DAYS.clave, "365")

    assert forget(app) == {"old"}
    assert forget(app, NOW + timedelta(days=275)) == set()
