"""Commands about the figures of *Informes*."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.indicadores.service.comparing_figures import compare_all
from app.indicadores.service.reading_figures import read_news, rebuild

indicadores_cli = AppGroup("indicadores", help="Las cifras de la página Informes.")

_NAMED = 20


@indicadores_cli.command("leer")
def read_now() -> None:
    """Pone las cifras al día con lo que cambió desde la última vez."""
    click.echo(f"{read_news(now=utcnow())} oficios al día.")


@indicadores_cli.command("reconstruir")
def rebuild_now() -> None:
    """Calcula todas las cifras de nuevo, a partir de los casos y del registro de consultas."""
    click.echo(f"Cifras de {rebuild(now=utcnow())} oficios calculadas de nuevo.")


@indicadores_cli.command("comprobar")
def check_now() -> None:
    """Compara todas las cifras con los casos, sin cambiar nada. Termina con 1 si algo difiere."""
    found = compare_all(now=utcnow(), mend=False)
    if not found:
        click.echo("Las cifras coinciden con los casos.")
        return
    if found.casos:
        named = ", ".join(map(str, found.casos[:_NAMED]))
        click.echo(f"Casos cuyas cifras no coinciden: {len(found.casos)} ({named}).")
    if found.dias:
        named = ", ".join(found.dias[:_NAMED])
        click.echo(f"Días de consultas que no coinciden: {len(found.dias)} ({named}).")
    click.echo("Corríjalas con «flask indicadores reconstruir».")
    sys.exit(1)
