"""Forms about proving who somebody is."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, PasswordField, SelectChoice, StringField

from app.factores.rules import Comprobacion
from app.usuarios.rules import PASSWORD_MAX
from app.web.forms import EnumField, Form, at_most, required

#: The longest that a browser says of a passkey.
_ANSWER_MAX = 20_000


class ProofForm(Form):
    """What proves who somebody is. Its names are those of no other form: it is sent with them."""

    confirmacion_codigo = StringField("Código", [at_most(60)])
    confirmacion_llave = HiddenField("Llave de acceso", [at_most(_ANSWER_MAX)])
    confirmacion_clave = PasswordField("Su contraseña", [at_most(PASSWORD_MAX)])


class AppForm(Form):
    """The first code of an application that is being set up."""

    codigo = StringField(
        "Código de 6 cifras",
        [required("Escriba el código que muestra la aplicación."), at_most(20)],
    )


class ResetForm(Form):
    """Taking a lost factor off somebody else's account."""

    comprobacion = EnumField(
        "Cómo comprobó que es esa persona",
        Comprobacion,
        validators=[required("Elija cómo comprobó que es esa persona.")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nothing is chosen beforehand: it is a statement.
        self.comprobacion.choices = [SelectChoice("", "Elija…"), *self.comprobacion.choices]


class LlaveForm(Form):
    """A passkey that the browser has made."""

    nombre = StringField(
        "Nombre", [required("Escriba un nombre, como «Teléfono» o «Notebook»."), at_most(60)]
    )
    llave = HiddenField(
        "Llave de acceso", [required("El navegador no hizo una llave."), at_most(_ANSWER_MAX)]
    )
