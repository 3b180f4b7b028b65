"""A buffet's list on screen: its preview, and what became of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Response, request, url_for

from app.core.clock import utcnow
from app.core.text import clean_text, fold
from app.oficios.models import Oficio
from app.oficios.queries import find_oficios
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos, fields_of
from app.oficios.rules.field_readers import Dato
from app.planillas.models import Importacion
from app.planillas.outside.sheet_reader import CODIFICACIONES
from app.planillas.pages.lists import asked_outcome, page_of
from app.planillas.queries import count_done, list_hidden
from app.planillas.rules.column_heads import list_heads
from app.planillas.rules.layout import Columna, Lectura
from app.planillas.rules.oficio_fields import COLUMNAS, ETIQUETAS, OBLIGATORIOS, label_of
from app.planillas.rules.oficio_headers import A_NOTAS
from app.planillas.rules.oficio_outcomes import FilaOficio, Resultado, number_key
from app.planillas.rules.repeats import list_changes
from app.planillas.rules.rows import count_outcomes
from app.planillas.service.import_oficios import OFICIOS
from app.planillas.service.moving_buffet import refuse_change
from app.planillas.service.undoing import refuse_undo
from app.planillas.service.updating import facts_of
from app.web.converters import row_id
from app.web.fragments import fragment, is_htmx
from app.web.sentences import Sentence, tell

#: Ways of writing that the preview names.
_MOST_READ_AS = 30
#: Stretches of hidden rows that the preview names.
_MOST_STRETCHES = 6
#: What is edited together: a row opens every field of the groups of which its list says anything.
GRUPOS = tuple((grupo.value, tuple(fields_of(grupo))) for grupo in GrupoDeCampos)


def show_preview(
    importacion: Importacion,
    lectura: Lectura[FilaOficio],
    status: int = 200,
    *,
    error: Sentence | None = None,
    warning: str | None = None,
) -> Response:
    """Render the preview; after a refusal the selects and inputs keep what was chosen and typed."""
    filas = OFICIOS.classify(importacion, lectura.filas, utcnow())
    counts = count_outcomes(filas, Resultado)
    ver = asked_outcome(OFICIOS)
    hidden = set(list_hidden(importacion.buffet_id).values())
    seen = [
        fila
        for fila in filas
        if not hidden or number_key(fila.texto("numero_oficio")) not in hidden
    ]
    rows = [fila for fila in seen if not ver or fila.resultado == Resultado(ver)]
    shown = {*OBLIGATORIOS, *(campo for fila in filas for campo in fila.datos)}
    shown |= {*lectura.mapeo.values()}
    if any(fila.advertencias.keys() - ETIQUETAS.keys() for fila in filas):
        # What is said of a row as a whole stands beside its notes.
        shown.add("notas")
    out_of_sight = {fila.numero_fila for fila in filas if fila.oculta}
    left_out = [one for one in lectura.columnas if not one.campo and one.llenas]
    to_notes = [one for one in lectura.columnas if one.campo == A_NOTAS]
    created = sum(number for resultado, number in counts.items() if resultado.is_imported)
    page = page_of(rows, preview_url(importacion.id))
    template = "planillas/_preview.html" if is_htmx() else "planillas/preview.html"
    response = fragment(
        template,
        status,
        importacion=importacion,
        lectura=lectura,
        counts={resultado.value: number for resultado, number in counts.items()},
        total=len(filas),
        total_rows=len({fila.numero_fila for fila in filas}),
        hidden=len(out_of_sight),
        hidden_taken=len({fila.numero_fila for fila in filas if fila.oculta and fila.incluida}),
        hidden_rows=_tell_rows(out_of_sight),
        to_create=created,
        kept_back=len(filas) - len(seen),
        to_update=counts[Resultado.ACTUALIZA],
        free_repeats=sum(
            fila.repetida is not None and not fila.repetida.sin_nuevo for fila in filas
        ),
        repeats=_list_repeats(page.rows),
        page=page,
        ver=ver,
        heads=list_heads(lectura.columnas, filas),
        editables={campo for _, campos in GRUPOS if shown & set(campos) for campo in campos},
        etiquetas=ETIQUETAS,
        columnas=COLUMNAS,
        label_of=label_of,
        left_out=left_out,
        told_left_out=_tell_columns(left_out),
        to_notes=to_notes,
        told_to_notes=_tell_columns(to_notes),
        empty_columns=[c for c in lectura.columnas if not c.campo and not c.llenas],
        encodings=CODIFICACIONES,
        read_as=_count_read_as(filas),
        alike=_count_alike(filas),
        editing=request.values.get("editar", 0, type=row_id),
        typed=request.form if error else {},
        error=error,
        warning=warning,
    )
    if is_htmx() and status == 200:
        refused = counts[Resultado.ERROR]
        tell(f"Revisado. Filas por crear: {created}; con error: {refused}.")
    return response


def _tell_rows(numbers: Collection[int]) -> str:
    """The numbers of some rows in words, those that follow one another as a stretch."""
    stretches: list[list[int]] = []
    for number in sorted(numbers):
        if stretches and number == stretches[-1][1] + 1:
            stretches[-1][1] = number
        else:
            stretches.append([number, number])
    named = [str(a) if a == b else f"{a} a {b}" for a, b in stretches[:_MOST_STRETCHES]]
    more = ["otras"] if len(stretches) > _MOST_STRETCHES else []
    *some, last = [*named, *more] or [""]
    word = "Fila" if len(numbers) == 1 else "Filas"
    return f"{word} {', '.join(some)} y {last}" if some else f"{word} {last}"


def _tell_columns(columnas: Sequence[Columna]) -> str:
    """How many columns there are, and how many of their cells say something."""
    if not columnas:
        return ""
    cells = sum(columna.llenas for columna in columnas)
    columns = "1 columna" if len(columnas) == 1 else f"{len(columnas)} columnas"
    return f"{columns}, {'1 celda' if cells == 1 else f'{cells} celdas'} con texto"


@dataclass(frozen=True)
class RepeatShown:
    """A repeated row as the preview shows it: the case, where the reader may see it."""

    oficio: Oficio | None
    #: Field, label, what the case says now and would say then, in words.
    cambios: tuple[tuple[str, str, str, str], ...] = ()


def _list_repeats(filas: Sequence[FilaOficio]) -> dict[str, RepeatShown]:
    """What is shown of the repeated rows of a page, by their ``clave``."""
    shown = {}
    repeated = [fila.repetida for fila in filas if fila.repetida is not None]
    visible = find_oficios(each.caso.oficio_id for each in repeated if each.caso.visible)
    for fila in filas:
        repetida = fila.repetida
        if repetida is None:
            continue
        oficio = visible.get(repetida.caso.oficio_id)
        cambios: tuple[tuple[str, str, str, str], ...] = ()
        if oficio is not None and not repetida.sin_actualizar:
            cambios = tuple(
                (
                    cambio.campo,
                    label_of(cambio.campo),
                    _in_words(cambio.campo, cambio.ahora, is_masked=True),
                    _in_words(cambio.campo, cambio.despues),
                )
                for cambio in list_changes(fila.datos, facts_of(oficio))
            )
        shown[fila.clave] = RepeatShown(oficio, cambios)
    return shown


def _in_words(campo: str, value: Dato | None, *, is_masked: bool = False) -> str:
    """A value as its case shows it; what a person asks for one by one stays masked."""
    if value is None or value == "":
        return "vacío"
    if isinstance(value, bool):
        return "sí" if value else "no"
    facts = CAMPOS[campo]
    if is_masked and facts.mask:
        return facts.mask(str(value))
    return facts.show(value)


def _count_alike(filas: Sequence[FilaOficio]) -> Counter[tuple[str, str, str]]:
    """How many rows have the same proposal for the same text of a field."""
    return Counter(
        (campo, proposal.escrito, proposal.texto)
        for fila in filas
        if not fila.saltada and fila.unida_a is None
        for campo, proposal in fila.propuestas.items()
    )


def _count_read_as(filas: Sequence[FilaOficio]) -> list[tuple[str, str, int]]:
    """What courts and comunas were read as where the list writes them in another way."""
    found = Counter(
        (clean_text(text), str(fila.datos[campo]))
        for fila in filas
        for campo in ("tribunal", "comuna")
        if campo in fila.datos
        and campo not in fila.advertencias
        and fila.parte == 1
        and (text := fila.texto(campo))
        and fold(text) != fold(str(fila.datos[campo]))
    )
    return [(written, read, count) for (written, read), count in found.most_common(_MOST_READ_AS)]


def show_result(importacion: Importacion) -> Response:
    """Render what became of every row."""
    ver = asked_outcome(OFICIOS)
    seen = OFICIOS.shown(importacion, importacion.informe)
    lines = [line for line in seen if not ver or line["resultado"] == ver]
    counts = importacion.resultado
    return fragment(
        "planillas/result.html",
        importacion=importacion,
        counts=counts,
        total=sum(counts.values()),
        created=sum(n for name, n in counts.items() if Resultado(name).is_imported),
        may_undo=refuse_undo(importacion, utcnow()) is None,
        may_move=refuse_change(importacion, utcnow()) is None,
        kept_back=len(importacion.informe) - len(seen),
        page=page_of(lines, preview_url(importacion.id)),
        ver=ver,
        resultados={resultado.value: resultado for resultado in Resultado},
    )


def show_progress(importacion: Importacion) -> Response:
    """Render how far the job of a list is, or why it stopped."""
    done = count_done(importacion)
    template = "planillas/_progress.html" if is_htmx() else "planillas/progress.html"
    return fragment(template, importacion=importacion, done=done, total=importacion.total)


def preview_url(importacion_id: int) -> str:
    """The address of the preview under the filter that is chosen."""
    ver = asked_outcome(OFICIOS) or None
    editing = request.values.get("editar", type=row_id) or None
    return url_for("importar.preview", importacion_id=importacion_id, ver=ver, editar=editing)
