"""Commands of the installation itself."""

from __future__ import annotations

import json
import logging

import click
import flask_migrate
from alembic.migration import MigrationContext
from flask import current_app
from flask.cli import with_appcontext

from app.ajustes.queries import is_demo
from app.avistamientos.queries import has_unmatched
from app.core.clock import utcnow
from app.custodia.service import begin
from app.db import creating, db, transaction
from app.demo.service.seed import ACCOUNTS, is_empty, seed
from app.extensions import current_config
from app.porticos.service import ask_to_rematch, load_seed
from app.respaldo.service.soundness import Unsound, check_database, mark_known
from app.web.static_files import keep_version
from config import ROOT, Config


def _prepare_static_files(config: Config) -> None:
    """Compress this version's files before anybody waits for them."""
    version = current_app.extensions["static_version"]
    if not version:
        return
    try:
        keep_version(ROOT / "static", config.instance_dir / "estaticos", version)
    except OSError as error:
        click.echo(f"Los archivos de la página se sirven sin comprimir: {error}", err=True)


@click.group("schema")
def schema_cli() -> None:
    """Lleva la base de datos a otra versión de sus tablas y dice qué hizo."""


@schema_cli.command("up")
@with_appcontext
def up() -> None:
    """Lleva las tablas a la versión más nueva."""
    before = _revision()
    flask_migrate.upgrade()
    _tell(before, "Las tablas ya estaban en la versión más nueva")


@schema_cli.command("down")
@with_appcontext
def down() -> None:
    """Quita la última migración."""
    before = _revision()
    if before is None:
        click.echo("No hay ninguna migración que quitar: la base de datos está vacía.")
        return
    flask_migrate.downgrade()
    _tell(before, "Las tablas quedaron como estaban")


def _revision() -> str | None:
    """The revision of the tables; None without any."""
    with creating(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _tell(before: str | None, nothing: str) -> None:
    after = _revision()
    if after == before:
        click.echo(f"{nothing} ({after}): no había nada que hacer.")
    else:
        click.echo(f"Listo: de {before or 'sin tablas'} a {after or 'sin tablas'}.")


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
    _prepare_static_files(config)
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
