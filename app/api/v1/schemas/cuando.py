"""When and where to go for a case."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from app.api.v1.schemas.base import Shown, example

_LEAVE = (
    "Antes de las 8:00 el receptor necesita habilitación del tribunal: son horas hábiles las de 8 "
    "a 20 h de días hábiles (CPC, arts. 59 y 60)."
)
_WINDOW = {
    "cuando": "martes a jueves, 7:30 a 8:30",
    "donde": "Costanera Norte P5 Carrascal – Vivaceta, al oriente",
    "evidencia": "En 8 de las últimas 8 semanas (22 de 24 días).",
    "limite": "Es un corredor: dice por dónde circula a esa hora, no dónde se estaciona.",
    "habilitacion": _LEAVE,
}


class FranjaShown(Shown):
    """A window of the week; ``habilitacion``: when in it a receptor needs leave of the court."""

    model_config = ConfigDict(json_schema_extra=example(**_WINDOW))

    cuando: str
    donde: str
    evidencia: str
    limite: str
    habilitacion: str | None


class CuandoShown(Shown):
    """When and where to go, and what nobody can know.

    ``conocido_hasta`` is until when the sources would have told of a crossing; ``no_visto`` says
    in which times there was none, and of which no source can tell.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            conocido_hasta="2026-11-17T15:00:00Z",
            franjas=[_WINDOW],
            sin_sugerencia=None,
            terminadas=[],
            no_visto=[
                "Sin pasadas sin TAG entre el 12-11-2026 y el 16-11-2026; con TAG esta fuente no "
                "ve."
            ],
            advertencias=[],
        )
    )

    conocido_hasta: datetime | None
    franjas: list[FranjaShown]
    sin_sugerencia: str | None
    #: Habits of the past.
    terminadas: list[str]
    no_visto: list[str]
    advertencias: list[str]
