"""A visit written down in the field, also by a phone that runs no JavaScript."""

from __future__ import annotations

from flask_wtf.file import FileField, MultipleFileField

from app.adjuntos.service import Upload
from app.oficios.forms.direcciones import VisitaForm


class VisitaTerrenoForm(VisitaForm):
    """What came of a visit, with its photos."""

    fotos = MultipleFileField("Fotos")
    #: A second field: a phone that is told to open the camera does not offer its gallery.
    camara = FileField("Foto de la cámara")

    def uploads(self) -> list[Upload]:
        """The photos, in the order in which they were taken."""
        files = [*(self.fotos.data or ()), *([self.camara.data] if self.camara.data else ())]
        return [Upload(file.filename or "", file.stream) for file in files]
