"""A buffet's list of orders: how it is read, judged and told.

``service.importing`` makes the oficios of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.auditoria.service import audit
from app.core.clock import local_today
from app.planillas.models import Importacion
from app.planillas.queries import list_hidden, list_known_cases, list_orders
from app.planillas.rules.earlier_vehicles import fill_vehicles
from app.planillas.rules.layout import Lectura
from app.planillas.rules.oficio_fields import LAYOUT, label_of
from app.planillas.rules.oficio_outcomes import (
    EstadoImportacion,
    FilaOficio,
    Resultado,
    classify_oficios,
    number_key,
)
from app.planillas.rules.oficio_rows import read_oficios
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import Planilla
from app.planillas.service.drafts import keep_draft, keys_as_text
from app.planillas.service.kinds import Kind
from app.usuarios.models import Usuario


def _review_of(draft: Importacion) -> Review:
    cells = {
        (int(fila), campo): texto
        for fila, texts in draft.correcciones.items()
        for campo, texto in texts.items()
    }
    return Review({int(column): campo for column, campo in draft.mapeo.items()} or None, cells)


def _keep_review(draft: Importacion, review: Review) -> None:
    kept: dict[str, dict[str, str]] = {}
    for (fila, campo), texto in review.correcciones.items():
        kept.setdefault(str(fila), {})[campo] = texto
    draft.mapeo, draft.correcciones = keys_as_text(review.mapeo), kept


def _read(
    planilla: Planilla, _draft: Importacion, review: Review, now: datetime
) -> Lectura[FilaOficio]:
    return read_oficios(planilla, review, today=local_today(now))


def _classify(draft: Importacion, filas: Sequence[FilaOficio], _now: datetime) -> list[FilaOficio]:
    plates = {str(fila.datos["patente"]) for fila in filas if "patente" in fila.datos}
    casos = list_known_cases(plates)
    classified = classify_oficios(filas, list_orders(draft.buffet_id), casos, draft.buffet_id)
    return fill_vehicles(classified, casos)


def _discard(draft: Importacion, actor: Usuario, now: datetime) -> None:
    draft.estado = EstadoImportacion.DESCARTADA
    draft.correcciones = {}
    audit_list("importacion.descartada", draft, actor, now)


def audit_list(
    what: str, draft: Importacion, actor: Usuario | None, now: datetime, **counts: Any
) -> None:
    """Write down what was done with a list."""
    audit(
        what,
        actor=actor,
        now=now,
        entidad="importacion",
        entidad_id=draft.id,
        buffet_id=draft.buffet_id,
        **counts,
    )


def _report_line(fila: FilaOficio, made: int | None) -> dict[str, Any]:
    resultado = fila.resultado or Resultado.ERROR
    problems = fila.errores if resultado is Resultado.ERROR else fila.advertencias
    told = [f"{label_of(campo)}: {sentence}" for campo, sentence in problems.items()]
    return {
        "fila": fila.numero_fila,
        "numero": str(fila.datos.get("numero_oficio") or fila.texto("numero_oficio")),
        "patente": str(fila.datos.get("patente") or fila.texto("patente")),
        "resultado": resultado.value,
        "detalle": fila.motivo or " ".join(told),
        "oficio_id": made,
    }


def _shown(draft: Importacion, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    hidden = list_hidden(draft.buffet_id)
    if not hidden:
        return list(lines)
    numbers = set(hidden.values())
    return [
        line
        for line in lines
        if not {line["oficio_id"], line.get("actualizado_id")} & hidden.keys()
        and number_key(line["numero"]) not in numbers
    ]


#: Orders that a buffet sends.
OFICIOS = Kind(
    model=Importacion,
    layout=LAYOUT,
    outcomes=Resultado,
    draft=EstadoImportacion.BORRADOR,
    imported=EstadoImportacion.IMPORTADA,
    discarded=EstadoImportacion.DESCARTADA,
    dated="deshecha_at",
    stale=(
        "No se importó: alguien corrigió este listado mientras usted lo veía. Se muestra como "
        "quedó; revíselo y pulse Importar otra vez."
    ),
    closed="Este listado ya se importó. Suba otro para agregar o corregir filas, o deshágalo.",
    review_of=_review_of,
    keep_review=_keep_review,
    read=_read,
    classify=_classify,
    discard=_discard,
    report_line=_report_line,
    shown=_shown,
)


def create_importacion(
    *,
    buffet_id: int,
    nombre: str,
    contenido: bytes,
    mapeo: Mapping[int, str] | None,
    actor: Usuario,
    now: datetime,
) -> Importacion:
    """Keep a buffet's list until it is imported; ``mapeo`` is what its earlier lists taught."""
    return keep_draft(
        OFICIOS,
        nombre=nombre,
        contenido=contenido,
        actor=actor,
        now=now,
        buffet_id=buffet_id,
        mapeo=keys_as_text(mapeo),
    )
