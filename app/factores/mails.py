"""What people are told by mail of a change in how they sign in."""

from __future__ import annotations

from datetime import datetime

from app.extensions import current_config
from app.factores.rules import CambioFactor
from app.mail.message import Mail
from app.usuarios.mails import account_mail
from app.usuarios.models import Usuario


def factor_mail(usuario: Usuario, *, now: datetime, hecho: CambioFactor) -> Mail:
    """The mail to the owner of an account.

    Raises:
        InvalidValue: the account's address cannot go into a mail.
    """
    if hecho is CambioFactor.REINICIADO:
        vida = "Para entrar basta ahora su contraseña. Active otra vez un segundo factor hoy mismo."
    else:
        vida = "Si fue usted, no tiene que hacer nada."
    return account_mail(
        usuario,
        hecho.label,
        now,
        url=f"{current_config().base_url}/cuenta/segundo-factor",
        boton="Ver mi segundo factor",
        texto=f"{hecho.label} ({usuario.email}).",
        vida=vida,
        pie="Si no lo pidió usted, cambie su contraseña y avise a quien administra Rastro.",
    )
