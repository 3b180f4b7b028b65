"""The forms of notices and of the directory of receptores judiciales."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, ValidationError

from app.adjuntos.models import Adjunto
from app.adjuntos.service import Upload
from app.core.clock import SANTIAGO, local_today, read_local, to_local, utcnow
from app.core.errors import InvalidValue
from app.core.tribunales import tribunales
from app.notificaciones.models import Borrador, Receptor
from app.notificaciones.rules import (
    COMMENT_MAX,
    INCOMPLETE_YES,
    MAX_PHOTOS,
    MESSAGE_MAX,
    SECOND_YES,
    TipoRespuesta,
    is_key,
)
from app.notificaciones.rules.diligencias import (
    Diligencia,
    DiligenciaRefused,
    MotivoFrustrada,
    read_acto,
)
from app.notificaciones.rules.plantillas import POR_DEFECTO, Textos, check_template
from app.notificaciones.service import Destinatario, ReceptorData, RespuestaData
from app.web.forms import EmailField, EnumField, FechaField, Form, TelefonoField, at_most, required


def _int_or_zero(value: Any) -> int:
    """Parse a photo's id; 0, which no photo has, for text that is no number."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


class NoticeForm(Form):
    """A notice to a receptor: who, which photos, what else to say."""

    clave = HiddenField()
    receptor = SelectField("Receptor", validate_choice=False)
    nombre = StringField("Nombre", [Optional(), at_most(160)])
    email = EmailField("Correo")
    guardar = BooleanField("Guardarlo en el directorio de receptores")
    cc_email = EmailField("Con copia a")
    responder_a = EmailField("Respuestas a")
    adjuntos = SelectMultipleField("Fotos", coerce=_int_or_zero, validate_choice=False)
    mensaje = TextAreaField("Mensaje adicional", [Optional(), at_most(MESSAGE_MAX)])
    confirmar = BooleanField(SECOND_YES)
    confirmar_incompleto = BooleanField(INCOMPLETE_YES)

    @classmethod
    def for_case(
        cls,
        receptores: list[Receptor],
        photos: list[Adjunto],
        draft: Borrador | None = None,
        *,
        suggested: list[Receptor] | None = None,
        responder_a: str = "",
    ) -> NoticeForm:
        """The form with what there is to choose, as it was typed or as a preview kept it.

        ``suggested`` are the receptores who act in the court of the oficio: they come first, and
        the first of them is chosen in an empty form.
        """
        first = suggested or []
        start = {"receptor": str(first[0].id) if first else "", "responder_a": responder_a}
        form: NoticeForm = cls(data=draft.datos if draft else start)
        form.receptores = receptores
        others = [one for one in receptores if one not in first]
        form.receptor.choices = [
            ("", "Otro: escribir nombre y correo"),
            *((str(one.id), f"{_name(one)} · actúa en este tribunal") for one in first),
            *((str(one.id), _name(one)) for one in others),
        ]
        form.adjuntos.choices = [(photo.id, photo.filename) for photo in photos]
        if not is_key(form.clave.data):
            form.clave.data = draft.clave if draft else secrets.token_urlsafe(24)
        return form

    receptores: list[Receptor]

    def validate_receptor(self, field: SelectField) -> None:
        """Somebody of the directory, or nobody and then an address."""
        if field.data and self._chosen() is None:
            raise ValidationError("Ese receptor ya no está en el directorio. Elija otro.")

    def validate_email(self, field: EmailField) -> None:
        """Not somebody else than the one who was chosen: nobody could tell who is meant."""
        chosen = self._chosen()
        if chosen and field.data and field.value.lower() != chosen.email:
            raise ValidationError(
                f"Eligió a {chosen.nombre} de la lista y además escribió otro correo. Borre este "
                "o elija «Otro» en la lista."
            )

    def validate_adjuntos(self, field: SelectMultipleField) -> None:
        """Only photos of this case."""
        known = {choice[0] for choice in field.choices}
        if not set(field.data or ()) <= known:
            raise ValidationError(
                "Una de las fotos ya no está en este caso. Revise las fotos elegidas."
            )

    def validate(self, extra_validators: Any = None) -> bool:
        """As each field says, and somebody to send it to."""
        valid = bool(super().validate(extra_validators))
        if not self.receptor.data and not self.email.data:
            self.email.errors = ["Elija un receptor de la lista o escriba su correo."]
            return False
        return valid

    def to_destinatario(self) -> Destinatario:
        """Whom the notice is for. Ask after validation."""
        chosen = self._chosen()
        if chosen is not None:
            return Destinatario(chosen.email, chosen.nombre, chosen.id)
        return Destinatario(
            self.email.value.lower(), self.nombre.data or None, guardar=self.guardar.data
        )

    def to_datos(self) -> dict[str, Any]:
        """What was typed, for a preview to open the form again."""
        names = [
            *("receptor", "nombre", "email", "guardar", "adjuntos", "mensaje"),
            *("cc_email", "responder_a"),
        ]
        return {name: self[name].data for name in names}

    def _chosen(self) -> Receptor | None:
        return next((one for one in self.receptores if str(one.id) == self.receptor.data), None)


