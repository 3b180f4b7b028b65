"""``flask backup``: make, list, verify and restore; ``flask copy-database``."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa
from flask.cli import AppGroup, with_appcontext

from app.adjuntos.rules import format_size
from app.ajustes.service import set_setting
from app.core.clock import is_ahead_of, utcnow
from app.db import db, release, transaction
from app.extensions import current_config
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.respaldo.jobs import finish_backup, note_copy, summary
from app.respaldo.queries import LAST_BACKUP
from app.respaldo.rules import ERASURES, is_encrypted, made_at, order_by_age
from app.respaldo.rules.backup_errors import BackupError, NotEmpty
from app.respaldo.service import (
    create_backup,
    describe,
    find_backup,
    list_backups,
    verify_backup,
)
from app.respaldo.service.copying import copy_rows
from app.respaldo.service.restored_notes import note_restored
from app.respaldo.service.restoring import restore_backup
from app.usuarios.service.sesiones import end_every_session, end_every_token
from config import Config
from config_reader import missing_encryption, sqlalchemy_url

if TYPE_CHECKING:
    from app.respaldo.outside.remote_copy import Bucket
    from app.respaldo.outside.table_rows import TableRows

_WAITING = (EstadoTrabajo.PENDIENTE, EstadoTrabajo.PROGRAMADO, EstadoTrabajo.EJECUTANDO)

backup_cli = AppGroup("backup", help="Respaldos: crear, listar, verificar y restaurar.")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BackupError as error:
        raise click.ClickException(str(error)) from None


@backup_cli.command("create")
def create() -> None:
    """Respalda la base de datos y los archivos, también mientras se usan."""
    config = current_config()
    now = utcnow()
    with _in_words():
        backup = create_backup(config.backup_dir, passphrase=config.backup_passphrase, now=now)
        click.echo(f"Respaldo hecho en {backup.path}")
        release()
        with transaction():
            set_setting(LAST_BACKUP, summary(backup, config))
        click.echo(finish_backup(backup, config, now=now))
        release()
        with transaction():
            note_copy(backup, config, now=now)
    if not config.backup_passphrase:
        click.echo("No está cifrado: para cifrarlos, ponga una frase en BACKUP_PASSPHRASE.")


@backup_cli.command("list")
def show() -> None:
    """Muestra los respaldos que hay, el más nuevo primero."""
    folder = current_config().backup_dir
    backups = list_backups(folder)
    for backup in backups:
        line = f"{backup.name}  {format_size(backup.size):>10}  "
        try:
            manifest = describe(backup)
        except BackupError as error:
            click.echo(line + str(error) + _age_note(backup.name))
            continue
        click.echo(
            line
            + (
                f"{manifest.row_count} filas, {len(manifest.stored_files)} archivos"
                if manifest
                else "cifrado"
            )
            + _age_note(backup.name)
        )
    if not backups:
        click.echo(f"No hay respaldos en {folder}. Haga uno con: flask backup create")
    config = current_config()
    if config.bucket_configured:
        with _in_words():
            names = order_by_age(_bucket(config).names(), utcnow())
        click.echo(f"En el bucket {config.s3_bucket_name}, que se traen con «backup fetch»:")
        for name in names:
            click.echo(name + _age_note(name))
        if not names:
            click.echo("ninguno")


def _age_note(name: str) -> str:
    """That nobody knows how old a backup is, if a clock that ran ahead dated it."""
    made = made_at(name)
    if made is None or not is_ahead_of(made, utcnow()):
        return ""
    return "  (fecha que todavía no llega: el reloj estaba adelantado; no cuenta como el último)"


def _bucket(config: Config) -> Bucket:
    from app.respaldo.outside.remote_copy import (
        Bucket,  # boto3 takes a second to import, only used here
    )

    return Bucket(config)


@backup_cli.command("verify")
@click.argument("respaldo", default="ultimo")
def verify(respaldo: str) -> None:
    """Lee un respaldo completo (o el último) y compara cada archivo con su SHA-256."""
    config = current_config()
    with _in_words():
        path = find_backup(config.backup_dir, respaldo)
        manifest = verify_backup(path, passphrase=config.backup_passphrase)
    click.echo(
        f"{path.name} está completo: {manifest.row_count} filas en {len(manifest.rows)} tablas y "
        f"{len(manifest.stored_files)} archivos; cada uno calza con su SHA-256."
    )


@backup_cli.command("fetch")
@click.argument("respaldo", default="ultimo")
def fetch(respaldo: str) -> None:
    """Trae un respaldo (o el último) desde el bucket a la carpeta de respaldos."""
    config = current_config()
    if not config.bucket_configured:
        raise click.ClickException("No hay bucket configurado (S3_BUCKET_NAME).")
    config.backup_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _in_words():
        bucket = _bucket(config)
        name = respaldo
        if respaldo == "ultimo":
            name = next(iter(order_by_age(bucket.names(), utcnow())), "")
            if not name:
                raise BackupError(f"No hay respaldos en el bucket {config.s3_bucket_name}.")
        target = config.backup_dir / Path(name).name
        bucket.download(name, target)
        if not (config.backup_dir / ERASURES).exists():
            with suppress(BackupError):  # nothing was erased so far
                bucket.download(ERASURES, config.backup_dir / ERASURES)
    target.chmod(0o600)
    click.echo(f"Está en {target}")


@backup_cli.command("restore")
@click.argument("respaldo")
@click.option("--overwrite", is_flag=True, help="Reemplaza lo que haya en el destino.")
@click.option("--yes-overwrite", is_flag=True, help="La segunda confirmación, sin preguntar.")
@click.option("--database-only", is_flag=True, help="Deja los archivos como están.")
def restore(respaldo: str, overwrite: bool, yes_overwrite: bool, database_only: bool) -> None:
    """Restaura un respaldo en la base de datos y el almacenamiento configurados, si están vacíos.

    Para reemplazar lo que haya se dice dos veces: con --overwrite, y escribiendo REEMPLAZAR (o con
    --yes-overwrite). Rastro debe estar detenido.
    """
    config = current_config()
    with _in_words(), _stopped(config.instance_dir, "restaurar"):
        path = find_backup(config.backup_dir, respaldo)
        if overwrite and not yes_overwrite:
            shown = db.engine.url.render_as_string(hide_password=True)
            typed = click.prompt(f"Se reemplazará {shown}. Escriba REEMPLAZAR", default="")
            if typed != "REEMPLAZAR":
                raise click.ClickException("No se hizo nada.")
        if is_encrypted(path.name):
            click.echo("Abriendo el respaldo cifrado...")
        set_aside: list[Path] = []
        try:
            manifest = restore_backup(
                path,
                passphrase=config.backup_passphrase,
                overwrite=overwrite,
                now=utcnow(),
                with_files=not database_only,
                set_aside=set_aside,
            )
        except NotEmpty as error:
            raise click.ClickException(
                f"{error} No se hizo nada. Para reemplazarlo, repita con --overwrite."
            ) from None
    click.echo(
        f"Restaurado: {manifest.row_count} filas y {len(manifest.stored_files)} archivos, contados "
        "y comparados. Inicie Rastro: actualiza el esquema por sí solo."
    )
    with transaction():
        note_restored(
            path.name, manifest, replaced=overwrite, with_files=not database_only, now=utcnow()
        )
    for old in set_aside:
        click.echo(f"Lo que había quedó aparte en {old}; bórrelo cuando no lo necesite.")
    click.echo(_end_sessions())
    waiting = _waiting_jobs()
    if waiting:
        click.echo(
            f"OJO: el respaldo tiene {waiting} tareas por hacer, y al iniciar se harán. Si alguna "
            "es un correo que ya había salido después del respaldo, saldrá otra vez."
        )


@contextmanager
def _stopped(folder: Path, deed: str) -> Iterator[None]:
    """Hold the data folder as the supervisor does, so that neither runs beside the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "rastro.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Rastro está en marcha: deténgalo antes de {deed}.") from None
        yield


