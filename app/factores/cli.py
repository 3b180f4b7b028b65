"""Commands about second factors."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.core.errors import RastroError
from app.db import transaction
from app.factores.service import reset_factors
from app.usuarios.queries import find_by_email

factores_cli = AppGroup("factores", help="Segundo factor de las cuentas.")


@factores_cli.command("quitar")
@click.argument("email")
def remove(email: str) -> None:
    """Quita el segundo factor de una cuenta, si su persona lo perdió y nadie más administra."""
    usuario = find_by_email(email)
    if usuario is None:
        raise click.ClickException("No hay una cuenta con ese email.")
    try:
        with transaction():
            reset_factors(usuario, actor=None, now=utcnow())
    except RastroError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{usuario.nombre} entra ahora con su contraseña; sus sesiones se cerraron.")
