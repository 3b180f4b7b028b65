"""The forms of asking for an expediente and of verifying one."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask_wtf.file import FileField
from wtforms.validators import StopValidation

from app.adjuntos.rules import format_size
from app.informes.rules import MAX_VERIFIED_BYTES, Variante
from app.web.forms import EnumField, Form

_CHOOSE = "Elija el PDF del expediente que quiere comprobar."


class RequestForm(Form):
    """Whom the expediente is for."""

    variante = EnumField("Ejemplar", Variante)


class VerifyForm(Form):
    """The PDF to be compared."""

    archivo = FileField("PDF del expediente")

    def validate_archivo(self, field: Any) -> None:
        """A PDF of a size that an expediente has."""
        if not field.data:
            raise StopValidation(_CHOOSE)
        stream: BinaryIO = field.data.stream
        size = stream.seek(0, 2)
        stream.seek(0)
        if size == 0:
            raise StopValidation("El archivo está vacío. Elija el PDF tal como lo recibió.")
        if size > MAX_VERIFIED_BYTES:
            raise StopValidation(
                f"El archivo pesa más de {format_size(MAX_VERIFIED_BYTES)}, que es más que un "
                "expediente. Compruébelo con su código."
            )
        start = stream.read(1024)
        stream.seek(0)
        if b"%PDF-" not in start:
            raise StopValidation(
                "El archivo no es un PDF. Elija el PDF del expediente tal como lo recibió."
            )
