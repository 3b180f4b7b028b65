"""The bitácora: what everybody did, written in the transaction of the deed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from app.auditoria.service import audit
from app.core.clock import CLOCK_SKEW, is_ahead_of, is_within
from app.core.dates import format_fecha
from app.core.errors import Refused
from app.db import UtcDateTime, db
from app.direcciones.models import Visita
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit, touch_cases
from app.oficios.models import Investigacion, Oficio, Seguimiento
from app.oficios.rules import WRITTEN_KINDS, Actividad, Parte
from app.oficios.service.addressed import read_mentions, tell_mentioned
from app.oficios.service.data import EntradaData, RawAnswer
from app.oficios.service.seguimientos import (
    check_follow_up,
    drop_follow_up,
    find_same_promise,
    finish_due,
    follow_up,
)
from app.usuarios.models import Usuario

#: How long a person may mend the text of an entry; later, another entry corrects it.
EDITABLE_FOR = timedelta(minutes=15)
#: What names the deed that left an entry of a kind that people also write: where a vehicle was
#: found, and a sighting, are changed where they are, not in the words about them.
_DEEDS = ("ubicacion_id", "avistamiento_id")
#: Tolerance for phones whose clock runs ahead of the server's.
CLOCK_TOLERANCE = timedelta(minutes=5)

_OFICIOS = Oficio.metadata.tables[Oficio.__tablename__]
# Built once: an import records thousands of entries in a transaction.
_NOTE_ACTIVITY = (
    sa.update(_OFICIOS)
    .where(
        _OFICIOS.c.id == sa.bindparam("oficio_id"),
        sa.or_(
            _OFICIOS.c.ultima_actividad_at < sa.bindparam("now", type_=UtcDateTime()),
            # The stored timestamp lies in the future (wrong clock).
            _OFICIOS.c.ultima_actividad_at > sa.bindparam("ahead", type_=UtcDateTime()),
        ),
    )
    .values(ultima_actividad_at=sa.bindparam("now", type_=UtcDateTime()))
)


def record(
    oficio: Oficio,
    tipo: Actividad,
    descripcion: str,
    *,
    actor: Usuario | None,
    now: datetime,
    ocurrido_at: datetime | None = None,
    detalle: dict[str, Any] | None = None,
    parte: Parte | None = None,
    corrige_id: int | None = None,
    is_real: bool = True,
    respuesta: RawAnswer | None = None,
    words: str = "",
) -> Investigacion:
    """Write an entry in the bitácora, in the deed's transaction.

    ``parte`` is what of the case it tells a change of, for the filters of *Historial*.
    ``is_real=False`` is for automatic checks that found nothing: they do not make a case look
    attended to. ``respuesta`` is what a provider answered. ``words`` are those of a person: whom
    they mention is kept with the entry and told.
    """
    mentions, _unknown = read_mentions(oficio.id, words)
    if mentions:
        detalle = {**(detalle or {}), "menciones": [one._asdict() for one in mentions]}
    entry = Investigacion(
        oficio_id=oficio.id,
        tipo=tipo,
        descripcion=descripcion,
        detalle=detalle or {},
        parte=parte,
        corrige_id=corrige_id,
        usuario_id=actor.id if actor else None,
        ocurrido_at=ocurrido_at or now,
        created_at=now,
        respuesta=respuesta.cuerpo if respuesta else None,
        respuesta_estado=respuesta.estado if respuesta else None,
        respuesta_sha256=respuesta.sha256 if respuesta else None,
    )
    db.session.add(entry)
    db.session.flush()
    last = oficio.ultima_actividad_at
    if is_real and (last < now or is_ahead_of(last, now)):
        _note_activity(oficio, now)
    emit(
        TipoEvento.ACTIVIDAD,
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
        now=now,
        actividad=tipo.value,
        entrada_id=entry.id,
    )
    tell_mentioned(oficio, entry, [one.usuario_id for one in mentions], actor=actor, now=now)
    return entry


def _note_activity(oficio: Oficio, now: datetime) -> None:
    """Note when the case was last attended to, whatever version of it somebody edits meanwhile.

    Written through the model it would be compared with the version that was read, and whoever
    appends would be refused because somebody else edits.
    """
    db.session.execute(
        _NOTE_ACTIVITY, {"oficio_id": oficio.id, "now": now, "ahead": now + CLOCK_SKEW}
    )
    set_committed_value(oficio, "ultima_actividad_at", now)


def add_entry(oficio: Oficio, data: EntradaData, *, actor: Usuario, now: datetime) -> Investigacion:
    """Write down a note, a call, or a visit that was to no address of the case.

    What was promised of the case until today is done by a call or a visit; ``seguimiento`` promises
    the next. The same note for the same day, while that is still to be done, is the one that stands
    already: it is returned, and nothing is written.

    Raises:
        Refused: it is of a kind that only deeds leave, it has not happened yet, or the day on
            which its author comes back to the case is past.
    """
    if data.tipo not in WRITTEN_KINDS:
        raise Refused("A mano se anotan notas, llamadas y visitas; lo demás se anota solo.")
    check_past(data.ocurrido_at, now)
    text, detalle = data.descripcion, dict[str, Any]()
    if data.resultado is not None:
        text = _joined(f"Visita sin dirección: {data.resultado.label.lower()}", text)
        where = vars(data.posicion) if data.posicion else {}
        detalle = {"resultado": data.resultado.value, **where}
    if data.hora_dudosa:
        detalle["hora_dudosa"] = data.hora_dudosa
    check_follow_up(data.seguimiento, now)
    if data.seguimiento is not None:
        # A call that is told twice may have been made twice, and so may a note that names its hour.
        if data.tipo is Actividad.NOTA and data.ocurrido_at is None:
            same = find_same_promise(oficio.id, text, data.seguimiento, actor=actor)
            if same is not None:
                return same
        detalle["seguimiento"] = data.seguimiento.isoformat()
    if data.tipo is not Actividad.NOTA:
        finish_due(oficio.id, actor=actor, now=now)
    entry = record(
        oficio,
        data.tipo,
        text,
        actor=actor,
        now=now,
        ocurrido_at=data.ocurrido_at,
        detalle=detalle,
        words=data.descripcion,
    )
    if data.seguimiento is not None:
        follow_up(oficio, data.seguimiento, entry=entry, actor=actor, now=now)
    return entry


def has_own_line(entry: Investigacion) -> bool:
    """Whether its first line says by itself what came of a visit."""
    return "resultado" in entry.detalle


def own_words(entry: Investigacion) -> str:
    """What the author may change of an entry: of a visit its notes, of any other all its text."""
    return _parts(entry)[1]


def edit_entry(entry: Investigacion, descripcion: str, *, actor: Usuario, now: datetime) -> None:
    """Mend one's own words in a fresh entry; what it said before stays readable.

    The chain of custody keeps both.

    Raises:
        Refused: it is somebody else's, of another kind, or too old.
    """
    if refusal := refuse_edit(entry, actor=actor, now=now):
        raise Refused(refusal)
    head, words = _parts(entry)
    if words == descripcion:
        return
    if "visita_id" in entry.detalle:
        visita = db.session.get(Visita, entry.detalle["visita_id"])
        if visita is not None:
            visita.notas = descripcion or None
    former = {"texto": entry.descripcion, "hasta": now.isoformat()}
    entry.detalle = {
        **entry.detalle,
        "anteriores": [*entry.detalle.get("anteriores", []), former],
    }
    entry.descripcion = _joined(head, descripcion)
    entry.editado_at = now
    mentions, _unknown = read_mentions(entry.oficio_id, descripcion)
    if mentions or "menciones" in entry.detalle:
        entry.detalle = {**entry.detalle, "menciones": [one._asdict() for one in mentions]}
    db.session.flush()
    oficio = db.session.get_one(Oficio, entry.oficio_id)
    tell_mentioned(oficio, entry, [one.usuario_id for one in mentions], actor=actor, now=now)


def correct_entry(
    oficio: Oficio, entry: Investigacion, descripcion: str, *, actor: Usuario, now: datetime
) -> Investigacion:
    """Say in a new entry what is wrong in another one, which keeps its text and points to it.

    Raises:
        Refused: the other entry was left by a deed, or was taken back.
    """
    if refusal := refuse_correction(entry):
        raise Refused(refusal)
    return record(
        oficio,
        entry.tipo,
        descripcion,
        actor=actor,
        now=now,
        corrige_id=entry.id,
        words=descripcion,
    )


def remove_entry(entry: Investigacion, *, actor: Usuario, now: datetime) -> None:
    """Take back one's own fresh entry: it counts no more, and what it said stays readable.

    The row stays, and the chain of custody tells of it.

    Raises:
        Refused: it is somebody else's, of another kind, or too old.
    """
    if refusal := refuse_edit(entry, actor=actor, now=now):
        raise Refused(refusal)
    audit(
        "bitacora.entrada_retirada",
        actor=actor,
        now=now,
        entidad="oficio",
        entidad_id=entry.oficio_id,
        entrada_id=entry.id,
    )
    entry.retirado_at = now
    drop_follow_up(entry)
    touch_cases([entry.oficio_id], now=now)
    db.session.flush()


def take_back_promise(oficio: Oficio, row: Seguimiento, *, actor: Usuario, now: datetime) -> None:
    """Take back what one promised and has not done yet.

    Its note is taken back too while it is fresh; later another one says that it holds no more.

    Raises:
        Refused: it is somebody else's, or done.
    """
    if row.usuario_id != actor.id:
        raise Refused("Lo agendó otra persona: solo ella puede quitarlo.")
    if row.hecho_at is not None:
        raise Refused("Esto ya quedó hecho, así que no se quita.")
    entry = db.session.get(Investigacion, row.entrada_id) if row.entrada_id else None
    if entry is None:
        db.session.delete(row)
        db.session.flush()
    elif refuse_edit(entry, actor=actor, now=now) is None:
        remove_entry(entry, actor=actor, now=now)
    else:
        words = f"Se quitó lo agendado para el {format_fecha(row.para)}."
        correct_entry(oficio, entry, words, actor=actor, now=now)
        drop_follow_up(entry)


def refuse_edit(entry: Investigacion, *, actor: Usuario, now: datetime) -> str | None:
    """Why an entry cannot be edited, and what to do instead; None when it can."""
    if entry.retirado_at is not None:
        return "Esta entrada ya fue retirada por quien la anotó."
    if entry.tipo not in WRITTEN_KINDS or entry.usuario_id != actor.id:
        return "Solo se editan las entradas propias. Agregue una corrección."
    if any(name in entry.detalle for name in _DEEDS):
        return "Cuenta algo que ya se hizo, así que no se edita. Agregue una corrección."
    if not is_within(entry.created_at, now, EDITABLE_FOR):
        return "Pasaron más de 15 minutos desde que se anotó. Agregue una corrección."
    return None


def refuse_correction(entry: Investigacion) -> str | None:
    """Why no entry can correct this one; None when one can."""
    if entry.tipo not in WRITTEN_KINDS:
        return "Lo que Rastro anota solo no se corrige a mano. Agregue una nota que lo aclare."
    if entry.retirado_at is not None:
        return "Esta entrada ya fue retirada por quien la anotó."
    return None


def _parts(entry: Investigacion) -> tuple[str, str]:
    """The line that a visit writes by itself, and what its person wrote."""
    if not has_own_line(entry):
        return "", entry.descripcion
    head, _, words = entry.descripcion.partition("\n")
    return head, words


def _joined(head: str, words: str) -> str:
    return "\n".join(part for part in (head, words) if part)


def check_past(moment: datetime | None, now: datetime) -> None:
    """Refuse what lies in the future.

    Raises:
        Refused: with the sentence for the field.
    """
    if moment is not None and moment > now + CLOCK_TOLERANCE:
        raise Refused("Esa fecha y hora todavía no llegan. Revise el día y la hora.")


def differences(row: Any, data: Any) -> dict[str, dict[str, Any]]:
    """What storing ``data`` changes in ``row``, as the bitácora keeps it: ``antes``, ``despues``.

    Empty when nothing changes.
    """
    changed = [name for name, value in vars(data).items() if getattr(row, name) != value]
    if not changed:
        return {}
    return {
        "antes": {name: _plain(getattr(row, name)) for name in changed},
        "despues": {name: _plain(getattr(data, name)) for name in changed},
    }


def plain_values(row: Any, kind: type[Any]) -> dict[str, Any]:
    """What a row holds of a kind of data, as the bitácora keeps it when the row goes."""
    names = kind.__dataclass_fields__
    return {name: _plain(getattr(row, name)) for name in names if getattr(row, name) is not None}


def apply(row: Any, data: Any) -> None:
    """Store every field of ``data`` in ``row``."""
    for name, value in vars(data).items():
        setattr(row, name, value)


def _plain(value: Any) -> Any:
    """A value as JSON can keep it."""
    if isinstance(value, date):
        return value.isoformat()
    return getattr(value, "value", value)
