"""Commands about the anchors."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.anclaje.models import Ancla
from app.anclaje.queries import find_by_root, list_dates, prove_growth
from app.anclaje.rules import due_night, missing_nights
from app.anclaje.service import anchor
from app.core.clock import utcnow
from app.core.dates import format_fecha
from app.db import db, transaction

anclaje_cli = AppGroup("anclaje", help="Las anclas de las cadenas de custodia.")


@anclaje_cli.command("anclar")
def anchor_now() -> None:
    """Hace el ancla que corresponda, si todavía no está."""
    with transaction():
        ancla = anchor(utcnow())
        text = f"Ancla {ancla.id}: raíz {ancla.raiz}, tamaño {ancla.tamano}." if ancla else ""
    click.echo(text or "El ancla de la última noche ya está.")
    nights = missing_nights(list_dates(), due_night(utcnow()))
    if nights:
        shown = ", ".join(format_fecha(night) for night in nights[:10])
        click.echo(f"Noches sin ancla: {len(nights)} ({shown}).")


@anclaje_cli.command("raiz")
@click.argument("raiz")
def look_up_root(raiz: str) -> None:
    """Dice si una raíz que alguien guarda (de un correo, por ejemplo) está entre las anclas.

    Termina con 1 si no está: la historia no es la que era entonces.
    """
    found = find_by_root(raiz.strip().lower())
    if not found:
        click.echo("Ningún ancla tiene esa raíz.")
        sys.exit(1)
    for ancla in found:
        click.echo(f"Ancla {ancla.id} del {format_fecha(ancla.fecha)}, tamaño {ancla.tamano}.")


@anclaje_cli.command("consistencia")
@click.argument("desde", type=int)
@click.argument("hasta", type=int)
def print_growth(desde: int, hasta: int) -> None:
    """Imprime la prueba (RFC 9162) de que el ancla HASTA contiene todo lo del ancla DESDE."""
    first, second = db.session.get(Ancla, desde), db.session.get(Ancla, hasta)
    if first is None or second is None:
        raise click.ClickException("No existe esa ancla.")
    try:
        path = prove_growth(first, second)
    except ValueError:
        raise click.ClickException(
            "DESDE debe ser anterior a HASTA y tener al menos una hoja."
        ) from None
    for ancla in (first, second):
        click.echo(f"ancla {ancla.id} tamaño {ancla.tamano} raíz {ancla.raiz}")
    for step in path:
        click.echo(step)
