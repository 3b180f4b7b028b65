"""A report of *Informes*: which days and cases, and its table."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from app.api.v1.schemas.base import Query, Shown, example
from app.api.v1.schemas.fields import Day, Id
from app.core.clock import local_today, utcnow
from app.core.errors import InvalidValue
from app.indicadores.rules import Agrupacion, Informe, Rango
from app.indicadores.rules.cuadro import TipoMedida
from app.indicadores.rules.periodo import MAX_DAYS, TOO_LONG, TURNED, Seleccion, choose_days


class InformeQuery(Query):
    """The filters of the page *Informes*."""

    rango: Annotated[
        Rango, Field(description="El período que termina hoy; con `desde` o `hasta` no cuenta.")
    ] = Rango.SEMANAS
    desde: Annotated[Day | None, Field(description="El primer día.")] = None
    hasta: Annotated[Day | None, Field(description="El último día, incluido.")] = None
    buffet_id: Id | None = None
    investigador_id: Id | None = None
    por: Annotated[
        Agrupacion, Field(description="Qué comparan los informes que comparan grupos.")
    ] = Agrupacion.BUFFET

    @model_validator(mode="after")
    def _days_are_a_period(self) -> InformeQuery:
        seleccion = self.to_selection(local_today(utcnow()))
        if seleccion.desde > seleccion.hasta:
            raise InvalidValue(TURNED)
        if seleccion.days > MAX_DAYS:
            raise InvalidValue(TOO_LONG)
        return self

    def to_selection(self, today: date) -> Seleccion:
        """The days and cases that are asked for."""
        rango = Rango.FECHAS if self.desde or self.hasta else self.rango
        first, last = choose_days(rango, self.desde, self.hasta, today)
        return Seleccion(first, last, self.buffet_id, self.investigador_id, self.por)


class MedidaShown(Shown):
    """A column of a report."""

    clave: str
    label: str
    tipo: TipoMedida


class InformeShown(Shown):
    """A report with its table.

    ``n`` counts the ``unidad`` behind its figures; a figure that so few cases do not bear is null.
    With an ``impedimento`` there are no rows. ``leido_at`` says until when the cases were read.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            informe="exito",
            titulo="Éxito por buffet",
            definicion=Informe.EXITO.definicion,
            desde="2026-10-05",
            hasta="2026-11-29",
            n=12,
            unidad="cerrados",
            pie="Todos: 75 %",
            impedimento="",
            leido_at="2026-11-30T21:00:00Z",
            medidas=[
                {"clave": "nombre", "label": "Buffet", "tipo": "texto"},
                {"clave": "porcentaje", "label": "Éxito", "tipo": "porcentaje"},
            ],
            filas=[{"nombre": "Estudio Araya", "porcentaje": 82}],
        )
    )

    informe: Informe
    titulo: str
    definicion: str
    desde: date
    hasta: date
    n: int
    unidad: str
    pie: str
    impedimento: str
    leido_at: datetime | None
    medidas: list[MedidaShown]
    #: By the ``clave`` of the columns.
    filas: list[dict[str, int | date | str | None]]
