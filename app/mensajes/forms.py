"""What the office and a buffet write to each other."""

from __future__ import annotations

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.mensajes.rules import REASON_MAX, TEXT_MAX, ClaseMensaje
from app.web.forms import EnumField, Form, WholeField, at_most, required

#: Largest id of both databases' integer column.
_LAST = 2**31 - 1


class _AnswerForm(Form):
    texto = TextAreaField("Mensaje", [required("Escriba el mensaje."), at_most(TEXT_MAX)])
    #: Which message it answers; empty for a new one.
    responde = WholeField("Responde a", [Optional(), NumberRange(1, _LAST)])


class MensajeForm(_AnswerForm):
    """What the office writes to the buffet of a case."""

    clase = EnumField("Para qué", ClaseMensaje, default=ClaseMensaje.INFORMA)


class DelBuffetForm(_AnswerForm):
    """What a buffet writes to the office on one of its cases."""

    pregunta = BooleanField("Necesito una respuesta")


class DescartarForm(Form):
    """Why a message is not sent."""

    motivo = StringField("Por qué no se envía", [required("Escriba por qué."), at_most(REASON_MAX)])
