"""The newest sightings, in the words of the notice to the receptor judicial."""

from __future__ import annotations

from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import sightings_statement
from app.avistamientos.rules import Fuente
from app.avistamientos.rules.place_name import name_place
from app.core.dates import format_fecha, format_fecha_hora
from app.core.text import join_once
from app.db import db
from app.notificaciones.rules.sources import LastSighting

#: A receptor wants to know where to look, not the whole history.
_TOLD = 5


def list_for_notice(oficio_id: int) -> list[LastSighting]:
    """When, where and by whom the vehicle was last seen, newest first."""
    rows = db.session.scalars(sightings_statement(oficio_id).limit(_TOLD))
    return [LastSighting(_when(row), _where(row), _who(row)) for row in rows]


def _when(row: Avistamiento) -> str:
    if row.fecha_hora:
        when = format_fecha_hora(row.fecha_hora, row.zona)
        duda = row.advertencias_ingreso.get("fecha_hora")
        return f"{when}. {duda}" if duda else when
    return f"{format_fecha(row.fecha)}, hora no informada"


def _where(row: Avistamiento) -> str:
    """One name: that of the gantry which the text means, else the text."""
    return name_place(row) or "lugar no informado"


def _who(row: Avistamiento) -> str:
    """A gantry by its company, unless its name says whose it is; a person by name."""
    person = row.usuario.nombre if row.usuario else None
    named = row.portico is not None or join_once([_where(row), row.empresa]) == _where(row)
    empresa = None if named else row.empresa
    source = empresa if row.fuente is Fuente.PORTICO and empresa else person or empresa
    label = f"{row.fuente.label}, {source}" if source else row.fuente.label
    return f"{label} (dato de demostración)" if row.simulado else label
