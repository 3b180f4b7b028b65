"""Commands about accounts."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.core.email_address import parse_email
from app.core.errors import RastroError
from app.db import transaction
from app.usuarios.rules import Rol
from app.usuarios.service import UsuarioData, create_usuario

usuarios_cli = AppGroup("usuarios", help="Cuentas de las personas.")


@usuarios_cli.command("crear-admin")
@click.argument("email")
@click.argument("nombre")
@click.password_option("--password", envvar="ADMIN_PASSWORD", prompt="Contraseña")
def create_admin(email: str, nombre: str, password: str) -> None:
    """Crea la cuenta de un administrador. La contraseña se pide o se lee de ADMIN_PASSWORD."""
    try:
        data = UsuarioData(email=parse_email(email), nombre=nombre, rol=Rol.ADMIN)
        with transaction():
            create_usuario(data, password, actor=None, now=utcnow())
    except RastroError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{nombre} ya puede entrar como administrador.")
