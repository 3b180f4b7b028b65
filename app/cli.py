"""Commands of the installation itself."""

from __future__ import annotations

import json
import logging
import time

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.core.clock import utcnow
from app.db import creating, db, transaction
from app.db.schema_version import (
    downgrade_tables,
    newest_revision,
    read_revision,
    upgrade_tables,
)
from app.extensions import current_config
from app.feature import StartRefused, current_features
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
    upgrade_tables()
    _tell(before, "Las tablas ya estaban en la versión más nueva")


@schema_cli.command("down")
@with_appcontext
def down() -> None:
    """Quita la última migración."""
    before = _revision()
    if before is None:
        click.echo("No hay ninguna migración que quitar: la base de datos está vacía.")
        return
    downgrade_tables()
    _tell(before, "Las tablas quedaron como estaban")


@schema_cli.command("wait")
@click.option("--seconds", default=600, show_default=True, help="Cuánto esperar.")
@with_appcontext
def wait(seconds: int) -> None:
    """Espera a que otro proceso haya llevado las tablas a la versión de este Rastro."""
    newest = newest_revision()
    until = time.monotonic() + seconds
    while (found := _revision_if_up()) != newest:
        if time.monotonic() >= until:
            raise click.ClickException(
                f"Las tablas no llegaron a la versión {newest} en {seconds} segundos: están en "
                f"{found or 'ninguna'}. Vea qué dice «flask prepare»."
            )
        time.sleep(min(2.0, seconds))
    click.echo(f"Las tablas están en la versión {newest}.")


def _revision_if_up() -> str | None:
    """The revision; None also while the database does not answer."""
    try:
        return _read_revision()
    except OperationalError:
        return None


def _revision() -> str | None:
    """The revision of the tables; None without any."""
    with creating():
        return _read_revision()


def _read_revision() -> str | None:
    with db.engine.connect() as connection:
        return read_revision(connection)


def _is_newest() -> bool:
    """Whether there is nothing to migrate; what cannot be asked is Alembic's to explain."""
    try:
        return _revision() == newest_revision()
    except SQLAlchemyError:
        return False


def _tell(before: str | None, nothing: str) -> None:
    after = _revision()
    if after == before:
        click.echo(f"{nothing} ({after}): no había nada que hacer.")
    else:
        click.echo(f"Listo: de {before or 'sin tablas'} a {after or 'sin tablas'}.")


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrate the database, and do what the features do at each start.

    The last line of the output tells the supervisor what it needs, as JSON.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = current_config()
    try:
        report = _prepare_features(config)
    except StartRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(json.dumps({"port": config.port, **report}))


def _prepare_features(config: Config) -> dict[str, object]:
    """Each stage for all features, in their order. Returns what they report."""
    parts = [feature.prepares for feature in current_features().by_name.values()]
    for part in parts:
        if part.before_tables:
            part.before_tables(config)
    if not _is_newest():
        upgrade_tables()
    for part in parts:
        if part.after_tables:
            part.after_tables(config)
    _prepare_static_files(config)
    with transaction():
        for part in parts:
            if part.rows:
                part.rows(utcnow())
    report: dict[str, object] = {}
    for part in parts:
        if part.last:
            report.update(part.last(config))
    return report
