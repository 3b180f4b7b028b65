"""The hours of the law, which an admin may correct."""

from __future__ import annotations

from app.ajustes.rules import Setting

_LEGAL_HELP = (
    "Código de Procedimiento Civil, art. 59. Fuera de ellas el receptor pide habilitación."
)
#: Legal hours, as settings, so that the office can follow a change of the law.
LEGAL_FROM = Setting(
    "horas_habiles.desde",
    grupo="Horas hábiles",
    place=40,
    etiqueta="Comienzan a las",
    defecto=8,
    ayuda=_LEGAL_HELP,
    unidad="horas",
    maximo=12,
)
LEGAL_UNTIL = Setting(
    "horas_habiles.hasta",
    grupo="Horas hábiles",
    place=40,
    etiqueta="Terminan a las",
    defecto=20,
    ayuda=_LEGAL_HELP,
    unidad="horas",
    minimo=13,
    maximo=24,
)
LEGAL_SETTINGS = (LEGAL_FROM, LEGAL_UNTIL)
