"""What reports read: kept beside the cases, made of them and of nothing else.

``Ciclo``, ``Etapa`` and ``ConsultaDia`` hold nothing that cannot be worked out again
(``flask indicadores reconstruir``), so they have no keys to other tables: a case that is taken back
or erased is not held by its figures.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import Model, ShortText
from app.oficios.rules import Estado


class Ciclo(Model):
    """The way of one case in figures: days of Santiago's calendar, and durations in days."""

    __tablename__ = "ciclos"
    __table_args__ = (
        sa.Index("ix_ciclos_received", "recibido_dia", "buffet_id"),
        sa.Index("ix_ciclos_closed", "cerrado_dia", "buffet_id"),
        sa.Index("ix_ciclos_located", "ubicado_dia", "buffet_id"),
    )
    __personal__ = Personal(
        "Cifras de cada caso",
        {"comuna": Dato.HECHO, "marca": Dato.HECHO},
        otros=(
            "buffet_id",
            "investigador_id",
            "version",
            "desde_at",
            "recibido_dia",
            "iniciado_dia",
            "ubicado_dia",
            "cerrado_dia",
            "dias_pendiente",
            "dias_investigacion",
            "dias_notificacion",
            "dias_ubicar",
            "dias_busqueda",
            "dias_total",
        ),
        borrado=Borrado.FILA,
    )

    oficio_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    buffet_id: Mapped[int]
    #: Who has it now; the cases of somebody who left the office count as theirs still.
    investigador_id: Mapped[int | None]
    estado: Mapped[Estado]
    #: The version and the date of the state that the case had when it was read: who differs is read
    #: again.
    version: Mapped[int]
    desde_at: Mapped[datetime]
    recibido_dia: Mapped[date]
    iniciado_dia: Mapped[date | None]
    ubicado_dia: Mapped[date | None]
    cerrado_dia: Mapped[date | None]
    #: In all its stays there; None if it never was.
    dias_pendiente: Mapped[int | None]
    dias_investigacion: Mapped[int | None]
    dias_notificacion: Mapped[int | None]
    #: From its entry until it was located.
    dias_ubicar: Mapped[int | None]
    #: From the beginning of the search until it was closed (cycle time).
    dias_busqueda: Mapped[int | None]
    #: From its entry until it was closed (lead time).
    dias_total: Mapped[int | None]
    marca: Mapped[str | None] = mapped_column(ShortText(60))
    #: Of the case's first address.
    comuna: Mapped[str | None] = mapped_column(ShortText(60))
    #: Something of it came doubtful: a wrong check digit, a date that cannot be.
    con_dudas: Mapped[bool]
    #: It came without rol, tribunal, deadline or address.
    incompleto: Mapped[bool]


class Etapa(Model):
    """A stay of a case in a state, by days; the cumulative flow is counted from these."""

    __tablename__ = "etapas"
    __table_args__ = (
        sa.Index("ix_etapas_case", "oficio_id"),
        # All that the flow asks of it, so that the table itself is not read.
        sa.Index(
            "ix_etapas_entered", "estado", "desde_dia", "buffet_id", "investigador_id", "oficio_id"
        ),
        sa.Index(
            "ix_etapas_left", "estado", "hasta_dia", "buffet_id", "investigador_id", "oficio_id"
        ),
    )
    __personal__ = Personal(
        "Pasos de cada caso, en días",
        otros=("oficio_id", "buffet_id", "investigador_id", "desde_dia", "hasta_dia"),
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int]
    buffet_id: Mapped[int]
    investigador_id: Mapped[int | None]
    estado: Mapped[Estado]
    desde_dia: Mapped[date]
    hasta_dia: Mapped[date | None]


class ConsultaDia(Model):
    """The look-ups of one day at one source for the cases of one buffet."""

    __tablename__ = "consultas_dias"
    __table_args__ = (sa.UniqueConstraint("dia", "fuente", "buffet_id"),)
    __personal__ = Personal(
        "Consultas de cada día",
        otros=("dia", "fuente", "buffet_id", "pedidas", "respondidas", "con_datos", "nuevas"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Son cantidades: no dicen de quién.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: On which they were asked for.
    dia: Mapped[date]
    #: As ``FuenteAlcance`` names it; empty: it never came to ask anybody.
    fuente: Mapped[str] = mapped_column(ShortText(40))
    buffet_id: Mapped[int]
    pedidas: Mapped[int]
    respondidas: Mapped[int]
    #: Answers with at least one new passage.
    con_datos: Mapped[int]
    #: Passages that nobody knew before.
    nuevas: Mapped[int]


class Corte(Model):
    """Until when the figures have been read, in one row."""

    __tablename__ = "indicadores_cortes"
    __personal__ = Personal(
        "Hasta cuándo se leyeron las cifras",
        otros=("leido_at", "consultas_desde", "revisado_at", "diferencias"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Dice cuándo se leyó.",
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Everything that was committed before is in the figures.
    leido_at: Mapped[datetime | None]
    #: Look-ups of that day and later are counted again at the next reading.
    consultas_desde: Mapped[date | None]
    #: When all was last compared with what it is made of, and how much had differed.
    revisado_at: Mapped[datetime | None]
    diferencias: Mapped[int] = mapped_column(default=0)
