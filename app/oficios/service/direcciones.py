"""The addresses of a case and the visits to them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.core.comunas import find_comuna
from app.core.errors import Refused, Stale
from app.core.time_zones import zone_detail
from app.db import db
from app.direcciones.models import Direccion, Visita
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Parte
from app.oficios.service.bitacora import apply, check_past, differences, plain_values, record
from app.oficios.service.data import DireccionData, Posicion, VisitaData
from app.oficios.service.seguimientos import finish_due
from app.usuarios.models import Usuario


def add_direccion(
    oficio: Oficio, data: DireccionData, *, actor: Usuario, now: datetime
) -> Direccion:
    """Add a place to a case."""
    direccion = Direccion(oficio_id=oficio.id, created_at=now, **vars(data))
    db.session.add(direccion)
    db.session.flush()
    db.session.expire(oficio, ["direcciones"])
    record(
        oficio,
        Actividad.SISTEMA,
        f"Dirección agregada: {direccion.completa}",
        actor=actor,
        now=now,
        detalle={"direccion_id": direccion.id},
        parte=Parte.DIRECCION,
    )
    return direccion


def update_direccion(
    oficio: Oficio,
    direccion: Direccion,
    data: DireccionData,
    version: int,
    *,
    actor: Usuario,
    now: datetime,
) -> None:
    """Correct an address. Another street or comuna is another place: nobody has verified it yet.

    Raises:
        Stale: somebody changed the address since the actor saw it.
    """
    _check_version(direccion, version)
    detalle = differences(direccion, data)
    if not detalle:
        return
    if (data.direccion, data.comuna) != (direccion.direccion, direccion.comuna):
        direccion.verificada = False
        direccion.verificada_at = None
        direccion.verificada_por_id = None
        direccion.lat = direccion.lon = direccion.exactitud_m = None
    if data.comuna and find_comuna(data.comuna):
        kept = oficio.advertencias_ingreso
        oficio.advertencias_ingreso = {
            name: text for name, text in kept.items() if name not in {"comuna", "region"}
        }
    apply(direccion, data)
    direccion.version += 1
    db.session.flush()
    record(
        oficio,
        Actividad.SISTEMA,
        f"Dirección modificada: {direccion.completa}",
        actor=actor,
        now=now,
        detalle={"direccion_id": direccion.id, **detalle},
        parte=Parte.DIRECCION,
    )


def place_direccion(
    oficio: Oficio,
    direccion: Direccion,
    posicion: Posicion | None,
    version: int,
    *,
    actor: Usuario,
    now: datetime,
) -> None:
    """Say where on the map an address is, or that nobody knows. It verifies nothing.

    Raises:
        Stale: somebody changed the address since the actor saw it.
    """
    _check_version(direccion, version)
    before, after = position_of(direccion), posicion
    if before == after:
        return
    direccion.lat = after.lat if after else None
    direccion.lon = after.lon if after else None
    direccion.exactitud_m = after.exactitud_m if after else None
    direccion.version += 1
    db.session.flush()
    record(
        oficio,
        Actividad.SISTEMA,
        f"Posición en el mapa de {direccion.completa}: "
        + ("quitada" if after is None else "corregida" if before else "agregada"),
        actor=actor,
        now=now,
        detalle={
            "direccion_id": direccion.id,
            "antes": {"posicion": _in_words(before)},
            "despues": {"posicion": _in_words(after)},
        },
        parte=Parte.DIRECCION,
    )


def position_of(direccion: Direccion) -> Posicion | None:
    """Where on the map an address is."""
    if direccion.lat is None or direccion.lon is None:
        return None
    return Posicion(direccion.lat, direccion.lon, direccion.exactitud_m)


def remove_direccion(
    oficio: Oficio, direccion: Direccion, *, actor: Usuario, now: datetime
) -> None:
    """Take an address out of a case; the bitácora keeps which it was.

    Raises:
        Refused: it was visited, and what was found there is part of the case.
    """
    if direccion.visitas:
        raise Refused(
            "Esta dirección tiene visitas, que son parte del caso: corríjala en vez de quitarla."
        )
    text = f"Dirección quitada: {direccion.completa}"
    detalle = {"antes": plain_values(direccion, DireccionData)}
    db.session.delete(direccion)
    db.session.flush()
    db.session.expire(oficio, ["direcciones"])
    record(
        oficio,
        Actividad.SISTEMA,
        text,
        actor=actor,
        now=now,
        detalle=detalle,
        parte=Parte.DIRECCION,
    )


def add_visita(
    oficio: Oficio, direccion: Direccion, data: VisitaData, *, actor: Usuario, now: datetime
) -> Visita:
    """Write down a visit; a successful one verifies the address and places it on the map.

    Sending the same visit again gives back the one that is stored.

    Raises:
        Refused: the visit lies in the future, or its form was used for another address.
    """
    check_past(data.fecha_hora, now)
    # Two copies of one form wait for each other here; SQLite has one writer anyway. It is read
    # again, as another visit that was stored meanwhile is no reason to refuse this one.
    db.session.refresh(direccion, with_for_update={"key_share": True})
    if data.cliente_id and (stored := _find_sent(data.cliente_id)):
        if stored.direccion_id != direccion.id:
            raise Refused("Esta visita ya se guardó en otra dirección. Recargue la página.")
        return stored
    visita = Visita(direccion_id=direccion.id, usuario_id=actor.id, created_at=now, **vars(data))
    db.session.add(visita)
    if data.resultado is ResultadoVisita.EXITOSA:
        direccion.verificada = True
        direccion.verificada_at = data.fecha_hora
        direccion.verificada_por_id = actor.id
        if data.lat is not None:
            direccion.lat = data.lat
            direccion.lon = data.lon
            direccion.exactitud_m = data.exactitud_m
    direccion.version += 1
    db.session.flush()
    db.session.expire(direccion, ["visitas"])
    finish_due(oficio.id, actor=actor, now=now)
    duda = data.advertencias_ingreso.get("fecha_hora")
    text = f"Visita a {direccion.completa}: {data.resultado.label.lower()}"
    record(
        oficio,
        Actividad.TERRENO,
        f"{text}\n{data.notas}" if data.notas else text,
        actor=actor,
        now=now,
        ocurrido_at=data.fecha_hora,
        detalle={
            "direccion_id": direccion.id,
            "visita_id": visita.id,
            "resultado": data.resultado.value,
            "exactitud_m": data.exactitud_m,
            **({"hora_dudosa": duda} if duda else {}),
            **zone_detail(direccion.zona),
        },
        parte=Parte.DIRECCION,
        words=data.notas or "",
    )
    return visita


def _check_version(direccion: Direccion, version: int) -> None:
    if version != direccion.version:
        raise Stale(
            "No se pudo guardar: alguien cambió esta dirección mientras usted la editaba. "
            "Revise cómo quedó y guarde otra vez."
        )


def _in_words(posicion: Posicion | None) -> str | None:
    return f"{posicion.lat:.6f}, {posicion.lon:.6f}" if posicion else None


def _find_sent(cliente_id: str) -> Visita | None:
    return db.session.scalar(sa.select(Visita).where(Visita.cliente_id == cliente_id))
