"""Commands about notices."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.push_message import new_key, public_half

avisos_cli = AppGroup("avisos", help="Avisos a las personas de la oficina.")


@avisos_cli.command("vapid")
def make_keys() -> None:
    """Crea un par de claves para los avisos en teléfonos y computadores. No guarda nada."""
    private = new_key()
    click.echo(f"VAPID_PRIVATE_KEY={private}")
    click.echo("VAPID_SUBJECT=mailto:rastro@su-oficina.cl")
    click.echo(f"# La mitad pública, que los navegadores reciben: {public_half(private)}")
