"""Commands about second factors."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.core.errors import RastroError
from app.db import transaction
from app.factores.service import reseal_apps, reset_factors
from app.usuarios.queries import find_by_email

factores_cli = AppGroup("factores", help="Segundo factor de las cuentas.")


@factores_cli.command("quitar")
@click.argument("email")
def remove(email: str) -> None:
    """Quita el segundo factor de una cuenta, si su persona lo perdió y nadie más administra."""
    usuario = find_by_email(email)
    if usuario is None:
        raise click.ClickException("No hay una cuenta con ese correo.")
    try:
        with transaction():
            reset_factors(usuario, comprobacion=None, actor=None, now=utcnow())
    except RastroError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{usuario.nombre} entra ahora con su contraseña; sus sesiones se cerraron.")


@factores_cli.command("recifrar")
@click.option("--anterior", prompt="SECRET_KEY anterior", hide_input=True, help="Se pregunta.")
def reseal(anterior: str) -> None:
    """Tras cambiar SECRET_KEY: conserva las aplicaciones de códigos de las personas."""
    with transaction():
        opened, lost = reseal_apps(anterior, str(current_app.secret_key))
    if lost:
        raise click.ClickException(
            f"{lost} no se abren con esa clave: revísela, o quite ese segundo factor. "
            f"{opened} sirven."
        )
    click.echo(f"Sirven con la clave nueva: {opened}.")
