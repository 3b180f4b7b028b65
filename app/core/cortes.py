"""Which Corte de Apelaciones a comuna belongs to, and where a receptor needs an exhorto.

Código Orgánico de Tribunales, art. 391: a receptor acts in the territory of the court, and in other
comunas of the same Corte de Apelaciones for what that court orders; Santiago and San Miguel count
as one. Elsewhere the court asks another one by an exhorto (CPC, arts. 71 ff.).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from app.core.comunas import find_comuna
from app.core.tribunales import find_tribunal

_TABLE = Path(__file__).parent / "data" / "comuna_corte.csv"
#: A receptor of one acts in the other.
_AS_ONE = frozenset({"C.A. de Santiago", "C.A. de San Miguel"})


@cache
def _cortes() -> dict[str, str]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return {row["cut_comuna"]: row["corte"] for row in csv.DictReader(table)}


def corte_of_comuna(name: str | None) -> str | None:
    """The Corte of a comuna; None where the name is none."""
    comuna = find_comuna(name) if name else None
    return _cortes()[comuna.codigo] if comuna else None


def why_exhorto(tribunal: str | None, comuna: str | None) -> str | None:
    """Why an act in a comuna may need an exhorto; None where it needs none or nobody can tell."""
    court = find_tribunal(tribunal) if tribunal else None
    there = corte_of_comuna(comuna)
    if court is None or there is None or court.corte == there or {court.corte, there} <= _AS_ONE:
        return None
    return (
        f"{comuna} es territorio de la {there} y el tribunal de la causa es de la {court.corte}: "
        "allá el receptor puede necesitar un exhorto (COT, art. 391)."
    )
