"""What *Informes*, promises and *Auditoría* are measured on: years of an office, as bare rows."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import utcnow
from app.db import Model, db
from app.db import refresh_statistics as refresh_tables
from app.direcciones.models import Direccion
from app.notificaciones.models import Notificacion, Receptor, Respuesta
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion, TipoRespuesta
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.promesas.models import Compromiso
from app.promesas.rules import SituacionPromesa, TipoPromesa

_BATCH = 20_000
_KINDS = (Actividad.NOTA, Actividad.LLAMADA, Actividad.TERRENO, Actividad.SISTEMA)
_COMUNAS = ("Ñuñoa", "Maipú", "Las Condes", "Puente Alto", "La Florida", "Renca", "San Miguel")
_DEEDS = (
    "sesion.iniciada",
    "oficio.movido",
    "adjunto.agregado",
    "usuario.editado",
    "ajuste.editado",
)
_PATH = (Estado.PENDIENTE, Estado.INVESTIGACION, Estado.NOTIFICACION, Estado.ENCONTRADO)


def fill_histories(entries: int) -> None:
    """Give every stored case so many entries, its steps among them, a place, mails and promises."""
    cases = db.session.execute(
        sa.select(
            Oficio.id,
            Oficio.estado,
            Oficio.estado_desde,
            Oficio.created_at,
            Oficio.buffet_id,
            Oficio.investigador_id,
        ).order_by(Oficio.id)
    ).all()
    with db.engine.begin() as connection:
        for number in range(1, 9):
            connection.execute(
                sa.insert(Receptor),
                {
                    "nombre": f"Receptor {number}",
                    "email": f"receptor{number}@receptores.example",
                    "tribunales_pjud": [],
                    "created_at": utcnow(),
                },
            )
        receptores = list(connection.scalars(sa.select(Receptor.id)))
    db.session.remove()
    store(Direccion, (_place(case) for case in cases))
    store(Investigacion, (row for case in cases for row in _entries(case, entries)))
    told = [case for case in cases if case.estado in (Estado.NOTIFICACION, Estado.ENCONTRADO)]
    store(Notificacion, (_notice(case, receptores) for case in told))
    store(Respuesta, (_answer(case) for case in told if case.id % 5))
    store(Compromiso, (row for case in cases for row in _promises(case)))
    refresh_statistics()


def fill_audit(amount: int) -> None:
    """Store so many lines of the audit, spread over five years."""
    people = db.session.scalars(sa.text("SELECT id FROM usuarios ORDER BY id")).all()
    last = db.session.scalar(sa.select(sa.func.max(Oficio.id))) or 1
    db.session.remove()
    deeds = " ".join(f"WHEN {number} THEN '{one}'" for number, one in enumerate(_DEEDS))
    whose = " ".join(f"WHEN {number} THEN {pk}" for number, pk in enumerate(people))
    step = 5 * 365 * 86_400 / amount
    begin = (utcnow() - timedelta(days=5 * 365)).timestamp()
    # By the database itself: five million rows would take this program a quarter of an hour.
    is_postgresql = db.engine.dialect.name == "postgresql"
    moment = f"{begin} + n * {step}"
    moment = (
        f"to_timestamp({moment})"
        if is_postgresql
        else f"strftime('%Y-%m-%d %H:%M:%f000', {moment}, 'unixepoch')"
    )
    numbers = (
        f"generate_series(1, {amount}) AS numbers(n)"
        if is_postgresql
        else f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {amount})"
        " SELECT n FROM c)"
    )
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO auditoria"
                " (accion, usuario_id, oficio_id, detalle, created_at, lugar, equipo)"
                f" SELECT CASE n % {len(_DEEDS)} {deeds} END, CASE n % {len(people)} {whose} END,"
                f" CASE WHEN n % 3 > 0 THEN n % {last} + 1 END, '{{}}', {moment},"
                f" '192.0.2.0/24', 'Firefox, Linux' FROM {numbers}"
            )
        )
    refresh_statistics()


def store(model: type[Model], rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows in parts, past the seals."""
    while batch := list(itertools.islice(rows, _BATCH)):
        with db.engine.begin() as connection:
            connection.execute(sa.insert(model), batch)


