"""Keeping the register of breaches: each deed is one verb, and the audit tells of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.core.clock import is_ahead_of, to_local
from app.core.errors import InvalidValue, Refused, Stale
from app.cumplimiento.models.brechas import Brecha, ComunicacionBrecha
from app.cumplimiento.queries.brechas import last_number, list_told
from app.cumplimiento.rules.brechas import (
    DestinoBrecha,
    EstadoBrecha,
    RiesgoBrecha,
    TipoBrecha,
    still_owed,
)
from app.db import db
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins


@dataclass(frozen=True, kw_only=True)
class BrechaData:
    """What is known of a breach now; None: not known yet."""

    tipo: TipoBrecha
    descripcion: str
    conocida_at: datetime
    contenida: bool = False
    categorias_datos: str | None = None
    numero_datos: int | None = None
    categorias_titulares: str | None = None
    numero_titulares: int | None = None
    datos_financieros: bool = False
    datos_sensibles: bool = False
    datos_de_menores: bool = False
    efectos: str | None = None
    riesgo: RiesgoBrecha = RiesgoBrecha.SIN_EVALUAR
    medidas: str | None = None
    ocurrio_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ComunicacionData:
    """That somebody was told: whom, how, when, and with which words."""

    destino: DestinoBrecha
    destinatario: str
    medio: str
    comunicada_at: datetime
    texto: str | None = None


def register_breach(data: BrechaData, *, actor: Usuario, now: datetime) -> Brecha:
    """Enter a breach into the register; the other admins are told.

    Raises:
        InvalidValue: it was known before it happened, or lies ahead.
    """
    _check_moments(data, now)
    year = to_local(now).year
    row = Brecha(
        numero=f"V-{year}-{last_number(year) + 1:04d}",
        registrada_por_id=actor.id,
        version=1,
        updated_at=now,
        created_at=now,
        **_columns(data),
    )
    db.session.add(row)
    db.session.flush()
    audit("brecha.registrada", actor=actor, now=now, **_of(row), **_facts(row))
    for admin in list_active_admins():
        if admin.id != actor.id:
            tell(
                admin,
                f"Se registró la brecha de seguridad {row.numero}.",
                novedad=Novedad.OBLIGACION,
                url=f"/admin/brechas/{row.id}",
                accion="Ver la brecha",
                clave=f"brecha:{row.id}",
                now=now,
            )
    return row


def update_breach(
    brecha: Brecha, data: BrechaData, version: int, *, actor: Usuario, now: datetime
) -> bool:
    """Correct or complete what is known. False: nothing differs.

    The audit keeps which fields changed, and the facts before and after; texts stay in the seals.

    Raises:
        InvalidValue: it was known before it happened, or lies ahead.
        Refused: the breach is closed.
        Stale: somebody changed it since the form was opened.
    """
    _check_moments(data, now)
    _lock(brecha, version)
    before, old = _facts(brecha), {name: getattr(brecha, name) for name in _columns(data)}
    changed = sorted(name for name, value in _columns(data).items() if value != old[name])
    if not changed:
        return False
    for name, value in _columns(data).items():
        setattr(brecha, name, value)
    after = _facts(brecha)
    _note(
        "brecha.modificada",
        brecha,
        actor,
        now,
        campos=changed,
        antes={name: before[name] for name in changed if name in before},
        ahora={name: after[name] for name in changed if name in after},
    )
    return True


def save_drafts(
    brecha: Brecha,
    *,
    agencia: str | None,
    titulares: str | None,
    version: int,
    actor: Usuario,
    now: datetime,
) -> None:
    """Keep the messages as somebody edited them; None: as the row says it. Nothing is sent.

    Raises:
        Refused: the breach is closed.
        Stale: somebody changed it since the form was opened.
    """
    _lock(brecha, version)
    brecha.mensaje_agencia = agencia
    brecha.mensaje_titulares = titulares
    edited = [
        name for name, text in (("agencia", agencia), ("titulares", titulares)) if text is not None
    ]
    _note("brecha.borradores", brecha, actor, now, editados=edited)


def note_report(
    brecha: Brecha, data: ComunicacionData, *, actor: Usuario, now: datetime
) -> ComunicacionBrecha:
    """Write down that somebody was told. It is added, never changed.

    Raises:
        InvalidValue: it lies ahead, or before the breach was known.
    """
    if is_ahead_of(data.comunicada_at, now):
        raise InvalidValue("La comunicación no puede quedar en el futuro.")
    if data.comunicada_at < brecha.conocida_at:
        raise InvalidValue("La comunicación no puede ser anterior a cuando se conoció la brecha.")
    row = ComunicacionBrecha(brecha_id=brecha.id, usuario_id=actor.id, created_at=now, **vars(data))
    db.session.add(row)
    _note(
        "brecha.comunicada",
        brecha,
        actor,
        now,
        destino=data.destino.value,
        cuando=data.comunicada_at.isoformat(),
    )
    return row


def close_breach(
    brecha: Brecha, cierre: str, *, although: bool, actor: Usuario, now: datetime
) -> None:
    """Close a breach, with the reason.

    Raises:
        Refused: it is closed, or somebody has still to be told and ``although`` is not set.
    """
    _lock(brecha, brecha.version)
    owed = still_owed(brecha, list_told(brecha.id))
    if owed and not although:
        raise Refused(" ".join([*owed, "Anótelo primero, o marque que se cierra así."]))
    brecha.estado = EstadoBrecha.CERRADA
    brecha.cierre = cierre
    brecha.cerrada_at = now
    _note("brecha.cerrada", brecha, actor, now, pendientes=owed)


def reopen_breach(brecha: Brecha, *, actor: Usuario, now: datetime) -> None:
    """Open a closed breach again: more came to light.

    Raises:
        Refused: it is open.
    """
    db.session.refresh(brecha, with_for_update={"of": Brecha})
    if brecha.estado is not EstadoBrecha.CERRADA:
        raise Refused(f"La brecha {brecha.numero} no está cerrada.")
    brecha.estado = EstadoBrecha.ABIERTA
    brecha.cerrada_at = None
    _note("brecha.reabierta", brecha, actor, now)


def _check_moments(data: BrechaData, now: datetime) -> None:
    if is_ahead_of(data.conocida_at, now):
        raise InvalidValue("La fecha en que se conoció no puede quedar en el futuro.")
    if data.ocurrio_at is not None and data.ocurrio_at > data.conocida_at:
        raise InvalidValue("La brecha no puede haber ocurrido después de que se conoció.")


def _lock(brecha: Brecha, version: int) -> None:
    db.session.refresh(brecha, with_for_update={"of": Brecha})
    if brecha.estado is EstadoBrecha.CERRADA:
        raise Refused(f"La brecha {brecha.numero} está cerrada. Reábrala para cambiarla.")
    if version != brecha.version:
        raise Stale(
            "Alguien cambió esta brecha mientras usted la veía. Lo que escribió sigue aquí: "
            "compárelo y guarde otra vez si corresponde."
        )


def _columns(data: BrechaData) -> dict[str, Any]:
    values = dict(vars(data))
    contained = values.pop("contenida")
    return values | {"estado": EstadoBrecha.CONTENIDA if contained else EstadoBrecha.ABIERTA}


def _facts(row: Brecha) -> dict[str, Any]:
    """What is no text that somebody wrote, as the audit keeps it."""
    return {
        "estado": row.estado.value,
        "tipo": row.tipo.value,
        "riesgo": row.riesgo.value,
        "numero_datos": row.numero_datos,
        "numero_titulares": row.numero_titulares,
        "datos_financieros": row.datos_financieros,
        "datos_sensibles": row.datos_sensibles,
        "datos_de_menores": row.datos_de_menores,
        "ocurrio_at": row.ocurrio_at.isoformat() if row.ocurrio_at else None,
        "conocida_at": row.conocida_at.isoformat(),
    }


def _of(row: Brecha) -> dict[str, Any]:
    return {"entidad": "brecha", "entidad_id": row.id, "numero": row.numero}


def _note(accion: str, row: Brecha, actor: Usuario, now: datetime, **detalle: Any) -> None:
    row.version += 1
    row.updated_at = now
    audit(accion, actor=actor, now=now, **_of(row), **detalle)
    db.session.flush()