def _end_sessions() -> str:
    """End what the backup had open; what there is to say of it."""
    with transaction():
        end_every_token()
    # An older schema has no rows of sessions, and none that come with it open anything later.
    with suppress(sa.exc.OperationalError, sa.exc.ProgrammingError), transaction():
        end_every_session(now=utcnow())
    return (
        "Se cerraron las sesiones y terminaron los tokens y enlaces de contraseña del respaldo: "
        "cada persona entra otra vez. OJO: lo que se desactivó o revocó después del respaldo "
        "(cuentas, claves de la API, enlaces) volvió a estar activo: revíselo."
    )


def _waiting_jobs() -> int:
    """Jobs that will be done at the next start; 0 when an older schema cannot tell."""
    try:
        statement = (
            sa.select(sa.func.count()).select_from(Trabajo).where(Trabajo.estado.in_(_WAITING))
        )
        return int(db.session.scalar(statement) or 0)
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return 0


@click.command("copy-database")
@click.option(
    "--to",
    "target",
    prompt="Dirección de la base nueva (no se muestra mientras se escribe)",
    hide_input=True,
    help="La base nueva y vacía: postgresql://usuario@servidor/base o sqlite:////camino/archivo.",
)
@with_appcontext
def copy_database(target: str) -> None:
    """Copia todas las tablas de DATABASE_URL a otra base, vacía, y compara cuentas y huellas.

    De SQLite a PostgreSQL y de vuelta. Rastro debe estar detenido. La base de origen sólo se lee;
    la nueva aparece cuando todo está en ella y comparado. Los archivos no se tocan.
    """
    config = current_config()
    url = sqlalchemy_url(target.strip())
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise click.ClickException("La dirección debe empezar con sqlite:/// o postgresql://.")
    hint = missing_encryption(url)
    if config.is_production and hint:
        raise click.ClickException(f"Los datos irían sin cifrar fuera de su red: {hint}.")
    waiting = 0
    with _in_words(), _stopped(config.instance_dir, "copiar la base"):
        waiting = _waiting_jobs()
        copied = copy_rows(url, tell=_tell_table)
    click.echo(
        f"Listo: {copied.row_count} filas en {len(copied.tables)} tablas (versión "
        f"{copied.revision}), con las mismas cuentas y huellas en las dos bases. Ponga la "
        "dirección nueva en DATABASE_URL e inicie Rastro; los archivos siguen donde están."
    )
    click.echo(
        f"OJO: hay {waiting} tareas por hacer, y las hará la instalación nueva. No vuelva a "
        "iniciar Rastro con la base anterior: repetiría correos y consultas. Guárdela hasta estar "
        "conforme."
    )


def _tell_table(table: TableRows) -> None:
    if table.rows:
        click.echo(f"{table.name:<32}{table.rows:>10}  {table.digest[:16]}")
