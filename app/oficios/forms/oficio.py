"""The oficio itself: entered by hand, and corrected."""

from __future__ import annotations

from functools import cache
from typing import Any

from wtforms import BooleanField, SelectChoice

from app.buffets.models import Buffet
from app.core.comunas import comunas
from app.core.text import fold
from app.direcciones.rules import TipoDireccion
from app.oficios.forms.case_fields import ChoiceField, VersionField
from app.oficios.forms.papel import PapelField, PapelForm, with_inputs
from app.oficios.forms.vehiculo import VehiculoFields
from app.oficios.models import Oficio
from app.oficios.rules import Prioridad, TipoPropietario
from app.oficios.rules.campos import GrupoDeCampos
from app.oficios.service import DireccionData, OficioData, PropietarioData
from app.oficios.service.papel import direccion_of, oficio_of, propietario_of
from app.usuarios.models import Usuario
from app.web.forms import EnumField, required


@with_inputs(GrupoDeCampos.OFICIO, GrupoDeCampos.PLAZOS, GrupoDeCampos.NOTAS)
class OficioFields(PapelForm):
    """What the paper says of the oficio."""

    numero_oficio: PapelField
    prioridad = EnumField("Prioridad", Prioridad, default=Prioridad.MEDIA)
    investigador_id = ChoiceField("Investigador")
    fuerza_publica = BooleanField("El tribunal concedió fuerza pública")
    descerrajamiento = BooleanField("El tribunal concedió descerrajamiento")

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
        return oficio_of(
            self.papel,
            prioridad=self.prioridad.value,
            fuerza_publica=self.fuerza_publica.data,
            descerrajamiento=self.descerrajamiento.data,
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


@with_inputs(GrupoDeCampos.PERSONA, prefix="persona_")
@with_inputs(GrupoDeCampos.DIRECCION)
class NuevoForm(OficioFields, VehiculoFields):
    """An oficio entered by hand, with its vehicle, and its first person and address if known."""

    buffet_id = ChoiceField("Buffet", [required("Elija el buffet que lo encarga.")])
    persona_tipo = EnumField(
        "Relación con el vehículo", TipoPropietario, default=TipoPropietario.PRINCIPAL
    )
    direccion_tipo = EnumField("Tipo", TipoDireccion, default=TipoDireccion.DOMICILIO)

    def offer(self, buffets: list[Buffet], people: list[Usuario]) -> None:
        """Set the buffets and the people that can be chosen."""
        self.buffet_id.choices = [
            SelectChoice("", "Elija un buffet"),
            *(SelectChoice(str(buffet.id), buffet.nombre) for buffet in buffets),
        ]
        self.offer_investigadores(people)

    def to_propietario(self) -> PropietarioData | None:
        """The person, when the paper names one."""
        return propietario_of(self.papel, self.persona_tipo.value)

    def to_direccion(self) -> DireccionData | None:
        """The address, when the paper has one."""
        return direccion_of(self.papel, self.direccion_tipo.value)


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
