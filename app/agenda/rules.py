"""When somebody is told that a case waits for them, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.ajustes.rules import Setting
from app.avisos.rules import Novedad
from app.core.dates import format_fecha, format_fecha_hora
from app.core.plazos import business_days_left

#: What happens by the day is told from this hour on, on the clock of Santiago: nobody at midnight.
FIRST_HOUR = 7
#: What a link of a calendar is signed for.
CALENDAR_PURPOSE = "calendario"
_GROUP = "Avisos"

DAYS_BEFORE = Setting(
    "agenda.dias_antes",
    _GROUP,
    "Avisar antes de que venza un plazo",
    2,
    "Cuántos días hábiles antes se avisa a quien lleva el caso.",
    unidad="días hábiles",
    minimo=0,
    maximo=30,
    place=27,
)
QUIET_DAYS = Setting(
    "agenda.dias_sin_actividad",
    _GROUP,
    "Avisar de un caso sin actividad",
    10,
    "Después de cuántos días sin que nadie haga ni encuentre nada. No se avisa de un caso con un "
    "seguimiento por delante, ni mientras su reloj está detenido.",
    unidad="días",
    minimo=2,
    maximo=120,
    place=27,
)


@dataclass(frozen=True)
class Recordatorio:
    """Something that a person is to be told because its time has come."""

    oficio_id: int
    novedad: Novedad
    clave: str
    texto: str
    accion: str
    #: Whom it concerns; None: whoever has the case, or the admins while nobody has it.
    usuario_id: int | None = None


def deadline_due(oficio_id: int, numero: str, limit: date, today: date) -> Recordatorio:
    """The deadline of a case that is near, or has passed."""
    if limit < today:
        novedad, when = Novedad.VENCIDO, f"venció el {format_fecha(limit)}."
    elif limit == today:
        novedad, when = Novedad.POR_VENCER, "vence hoy."
    else:
        left = business_days_left(limit, today)
        days = "queda 1 día hábil" if left == 1 else f"quedan {left} días hábiles"
        novedad, when = Novedad.POR_VENCER, f"vence el {format_fecha(limit)}: {days}."
    return Recordatorio(
        oficio_id,
        novedad,
        f"plazo:{oficio_id}:{limit.isoformat()}:{novedad.value}",
        f"Oficio {numero}: {when}",
        "Ver el caso",
    )


def promise_due(
    oficio_id: int, numero: str, promesa_id: int, what: str, due: datetime, *, is_late: bool
) -> Recordatorio:
    """A promise to the buffet that is at risk, or was not kept. Told anew if its time moves."""
    moment = format_fecha_hora(due)
    novedad = Novedad.VENCIDO if is_late else Novedad.POR_VENCER
    when = f"venció el {moment}." if is_late else f"vence el {moment}."
    return Recordatorio(
        oficio_id,
        novedad,
        f"promesa:{promesa_id}:{due:%Y%m%dT%H%M}:{novedad.value}",
        f"Oficio {numero}: la promesa «{what}» {when}",
        "Ver el caso",
    )


def follow_up_due(
    oficio_id: int, numero: str, seguimiento_id: int, usuario_id: int, para: date, today: date
) -> Recordatorio:
    """A day on which somebody said that they would come back to a case."""
    when = "para hoy" if para == today else f"para el {format_fecha(para)}, que ya pasó"
    return Recordatorio(
        oficio_id,
        Novedad.SEGUIMIENTO,
        f"seguimiento:{seguimiento_id}:{para.isoformat()}",
        f"Oficio {numero}: dejó un seguimiento {when}.",
        "Ver el caso",
        usuario_id,
    )


def quiet_case(oficio_id: int, numero: str, since: date) -> Recordatorio:
    """A case in which nothing was done or found for days. Told once for each such time."""
    return Recordatorio(
        oficio_id,
        Novedad.SIN_ACTIVIDAD,
        f"sin_actividad:{oficio_id}:{since.isoformat()}",
        f"Oficio {numero}: sin actividad desde el {format_fecha(since)}.",
        "Ver el caso",
    )


def removal_due(oficio_id: int, numero: str, embargo: date, desde: date) -> Recordatorio:
    """The day from which the removal of a vehicle that was seized may be asked for."""
    return Recordatorio(
        oficio_id,
        Novedad.SEGUIMIENTO,
        f"retiro:{oficio_id}:{desde.isoformat()}",
        f"Oficio {numero}: desde el {format_fecha(desde)} puede pedirse el retiro del vehículo "
        f"embargado el {format_fecha(embargo)} (CPC, art. 455).",
        "Ver el caso",
    )
