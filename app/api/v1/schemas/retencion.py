"""For how long closed cases stay, what is proposed of them, and what was confirmed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from app.api.v1.schemas.base import Body, Paging, Shown, example
from app.api.v1.schemas.fields import Day, Id, Maybe, line
from app.core.errors import InvalidValue
from app.cumplimiento.rules.retencion import MOST_MONTHS, AccionRetencion, EstadoPropuesta
from app.oficios.rules import Estado

#: Proposals that one request decides on.
_MOST = 500


def _understood(value: bool) -> bool:
    if not value:
        raise InvalidValue("Envíe true: lo confirmado no se puede deshacer.")
    return value


class ReglaNew(Body):
    """A rule to write down; it takes the place of the one of that firm and state."""

    model_config = ConfigDict(
        json_schema_extra=example(
            buffet_id=None,
            caso_estado="finalizado_encontrado",
            meses=24,
            accion="borrar",
            fundamento="Plazo de prescripción del encargo",
        )
    )

    buffet_id: Annotated[
        Id | None, Field(description="Sin él, la regla es de toda la oficina.")
    ] = None
    caso_estado: Estado
    meses: Annotated[int, Field(ge=0, le=MOST_MONTHS, description="Desde el cierre.")]
    accion: AccionRetencion
    fundamento: Annotated[str, line(300), Field(examples=["Plazo del encargo"])]


class ReglaShown(Shown):
    """A rule of a firm, or of the office for all firms without one of their own."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=1,
            buffet_id=None,
            caso_estado="finalizado_encontrado",
            meses=24,
            accion="borrar",
            fundamento="Plazo de prescripción del encargo",
            cambiada_at="2026-12-01T12:00:00Z",
        )
    )

    id: int
    buffet_id: int | None
    caso_estado: Estado
    meses: int
    accion: AccionRetencion
    fundamento: str
    cambiada_at: datetime


class PropuestasQuery(Paging):
    """Which proposals; without a state, all that are not confirmed."""

    estado: EstadoPropuesta | None = None


class PropuestaShown(Shown):
    """A closed case whose time is over, and what was decided on it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=5,
            oficio_id=12,
            estado="propuesta",
            caso_estado="finalizado_encontrado",
            accion="borrar",
            meses=24,
            fundamento="Plazo de prescripción del encargo",
            vencio="2026-12-01",
            propuesta_at="2026-12-02T06:00:00Z",
            hasta=None,
            motivo=None,
            decidida_at=None,
            lote_id=None,
        )
    )

    id: int
    oficio_id: int
    estado: EstadoPropuesta
    caso_estado: Estado
    accion: AccionRetencion
    meses: int
    fundamento: str
    vencio: date
    propuesta_at: datetime
    hasta: date | None
    motivo: str | None
    decidida_at: datetime | None
    lote_id: int | None


class PropuestasChosen(Body):
    """Proposals, by their ids."""

    model_config = ConfigDict(json_schema_extra=example(propuestas=[5, 6]))

    propuestas: Annotated[list[Id], Field(min_length=1, max_length=_MOST)]


class PropuestasConfirmed(PropuestasChosen):
    """Proposals to carry out, which cannot be undone."""

    model_config = ConfigDict(json_schema_extra=example(propuestas=[5, 6], irreversible=True))

    irreversible: Annotated[
        bool,
        AfterValidator(_understood),
        Field(description="true: se entiende que lo confirmado no se puede deshacer."),
    ]


class PropuestasKept(PropuestasChosen):
    """Proposals whose cases stay: until a day, or until somebody releases them."""

    model_config = ConfigDict(
        json_schema_extra=example(
            propuestas=[5], motivo="Procedimiento abierto", hasta="2027-06-30"
        )
    )

    motivo: Annotated[str, line(300), Field(examples=["Procedimiento abierto"])]
    hasta: Annotated[
        Maybe[Day], Field(description="Sin fecha se retienen hasta que alguien los suelte.")
    ] = None


class DecidedShown(Shown):
    """On how many cases was decided."""

    model_config = ConfigDict(json_schema_extra=example(casos=2))

    casos: int


class OmitidoShown(Shown):
    """Cases that a confirmation left out, and why."""

    motivo: str
    oficios: list[int]


class LoteShown(Shown):
    """A confirmed batch; ``terminado`` once its data are erased. The certificate names nobody."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=1,
            numero="R-2026-0001",
            casos=2,
            confirmado_at="2026-12-02T12:00:00Z",
            terminado=False,
            certificado_at=None,
            pdf_sha256=None,
            omitidos=[],
        )
    )

    id: int
    numero: str
    casos: int
    confirmado_at: datetime
    terminado: bool
    certificado_at: datetime | None
    pdf_sha256: str | None
    omitidos: Annotated[
        tuple[OmitidoShown, ...],
        Field(description="Solo al confirmar: los que se dejaron fuera, y por qué."),
    ] = ()
