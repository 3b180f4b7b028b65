"""Writing in the bitácora by hand, and looking for something in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import (
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from app.core.clock import utcnow
from app.direcciones.models import Direccion
from app.direcciones.rules import ResultadoVisita
from app.oficios.forms.case_fields import (
    NOTES_MAX,
    ChoiceField,
    SeguimientoField,
    add_error,
)
from app.oficios.forms.direcciones import new_client_id
from app.oficios.forms.position import CoordinateField, check_whole
from app.oficios.models import Investigacion, TextoPredefinido
from app.oficios.queries.bitacora import BitacoraFilter
from app.oficios.rules import WRITTEN_KINDS, Actividad
from app.oficios.service import EntradaData, Posicion, VisitaData, has_own_line
from app.web.forms import EnumField, FechaField, FechaHoraField, Form, at_most, doubts
from app.web.fragments import is_read

#: Maximum characters of a search; longer text is cut.
_SEARCH_LIMIT = 100
#: Most digits of a person's or an entry's id in a query string; a longer number is ignored.
_ID_DIGITS = 9


class _ResultadoField(EnumField):
    """What came of a visit; other entries have none."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list; nothing is no choice, and a visit asks for one."""
        if self.data:
            super().pre_validate(form)


class EntradaForm(Form):
    """The quick entry of a note, a call or a visit."""

    tipo = EnumField("Tipo", Actividad, default=Actividad.NOTA)
    #: The page has one input of this name per kind; only the chosen kind's value is used.
    frase = StringField("Texto predefinido")
    direccion_id = ChoiceField("Dónde")
    resultado = _ResultadoField("Resultado", ResultadoVisita)
    descripcion = TextAreaField("Detalle", [at_most(NOTES_MAX)])
    ocurrido_at = FechaHoraField("Cuándo ocurrió")
    seguimiento = SeguimientoField("Volver a esto el")
    lat = CoordinateField(-90, 90)
    lon = CoordinateField(-180, 180)
    exactitud_m = CoordinateField(0, 100_000)
    cliente_id = HiddenField(default=new_client_id, validators=[at_most(36)])

    def __init__(
        self, textos: Iterable[TextoPredefinido], direcciones: Sequence[Direccion], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.tipo.choices = [SelectChoice(kind.value, kind.label) for kind in WRITTEN_KINDS]
        self.resultado.choices = [SelectChoice("", "Elija qué pasó"), *self.resultado.choices]
        self.direccion_id.choices = [
            SelectChoice("", "Sin dirección (vía pública u otra)"),
            *(SelectChoice(str(row.id), row.completa) for row in direcciones),
        ]
        for row in direcciones:
            if str(row.id) == self.direccion_id.data:
                self.ocurrido_at.in_zone(row.zona)
        #: The predefined texts, by kind.
        self.textos = {
            kind: [row.texto for row in textos if row.tipo is kind] for kind in WRITTEN_KINDS
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Something has to be said, a visit has an outcome, half a position is none."""
        valid = super().validate(extra_validators)
        if not valid:
            return False
        picked, is_visit = self._picked(), self.tipo.value is Actividad.TERRENO
        if picked is None:
            add_error(self.frase, "Ese texto ya no está en la lista. Elija otro o escríbalo.")
        elif is_visit and not self.resultado.data:
            add_error(self.resultado, "Elija qué pasó en la visita.")
        elif not (is_visit or picked or self.descripcion.data):
            add_error(self.descripcion, "Escriba qué pasó, o elija un texto predefinido.")
        elif len(self._text()) > NOTES_MAX:
            add_error(self.descripcion, f"No puede tener más de {NOTES_MAX} caracteres.")
        elif not check_whole(self.lat, self.lon):
            return False
        return not self.errors

    def to_entry(self) -> EntradaData:
        """What was typed, as the service takes it."""
        if self.tipo.value is not Actividad.TERRENO:
            return EntradaData(
                self.tipo.value,
                self._text(),
                self.ocurrido_at.value,
                hora_dudosa=self.ocurrido_at.duda,
                seguimiento=self.seguimiento.value,
            )
        return EntradaData(
            self.tipo.value,
            self._text(),
            self.ocurrido_at.value,
            self.resultado.value,
            Posicion(self.lat.data, self.lon.data, self.exactitud_m.data)
            if self.lat.data is not None and self.lon.data is not None
            else None,
            self.ocurrido_at.duda,
            self.seguimiento.value,
        )

    def to_visit(self) -> VisitaData | None:
        """The visit, when it was to an address of the case."""
        if self.tipo.value is not Actividad.TERRENO or not self.direccion_id.value:
            return None
        return VisitaData(
            resultado=self.resultado.value,
            fecha_hora=self.ocurrido_at.value or utcnow(),
            notas=self._text() or None,
            lat=self.lat.data,
            lon=self.lon.data,
            exactitud_m=self.exactitud_m.data if self.lat.data is not None else None,
            cliente_id=self.cliente_id.data or None,
            advertencias_ingreso=doubts(self.ocurrido_at),
        )

    def _picked(self) -> str | None:
        """The preset text of the chosen kind, empty when none was; None when there is no such."""
        sent = [text.strip() for text in self.frase.raw_data or [] if text.strip()]
        own = self.textos[self.tipo.value]
        picked = next((text for text in sent if text in own), None)
        if picked is not None:
            return picked
        others = {text for texts in self.textos.values() for text in texts}
        return "" if all(text in others for text in sent) else None

    def _text(self) -> str:
        return ". ".join(part for part in (self._picked(), self.descripcion.data) if part)


class PalabrasForm(Form):
    """The words of an entry, mended or corrected by another one."""

    descripcion = TextAreaField("Texto", [at_most(NOTES_MAX)])

    def __init__(self, entry: Investigacion | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        #: The text may be empty where the entry has a line of its own (a visit's outcome).
        self.may_be_empty = entry is not None and has_own_line(entry)

    def validate_descripcion(self, field: TextAreaField) -> None:
        """An entry says something."""
        if not field.data and not self.may_be_empty:
            raise ValidationError("Escriba qué pasó.")


class BitacoraFilterForm(Form):
    """Filters in the address. What cannot be read is said beside its field and left out."""

    class Meta(Form.Meta):
        """A GET form changes nothing, so it needs no CSRF token."""

        csrf = False

    quien = SelectField("Quién", validate_choice=False)
    desde = FechaField("Desde")
    hasta = FechaField("Hasta")
    texto = StringField("Texto")

    def __init__(self, personas: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(request.args if is_read() else None, **kwargs)
        self.quien.choices = [
            SelectChoice("", "Cualquiera"),
            *(SelectChoice(str(pk), nombre) for pk, nombre in personas.items()),
        ]

    def to_filter(self) -> BitacoraFilter:
        """The filter of this request's address; an answer to a POST shows everything."""
        self.validate()
        asked = request.args if is_read() else MultiDict[str, str]()
        names = set(asked.getlist("tipo"))
        who = self.quien.data or ""
        return BitacoraFilter(
            tipos=tuple(kind for kind in Actividad if kind.value in names),
            usuario_id=_number(who) if who in {c.value for c in self.quien.choices} else None,
            desde=None if self.desde.errors else self.desde.value,
            hasta=None if self.hasta.errors else self.hasta.value,
            texto=(self.texto.data or "")[:_SEARCH_LIMIT],
            entrada_id=_number(asked.get("entrada", "")),
        )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS else None
