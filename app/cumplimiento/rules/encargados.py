"""A contract of a law firm with the office, by which the office treats personal data for it."""

from __future__ import annotations

from datetime import date, timedelta

from app.ajustes.rules import Setting
from app.core.dates import format_fecha
from app.core.labels import Labelled

WARNING = Setting(
    "cumplimiento.encargo_aviso",
    "Datos personales",
    "Avisar antes del término de un contrato de encargo",
    30,
    unidad="días antes",
    minimo=1,
    maximo=365,
)

#: What a first contract proposes, for whoever writes it down to correct.
PROPOSED_OBJECT = (
    "Ubicar los vehículos que indican las resoluciones judiciales que el buffet encarga, y dar "
    "cuenta de lo que se encuentre."
)
PROPOSED_PURPOSE = "Ejercicio de derechos ante tribunales."
PROPOSED_KINDS = (
    "Nombre, RUT y contacto de deudores, propietarios y conductores\n"
    "Domicilios y visitas\n"
    "Patente y datos del vehículo\n"
    "Lugares y horas en que se vio el vehículo\n"
    "Fotografías y documentos de la causa"
)

#: The job that prints the certificate of a return or an erasure.
CERTIFY_JOB = "cumplimiento.certificar_encargo"
#: By which right the data of an ended contract leave.
END_BASIS = "Término del contrato de encargo"
#: Why a case stays that a person asked to have blocked.
BLOCKED_REASON = "Está bloqueado a petición de una persona."


class EstadoEncargo(Labelled):
    """How a contract stands on a day."""

    SIN_CONTRATO = "sin_contrato", "Sin contrato", "warn", "alert-triangle"
    FUTURO = "futuro", "Todavía no rige", "info", "clock"
    VIGENTE = "vigente", "Vigente", "ok", "check"
    POR_TERMINAR = "por_terminar", "Por terminar", "warn", "clock"
    TERMINADO = "terminado", "Terminado", "danger", "circle-x"


class ModoTermino(Labelled):
    """What is done with the data of a contract that ended."""

    DEVOLUCION = "devolucion", "Devolución"
    SUPRESION = "supresion", "Supresión"


def contract_state(
    desde: date | None, hasta: date | None, today: date, warning_days: int
) -> EstadoEncargo:
    """How a contract stands; ``hasta`` is the last day on which it is in force, None: no end."""
    if desde is None:
        return EstadoEncargo.SIN_CONTRATO
    if has_ended(hasta, today):
        return EstadoEncargo.TERMINADO
    if hasta is not None and hasta - today <= timedelta(days=warning_days):
        return EstadoEncargo.POR_TERMINAR
    return EstadoEncargo.FUTURO if today < desde else EstadoEncargo.VIGENTE


def has_ended(hasta: date | None, today: date) -> bool:
    """Whether the last day of a contract is over."""
    return hasta is not None and today > hasta


def tell_duration(desde: date, hasta: date | None) -> str:
    """«Desde el 01-12-2026 hasta el 30-11-2027», or without an end."""
    start = f"Desde el {format_fecha(desde)}"
    return f"{start} hasta el {format_fecha(hasta)}" if hasta else f"{start}, sin fecha de término"


def tell_subprocessor(row: dict[str, str]) -> str:
    """«Nube SpA (alojamiento), autorizado por escrito el 02-01-2027»."""
    service = f" ({row['servicio']})" if row.get("servicio") else ""
    day = format_fecha(date.fromisoformat(row["autorizado"]))
    return f"{row['nombre']}{service}, autorizado por escrito el {day}"
