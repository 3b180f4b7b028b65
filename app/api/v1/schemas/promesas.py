"""What is promised to buffets, how it stands, and why a clock stood."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.v1.schemas.base import Body, Shown, example
from app.api.v1.schemas.fields import Day, line
from app.oficios.rules import Prioridad
from app.promesas.rules import (
    REASON_MAX,
    EstadoPromesa,
    MedioInforme,
    MotivoPausa,
    TipoPromesa,
)

_WHEN = "2026-11-30T21:00:00Z"
_TERMS = {"primera_gestion": {"urgente": "4 h", "media": "2 d"}, "ubicacion": {"media": "15 d"}}
#: By kind and priority a term in business time: «8 h», «2 d».
Terms = dict[TipoPromesa, dict[Prioridad, Annotated[str, line(40)]]]


class PromesaNew(Body):
    """What is promised of the cases that come in from a day on; what is left out is not promised.

    Terms are in business hours or days, ``8 h`` or ``2 d``. The same day again replaces it.
    """

    # Keys are words of enums, which JSON has as text.
    model_config = ConfigDict(
        strict=False, json_schema_extra=example(desde="2026-12-01", plazos=_TERMS)
    )

    desde: Day
    plazos: Terms


class PromesaShown(Shown):
    """What was promised from a day on."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=3, buffet_id=1, desde="2026-12-01", plazos=_TERMS, created_at=_WHEN
        )
    )

    id: int
    buffet_id: int
    desde: date
    plazos: dict[str, dict[str, str]]
    created_at: datetime


class CompromisoShown(Shown):
    """How a promise of a case stands now.

    ``resta_segundos`` is business time, of a promise that is not decided; ``usado`` is the part of
    the term in percent. ``vence_at`` is not known while the clock stands.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            oficio_id=12,
            tipo="primer_informe",
            estado="en_riesgo",
            empieza_at="2026-11-27T12:00:00Z",
            vence_at=_WHEN,
            cumplida_at=None,
            resta_segundos=7200,
            usado=88,
            texto="Vence hoy a las 18:00: quedan 2 h hábiles.",
        )
    )

    oficio_id: int
    tipo: TipoPromesa
    estado: EstadoPromesa
    empieza_at: datetime
    vence_at: datetime | None
    cumplida_at: datetime | None
    resta_segundos: int | None
    usado: int | None
    texto: str


class PausaNew(Body):
    """Whom the office waits for, and for what."""

    model_config = ConfigDict(
        json_schema_extra=example(motivo="tribunal", explicacion="Se pidió ampliar la orden")
    )

    motivo: MotivoPausa
    explicacion: Annotated[str, line(REASON_MAX)]


class PausaShown(Shown):
    """When the clock of a case stood, who stopped it and why. ``hasta`` is null while it stands."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=2,
            oficio_id=12,
            motivo="tribunal",
            explicacion="Se pidió ampliar la orden",
            desde=_WHEN,
            hasta=None,
            detenida_por_id=3,
            reanudada_por_id=None,
        )
    )

    id: int
    oficio_id: int
    motivo: MotivoPausa
    explicacion: str | None
    desde: datetime
    hasta: datetime | None
    detenida_por_id: int | None
    reanudada_por_id: int | None


class InformeNew(Body):
    """What the buffet was told outside of Rastro; it counts as the first report."""

    model_config = ConfigDict(
        json_schema_extra=example(medio="telefono", texto="Se contó el plan de búsqueda.")
    )

    medio: MedioInforme
    texto: Annotated[str, line(2000), Field(examples=["Se contó el plan de búsqueda."])]
