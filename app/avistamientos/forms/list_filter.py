"""Which sightings of a case the list shows, as its address says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from wtforms import SelectChoice, SelectField
from wtforms.validators import NumberRange, Optional

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.web.converters import LARGEST_ID
from app.web.forms import FechaField, FilterForm, WholeField


@dataclass(frozen=True)
class AvistamientoFilter:
    """What to leave out; nothing by default."""

    fuente: Fuente | None = None
    desde: date | None = None
    hasta: date | None = None
    portico_id: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether anything is left out."""
        return self != AvistamientoFilter()

    def arguments(self) -> dict[str, str]:
        """The filter as an address carries it."""
        values = {
            "fuente": self.fuente.value if self.fuente else None,
            "desde": self.desde.isoformat() if self.desde else None,
            "hasta": self.hasta.isoformat() if self.hasta else None,
            "portico": str(self.portico_id) if self.portico_id else None,
        }
        return {name: value for name, value in values.items() if value is not None}

    def apply(self, statement: sa.Select[Avistamiento]) -> sa.Select[Avistamiento]:
        """The same list without what is left out."""
        if self.fuente is not None:
            statement = statement.where(Avistamiento.fuente == self.fuente)
        if self.desde is not None:
            statement = statement.where(Avistamiento.fecha >= self.desde)
        if self.hasta is not None:
            statement = statement.where(Avistamiento.fecha <= self.hasta)
        if self.portico_id is not None:
            statement = statement.where(Avistamiento.portico_id == self.portico_id)
        return statement


class AvistamientoFilterForm(FilterForm):
    """Which sightings to list. A date that cannot be read is said beside its field."""

    fuente = SelectField(
        "Fuente",
        choices=[
            SelectChoice("", "Todas"),
            *(SelectChoice(source.value, source.label) for source in Fuente),
        ],
        default="",
        validate_choice=False,
        id="filtro-fuente",
    )
    desde = FechaField("Desde", id="filtro-desde")
    hasta = FechaField("Hasta", id="filtro-hasta")
    #: Comes from the map.
    portico = WholeField("Pórtico", [Optional(), NumberRange(1, LARGEST_ID)])

    def to_filter(self) -> AvistamientoFilter:
        """The filter of this request's address."""
        self.validate()
        known = {source.value for source in Fuente}
        return AvistamientoFilter(
            fuente=Fuente(self.fuente.data) if self.fuente.data in known else None,
            desde=None if self.desde.errors else self.desde.value,
            hasta=None if self.hasta.errors else self.hasta.value,
            portico_id=None if self.portico.errors else self.portico.data,
        )
