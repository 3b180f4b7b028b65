"""How a promise is told: until when, how much is left, and what is late."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.clock import local_today
from app.core.dates import format_hora
from app.promesas.rules import EstadoPromesa, TipoPromesa
from app.promesas.rules.horario import Horario

#: With its article, and how it is called when it is late.
_NAMES = {
    TipoPromesa.PRIMERA_GESTION: ("La primera gestión", "vencida"),
    TipoPromesa.PRIMER_INFORME: ("El primer informe al buffet", "vencido"),
    TipoPromesa.UBICACION: ("La ubicación", "vencida"),
}
#: For a card, which is narrow.
_SHORT = {
    TipoPromesa.PRIMERA_GESTION: "Gestión",
    TipoPromesa.PRIMER_INFORME: "Informe",
    TipoPromesa.UBICACION: "Ubicación",
}


def say_moment(moment: datetime, now: datetime) -> str:
    """Return «hoy a las 15:30», «mañana a las 10:00», or «el 05-12 a las 18:00»."""
    day, today = local_today(moment), local_today(now)
    near = {today: "hoy", today + timedelta(days=1): "mañana", today - timedelta(days=1): "ayer"}
    year = "" if day.year == today.year else f"-{day.year}"
    return f"{near.get(day, f'el {day:%d-%m}{year}')} a las {format_hora(moment)}"


def say_left(seconds: int, horario: Horario) -> str:
    """Return what is left as people say it: «queda 1 h hábil», «quedan 2 días hábiles y 3 h»."""
    minutes = max(0, seconds) // 60
    days, rest = divmod(minutes, (horario.hasta - horario.desde) * 60)
    hours, rest = divmod(rest, 60)
    if days:
        said = "queda 1 día hábil" if days == 1 else f"quedan {days} días hábiles"
        return f"{said} y {hours} h" if hours else said
    if hours:
        said = "queda 1 h hábil" if hours == 1 else f"quedan {hours} h hábiles"
        return f"{said} y {rest} min" if rest else said
    return f"quedan {rest} min hábiles"


def say_promise(
    tipo: TipoPromesa, estado: EstadoPromesa, vence_at: datetime | None, left: str, now: datetime
) -> str:
    """What wants attention of a promise, in a sentence."""
    name, late = _NAMES[tipo]
    if vence_at is None:
        return f"{name} está prometida y el reloj está detenido: {left}."
    when = say_moment(vence_at, now)
    if estado is EstadoPromesa.VENCIDA:
        return f"{name} se prometió para {when} y está {late}."
    return f"{name} se prometió para {when}: {left}."


def say_on_card(
    tipo: TipoPromesa, estado: EstadoPromesa, vence_at: datetime | None, now: datetime
) -> str:
    """The same in the few words of a card."""
    name = _SHORT[tipo]
    if estado is EstadoPromesa.DETENIDA or vence_at is None:
        return "Reloj detenido"
    if estado is EstadoPromesa.VENCIDA:
        return f"{name} {_NAMES[tipo][1]}"
    day, today = local_today(vence_at), local_today(now)
    if day == today:
        return f"{name} hoy {format_hora(vence_at)}"
    if day == today + timedelta(days=1):
        return f"{name} mañana {format_hora(vence_at)}"
    return f"{name} {day:%d-%m}"
