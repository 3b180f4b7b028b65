"""A gantry as the office writes it, and the filters of the catalogue."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Optional, StopValidation, ValidationError

from app.core.errors import InvalidValue
from app.porticos.models import Portico
from app.porticos.queries import PorticoFilter
from app.porticos.rules import Confianza, TipoPortico, parse_grados
from app.porticos.service import PorticoData
from app.web.forms import EnumField, FilterForm, Form, at_most, required

_SEARCH_LIMIT = 100
#: Bounding box of Chile and its islands, in degrees.
_LATITUDES, _LONGITUDES = (-57.0, -17.0), (-110.0, -66.0)


class PorticoForm(Form):
    """A gantry of the catalogue."""

    autopista = StringField("Vía", [required("Escriba la vía."), at_most(120)])
    codigo = StringField("Código", [required("Escriba el código."), at_most(40)])
    tramo = StringField("Tramo", [Optional(), at_most(200)])
    tipo = EnumField("Tipo", TipoPortico, default=TipoPortico.PORTICO)
    sentido = StringField("Sentido", [Optional(), at_most(60)])
    concesionaria = StringField("Concesionaria", [Optional(), at_most(160)])
    comuna = StringField("Comuna", [Optional(), at_most(60)])
    region = StringField("Región", [Optional(), at_most(60)])
    lat = StringField("Latitud", [Optional()])
    lon = StringField("Longitud", [Optional()])
    confianza_coord = SelectField(
        "Confianza de las coordenadas",
        choices=[
            SelectChoice("", "Sin coordenadas"),
            *(SelectChoice(m.value, m.label) for m in Confianza),
        ],
        default="",
        validate_choice=False,
    )
    procedencia_coord = StringField("Procedencia de las coordenadas", [Optional(), at_most(120)])
    otros_nombres = TextAreaField("Otros nombres", [Optional(), at_most(600)])
    #: Version of the gantry when the form was opened, for optimistic locking.
    version = HiddenField()

    @classmethod
    def of(cls, row: Portico) -> PorticoForm:
        """The form of a gantry, filled in with what the catalogue says or with what was sent."""
        values: dict[str, Any] = {
            name: getattr(row, name) for name in PorticoData.__dataclass_fields__
        }
        values["confianza_coord"] = row.confianza_coord.value if row.confianza_coord else ""
        values["version"] = str(row.version)
        for name in ("lat", "lon"):
            values[name] = "" if values[name] is None else str(values[name]).replace(".", ",")
        return cls(data=values)

    def validate_lat(self, field: StringField) -> None:
        """Degrees that lie in Chile, with its longitude."""
        _check_degrees(field, self.lon, _LATITUDES, "La latitud de Chile va de -17 a -57.")

    def validate_lon(self, field: StringField) -> None:
        """Degrees that lie in Chile, with its latitude."""
        _check_degrees(field, self.lat, _LONGITUDES, "La longitud de Chile va de -66 a -110.")

    def validate_confianza_coord(self, field: SelectField) -> None:
        """A point says how far it is to be trusted."""
        if field.data not in {"", *(member.value for member in Confianza)}:
            raise StopValidation("Elija una de las opciones de la lista.")
        if self.lat.data and self.lon.data and not field.data:
            raise ValidationError("Diga cuánta confianza merecen las coordenadas.")

    def to_data(self) -> PorticoData:
        """What was typed, as the service takes it. Ask after validation."""
        has_point = bool(self.lat.data and self.lon.data)
        return PorticoData(
            autopista=self.autopista.data,
            codigo=self.codigo.data,
            tramo=self.tramo.data or None,
            tipo=self.tipo.value,
            sentido=self.sentido.data or None,
            concesionaria=self.concesionaria.data or None,
            comuna=self.comuna.data or None,
            region=self.region.data or None,
            lat=parse_grados(self.lat.data) if has_point else None,
            lon=parse_grados(self.lon.data) if has_point else None,
            confianza_coord=Confianza(self.confianza_coord.data) if has_point else None,
            procedencia_coord=(self.procedencia_coord.data or None) if has_point else None,
            otros_nombres="\n".join(
                line.strip()
                for line in (self.otros_nombres.data or "").splitlines()
                if line.strip()
            ),
        )

    @property
    def seen_version(self) -> int:
        """The version that the form was opened on; 0 where that cannot be told."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class PorticoFilterForm(FilterForm):
    """Which gantries of the catalogue to list."""

    q = StringField("Buscar")
    autopista = SelectField("Vía", default="", validate_choice=False)
    tipo = SelectField(
        "Tipo",
        choices=[
            SelectChoice("", "Todos"),
            *(SelectChoice(m.value, m.label) for m in TipoPortico),
        ],
        default="",
        validate_choice=False,
    )
    estado = SelectField(
        "Estado",
        choices=[
            SelectChoice("", "Todos"),
            SelectChoice("activos", "En uso"),
            SelectChoice("inactivos", "Fuera de uso"),
        ],
        default="",
        validate_choice=False,
    )
    punto = SelectField(
        "Coordenadas",
        choices=[
            SelectChoice("", "Todos"),
            SelectChoice("con", "Con coordenadas"),
            SelectChoice("sin", "Sin coordenadas"),
        ],
        default="",
        validate_choice=False,
    )

    def __init__(self, roads: list[str]) -> None:
        super().__init__()
        self._roads = roads
        self.autopista.choices = [
            SelectChoice("", "Todas"),
            *(SelectChoice(road, road) for road in roads),
        ]

    def to_filter(self) -> PorticoFilter:
        """The filter of this request's address; what it does not know is left out."""
        tipos = {member.value for member in TipoPortico}
        return PorticoFilter(
            q=(self.q.data or "")[:_SEARCH_LIMIT],
            autopista=self.autopista.data if self.autopista.data in self._roads else "",
            tipo=TipoPortico(self.tipo.data) if self.tipo.data in tipos else None,
            activo={"activos": True, "inactivos": False}.get(self.estado.data or ""),
            con_coordenadas={"con": True, "sin": False}.get(self.punto.data or ""),
        )


def _check_degrees(
    field: StringField, other: StringField, limits: tuple[float, float], sentence: str
) -> None:
    if not (other.data or "").strip():
        raise ValidationError("Escriba la latitud y la longitud, o ninguna de las dos.")
    try:
        degrees = parse_grados(field.data or "")
    except InvalidValue as error:
        raise ValidationError(str(error)) from None
    if not limits[0] <= degrees <= limits[1]:
        raise ValidationError(sentence)
