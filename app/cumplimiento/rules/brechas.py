"""Breaches of security: their words, what is still owed, and the messages that are proposed.

Source: art. 14 sexies of law 19.628 as law 21.719 words it. It says «sin dilaciones indebidas» and
no number of hours, so nothing here counts down.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from app.core.dates import format_fecha_hora
from app.core.labels import Labelled

if TYPE_CHECKING:
    from app.cumplimiento.models.brechas import Brecha


class EstadoBrecha(Labelled):
    """How far it is."""

    ABIERTA = "abierta", "Abierta", "danger", "alert-triangle"
    CONTENIDA = "contenida", "Contenida", "warn", "shield"
    CERRADA = "cerrada", "Cerrada", "neutral", "check"


class TipoBrecha(Labelled):
    """What happened to the data, in the words of the law."""

    FILTRACION = "filtracion", "Filtración"
    ACCESO = "acceso", "Acceso no autorizado"
    COMUNICACION = "comunicacion", "Comunicación no autorizada"
    PERDIDA = "perdida", "Pérdida"
    ALTERACION = "alteracion", "Alteración"
    DESTRUCCION = "destruccion", "Destrucción"


class RiesgoBrecha(Labelled):
    """Whether the rights of persons are at a reasonable risk: then the Agencia is told."""

    SIN_EVALUAR = "sin_evaluar", "Todavía no se evalúa", "warn", "hourglass"
    HAY_RIESGO = "hay_riesgo", "Hay riesgo razonable", "danger", "alert-triangle"
    SIN_RIESGO = "sin_riesgo", "Sin riesgo razonable", "ok", "check"


class DestinoBrecha(Labelled):
    """Who was told of a breach."""

    AGENCIA = "agencia", "Agencia de Protección de Datos Personales"
    TITULARES = "titulares", "Personas afectadas"
    BUFFET = "buffet", "Buffet que encargó los datos"
    OTRO = "otro", "Otro"


#: What a draft says of a fact that nobody wrote down yet.
UNKNOWN = "todavía no se sabe"


def elapsed(since: datetime, until: datetime) -> str:
    """How long it has been, in words: days and hours, without any term."""
    hours = max(0, int((until - since).total_seconds() // 3600))
    days, rest = divmod(hours, 24)
    if not hours:
        return "menos de una hora"
    parts = []
    if days:
        parts.append("1 día" if days == 1 else f"{days} días")
    if rest:
        parts.append("1 hora" if rest == 1 else f"{rest} horas")
    return " y ".join(parts)


def kinds_that_oblige(brecha: Brecha) -> list[str]:
    """The kinds of data concerned of which the law has the persons told, too."""
    kinds = (
        (
            brecha.datos_financieros,
            "obligaciones de carácter económico, financiero, bancario o comercial",
        ),
        (brecha.datos_sensibles, "datos sensibles"),
        (brecha.datos_de_menores, "niños o niñas menores de catorce años"),
    )
    return [name for concerned, name in kinds if concerned]


def still_owed(brecha: Brecha, told: Collection[DestinoBrecha]) -> list[str]:
    """What is open before a breach can be closed, each as a sentence."""
    if brecha.riesgo is RiesgoBrecha.SIN_EVALUAR:
        return ["Falta decidir si hay un riesgo razonable para las personas."]
    if brecha.riesgo is RiesgoBrecha.SIN_RIESGO:
        return []
    owed = []
    if DestinoBrecha.AGENCIA not in told:
        owed.append("No consta que se haya comunicado a la Agencia.")
    kinds = kinds_that_oblige(brecha)
    if kinds and DestinoBrecha.TITULARES not in told:
        owed.append(
            f"No consta que se haya comunicado a las personas, y los datos son de {_join(kinds)}."
        )
    return owed


def write_to_agencia(
    brecha: Brecha, told: Collection[DestinoBrecha], *, oficina: str, contacto: str, ley: str
) -> str:
    """A draft of the report to the Agencia, from what the register holds and nothing else."""
    if DestinoBrecha.TITULARES in told:
        personas = "Se comunicó a las personas afectadas."
    elif kinds := kinds_that_oblige(brecha):
        personas = (
            f"Los datos se refieren a {_join(kinds)}. Todavía no se ha comunicado a las personas."
        )
    else:
        personas = "No se ha comunicado a las personas."
    parts = [
        "A la Agencia de Protección de Datos Personales:",
        f"{oficina} informa una vulneración de sus medidas de seguridad, que registró con el "
        f"número {brecha.numero}. Texto legal que se sigue: {ley}.",
        f"1. Naturaleza. {brecha.tipo.label}. {brecha.descripcion}",
        f"2. Fechas. Ocurrió: {_moment(brecha.ocurrio_at)}. "
        f"Se conoció: {_moment(brecha.conocida_at)}.",
        f"3. Categorías de datos. {_said(brecha.categorias_datos)} "
        f"Número aproximado de registros: {_amount(brecha.numero_datos)}.",
        f"4. Personas afectadas. {_said(brecha.categorias_titulares)} "
        f"Número aproximado: {_amount(brecha.numero_titulares)}.",
        f"5. Efectos. {_said(brecha.efectos)}",
        f"6. Medidas adoptadas y para precaver nuevos incidentes. {_said(brecha.medidas)}",
        f"7. Comunicación a las personas. {personas}",
        "\n".join(line for line in (oficina, contacto) if line),
    ]
    return "\n\n".join(parts)


def write_to_titulares(brecha: Brecha, *, oficina: str, contacto: str) -> str:
    """A draft of the message to the persons concerned, in plain words."""
    parts = [
        "Estimada persona:",
        f"Le escribimos porque una vulneración de seguridad en {oficina} alcanzó datos suyos.",
        f"Qué ocurrió: {brecha.tipo.label.lower()}. {brecha.descripcion}",
        f"Cuándo: {_moment(brecha.ocurrio_at)}. Lo supimos el {_moment(brecha.conocida_at)}.",
        f"Qué datos suyos: {_said(brecha.categorias_datos)}",
        f"Qué consecuencias puede tener: {_said(brecha.efectos)}",
        f"Qué hemos hecho: {_said(brecha.medidas)}",
        f"Para preguntar o pedir algo sobre sus datos: {contacto or UNKNOWN}.",
        oficina,
    ]
    return "\n\n".join(parts)


def _said(text: str | None) -> str:
    text = (text or "").strip()
    if not text:
        return f"{UNKNOWN[0].upper()}{UNKNOWN[1:]}."
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _amount(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)


def _moment(moment: datetime | None) -> str:
    return format_fecha_hora(moment) if moment else UNKNOWN


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} y {words[-1]}"
