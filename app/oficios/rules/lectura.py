"""How the papers of an oficio are read, whichever door they come through."""

from __future__ import annotations

from datetime import date

from app.core.fechas import format_fecha
from app.core.tribunales import find_tribunal, suggest_tribunal


def paper_warnings(
    tribunal: str | None, *, oficio: date | None, ingreso: date | None, limite: date | None
) -> dict[str, str]:
    """What is kept as it was written although it does not add up, by field."""
    found = {}
    if tribunal and not find_tribunal(tribunal):
        hint = suggest_tribunal(tribunal)
        what = f"¿Será «{hint.nombre}»?" if hint else "Revise el nombre en el documento."
        found["tribunal"] = f"El tribunal «{tribunal[:60]}» no está en la lista. {what}"
    return found | date_warnings(oficio=oficio, ingreso=ingreso, limite=limite)


def date_warnings(
    *, oficio: date | None, ingreso: date | None, limite: date | None
) -> dict[str, str]:
    """What does not add up between the dates of a paper, by field."""
    found = {}
    if oficio and ingreso and ingreso < oficio:
        found["fecha_oficio"] = (
            f"La fecha del oficio ({format_fecha(oficio)}) es posterior a la de ingreso "
            f"({format_fecha(ingreso)}). Revise cuál está mal."
        )
    if limite and ingreso and limite < ingreso:
        found["fecha_limite"] = (
            f"La fecha límite ({format_fecha(limite)}) es anterior a la de ingreso "
            f"({format_fecha(ingreso)}). Revise cuál está mal."
        )
    elif limite and oficio and limite < oficio:
        found["fecha_limite"] = (
            f"La fecha límite ({format_fecha(limite)}) es anterior a la del oficio "
            f"({format_fecha(oficio)}). Revise cuál está mal."
        )
    return found
