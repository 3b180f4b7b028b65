"""How values look on screen, and what every template may ask."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, current_app

from app.core.clock import SANTIAGO, local_today, utcnow
from app.core.dates import (
    format_dia,
    format_duracion,
    format_fecha,
    format_fecha_hora,
    format_hora,
    format_relativa,
)
from app.core.email_address import mask_email
from app.core.errors import InvalidValue
from app.core.money import format_number, format_pesos
from app.core.patente import format_patente
from app.core.phone_numbers import format_telefono, mask_telefono
from app.core.plazos import business_days_left
from app.core.rut import format_rut, mask_rut, mask_ruts
from app.core.time_zones import zone_name
from app.db import COUNTED
from app.web.kept_macros import DirectContext, KeepingTemplate


def plazo(fecha_limite: date | None) -> dict[str, str] | None:
    """A deadline as days left (hábiles) with its tone: ok, warn, late."""
    if fecha_limite is None:
        return None
    return _plazo(fecha_limite, local_today(utcnow()))


@lru_cache(maxsize=4096)
def _plazo(fecha_limite: date, today: date) -> dict[str, str]:
    """Counting the days goes through the calendar day by day."""
    if fecha_limite < today:
        days = (today - fecha_limite).days
        return {"texto": "venció ayer" if days == 1 else f"venció hace {days} días", "tono": "late"}
    if fecha_limite == today:
        return {"texto": "vence hoy", "tono": "late"}
    try:
        left = business_days_left(fecha_limite, today)
    except InvalidValue:  # a typo decades away: show the date as written
        return {"texto": format_fecha(fecha_limite), "tono": "ok"}
    unit = "día háb." if left == 1 else "días háb."
    return {"texto": f"{left} {unit}", "tono": "warn" if left <= 5 else "ok"}


def initials(nombre: str | None) -> str:
    """Two letters of a name for an avatar."""
    words = [word for word in (nombre or "").split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][:1])).upper() or "?"


def has_endpoint(name: str) -> bool:
    """Whether a page exists, so that navigation lists no dead links."""
    return name in current_app.view_functions


def counted_words(total: int) -> str:
    """How many there are, in words where they were not counted: «más de 1.000»."""
    return f"más de {format_number(COUNTED)}" if total > COUNTED else format_number(total)


def init_filters(app: Flask) -> None:
    """Register filters and globals."""
    app.jinja_env.template_class = KeepingTemplate
    app.jinja_env.context_class = DirectContext
    app.jinja_env.filters.update(
        fecha=lambda value: format_fecha(value) if value else "",
        fecha_hora=lambda value, zone=SANTIAGO: format_fecha_hora(value, zone) if value else "",
        nombre_zona=zone_name,
        dia_largo=lambda value: format_dia(value, local_today(utcnow())),
        hora=lambda value, zone=SANTIAGO: format_hora(value, zone) if value else "",
        relativa=lambda value, zone=SANTIAGO: (
            format_relativa(value, utcnow(), zone) if value else ""
        ),
        duracion=lambda value: format_duracion(value) if value is not None else "",
        dia=lambda value: format_fecha(date.fromisoformat(value)),
        miles=format_number,
        contados=counted_words,
        pesos=lambda value: format_pesos(value) if value is not None else "",
        rut=lambda value: format_rut(value) if value else "",
        rut_tapado=lambda value: mask_rut(value) if value else "",
        telefono_tapado=lambda value: mask_telefono(value) if value else "",
        email_tapado=lambda value: mask_email(value) if value else "",
        sin_ruts=mask_ruts,
        telefono=lambda value: format_telefono(value) if value else "",
        patente=lambda value: format_patente(value) if value else "",
        plazo=plazo,
        initials=initials,
        dias_desde=_days_since,
    )
    globals_: dict[str, Any] = {
        "has_endpoint": has_endpoint,
        "now": utcnow,
    }
    app.jinja_env.globals.update(globals_)


def _days_since(moment: datetime | None) -> int:
    return 0 if moment is None else max(0, (utcnow() - moment).days)