def _name(receptor: Receptor) -> str:
    return f"{receptor.nombre} · {receptor.email}"


class AgainForm(Form):
    """The second yes to a mail that somebody may get twice; the same for every kind of mail."""

    confirmar = BooleanField(SECOND_YES)


class SendForm(AgainForm):
    """The one button under a preview, and the yeses that it may take."""

    clave = HiddenField()
    confirmar_incompleto = BooleanField(INCOMPLETE_YES)


class ReceptorForm(Form):
    """Somebody of the directory."""

    nombre = StringField("Nombre", [required("Escriba el nombre del receptor."), at_most(160)])
    email = EmailField("Correo", [required("Escriba el correo del receptor.")])
    telefono = TelefonoField("Teléfono")
    tribunales_pjud = SelectMultipleField(
        "Tribunales donde actúa",
        choices=[SelectChoice(court.pjud_id, court.nombre) for court in tribunales()],
        validate_choice=False,
    )
    tribunales = TextAreaField("Otros tribunales o alcance", [Optional(), at_most(1000)])
    notas = TextAreaField("Notas", [Optional(), at_most(2000)])

    def validate_tribunales_pjud(self, field: SelectMultipleField) -> None:
        """Only courts of the list."""
        known = {court.pjud_id for court in tribunales()}
        if not set(field.data or ()) <= known:
            raise ValidationError("Elija los tribunales de la lista.")

    def to_data(self) -> ReceptorData:
        """The command for the service. Ask after validation."""
        return ReceptorData(
            nombre=self.nombre.data,
            email=self.email.value,
            telefono=self.telefono.value,
            tribunales_pjud=list(self.tribunales_pjud.data or []),
            tribunales=self.tribunales.data or None,
            notas=self.notas.data or None,
        )


