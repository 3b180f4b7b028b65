"""The forms of a location: one for a phone and one hand, and small ones for what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.adjuntos.service import Upload
from app.core.comunas import Comuna
from app.core.dates import format_fecha_hora
from app.core.errors import InvalidValue
from app.core.time_zones import zone_of
from app.direcciones.models import Direccion
from app.direcciones.rules import parse_comuna
from app.oficios.forms.case_fields import NOTES_MAX, add_error
from app.oficios.forms.direcciones import new_client_id
from app.oficios.forms.position import CoordinateField, check_whole
from app.ubicado.rules import (
    ACCESOS,
    CLIENT_ID_MAX,
    ResultadoRevision,
    SinPosicion,
    TipoLugar,
    seen_at,
)
from app.ubicado.service import UbicacionData
from app.ubicado.service.location_photos import Recibidas
from app.web.forms import EnumField, Form, at_most, required

#: What the choice of the place says beside the ids of the case's addresses.
NUEVA, VIA_PUBLICA = "nueva", "via_publica"


def _int_or_zero(value: Any) -> int:
    """Parse a photo's id; 0, which no photo has, for text that is no number."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class UbicadoForm(Form):
    """Where the vehicle was found. The moment is the server's and stands in no field."""

    cliente_id = HiddenField(default=new_client_id)
    lat = CoordinateField(-90, 90)
    lon = CoordinateField(-180, 180)
    exactitud_m = CoordinateField(0, 1_000_000)
    sin_posicion = HiddenField()
    lugar = SelectField("¿Dónde está?", validate_choice=False)
    direccion = StringField("Calle y número", [at_most(200)])
    referencia = StringField("Cómo encontrarlo", [at_most(200)])
    comuna = StringField("Comuna", [at_most(60)])
    accesos = SelectMultipleField("Acceso", choices=list(ACCESOS), validate_choice=False)
    acceso = TextAreaField("Otros datos de acceso", [at_most(2000)])
    notas = TextAreaField("Notas", [at_most(NOTES_MAX)])
    #: Photos that the case has already, ticked.
    adjuntos = SelectMultipleField("Fotos", coerce=_int_or_zero, validate_choice=False)
    fotos = MultipleFileField("Elegir de la galería")
    #: A second field: a phone that is told to open the camera does not offer its gallery.
    camara = FileField("Tomar foto")

    places: list[Direccion]
    #: A photo that came along was not stored: the page says which.
    has_lost_photos = False

    @classmethod
    def for_case(cls, places: list[Direccion], **kwargs: Any) -> UbicadoForm:
        """The form of a case, whose own addresses come first."""
        form: UbicadoForm = cls(**kwargs)
        form.places = places
        form.lugar.choices = [
            *((str(place.id), place.completa) for place in places),
            (NUEVA, "Otra dirección"),
            (VIA_PUBLICA, "Vía pública"),
        ]
        return form

    def validate_cliente_id(self, field: HiddenField) -> None:
        """The form's idempotency key; required to recognise a repeated location."""
        if not field.data or len(field.data) > CLIENT_ID_MAX:
            raise ValidationError("Recargue la página y envíe otra vez.")

    def validate_lugar(self, field: SelectField) -> None:
        """One of the list."""
        if field.data not in {value for value, _label in field.choices}:
            raise ValidationError("Diga dónde está: elija una dirección, «Otra» o «Vía pública».")

    def validate_accesos(self, field: SelectMultipleField) -> None:
        """Only words of the list."""
        if not set(field.data or ()) <= set(ACCESOS):
            raise ValidationError("Elija los datos de acceso de la lista.")

    def validate(self, extra_validators: Any = None) -> bool:
        """As each field says, the fields of the chosen place, and a position that is one."""
        valid = bool(super().validate(extra_validators))
        if not check_whole(self.lat, self.lon):
            valid = False
        elif self.lat.data is not None and not (self.lat.data or self.lon.data):
            # Some phones send 0,0 when they have no position.
            self.lat.data = self.lon.data = self.exactitud_m.data = None
            self.sin_posicion.data = SinPosicion.NO_DISPONIBLE.value
        valid = all([self._check_place(), valid, not self.has_lost_photos])
        if not valid and not self.adjuntos.data:
            add_error(self.fotos, "Falta la foto: tome al menos una del vehículo.")
        return valid

    def take(self, received: Recibidas) -> None:
        """Tick the photos that came with the form, which the case has now."""
        self.adjuntos.data = [*(self.adjuntos.data or []), *received.ids]
        self.has_lost_photos = bool(received.problemas)

    def _check_place(self) -> bool:
        missing: list[tuple[Any, str]] = []
        if self.lugar.data in {NUEVA, VIA_PUBLICA}:
            # What was typed before one of the case's addresses was chosen stands in no way.
            if not self.comuna.data:
                missing.append((self.comuna, "Escriba la comuna: el receptor la necesita."))
            else:
                try:
                    parse_comuna(self.comuna.data)
                except InvalidValue as error:
                    missing.append((self.comuna, str(error)))
        if self.lugar.data == NUEVA and not self.direccion.data:
            missing.append((self.direccion, "Escriba la calle y el número."))
        if self.lugar.data == VIA_PUBLICA and self.lat.data is None and not self.referencia.data:
            sentence = "Sin posición hace falta una referencia, por ejemplo «frente al 1180»."
            missing.append((self.referencia, sentence))
        for field, sentence in missing:
            add_error(field, sentence)
        return not missing

    def uploads(self) -> list[Upload]:
        """The photos that came with the form, in the order in which they were taken up."""
        files = [*([self.camara.data] if self.camara.data else ()), *(self.fotos.data or ())]
        return [Upload(file.filename or "foto.jpg", file.stream) for file in files]

    def to_data(self, adjunto_ids: list[int]) -> UbicacionData:
        """What was typed, as the service takes it. Ask after validation."""
        is_street = self.lugar.data == VIA_PUBLICA
        is_typed = is_street or self.lugar.data == NUEVA
        comuna = parse_comuna(self.comuna.data) if is_typed and self.comuna.data else None
        words = self.referencia.data if is_street else self.direccion.data
        accesses = [*(self.accesos.data or ()), self.acceso.data or ""]
        return UbicacionData(
            tipo=TipoLugar.VIA_PUBLICA if is_street else TipoLugar.DIRECCION,
            cliente_id=self.cliente_id.data,
            adjunto_ids=adjunto_ids,
            direccion_id=None if is_typed else int(self.lugar.data),
            lugar=(words or None) if is_typed else None,
            lat=self.lat.data,
            lon=self.lon.data,
            exactitud_m=self.exactitud_m.data,
            sin_posicion=self._why_without(),
            acceso=". ".join(text for text in accesses if text) or None,
            notas=self.notas.data or None,
            **_comuna_names(comuna),
        )

    def _why_without(self) -> SinPosicion:
        try:
            return SinPosicion(self.sin_posicion.data)
        except ValueError:
            return SinPosicion.NO_DISPONIBLE  # a browser without scripts does not say


