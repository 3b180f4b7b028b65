"""Commands of the installation itself."""

from __future__ import annotations

import json
import logging

import click
import flask_migrate
from flask.cli import with_appcontext

from app.ajustes.queries import is_demo
from app.avistamientos.queries import has_unmatched
from app.core.clock import utcnow
from app.custodia.service import begin
from app.db import transaction
from app.demo.seed import ACCOUNTS, is_empty, seed
from app.extensions import current_config
from app.porticos.service import ask_to_rematch, load_seed
from app.respaldo.soundness import Unsound, check_database, mark_known


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrate the database; outside production, fill a new one with the demo.

    Gantries that this version brings are added to the catalogue, and sightings of before there was
    one are looked up in it.

    The last line of the output tells the supervisor what it needs, as JSON.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = current_config()
    try:
        check_database(config)
    except Unsound as unsound:
        raise click.ClickException(str(unsound)) from None
    flask_migrate.upgrade()
    mark_known(config)
    with transaction():
        begin(utcnow())
        load_seed(utcnow())
        if has_unmatched():
            ask_to_rematch(utcnow())
    if config.environment == "development" and is_empty():
        click.echo("Primer inicio: se cargan los datos de demostración...", err=True)
        seed(now=utcnow(), max_bytes=config.max_upload_bytes)
    demo = is_demo()
    if demo and config.is_production:
        raise click.ClickException(
            "Esta base de datos es de demostración y tiene contraseñas conocidas: en producción "
            "use otra (DATABASE_URL o INSTANCE_DIR)."
        )
    accounts = [f"{email} / {password}" for email, password in ACCOUNTS.items()] if demo else []
    click.echo(json.dumps({"port": config.port, "demo": demo, "accounts": accounts}))
