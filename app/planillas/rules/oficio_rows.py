"""The rows of a buffet's list, each read as any paper is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from app.oficios.rules.papel import LIST, read_papel
from app.planillas.rules.layout import FilaTexto, Lectura, read_texts
from app.planillas.rules.oficio_fields import LAYOUT, OBLIGATORIOS
from app.planillas.rules.oficio_outcomes import INCLUIR, FilaOficio
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import Planilla


def read_oficios(planilla: Planilla, review: Review, *, today: date) -> Lectura[FilaOficio]:
    """Tell what the rows of an opened list mean.

    Raises:
        InvalidValue: as ``layout.read_texts``. Problems of a row stay with the row.
    """
    texts = read_texts(planilla, LAYOUT, review.mapeo)
    typed: dict[int, dict[str, str]] = {}
    for (numero, campo), text in review.correcciones.items():
        typed.setdefault(numero, {})[campo] = text
    filas = [_read_row(row, typed.get(row.numero_fila, {}), today) for row in texts.filas]
    return texts.judged(filas, *texts.totales)


def _read_row(row: FilaTexto, typed: Mapping[str, str], today: date) -> FilaOficio:
    corregidos = {campo: text for campo, text in typed.items() if campo != INCLUIR}
    fila = read_row(row.numero_fila, row.valores, today=today, corregidos=corregidos)
    return replace(fila, oculta=row.oculta, incluida=INCLUIR in typed)


def read_row(
    numero_fila: int,
    valores: Mapping[str, str],
    *,
    today: date,
    corregidos: Mapping[str, str] | None = None,
) -> FilaOficio:
    """Read one row from its fields' text.

    What cannot be read of a field without which there is no oficio is an error; of another one it
    becomes an advertencia that says what was written, for the order holds without it. What can be
    read but does not add up is kept with an advertencia.
    """
    typed = dict(corregidos or {})
    written = {**dict.fromkeys(OBLIGATORIOS, ""), **valores, **typed}
    papel = read_papel(written, today=today, policy=LIST)
    return FilaOficio(
        numero_fila,
        dict(valores),
        corregidos=typed,
        datos=papel.valores,
        errores=papel.errores,
        advertencias=papel.advertencias,
    )