def _comuna_names(comuna: Comuna | None) -> dict[str, str | None]:
    return {
        "comuna": comuna.nombre if comuna else None,
        "region": comuna.region_corta if comuna else None,
    }


class WaitingUbicadoForm(UbicadoForm):
    """A location that was written down on a phone without a signal, and arrives later."""

    #: When it was written down and when it was sent, both by the phone's clock.
    anotado_at = HiddenField()
    enviada_at = HiddenField()
    #: The address as the phone showed it.
    mostrada = HiddenField(validators=[at_most(300)])

    def to_waiting_data(self, now: datetime) -> UbicacionData:
        """What was typed, with the moment and the address that its person had before them.

        The location itself is dated by the server, as every one; the receptor has to know that
        the vehicle was seen earlier.
        """
        data = self.to_data(self.adjuntos.data)
        seen = seen_at(_moment(self.anotado_at.data), _moment(self.enviada_at.data), now)
        chosen = next((one for one in self.places if one.id == data.direccion_id), None)
        acceso, notas = data.acceso, data.notas
        if seen is not None:
            zone = chosen.zona if chosen else zone_of(data.comuna, lat=data.lat, lon=data.lon)
            said = f"Visto el {format_fecha_hora(seen, zone)}, según el teléfono, sin señal."
            acceso = " ".join(text for text in (said, acceso) if text)
        if chosen is not None and self.mostrada.data and self.mostrada.data != chosen.completa:
            said = f"Al elegirla, la dirección decía «{self.mostrada.data}»."
            notas = "\n".join(text for text in (notas, said) if text)
        return replace(data, acceso=acceso, notas=notas)


def _moment(text: str | None) -> datetime | None:
    """A moment as a phone writes it; None for what has no zone or is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


class FotosForm(Form):
    """Photos that a phone sends one by one, while the rest of the form is being filled in."""

    fotos = MultipleFileField("Fotos")
    #: Made by the phone, so that one sent twice is one file.
    foto_id = HiddenField(validators=[at_most(36)])

    def validate_fotos(self, field: MultipleFileField) -> None:
        """There is something to store."""
        if not field.data:
            raise ValidationError("No llegó ninguna foto. Tómela otra vez.")

    def uploads(self) -> list[Upload]:
        """The photos; the id of the phone is that of a single one."""
        files = self.fotos.data
        one = self.foto_id.data if len(files) == 1 else None
        return [Upload(file.filename or "foto.jpg", file.stream, one or None) for file in files]


class RevisionForm(Form):
    """The answer of who went to see again."""

    resultado = EnumField("¿Sigue ahí?", ResultadoRevision)
    cliente_id = HiddenField(default=new_client_id)

    def validate_cliente_id(self, field: HiddenField) -> None:
        """The form's idempotency key; required to recognise a repeated look."""
        if not field.data or len(field.data) > CLIENT_ID_MAX:
            raise ValidationError("Recargue la página y responda otra vez.")


class DeshacerForm(Form):
    """Why a location is taken back."""

    motivo = StringField(
        "Motivo", [required("Escriba por qué se deshace: queda en la bitácora."), at_most(300)]
    )
