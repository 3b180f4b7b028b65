"""Forms about persons and what they ask for."""

from __future__ import annotations

from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField

from app.core.errors import InvalidValue
from app.titulares.rules.identidad import Buscado, read_buscado
from app.titulares.rules.solicitudes import (
    CanalSolicitud,
    EstadoSolicitud,
    TipoSolicitud,
)
from app.titulares.service.data_requests import SolicitudData
from app.web.forms import (
    EmailField,
    EnumField,
    FechaField,
    Form,
    PatenteField,
    RutField,
    TelefonoField,
    at_most,
    required,
)


class BuscarForm(Form):
    """A person, by whatever is known of them."""

    rut = RutField("RUT")
    nombre = StringField("Nombre y apellidos", [at_most(160)])
    patente = PatenteField("Patente")
    telefono = TelefonoField("Teléfono")
    correo = EmailField("Correo electrónico")
    motivo = StringField(
        "Por qué se busca", [required("Escriba por qué se busca a la persona."), at_most(200)]
    )
    #: Carried along to the form that blocks what is found.
    solicitud = StringField("Número de la solicitud", [at_most(20)])

    def validate(self, extra_validators: object = None) -> bool:
        """Also refuse a search for nobody, or for one word of a name."""
        if not super().validate(extra_validators):
            return False
        try:
            self.to_buscado()
        except InvalidValue as problem:
            self.form_errors.append(str(problem))
            return False
        return True

    def to_buscado(self) -> Buscado:
        """Who is looked for.

        Raises:
            InvalidValue: nothing was typed, or too little.
        """
        fields = (self.rut, self.nombre, self.patente, self.telefono, self.correo)
        return read_buscado(**{each.name: each.data or "" for each in fields})


class BloquearForm(Form):
    """Cases that are to be blocked, and why."""

    oficios = StringField("Casos", [required("Elija al menos un caso."), at_most(2000)])
    motivo = StringField("Motivo", [required("Escriba el motivo."), at_most(300)])
    solicitud = StringField("Número de la solicitud, si la hay", [at_most(20)])

    @property
    def oficio_ids(self) -> list[int]:
        """The cases that were ticked; what is no number is none."""
        return [
            int(each)
            for each in self.oficios.raw_data or []
            if each.isascii() and each.isdigit() and len(each) < 10
        ]


class LevantarForm(Form):
    """Why a block ends."""

    motivo = StringField("Motivo", [required("Escriba por qué se levanta."), at_most(300)])


class SolicitudForm(Form):
    """A request, as a person or an admin writes it down."""

    tipo = EnumField("Qué se pide", TipoSolicitud)
    nombre = StringField("Nombre y apellidos", [required("Escriba el nombre."), at_most(160)])
    rut = RutField("RUT")
    correo = EmailField("Correo electrónico")
    domicilio = StringField("Domicilio para responder por carta", [at_most(200)])
    detalle = TextAreaField("Solicitud", [required("Escriba qué se pide."), at_most(4000)])
    pide_bloqueo = BooleanField("Pide bloquear los datos mientras se resuelve")

    def to_data(self) -> SolicitudData:
        """What was asked for. Ask after validation."""
        return SolicitudData(
            tipo=self.tipo.value,
            nombre=self.nombre.data,
            detalle=self.detalle.data,
            rut=self.rut.value.valor if self.rut.value else None,
            correo=self.correo.value,
            domicilio=self.domicilio.data or None,
            pide_bloqueo=bool(self.pide_bloqueo.data),
        )


class RecibidaForm(SolicitudForm):
    """A request that came by mail or letter, with the day on which it came."""

    canal = EnumField("Cómo llegó", CanalSolicitud, default=CanalSolicitud.CORREO)
    recibida = FechaField("Día en que llegó", [required("Escriba el día en que llegó.")])


class IdentidadForm(Form):
    """How it was checked whose request it is."""

    como = TextAreaField(
        "Cómo se comprobó la identidad", [required("Escriba cómo se comprobó."), at_most(1000)]
    )


class ProrrogaForm(Form):
    """Why the term is extended."""

    motivo = TextAreaField("Razones", [required("Escriba las razones."), at_most(1000)])


class DecisionForm(Form):
    """What is decided on a request, and why."""

    decision = SelectField(
        "Decisión",
        choices=[
            SelectChoice(each.value, each.label)
            for each in (
                EstadoSolicitud.ACOGIDA,
                EstadoSolicitud.PARCIAL,
                EstadoSolicitud.RECHAZADA,
            )
        ],
    )
    fundamento = TextAreaField("Fundamento", [required("Escriba el fundamento."), at_most(4000)])


class EntregaForm(Form):
    """How an answer was handed over on paper."""

    como = StringField(
        "Cómo y a quién se entregó",
        [required("Escriba cómo y a quién se entregó."), at_most(200)],
    )


class DerivarForm(Form):
    """The law firm that decides on a request."""

    buffet_id = SelectField("Buffet", coerce=int)
