"""A buffet's list of orders: each row that can be read and is not there yet becomes an oficio."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.auditoria.service import audit
from app.buffets.models import Buffet
from app.core.clock import local_today
from app.core.errors import Refused
from app.db import db
from app.oficios.models import Oficio
from app.planillas.models import Importacion
from app.planillas.queries import list_hidden, list_orders
from app.planillas.rules.layout import Lectura
from app.planillas.rules.memory import remember
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
from app.planillas.service.new_oficios import create_from_row
from app.planillas.service.told import on_imported
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
    return classify_oficios(filas, list_orders(draft.buffet_id))


def _prepare(draft: Importacion, _filas: Sequence[FilaOficio], _now: datetime) -> None:
    # Locked, so that no number can be taken between the comparison and the last row.
    buffet = db.session.get_one(
        Buffet, draft.buffet_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if not buffet.activo:
        raise Refused("No se importó: el buffet está cerrado. Pida que lo reabran.")


def _store(
    draft: Importacion, filas: Sequence[FilaOficio], actor: Usuario, now: datetime
) -> dict[str, Oficio]:
    return {
        fila.clave: create_from_row(fila, buffet_id=draft.buffet_id, actor=actor, now=now)
        for fila in filas
        if fila.resultado is not None and fila.resultado.is_imported
    }


def _close(
    draft: Importacion,
    lectura: Lectura[FilaOficio],
    made: Collection[Oficio],
    actor: Usuario,
    now: datetime,
) -> None:
    draft.estado = EstadoImportacion.IMPORTADA
    draft.importada_at = now
    buffet = draft.buffet
    if draft.mapeo:
        buffet.mapeo_importacion = remember(lectura.columnas, buffet.mapeo_importacion)
    _audit("importacion.importada", draft, actor, now, **draft.resultado)
    on_imported(draft, [oficio.id for oficio in made], actor, now)


def _discard(draft: Importacion, actor: Usuario, now: datetime) -> None:
    draft.estado = EstadoImportacion.DESCARTADA
    draft.correcciones = {}
    _audit("importacion.descartada", draft, actor, now)


def _audit(what: str, draft: Importacion, actor: Usuario, now: datetime, **counts: Any) -> None:
    audit(
        what,
        actor=actor,
        now=now,
        entidad="importacion",
        entidad_id=draft.id,
        buffet_id=draft.buffet_id,
        **counts,
    )


def _report_line(fila: FilaOficio, made: Oficio | None) -> dict[str, Any]:
    resultado = fila.resultado or Resultado.ERROR
    problems = fila.errores if resultado is Resultado.ERROR else fila.advertencias
    told = [f"{label_of(campo)}: {sentence}" for campo, sentence in problems.items()]
    return {
        "fila": fila.numero_fila,
        "numero": str(fila.datos.get("numero_oficio") or fila.texto("numero_oficio")),
        "patente": str(fila.datos.get("patente") or fila.texto("patente")),
        "resultado": resultado.value,
        "detalle": fila.motivo or " ".join(told),
        "oficio_id": made.id if made else None,
    }


def _shown(draft: Importacion, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    hidden = list_hidden(draft.buffet_id)
    if not hidden:
        return list(lines)
    numbers = set(hidden.values())
    return [
        line
        for line in lines
        if line["oficio_id"] not in hidden and number_key(line["numero"]) not in numbers
    ]


#: Orders that a buffet sends.
OFICIOS = Kind(
    model=Importacion,
    layout=LAYOUT,
    outcomes=Resultado,
    imported=EstadoImportacion.IMPORTADA,
    discarded=EstadoImportacion.DESCARTADA,
    stale=(
        "No se importó: alguien corrigió este listado mientras usted lo veía. Se muestra como "
        "quedó; revíselo y pulse Importar otra vez."
    ),
    closed="Este listado ya se importó. Suba otro para agregar o corregir filas.",
    review_of=_review_of,
    keep_review=_keep_review,
    read=_read,
    classify=_classify,
    prepare=_prepare,
    store=_store,
    close=_close,
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
