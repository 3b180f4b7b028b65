"""The form of a key for a script."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectChoice, SelectField, StringField

from app.api.rules import Alcance
from app.db import db
from app.usuarios.queries import usuarios_statement
from app.web.forms import EnumField, Form, at_most, required


class ClaveForm(Form):
    """Who the script asks as, and what it may do."""

    nombre = StringField(
        "Para qué es", [required("Escriba qué programa usará la clave."), at_most(80)]
    )
    usuario_id = SelectField("Cuenta", coerce=lambda value: int(value) if value else None)
    alcance = EnumField("Alcance", Alcance, default=Alcance.LECTURA)
    datos_personales = BooleanField("Lee RUT, teléfono y correo de las personas sin tapar")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        rows = db.session.scalars(usuarios_statement(activo=True))
        self.usuario_id.choices = [
            SelectChoice(str(row.id), f"{row.nombre} ({row.rol.label.lower()})") for row in rows
        ]
