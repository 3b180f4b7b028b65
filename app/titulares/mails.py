"""Letters by mail: an answer to a person, or their request on its way to a law firm."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from markupsafe import Markup

from app.ajustes.queries import current_office
from app.notificaciones.mails import Composed


def compose_letter(asunto: str, paragraphs: Sequence[str]) -> Composed:
    """A letter of some paragraphs, signed by the office, with the way to its policy."""
    parts = [*paragraphs, current_office().nombre]
    html = Markup("").join(Markup("<p>{}</p>").format(each) for each in parts)
    html += Markup(render_template("mail/_privacidad.html"))  # noqa: S704  # our own template
    texto = "\n\n".join([*parts, render_template("mail/_privacidad.txt")]).strip() + "\n"
    return Composed(asunto, texto, str(html), len(texto.encode()) + len(html.encode()) + 2000)
