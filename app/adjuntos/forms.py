"""The forms of photos and documents."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from app.adjuntos.models import Adjunto
from app.adjuntos.queries import list_visitas
from app.adjuntos.rules import PDF, TipoAdjunto
from app.adjuntos.service import Upload
from app.core.dates import format_fecha_hora
from app.web.forms import EnumField, Form, at_most, required

_NO_VISIT = SelectChoice(0, "De ninguna")
_AUTOMATIC = SelectChoice("", "Según el archivo")


def _as_id(value: Any) -> int:
    """Parse a visit's id; text that is no number fails as a choice that is not in the list."""
    try:
        return int(value or 0)
    except ValueError:
        return -1


def visit_choices(oficio_id: int) -> list[SelectChoice]:
    """Return the choices of a select: «none», then the visits of a case, newest first."""
    return [
        _NO_VISIT,
        *(
            SelectChoice(
                visita.id,
                f"{format_fecha_hora(visita.fecha_hora, visita.direccion.zona)} · "
                f"{visita.direccion.completa}",
            )
            for visita in list_visitas(oficio_id)
        ),
    ]


def _check_visit(field: Any) -> None:
    if field.data not in {choice.value for choice in field.choices}:
        raise StopValidation("Elija una de las visitas de la lista.")


class UploadForm(Form):
    """Upload several files at once; type, visit and description apply to all of them."""

    archivos = MultipleFileField("Fotos y documentos")
    #: A second field: a phone that is told to open the camera does not offer its gallery.
    camara = FileField("Foto de la cámara")
    tipo = SelectField(
        "Tipo",
        choices=[_AUTOMATIC, *(SelectChoice(tipo.value, tipo.label) for tipo in TipoAdjunto)],
        default="",
        validate_choice=False,
    )
    descripcion = StringField("Descripción", [at_most(500)])
    visita_id = SelectField("De qué visita son", coerce=_as_id, default=0, validate_choice=False)

    @classmethod
    def for_case(cls, oficio_id: int, *, fresh: bool = False) -> UploadForm:
        """The form with the visits of a case; ``fresh`` ignores what the request carries."""
        form = cls(formdata=None) if fresh else cls()
        form.visita_id.choices = visit_choices(oficio_id)
        return form

    def validate_visita_id(self, field: Any) -> None:
        """One of this case."""
        _check_visit(field)

    def validate_archivos(self, field: Any) -> None:
        """There is something to store."""
        if not field.data and not self.camara.data:
            raise StopValidation("Elija al menos una foto o un PDF, o tome una foto.")

    def validate_tipo(self, field: Any) -> None:
        """One of the list."""
        if field.data not in {choice.value for choice in field.choices}:
            raise StopValidation("Elija una de las opciones de la lista.")

    def uploads(self) -> list[Upload]:
        """The files, in the order in which they were chosen."""
        files = [*(self.archivos.data or ()), *([self.camara.data] if self.camara.data else ())]
        return [Upload(file.filename or "", file.stream) for file in files]

    def chosen_tipo(self) -> TipoAdjunto | None:
        """What the files are for, when the person said so."""
        return TipoAdjunto(self.tipo.data) if self.tipo.data else None


class AdjuntoDetailsForm(Form):
    """What people say of one file."""

    tipo = EnumField("Tipo", TipoAdjunto)
    descripcion = StringField("Descripción", [at_most(500)])
    visita_id = SelectField("De qué visita es", coerce=_as_id, default=0, validate_choice=False)

    def validate_visita_id(self, field: Any) -> None:
        """One of this case."""
        _check_visit(field)

    @classmethod
    def for_adjunto(cls, adjunto: Adjunto) -> AdjuntoDetailsForm:
        """The form as it stands for a file; a PDF is not offered to be a photo."""
        form = cls(obj=adjunto)
        form.visita_id.choices = visit_choices(adjunto.oficio_id)
        if form.visita_id.data is None:
            form.visita_id.data = 0
        if adjunto.mime_type == PDF:
            form.tipo.choices = [
                choice
                for choice in form.tipo.choices
                if choice.value != TipoAdjunto.FOTO_VEHICULO.value
            ]
        return form


class PlaceForm(Form):
    """Which way a file goes in the gallery."""

    hacia = SelectField("Hacia", choices=["antes", "despues"])


class ApprovalForm(Form):
    """Whether the buffet is shown a photo."""

    aprobado = SelectField("Para el buffet", choices=["si", "no"])


class RemoveForm(Form):
    """Why a file leaves the case."""

    motivo = StringField(
        "Motivo", [required("Escriba por qué se elimina: queda en la bitácora."), at_most(300)]
    )