def refresh_statistics() -> None:
    """Let the database count again what its tables hold, and the keys go on after the last."""
    serial = "pg_get_serial_sequence('notificaciones', 'id')"
    refresh_tables()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if db.engine.dialect.name == "postgresql":
            last = "SELECT coalesce(max(id), 1) FROM notificaciones"
            connection.execute(sa.text(f"SELECT setval({serial}, ({last}))"))
            connection.execute(sa.text("ANALYZE"))


def _place(case: Any) -> dict[str, Any]:
    comuna = _COMUNAS[case.id % len(_COMUNAS)]
    return {
        "oficio_id": case.id,
        "direccion": f"Av. Grecia {case.id}",
        "comuna": comuna,
        "verificada": False,
        "created_at": case.created_at,
    }


def steps_of(case: Any) -> list[tuple[Estado, Estado, datetime]]:
    """The steps of a case with their moments, the last when its row says."""
    if case.estado is Estado.NO_ENCONTRADO:
        path = [*_PATH[:2], Estado.NO_ENCONTRADO]
    else:
        path = list(_PATH[: _PATH.index(case.estado) + 1])
    span = case.estado_desde - case.created_at
    return [
        (before, after, case.created_at + span * number / (len(path) - 1))
        for number, (before, after) in enumerate(itertools.pairwise(path), 1)
    ]


def _entries(case: Any, amount: int) -> Iterator[dict[str, Any]]:
    steps = steps_of(case)
    for before, after, moment in steps:
        yield _entry(
            case,
            Actividad.CAMBIO_ESTADO,
            f"{before.label} → {after.label}",
            moment,
            {"de": before.value, "a": after.value},
        )
    stride = max(case.estado_desde - case.created_at, timedelta(days=1)) / amount
    for number in range(amount - len(steps)):
        text = f"Conserje dice que el auto sale temprano, anotación {number}"
        yield _entry(
            case, _KINDS[number % len(_KINDS)], text, case.created_at + stride * number, {}
        )


def _entry(
    case: Any, tipo: Actividad, text: str, moment: datetime, detalle: dict[str, Any]
) -> dict[str, Any]:
    return {
        "oficio_id": case.id,
        "tipo": tipo,
        "descripcion": text,
        "detalle": detalle,
        "usuario_id": case.investigador_id,
        "ocurrido_at": moment,
        "created_at": moment,
    }


def _notice(case: Any, receptores: list[int]) -> dict[str, Any]:
    moment = steps_of(case)[1][2] + timedelta(hours=1)
    return {
        "id": case.id,
        "oficio_id": case.id,
        "buffet_id": case.buffet_id,
        "tipo": TipoNotificacion.RECEPTOR_JUDICIAL,
        "estado": EstadoNotificacion.ENVIADA,
        "receptor_id": receptores[case.id % len(receptores)],
        "destinatario_email": "receptor@receptores.example",
        "asunto": "Aviso",
        "cuerpo_texto": "Aviso",
        "cuerpo_html": "<p>Aviso</p>",
        "message_id": f"<medida-{case.id}@rastro.example>",
        "enviada_at": moment,
        "created_at": moment,
    }


def _answer(case: Any) -> dict[str, Any]:
    moment = steps_of(case)[1][2] + timedelta(hours=2 + case.id % 60)
    return {
        "notificacion_id": case.id,
        "tipo": list(TipoRespuesta)[case.id % len(TipoRespuesta)],
        "clave": f"medida-{case.id}",
        "created_at": moment,
    }


def _promises(case: Any) -> Iterator[dict[str, Any]]:
    chance = random.Random(case.id)
    for number, tipo in enumerate(TipoPromesa, 1):
        term = timedelta(days=(1, 4, 12)[number - 1])
        due = case.created_at + term
        done = case.created_at + term * chance.uniform(0.2, 1.3)
        closed = case.estado.is_final
        runs = not closed and (chance.random() < 0.4 or due > utcnow())
        if runs:
            situacion = SituacionPromesa.CORRE
        else:
            situacion = SituacionPromesa.CUMPLIDA if done <= due else SituacionPromesa.INCUMPLIDA
        yield {
            "oficio_id": case.id,
            "buffet_id": case.buffet_id,
            "tipo": tipo,
            "situacion": situacion,
            "empieza_at": case.created_at,
            "riesgo_at": case.created_at + term * 0.75,
            "vence_at": due,
            "cumplida_at": None if runs else done,
            "decide_at": due if runs else min(done, due),
            "plazo_s": int(term.total_seconds() / 3),
            "resta_s": None,
        }
