"""Commands about the files."""

from __future__ import annotations

import sys
from functools import partial

import click
from flask.cli import AppGroup

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import get_storage
from app.adjuntos.queries import list_stored
from app.adjuntos.queries.file_owners import Guardado, list_kept
from app.adjuntos.rules import LOCAL, S3
from app.adjuntos.service.redrawing import remake_copies
from app.adjuntos.service.upkeep import (
    WrongDatabase,
    move_files,
    move_kept,
    sweep,
    verify_files,
    verify_kept,
)
from app.core.clock import utcnow
from app.db import db, release
from app.extensions import current_config

adjuntos_cli = AppGroup("adjuntos", help="Fotos y documentos.")

_DOWN = "El almacenamiento de archivos no responde."


@adjuntos_cli.command("verify")
@click.option(
    "--repair", is_flag=True, help="Rehace desde el original las copias que faltan o cambiaron."
)
def verify(repair: bool) -> None:
    """Lee todos los archivos, los compara con su SHA-256 y dice cuál falta o cambió.

    Incluye los PDF de los expedientes emitidos; sus ZIP no se guardan, se arman al descargarlos.
    Termina con 0 si todos están como se guardaron (o se repararon) y con 1 si no.
    """
    wrong: list[Adjunto] = []
    lost = 0

    def tell(adjunto: Adjunto, problem: str) -> None:
        wrong.append(adjunto)
        click.echo(f"{_name(adjunto)}: {problem}")

    def tell_kept(row: Guardado, problem: str) -> None:
        nonlocal lost
        lost += 1
        click.echo(f"{row.nombre}: {problem}")

    try:
        count = verify_files(get_storage, now=utcnow(), tell=tell)
        count += verify_kept(get_storage, tell=tell_kept)
        mended = sum(_mend(adjunto) for adjunto in wrong) if repair else 0
    except OSError:
        raise click.ClickException(_DOWN) from None
    left = len(wrong) + lost - mended
    told = f"{count} archivos leídos, {len(wrong) + lost} con problemas"
    click.echo(f"{told}, {mended} reparados." if repair else f"{told}.")
    if left:
        sys.exit(1)


def _mend(adjunto: Adjunto) -> bool:
    """Remake the copies of a photo, and say how it went."""
    if problem := remake_copies(adjunto, get_storage(adjunto.almacen), now=utcnow()):
        click.echo(f"{_name(adjunto)}: no se reparó. {problem}")
        return False
    click.echo(f"{_name(adjunto)}: copia y miniatura rehechas desde el original.")
    return True


def _name(adjunto: Adjunto) -> str:
    return f"{adjunto.filename} (adjunto {adjunto.id}, oficio {adjunto.oficio_id})"


@adjuntos_cli.command("migrate")
@click.argument("destino", type=click.Choice([LOCAL, S3]))
def migrate(destino: str) -> None:
    """Mueve los archivos a la carpeta (local) o al bucket (s3), uno por uno, con Rastro andando.

    También los PDF de los expedientes.

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
        kept = list_kept(source.name)
        release()
        steps = [(_name(row), partial(move_files, row)) for row in rows]
        steps += [(row.nombre, partial(move_kept, row)) for row in kept]
        for name, move in steps:
            problem = move(source, target)
            if problem:
                failed += 1
                click.echo(f"{name} se quedó donde estaba: {problem}")
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
