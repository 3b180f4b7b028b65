"""What somebody says who asks for a case that is not theirs."""

from __future__ import annotations

from wtforms import StringField, TextAreaField

from app.web.forms import Form, at_most, required


class AskForm(Form):
    """Which case, and why."""

    buscado = StringField(
        "Patente o número del oficio", [required("Escriba la patente o el número."), at_most(60)]
    )
    motivo = TextAreaField(
        "Por qué necesita verlo", [required("Escriba por qué necesita verlo."), at_most(300)]
    )
