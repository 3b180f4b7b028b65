"""Forms about proving who somebody is."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField

from app.usuarios.rules import PASSWORD_MAX
from app.web.forms import Form, at_most, required

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


class LlaveForm(Form):
    """A passkey that the browser has made."""

    nombre = StringField(
        "Nombre", [required("Escriba un nombre, como «Teléfono» o «Notebook»."), at_most(60)]
    )
    llave = HiddenField(
        "Llave de acceso", [required("El navegador no hizo una llave."), at_most(_ANSWER_MAX)]
    )
