"""The register of breaches, who was told, and what was written before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.core.sealed import OFFICE_CHAIN
from app.cumplimiento.models.brechas import Brecha, ComunicacionBrecha
from app.cumplimiento.rules.brechas import DestinoBrecha, EstadoBrecha
from app.custodia.models import Eslabon
from app.db import db
from app.usuarios.models import Usuario

#: What the audit says of a breach, in words.
DEEDS = {
    "brecha.registrada": "La registró",
    "brecha.modificada": "Cambió la ficha",
    "brecha.borradores": "Guardó los borradores",
    "brecha.comunicada": "Anotó una comunicación",
    "brecha.cerrada": "La cerró",
    "brecha.reabierta": "La reabrió",
}
#: Fields of a breach, as people read them.
FIELDS = {
    "estado": "Estado",
    "tipo": "Naturaleza",
    "descripcion": "Qué ocurrió",
    "categorias_datos": "Categorías de datos",
    "numero_datos": "Registros",
    "categorias_titulares": "Personas afectadas",
    "numero_titulares": "Número de personas",
    "datos_financieros": "Obligaciones económicas",
    "datos_sensibles": "Datos sensibles",
    "datos_de_menores": "Menores de catorce años",
    "efectos": "Efectos",
    "riesgo": "Riesgo",
    "medidas": "Medidas",
    "ocurrio_at": "Cuándo ocurrió",
    "conocida_at": "Cuándo se conoció",
    "mensaje_agencia": "Borrador para la Agencia",
    "mensaje_titulares": "Borrador para las personas",
    "cierre": "Cierre",
}
_TEXTS = (
    "descripcion",
    "categorias_datos",
    "categorias_titulares",
    "efectos",
    "medidas",
    "mensaje_agencia",
    "mensaje_titulares",
    "cierre",
)


@dataclass(frozen=True)
class HechoBrecha:
    """One deed of the audit about a breach."""

    cuando: datetime
    quien: str
    que: str
    #: Labels of the fields that changed.
    campos: list[str]


@dataclass(frozen=True)
class Redaccion:
    """A text as it stood until somebody changed it."""

    hasta: datetime
    campo: str
    texto: str


def last_number(year: int) -> int:
    """The highest number given in a year; 0 when there is none."""
    newest = db.session.scalar(
        sa.select(sa.func.max(Brecha.numero)).where(Brecha.numero.like(f"V-{year}-%"))
    )
    return int(newest.rsplit("-", 1)[1]) if newest else 0


def breaches_statement() -> sa.Select[Brecha]:
    """All breaches: those that are not closed first, the newest on top."""
    return sa.select(Brecha).order_by(
        Brecha.estado == EstadoBrecha.CERRADA, Brecha.conocida_at.desc(), Brecha.id.desc()
    )


def list_reports(brecha_id: int) -> list[ComunicacionBrecha]:
    """Who was told of a breach, in the order of the days."""
    statement = sa.select(ComunicacionBrecha).where(ComunicacionBrecha.brecha_id == brecha_id)
    order = (ComunicacionBrecha.comunicada_at, ComunicacionBrecha.id)
    return list(db.session.scalars(statement.order_by(*order)))


def list_told(brecha_id: int) -> set[DestinoBrecha]:
    """The kinds of people who were told of a breach."""
    statement = sa.select(ComunicacionBrecha.destino).where(
        ComunicacionBrecha.brecha_id == brecha_id
    )
    return set(db.session.scalars(statement))


def first_reports(brecha_ids: list[int]) -> dict[int, datetime]:
    """When the Agencia was first told, for those breaches of which it was."""
    statement = (
        sa.select(ComunicacionBrecha.brecha_id, sa.func.min(ComunicacionBrecha.comunicada_at))
        .where(
            ComunicacionBrecha.brecha_id.in_(brecha_ids),
            ComunicacionBrecha.destino == DestinoBrecha.AGENCIA,
        )
        .group_by(ComunicacionBrecha.brecha_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def list_deeds(brecha_id: int) -> list[HechoBrecha]:
    """What was done with a breach, the newest first; the audit is only added to."""
    statement = (
        sa.select(Auditoria, Usuario.nombre)
        .outerjoin(Usuario, Usuario.id == Auditoria.usuario_id)
        .where(Auditoria.entidad == "brecha", Auditoria.entidad_id == brecha_id)
        .order_by(Auditoria.id.desc())
    )
    return [
        HechoBrecha(
            row.created_at,
            nombre or "Rastro",
            DEEDS.get(row.accion, row.accion),
            [FIELDS.get(name, name) for name in row.detalle.get("campos", ())],
        )
        for row, nombre in db.session.execute(statement)
    ]


def list_earlier(brecha_id: int) -> list[Redaccion]:
    """The texts of a breach that were replaced, the newest first, as the chain sealed them."""
    statement = (
        sa.select(Eslabon.contenido, Eslabon.created_at)
        .where(
            Eslabon.cadena == OFFICE_CHAIN, Eslabon.tipo == "brecha", Eslabon.fila_id == brecha_id
        )
        .order_by(Eslabon.secuencia)
    )
    # A content that a law ordered to erase is not there.
    links: list[tuple[dict[str, Any], datetime]] = [
        (json.loads(contenido), moment)
        for contenido, moment in db.session.execute(statement)
        if contenido
    ]
    found = [
        Redaccion(moment, FIELDS[name], before[name])
        for (before, _), (after, moment) in pairwise(links)
        for name in _TEXTS
        if before.get(name) and before.get(name) != after.get(name)
    ]
    return found[::-1]
