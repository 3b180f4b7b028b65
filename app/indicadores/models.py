"""What reports read: kept beside the cases, made of them and of nothing else; and issued months.

``Ciclo``, ``Etapa`` and ``ConsultaDia`` hold nothing that cannot be worked out again
(``flask indicadores reconstruir``), so they have no keys to other tables: a case that is taken back
or erased is not held by its figures.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.indicadores.rules import EstadoMensual
from app.jobs.models import Trabajo
from app.jobs.rules import OPEN_STATES
from app.oficios.rules import Estado


class Ciclo(Model):
    """The way of one case in figures: days of Santiago's calendar, and durations in days."""

    __tablename__ = "ciclos"
    __table_args__ = (
        # All that the reports ask of it, so that the table itself is not read.
        sa.Index(
            "ix_ciclos_received",
            "recibido_dia",
            "buffet_id",
            "investigador_id",
            "con_dudas",
            "incompleto",
        ),
        sa.Index(
            "ix_ciclos_closed",
            "cerrado_dia",
            "buffet_id",
            "investigador_id",
            "estado",
            "dias_total",
            "dias_pendiente",
            "dias_investigacion",
            "dias_notificacion",
            "dias_busqueda",
            "comuna",
            "marca",
            "oficio_id",
        ),
        sa.Index(
            "ix_ciclos_located",
            "ubicado_dia",
            "buffet_id",
            "investigador_id",
            "dias_ubicar",
            "comuna",
            "marca",
        ),
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


class InformeMensual(Model):
    """A month of a buffet as a PDF and a workbook; one for each month.

    What was issued is not changed. Where a law orders that a case is erased, the files of the
    months that name it go, and the last month is issued anew without it.
    """

    __tablename__ = "informes_mensuales"
    __table_args__ = (sa.UniqueConstraint("buffet_id", "mes"),)
    __sealed__ = (
        Sealed(
            tipo="informe_mensual",
            label="el informe mensual",
            fields=(
                "buffet_id",
                "mes",
                "pdf_sha256",
                "pdf_bytes",
                "xlsx_sha256",
                "xlsx_bytes",
                "emitido_at",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Informes mensuales a buffets",
        {
            "pdf_sha256": Dato.HUELLA,
            "xlsx_sha256": Dato.HUELLA,
            "pdf_key": Dato.ARCHIVO,
            "xlsx_key": Dato.ARCHIVO,
        },
        otros=("mes", "almacen", "pdf_bytes", "xlsx_bytes", "emitido_at", "created_at"),
        titular=Titular.BUFFET,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"))
    #: Its first day.
    mes: Mapped[date] = mapped_column(index=True)
    trabajo_id: Mapped[str] = mapped_column(sa.ForeignKey("trabajos.id"), index=True)
    #: These are None until it is issued; keys and hashes again once its files had to go.
    pdf_key: Mapped[str | None] = mapped_column(ShortText(200))
    pdf_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    pdf_bytes: Mapped[int | None]
    xlsx_key: Mapped[str | None] = mapped_column(ShortText(200))
    xlsx_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    xlsx_bytes: Mapped[int | None]
    #: Which storage has the files: ``local`` or ``s3``.
    almacen: Mapped[str | None] = mapped_column(ShortText(10))
    emitido_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    buffet: Mapped[Buffet] = relationship()
    trabajo: Mapped[Trabajo] = relationship()

    @property
    def estado(self) -> EstadoMensual:
        """Whether it can be had; before it is issued its job says whether somebody is at it."""
        if self.pdf_key is not None:
            return EstadoMensual.EMITIDO
        if self.emitido_at is not None:
            return EstadoMensual.RETIRADO
        is_open = self.trabajo.estado in OPEN_STATES
        return EstadoMensual.PREPARANDO if is_open else EstadoMensual.FALLIDO


class CasoMensual(Model):
    """That a monthly report names a case: it is held back with it, and goes when that is erased."""

    __tablename__ = "informes_mensuales_casos"
    __table_args__ = (sa.UniqueConstraint("informe_id", "oficio_id"),)
    __personal__ = Personal(
        "Casos de los informes mensuales", otros=("oficio_id",), borrado=Borrado.FILA
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    informe_id: Mapped[int] = mapped_column(sa.ForeignKey("informes_mensuales.id"))
    #: No foreign key: a case that is taken back is not held by what was told of it.
    oficio_id: Mapped[int] = mapped_column(index=True)
