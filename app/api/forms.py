"""The form of a key for a script."""

from __future__ import annotations

from typing import Any

from wtforms import SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput

from app.ajustes.queries import number_setting
from app.api.rules import KEY_DAYS, Alcance
from app.db import db
from app.usuarios.queries import usuarios_statement
from app.web.forms import Form, WholeField, at_most, required


class ClaveForm(Form):
    """Who the script asks as, and what it may do."""

    nombre = StringField(
        "Para qué es", [required("Escriba qué programa usará la clave."), at_most(80)]
    )
    usuario_id = SelectField("Cuenta", coerce=lambda value: int(value) if value else None)
    alcances = SelectMultipleField(
        "Qué puede hacer",
        coerce=Alcance,
        choices=[SelectChoice(each.value, each.label) for each in Alcance],
        default=[Alcance.LECTURA],
        option_widget=CheckboxInput(),
    )
    dias = WholeField(
        "Días de vigencia",
        [
            NumberRange(
                KEY_DAYS.minimo,
                KEY_DAYS.maximo,
                f"Escriba un número de días entre {KEY_DAYS.minimo} y {KEY_DAYS.maximo}.",
            )
        ],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not self.dias.raw_data:
            self.dias.data = number_setting(KEY_DAYS)
        rows = db.session.scalars(usuarios_statement(activo=True))
        self.usuario_id.choices = [
            SelectChoice(str(row.id), f"{row.nombre} ({row.rol.label.lower()})") for row in rows
        ]
