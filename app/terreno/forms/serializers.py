"""What a phone sends of a visit, and what it is told."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.core.errors import InvalidValue
from app.core.text import clean_text
from app.direcciones.rules import ResultadoVisita
from app.oficios.forms.case_fields import NOTES_MAX
from app.oficios.service import VisitaData
from app.terreno.rules import Motivo
from app.terreno.service import VisitaEnviada

#: Format of a UUID as ``crypto.randomUUID`` makes it.
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class VisitaJson(BaseModel):
    """A visit that waited on a phone."""

    model_config = ConfigDict(extra="forbid")

    cliente_id: Annotated[str, Field(pattern=UUID)]
    direccion_id: Annotated[int, Field(ge=1, lt=2**31)]
    direccion: Annotated[str, Field(max_length=300)]
    resultado: ResultadoVisita
    notas: Annotated[str, Field(max_length=NOTES_MAX)] = ""
    fecha_hora: AwareDatetime
    enviada_at: AwareDatetime
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    exactitud_m: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    aceptados: Annotated[list[Motivo], Field(max_length=len(Motivo))] = []

    @field_validator("notas")
    @classmethod
    def clean(cls, text: str) -> str:
        """Without control characters, as a form's."""
        return clean_text(text, multiline=True)

    def to_sent(self) -> VisitaEnviada:
        """What was sent, as the service takes it; half a position is none."""
        placed = self.lat is not None and self.lon is not None
        return VisitaEnviada(
            direccion_id=self.direccion_id,
            direccion=self.direccion,
            visita=VisitaData(
                resultado=self.resultado,
                fecha_hora=self.fecha_hora,
                notas=self.notas or None,
                lat=self.lat if placed else None,
                lon=self.lon if placed else None,
                exactitud_m=self.exactitud_m if placed else None,
                cliente_id=self.cliente_id,
            ),
            enviada_at=self.enviada_at,
            aceptados=frozenset(self.aceptados),
        )


def read_visita(body: Any) -> VisitaJson:
    """Read what a phone sent.

    Raises:
        InvalidValue: an older page of ours, or another program, made it.
    """
    try:
        return VisitaJson.model_validate(body)
    except ValidationError as error:
        names = sorted({str(part["loc"][0]) for part in error.errors() if part["loc"]})
        what = f" ({', '.join(names)})" if names else ""
        raise InvalidValue(
            f"La visita llegó con datos que no se entienden{what}. Cierre Terreno, ábralo otra "
            "vez y vuelva a intentarlo."
        ) from None
