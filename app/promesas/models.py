"""What is promised to buffets, how each promise of each case stands, and why a clock stood."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.oficios.rules import Prioridad
from app.promesas.rules import Lapso, MotivoPausa, SituacionPromesa, TipoPromesa
from app.usuarios.models import Usuario


class Promesa(Model):
    """What the office promises a buffet of the cases that come in from a day on.

    An earlier one goes on holding for the cases of its time.
    """

    __tablename__ = "promesas"
    __table_args__ = (sa.UniqueConstraint("buffet_id", "desde"),)
    __sealed__ = (
        Sealed(
            tipo="promesa",
            label="la promesa al buffet",
            fields=(
                "buffet_id",
                "desde",
                "plazos",
                "creado_por_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Promesas a los buffets",
        otros=("desde", "plazos", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Son plazos que la oficina ofrece a un buffet.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"))
    desde: Mapped[date]
    #: By kind of promise and priority, the term as ``Lapso.text`` writes it; what is absent is not
    #: promised.
    plazos: Mapped[dict[str, Any]] = mapped_column(default=dict)
    creado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    creado_por: Mapped[Usuario | None] = relationship()

    def term(self, tipo: TipoPromesa, prioridad: Prioridad) -> Lapso | None:
        """What is promised of cases of a priority."""
        text = self.plazos.get(tipo.value, {}).get(prioridad.value)
        return Lapso.parse(text) if text else None


class Compromiso(Model):
    """How one promise of one case stands: worked out when something changes, never by a clock.

    Whether it is at risk or late follows from its moments, so that lists find it by an index.
    """

    __tablename__ = "compromisos"
    __table_args__ = (
        sa.UniqueConstraint("oficio_id", "tipo"),
        sa.Index("ix_compromisos_due", "situacion", "vence_at", "oficio_id"),
        sa.Index("ix_compromisos_risk", "situacion", "riesgo_at", "oficio_id"),
        # For the counts of what was kept, by buffet, kind and week. The case is in it since hidden
        # ones are left out: without, each promise of the period would be read for that alone.
        sa.Index(
            "ix_compromisos_decided", "decide_at", "buffet_id", "tipo", "situacion", "oficio_id"
        ),
    )
    __personal__ = Personal(
        "Promesas de los casos",
        otros=(
            "empieza_at",
            "riesgo_at",
            "vence_at",
            "cumplida_at",
            "decide_at",
            "plazo_s",
            "resta_s",
        ),
        borrado=Borrado.GUARDAR,
        motivo="Dice si la oficina cumplió un plazo, sin decir de quién.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"))
    tipo: Mapped[TipoPromesa]
    situacion: Mapped[SituacionPromesa]
    empieza_at: Mapped[datetime]
    riesgo_at: Mapped[datetime | None]
    vence_at: Mapped[datetime | None]
    #: When what was promised was done.
    cumplida_at: Mapped[datetime | None]
    #: Since when it is decided, or when it will be if nothing is done.
    decide_at: Mapped[datetime | None]
    #: The term, in business seconds.
    plazo_s: Mapped[int]
    #: What is left of it while the clock stands.
    resta_s: Mapped[int | None]


class Pausa(Model):
    """That the clock of a case stood, because the buffet or the court was awaited."""

    __tablename__ = "pausas"
    __table_args__ = (
        sa.Index("ix_pausas_oficio_id", "oficio_id", "desde"),
        sa.Index(
            "uq_pausas_open",
            "oficio_id",
            unique=True,
            sqlite_where=sa.text("hasta IS NULL"),
            postgresql_where=sa.text("hasta IS NULL"),
        ),
    )
    __sealed__ = (
        Sealed(
            tipo="pausa",
            label="la pausa del reloj",
            fields=(
                "motivo",
                "explicacion",
                "desde",
                "hasta",
                "detenida_por_id",
                "reanudada_por_id",
            ),
        ),
    )
    __personal__ = Personal(
        "Pausas del reloj de un caso",
        {"explicacion": Dato.TEXTO},
        otros=("desde", "hasta"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    motivo: Mapped[MotivoPausa]
    #: What exactly is awaited; erased where a law orders it.
    explicacion: Mapped[str | None] = mapped_column(ShortText(300))
    desde: Mapped[datetime]
    hasta: Mapped[datetime | None]
    detenida_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    reanudada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))

    detenida_por: Mapped[Usuario | None] = relationship(foreign_keys=[detenida_por_id])
    reanudada_por: Mapped[Usuario | None] = relationship(foreign_keys=[reanudada_por_id])
