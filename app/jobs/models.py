"""The ledger of jobs: the truth, of which Huey is only the alarm clock."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import ADDED, KEPT_OF, Model, ShortText
from app.jobs.rules import MAX_ATTEMPTS, PRIORITY_PERSON, EstadoTrabajo


class Trabajo(Model):
    """One piece of work to be done once, with its whole history."""

    __tablename__ = "trabajos"
    __table_args__ = (
        sa.Index("ix_trabajos_due", "estado", "ejecutar_desde"),
        # The order in which they are taken: without it each of 10,000 waiting jobs costs 6 ms.
        sa.Index("ix_trabajos_order", "estado", "prioridad", "ejecutar_desde", "created_at"),
        sa.Index("ix_trabajos_kind", "tipo", "estado"),
        # What nobody asked for, the newest first.
        sa.Index("ix_trabajos_quiet", "usuario_id", "created_at", "estado"),
        # What ended lately: throughput and waiting times.
        sa.Index("ix_trabajos_ended", "terminado_at", "estado"),
    )

    __personal__ = Personal(
        "Trabajos",
        {
            "clave": Dato.TEXTO,
            "argumentos": Dato.ESTRUCTURA,
            "resultado": Dato.TEXTO,
            "error": Dato.TEXTO,
        },
        otros=(
            "tipo",
            "prioridad",
            "intentos",
            "max_intentos",
            "ejecutar_desde",
            "programado_at",
            "arriendo_hasta",
            "arriendo_de",
            "created_at",
            "iniciado_at",
            "terminado_at",
        ),
    )

    id: Mapped[str] = mapped_column(
        ShortText(36), primary_key=True, default=lambda: str(uuid.uuid4())
    )
    #: A name in the registry, for example ``avistamientos.consultar``.
    tipo: Mapped[str] = mapped_column(ShortText(80))
    #: The same key is the same job.
    clave: Mapped[str] = mapped_column(ShortText(200), unique=True)
    #: Identifiers only, never personal data.
    argumentos: Mapped[dict[str, Any]] = mapped_column(default=dict)
    estado: Mapped[EstadoTrabajo] = mapped_column(default=EstadoTrabajo.PENDIENTE)
    prioridad: Mapped[int] = mapped_column(default=PRIORITY_PERSON)
    oficio_id: Mapped[int | None] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    intentos: Mapped[int] = mapped_column(default=0)
    max_intentos: Mapped[int] = mapped_column(default=MAX_ATTEMPTS)
    ejecutar_desde: Mapped[datetime] = mapped_column(default=utcnow)
    #: What the clock said when ``ejecutar_desde`` was put into the future; the wait is what lies
    #: between the two, also when that clock was wrong.
    programado_at: Mapped[datetime | None]
    #: While a worker holds it; past this moment the worker is taken for dead.
    arriendo_hasta: Mapped[datetime | None]
    arriendo_de: Mapped[str | None] = mapped_column(ShortText(80))
    resultado: Mapped[str | None] = mapped_column(sa.Text)
    #: The cause in words that an office understands.
    error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    iniciado_at: Mapped[datetime | None]
    terminado_at: Mapped[datetime | None]

    ejecuciones: Mapped[list[Ejecucion]] = relationship(order_by="Ejecucion.id")


class Ejecucion(Model):
    """One attempt at a job: when, by which worker, and how it ended."""

    __tablename__ = "trabajo_ejecuciones"
    __table_args__ = (sa.Index("ix_trabajo_ejecuciones_started", "iniciado_at"),)

    __personal__ = Personal(
        "Ejecuciones de trabajos",
        {
            "error": Dato.TEXTO,
            "traza": Dato.TEXTO,
        },
        otros=("numero", "trabajador", "iniciado_at", "terminado_at"),
        via="trabajo_id",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trabajo_id: Mapped[str] = mapped_column(sa.ForeignKey("trabajos.id"), index=True)
    numero: Mapped[int]
    trabajador: Mapped[str] = mapped_column(ShortText(80))
    iniciado_at: Mapped[datetime]
    terminado_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(sa.Text)
    traza: Mapped[str | None] = mapped_column(sa.Text, deferred=True)


class CuentaDeTrabajos(Model):
    """How many more jobs of a kind ended, or attempts at them; the sum is how many there are.

    The database writes them (``app.db.kept_counts``). What waits or runs is not among them: that
    is little, and an index finds it.
    """

    __tablename__ = "trabajos_cuentas"
    __table_args__ = (
        {
            "info": {
                KEPT_OF: ("trabajos", "trabajo_ejecuciones"),
                ADDED: ("cuantos", "intentos", "fallas", "milisegundos"),
            }
        },
    )
    __personal__ = Personal(
        "Cuentas de trabajos",
        otros=("tipo", "estado", "cuantos", "intentos", "fallas", "milisegundos"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Dice cuántos hay, no de quién son.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tipo: Mapped[str] = mapped_column(ShortText(80))
    #: That of the jobs; none where attempts are counted.
    estado: Mapped[str | None] = mapped_column(ShortText(40))
    cuantos: Mapped[int] = mapped_column(sa.BigInteger)
    #: Attempts that ended, those of them that failed, and how long they took.
    intentos: Mapped[int] = mapped_column(sa.BigInteger)
    fallas: Mapped[int] = mapped_column(sa.BigInteger)
    milisegundos: Mapped[int] = mapped_column(sa.BigInteger)


class Consumidor(Model):
    """A running consumer process, and when it was last heard of."""

    __tablename__ = "consumidores"
    __personal__ = Personal(
        "Consumidores",
        otros=(
            "hilos",
            "version",
            "iniciado_at",
            "ultimo_latido_at",
            "ultimo_barrido_at",
            "desfase_s",
        ),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Es un proceso.",
    )

    id: Mapped[str] = mapped_column(ShortText(80), primary_key=True)
    hilos: Mapped[int]
    version: Mapped[str] = mapped_column(ShortText(40))
    iniciado_at: Mapped[datetime]
    ultimo_latido_at: Mapped[datetime]
    #: When it last swept the ledger for what is due; the scheduler may hang while it still beats.
    ultimo_barrido_at: Mapped[datetime | None]
    #: Seconds by which its clock ran ahead of the database's when it last beat.
    desfase_s: Mapped[float] = mapped_column(default=0, server_default="0")


class Cuota(Model):
    """When a provider was last asked; shared by all workers, so that its limit holds."""

    __tablename__ = "cuotas"
    __personal__ = Personal(
        "Cuotas de los proveedores",
        otros=("momentos", "bloqueada_hasta", "anotada_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Cuenta llamadas.",
    )

    nombre: Mapped[str] = mapped_column(ShortText(60), primary_key=True)
    #: Seconds since the epoch of the last booked calls, oldest first.
    momentos: Mapped[list[float]] = mapped_column(sa.JSON, default=list)
    bloqueada_hasta: Mapped[datetime | None]
    #: What the clock said when this row was last written.
    anotada_at: Mapped[datetime | None]
