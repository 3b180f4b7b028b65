"""Commands about the files."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.adjuntos.cuidado import WrongDatabase, move_files, sweep, verify_files
from app.adjuntos.models import Adjunto
from app.adjuntos.queries import list_stored
from app.adjuntos.rules import LOCAL, S3
from app.adjuntos.storage import get_storage
from app.core.clock import utcnow
from app.db import db, release
from app.extensions import current_config

adjuntos_cli = AppGroup("adjuntos", help="Fotos y documentos.")

_DOWN = "El almacenamiento de archivos no responde."


@adjuntos_cli.command("verify")
def verify() -> None:
    """Lee todos los archivos, los compara con su SHA-256 y dice cuál falta o cambió.

    Termina con 0 si todos están como se guardaron y con 1 si no.
    """
    wrong = []

    def tell(adjunto: Adjunto, problem: str) -> None:
        wrong.append(adjunto.id)
        place = f"adjunto {adjunto.id}, oficio {adjunto.oficio_id}"
        click.echo(f"{adjunto.filename} ({place}): {problem}")

    try:
        count = verify_files(get_storage, now=utcnow(), tell=tell)
    except OSError:
        raise click.ClickException(_DOWN) from None
    click.echo(f"{count} archivos leídos, {len(wrong)} con problemas.")
    if wrong:
        sys.exit(1)


@adjuntos_cli.command("migrate")
@click.argument("destino", type=click.Choice([LOCAL, S3]))
def migrate(destino: str) -> None:
    """Mueve los archivos a la carpeta (local) o al bucket (s3), uno por uno, con Rastro andando.

    Cada archivo se lee de vuelta y se compara antes de que su registro cambie. Si se corta, se
    repite el comando y sigue donde quedó. Los archivos nuevos van donde dice STORAGE_TYPE.
    """
    source = get_storage(LOCAL if destino == S3 else S3)
    moved = failed = 0
    try:
        target = get_storage(destino)
        rows = list_stored(source.name)
        for row in rows:
            db.session.expunge(row)
        release()
        for row in rows:
            problem = move_files(row, source, target)
            if problem:
                failed += 1
                click.echo(f"{row.filename} (adjunto {row.id}) se quedó donde estaba: {problem}")
            else:
                moved += 1
    except OSError:
        raise click.ClickException(
            f"{_DOWN} Se movieron {moved}; repita el comando para seguir."
        ) from None
    click.echo(f"{moved} archivos movidos, {failed} se quedaron.")
    if current_config().storage_type != destino:
        click.echo(f"Ponga STORAGE_TYPE={destino} para que los nuevos también vayan allá.")
    if failed:
        sys.exit(1)


@adjuntos_cli.command("barrer")
def sweep_now() -> None:
    """Retira ahora los archivos sin registro; también se hace solo cada quince minutos."""
    names = [LOCAL, S3] if current_config().bucket_configured else [LOCAL]
    for name in names:
        try:
            done = sweep(get_storage(name), now=utcnow())
        except WrongDatabase:
            raise click.ClickException(
                f"Casi ningún archivo de «{name}» está en esta base de datos: no se borró nada."
            ) from None
        except OSError:
            raise click.ClickException(_DOWN) from None
        click.echo(
            f"{name}: {len(done.removed)} retirados, {len(done.lost)} registros incompletos."
        )
