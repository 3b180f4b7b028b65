"""Commands about the chain of custody."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.core.sealed import OFFICE_CHAIN
from app.custodia.queries import check_witness, list_chain_ids
from app.custodia.rules import chain_name
from app.custodia.service import begin, store_review, verify_all
from app.db import release, transaction

custodia_cli = AppGroup("custodia", help="La cadena de custodia.")


@custodia_cli.command("verify")
@click.argument("oficio_id", type=int, required=False)
def verify_chains(oficio_id: int | None) -> None:
    """Compara los oficios (o uno) y la oficina con su cadena y dice qué se alteró y qué falta.

    Termina con 0 si nada fue alterado y con 1 si encontró algo. La cadena de la oficina es la 0.
    """
    ids = list_chain_ids()
    if oficio_id is not None:
        if oficio_id not in ids:
            raise click.ClickException(f"No existe el oficio {oficio_id}.")
        ids = [oficio_id]
    release()
    problems = links = 0
    for found in verify_all(ids):
        links += found.last[0]
        problems += len(found.problemas)
        for problem in found.problemas:
            click.echo(f"{chain_name(found.cadena)}: {problem.hallazgo.label}. {problem.texto}")
        with transaction():
            store_review(found, now=utcnow())
    if oficio_id is None:
        for text in check_witness():
            problems += 1
            click.echo(f"anclas: {text}")
        release()
    oficios = len([one for one in ids if one != OFFICE_CHAIN])
    click.echo(
        f"{oficios} oficios, {links} eslabones: "
        + (f"{problems} hallazgos." if problems else "nada fue alterado.")
    )
    if problems:
        sys.exit(1)


@custodia_cli.command("iniciar")
def begin_chains() -> None:
    """Sella, una sola vez, lo que ya existía antes de que hubiera cadena de custodia."""
    click.echo(f"Filas selladas: {begin(utcnow())}.")
