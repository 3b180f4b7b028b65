"""The oficio itself: entered by hand, and corrected."""

from __future__ import annotations

from functools import cache
from typing import Any

from wtforms import BooleanField, SelectChoice, StringField, TextAreaField, ValidationError

from app.buffets.models import Buffet
from app.core.comunas import comunas
from app.core.rol import parse_rol_causa
from app.core.texto import fold
from app.core.tribunales import find_tribunal
from app.direcciones.rules import TipoDireccion, parse_comuna
from app.oficios.forms.fields import NOTES_MAX, ChoiceField, VersionField, read, readable
from app.oficios.forms.vehiculo import VehiculoFields
from app.oficios.models import Oficio
from app.oficios.rules import Prioridad, TipoPropietario
from app.oficios.rules.lectura import paper_warnings
from app.oficios.service import DireccionData, OficioData, PropietarioData
from app.usuarios.models import Usuario
from app.web.forms import (
    EmailField,
    EnumField,
    FechaField,
    Form,
    RutField,
    TelefonoField,
    at_most,
    required,
)


class OficioFields(Form):
    """What the paper says of the oficio."""

    numero_oficio = StringField(
        "Número de oficio", [required("Escriba el número del oficio."), at_most(60)]
    )
    rol = StringField("Rol", [at_most(40), readable(parse_rol_causa)])
    tribunal = StringField("Tribunal", [at_most(160)])
    caratulado = StringField("Caratulado", [at_most(200)])
    fecha_oficio = FechaField("Fecha del oficio")
    fecha_ingreso = FechaField("Fecha de ingreso")
    fecha_limite = FechaField("Fecha límite")
    prioridad = EnumField("Prioridad", Prioridad, default=Prioridad.MEDIA)
    investigador_id = ChoiceField("Investigador")
    fuerza_publica = BooleanField("El tribunal concedió fuerza pública")
    descerrajamiento = BooleanField("El tribunal concedió descerrajamiento")
    notas_generales = TextAreaField("Notas", [at_most(NOTES_MAX)])

    def offer_investigadores(self, people: list[Usuario], current: Usuario | None = None) -> None:
        """Set to whom the case may be entrusted; who has it now stays on the list."""
        listed = {usuario.id: usuario.nombre for usuario in people}
        if current is not None:
            listed.setdefault(current.id, f"{current.nombre} (inactivo)")
        self.investigador_id.choices = [
            SelectChoice("", "Sin asignar"),
            *(SelectChoice(str(pk), nombre) for pk, nombre in listed.items()),
        ]

    def to_oficio(self) -> OficioData:
        """What was typed, with the warnings of what does not add up."""
        tribunal = find_tribunal(self.tribunal.data) if self.tribunal.data else None
        return OficioData(
            numero_oficio=self.numero_oficio.data,
            rol=read(self.rol, parse_rol_causa),
            tribunal=tribunal.nombre if tribunal else self.tribunal.data or None,
            caratulado=self.caratulado.data or None,
            fecha_oficio=self.fecha_oficio.value,
            fecha_ingreso=self.fecha_ingreso.value,
            fecha_limite=self.fecha_limite.value,
            prioridad=self.prioridad.value,
            notas_generales=self.notas_generales.data or None,
            fuerza_publica=self.fuerza_publica.data,
            descerrajamiento=self.descerrajamiento.data,
            advertencias_ingreso=paper_warnings(
                self.tribunal.data,
                oficio=self.fecha_oficio.value,
                ingreso=self.fecha_ingreso.value,
                limite=self.fecha_limite.value,
            ),
        )


class DatosForm(OficioFields):
    """Correcting the oficio and entrusting it."""

    version = VersionField()

    @classmethod
    def of(cls, oficio: Oficio, people: list[Usuario], **kwargs: Any) -> DatosForm:
        """The form filled with what is stored, or with what was sent.

        ``formdata=None`` shows what is stored also in the answer to a POST.
        """
        names = [field for field in vars(OficioData(numero_oficio="")) if hasattr(cls, field)]
        values: dict[str, Any] = {name: getattr(oficio, name) for name in names}
        assigned = oficio.investigador_id
        form = cls(
            data={
                **values,
                "investigador_id": str(assigned) if assigned else "",
                "version": str(oficio.version),
            },
            **kwargs,
        )
        form.offer_investigadores(people, oficio.investigador)
        return form


class NuevoForm(OficioFields, VehiculoFields):
    """An oficio entered by hand, with its vehicle, and its first person and address if known."""

    buffet_id = ChoiceField("Buffet", [required("Elija el buffet que lo encarga.")])
    persona_tipo = EnumField(
        "Relación con el vehículo", TipoPropietario, default=TipoPropietario.PRINCIPAL
    )
    persona_nombre = StringField("Nombre", [at_most(160)])
    persona_rut = RutField("RUT")
    persona_email = EmailField("Email", [at_most(254)])
    persona_telefono = TelefonoField("Teléfono")
    direccion_tipo = EnumField("Tipo", TipoDireccion, default=TipoDireccion.DOMICILIO)
    direccion = StringField("Dirección", [at_most(200)])
    comuna = StringField("Comuna", [at_most(60), readable(parse_comuna)])

    def offer(self, buffets: list[Buffet], people: list[Usuario]) -> None:
        """Set the buffets and the people that can be chosen."""
        self.buffet_id.choices = [
            SelectChoice("", "Elija un buffet"),
            *(SelectChoice(str(buffet.id), buffet.nombre) for buffet in buffets),
        ]
        self.offer_investigadores(people)

    def validate_persona_nombre(self, field: StringField) -> None:
        """An e-mail or a telephone belongs to somebody."""
        known = field.data or self.persona_rut.data
        if not known and (self.persona_email.data or self.persona_telefono.data):
            raise ValidationError("Escriba el nombre o el RUT de la persona.")

    def validate_direccion(self, field: StringField) -> None:
        """A comuna alone cannot be visited."""
        if self.comuna.data and not field.data:
            raise ValidationError("Escriba la calle y el número, o deje la comuna vacía.")

    def to_propietario(self) -> PropietarioData | None:
        """The person, when the paper names one."""
        if not (self.persona_nombre.data or self.persona_rut.data):
            return None
        return PropietarioData(
            tipo=self.persona_tipo.value,
            nombre=self.persona_nombre.data or None,
            rut=self.persona_rut.value.valor if self.persona_rut.value else None,
            email=self.persona_email.value,
            telefono=self.persona_telefono.value,
        )

    def to_direccion(self) -> DireccionData | None:
        """The address, when the paper has one."""
        if not self.direccion.data:
            return None
        comuna = parse_comuna(self.comuna.data) if self.comuna.data else None
        return DireccionData(
            direccion=self.direccion.data,
            comuna=comuna.nombre if comuna else None,
            region=comuna.region_corta if comuna else None,
            tipo=self.direccion_tipo.value,
        )


@cache
def comunas_to_choose() -> tuple[tuple[str, str], ...]:
    """Each comuna with what a browser shows and looks through: accents are forgiven there too."""
    return tuple(
        (
            comuna.nombre,
            " · ".join(dict.fromkeys((comuna.nombre, comuna.region_corta, fold(comuna.nombre)))),
        )
        for comuna in comunas()
    )