class PlantillaForm(Form):
    """The words around the facts of a notice."""

    asunto = StringField("Asunto", [required("Escriba el asunto."), at_most(200)])
    saludo = StringField("Saludo", [required("Escriba el saludo."), at_most(200)])
    introduccion = TextAreaField("Introducción", [Optional(), at_most(1500)])
    despedida = TextAreaField(
        "Despedida",
        [required("Escriba la despedida: cómo se deben usar los datos."), at_most(1500)],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """As each field says, and with places that exist."""
        valid = bool(super().validate(extra_validators))
        for name in vars(POR_DEFECTO):
            field = self[name]
            try:
                check_template(field.data or "")
            except InvalidValue as error:
                field.errors = [*field.errors, str(error)]
                valid = False
        return valid

    def to_textos(self) -> Textos:
        """The template. Ask after validation."""
        return Textos(**{name: self[name].data or "" for name in vars(POR_DEFECTO)})


class DiligenciaFields(Form):
    """What a receptor did, on which day, and why it came to nothing."""

    tipo = EnumField("Qué quiere informar", TipoRespuesta)
    diligencia = EnumField("Qué diligencia", Diligencia, empty="Elija una diligencia")
    fecha_diligencia = FechaField("Día de la diligencia")
    motivo = EnumField("Si resultó frustrada, por qué", MotivoFrustrada, empty="Elija un motivo")
    comentario = TextAreaField("Comentario", [Optional(), at_most(COMMENT_MAX)])

    def validate(self, extra_validators: Any = None) -> bool:
        """As each field says, and with an act that fits its answer."""
        if not super().validate(extra_validators):
            return False
        try:
            read_acto(
                self.tipo.value,
                self.diligencia.value,
                self.fecha_diligencia.value,
                self.motivo.value,
                today=local_today(utcnow()),
            )
        except DiligenciaRefused as error:
            field = self[error.campo]
            field.errors = [*field.errors, str(error)]
            return False
        return True

    @property
    def acto(self) -> dict[str, Any]:
        """What was said of the act, as ``RespuestaData`` takes it. Ask after validation."""
        return {
            "diligencia": self.diligencia.value,
            "fecha_diligencia": self.fecha_diligencia.value,
            "motivo": self.motivo.value,
        }


class RespuestaForm(DiligenciaFields):
    """What a receptor answers. The secret in the address stands for a sign-in."""

    class Meta(DiligenciaFields.Meta):
        """Nothing of the browser is trusted here, so there is no request to forge."""

        csrf = False

    clave = HiddenField()
    hora = StringField("Hora de llegada", [Optional(), at_most(5)])
    fotos = MultipleFileField("Fotos")

    def validate_hora(self, field: StringField) -> None:
        """An hour of a clock."""
        try:
            time.fromisoformat(field.data)
        except ValueError:
            raise ValidationError("Escriba la hora así: 15:30.") from None

    def validate_fotos(self, field: MultipleFileField) -> None:
        """Not more than one request can carry."""
        if len(field.data or ()) > MAX_PHOTOS:
            raise ValidationError(
                f"Envíe hasta {MAX_PHOTOS} fotos por vez; después puede responder con otras."
            )

    def validate_clave(self, field: HiddenField) -> None:
        """Made by us; without it an answer could not be told from its repetition."""
        if not is_key(field.data):
            raise ValidationError("Abra de nuevo el enlace del correo e intente otra vez.")

    def uploads(self) -> list[Upload]:
        """The photos, if any."""
        return [Upload(file.filename or "", file.stream) for file in self.fotos.data or ()]

    def to_data(
        self, adjunto_ids: list[int], now: datetime, zone: ZoneInfo = SANTIAGO
    ) -> RespuestaData:
        """The answer. Ask after validation; an hour that has passed today is one of tomorrow."""
        return RespuestaData(
            tipo=self.tipo.value,
            hora_llegada=_next_time(self.hora.data, now, zone) if self.hora.data else None,
            zona=zone,
            comentario=self.comentario.data or None,
            adjunto_ids=adjunto_ids,
            **self.acto,
        )


class AnsweredForm(DiligenciaFields):
    """What a receptor answered by telephone or in person, as the office writes it down."""

    clave = HiddenField()

    def validate_clave(self, field: HiddenField) -> None:
        """Made by us; without it an answer could not be told from its repetition."""
        if not is_key(field.data):
            raise ValidationError("Abra de nuevo el aviso e intente otra vez.")

    def to_data(self) -> RespuestaData:
        """The answer. Ask after validation."""
        return RespuestaData(
            tipo=self.tipo.value, comentario=self.comentario.data or None, **self.acto
        )


def _next_time(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The next moment at which the clock of the place shows this; a little ago still is today.

    On the night of a clock change an hour may be none: it is taken an hour later, or twice: the
    first that has not passed.
    """
    local = to_local(now, zone)
    moment = read_local(datetime.combine(local.date(), time.fromisoformat(text)), zone).moment
    if moment < now - timedelta(hours=2):
        tomorrow = local.date() + timedelta(days=1)
        moment = read_local(datetime.combine(tomorrow, time.fromisoformat(text)), zone).moment
    return moment
