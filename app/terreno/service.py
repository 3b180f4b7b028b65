"""Taking in the visits that waited on a phone: each once, and none that nobody looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.core.dates import format_duracion, format_fecha_hora
from app.core.errors import Refused
from app.core.personal_data import EMPTIED
from app.db import db, limited_reader, seeing_others
from app.direcciones.models import Direccion, Visita
from app.oficios.models import Oficio
from app.oficios.service import VisitaData, add_visita
from app.terreno.queries import find_sent, is_erased_place, is_hidden_place, is_reassigned
from app.terreno.rules import Motivo, clock_error
from app.usuarios.models import Usuario

_BLOCKED = (
    "El caso está bloqueado por ahora: sus datos se conservan y nadie trabaja con ellos. Lo que "
    "usted anotó sigue guardado en este teléfono. Avise a quien administra Rastro; si el bloqueo "
    "se levanta, pulse Reintentar."
)
_ERASED = (
    "Los datos de este caso se borraron por ley, y lo que usted anotó ya no se puede guardar. "
    "Descártelo: en este teléfono tampoco debe quedar."
)


class Conflicto(Refused):
    """Something changed while a visit waited; its person decides, nothing is dropped."""

    def __init__(self, motivo: Motivo, sentence: str) -> None:
        super().__init__(sentence)
        self.motivo = motivo


@dataclass(frozen=True)
class VisitaEnviada:
    """A visit as a phone sends it."""

    direccion_id: int
    #: The address as the phone showed it.
    direccion: str
    #: With the id that the phone made, and the hour on its clock.
    visita: VisitaData
    #: The hour on the phone's clock when it sent.
    enviada_at: datetime
    #: What its person has already answered with «enviar igual».
    aceptados: frozenset[Motivo] = field(default_factory=frozenset)


def receive_visita(sent: VisitaEnviada, *, actor: Usuario, now: datetime) -> tuple[Visita, bool]:
    """Store a visit that waited on a phone, and say whether it is new.

    The same visit again, also at the same moment, gives back the one that is stored.

    Raises:
        Conflicto: the oficio or the address is not what it was, or the clock of the phone is
            wrong; with its motive among ``aceptados`` it is stored, and says what was accepted.
            Of a case that nobody works with nothing is stored: the phone keeps the visit. Of an
            address that was erased nothing is ever stored again.
    """
    if limited_reader() is not None and is_reassigned(sent.direccion_id, sent.direccion):
        # Who stood there says so, and the case is not theirs any more: they are asked, as others.
        with seeing_others():
            return _receive(sent, actor, now)
    return _receive(sent, actor, now)


def _receive(sent: VisitaEnviada, actor: Usuario, now: datetime) -> tuple[Visita, bool]:
    cliente_id = sent.visita.cliente_id or ""
    if stored := find_sent(cliente_id):
        return _check_own(stored, sent, actor), False
    # Same lock order as everywhere, to avoid a deadlock.
    direccion = db.session.get(Direccion, sent.direccion_id, with_for_update={"key_share": True})
    if direccion is None and _is_blocked(sent.direccion_id):
        raise Conflicto(Motivo.BLOQUEADO, _BLOCKED)
    if direccion is None:
        raise Conflicto(
            Motivo.ELIMINADA,
            f"La dirección «{sent.direccion}» ya no está en el caso: alguien la quitó mientras "
            "usted no tenía señal. Si la visita importa, anótela como nota en el caso y después "
            "descártela aquí.",
        )
    if direccion.direccion == EMPTIED:
        raise Conflicto(Motivo.BORRADO, _ERASED)
    oficio = db.session.get_one(Oficio, direccion.oficio_id, with_for_update={"key_share": True})
    if stored := find_sent(cliente_id):
        return _check_own(stored, sent, actor), False
    remarks = _check_unchanged(sent, oficio, direccion, actor)
    data, remark = _check_clock(sent, now, direccion.zona)
    remarks += remark
    notas = "\n".join([*([data.notas] if data.notas else []), *remarks]) or None
    visita = add_visita(oficio, direccion, replace(data, notas=notas), actor=actor, now=now)
    return visita, True


def own_visita(cliente_id: str, *, actor: Usuario) -> Visita:
    """The visit that photos from a phone belong to.

    Raises:
        Conflicto: it was never stored, is somebody else's, or nobody works with its case, or the
            address was erased.
    """
    visita = find_sent(cliente_id)
    if visita is None or visita.usuario_id != actor.id:
        raise Conflicto(
            Motivo.SIN_VISITA,
            "La visita de esta foto no está guardada en Rastro. Guarde la foto en el teléfono y "
            "súbala en «Fotos y documentos» del caso.",
        )
    if _is_blocked(visita.direccion_id):
        raise Conflicto(Motivo.BLOQUEADO, _BLOCKED)
    if is_erased_place(visita.direccion_id):
        raise Conflicto(Motivo.BORRADO, _ERASED)
    return visita


def _is_blocked(direccion_id: int) -> bool:
    with seeing_others():
        return is_hidden_place(direccion_id)


def _check_own(stored: Visita, sent: VisitaEnviada, actor: Usuario) -> Visita:
    if stored.usuario_id != actor.id or stored.direccion_id != sent.direccion_id:
        raise Conflicto(
            Motivo.AJENA,
            "Esta visita ya está guardada con los datos de otra. Descártela y, si falta, "
            "regístrela otra vez.",
        )
    return stored


def _check_unchanged(
    sent: VisitaEnviada, oficio: Oficio, direccion: Direccion, actor: Usuario
) -> list[str]:
    """Refuse what its person has not been asked about; return what the visit then has to say."""
    remarks = []
    if oficio.estado.is_final and Motivo.CERRADO not in sent.aceptados:
        raise Conflicto(
            Motivo.CERRADO,
            f"El oficio {oficio.numero_oficio} se cerró como «{oficio.estado.label}» el "
            f"{format_fecha_hora(oficio.estado_desde)}. ¿Quiere dejar igual constancia de la "
            "visita?",
        )
    if oficio.investigador_id != actor.id and Motivo.REASIGNADO not in sent.aceptados:
        now_of = oficio.investigador.nombre if oficio.investigador else "nadie"
        raise Conflicto(
            Motivo.REASIGNADO,
            f"El oficio {oficio.numero_oficio} ahora está asignado a {now_of}. ¿Quiere dejar "
            "igual constancia de su visita?",
        )
    if direccion.completa != sent.direccion:
        if Motivo.CAMBIADA not in sent.aceptados:
            raise Conflicto(
                Motivo.CAMBIADA,
                f"Alguien corrigió la dirección: usted visitó «{sent.direccion}» y ahora dice "
                f"«{direccion.completa}». ¿La visita vale para la dirección corregida?",
            )
        remarks.append(f"Al visitarla, la dirección decía «{sent.direccion}».")
    return remarks


def _check_clock(
    sent: VisitaEnviada, now: datetime, zone: ZoneInfo
) -> tuple[VisitaData, list[str]]:
    """The visit with an hour that can be true, and what to say when it was put right."""
    data = sent.visita
    error = clock_error(sent.enviada_at, now)
    moment = data.fecha_hora - error
    if not error and clock_error(moment, now) <= timedelta(0):
        return data, []
    moment = min(moment, now)
    if Motivo.RELOJ not in sent.aceptados:
        raise Conflicto(
            Motivo.RELOJ,
            f"El reloj de su teléfono no está en hora{_how_far(error)}. Si la envía igual, la "
            f"visita se guarda con la hora corregida, {format_fecha_hora(moment, zone)}.",
        )
    remark = (
        f"Hora corregida: el reloj del teléfono marcaba {format_fecha_hora(data.fecha_hora, zone)}"
        f"{_how_far(error)}."
    )
    return replace(data, fecha_hora=moment), [remark]


def _how_far(error: timedelta) -> str:
    if not error:
        return ""
    side = "adelantado" if error > timedelta(0) else "atrasado"
    return f" (va {format_duracion(abs(error.total_seconds()))} {side})"
