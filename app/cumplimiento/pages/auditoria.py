"""*Auditoría*: who did what, when and from where, each deed with an address of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, groupby
from typing import Any, NamedTuple

from flask import Blueprint, Flask, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.rules.settings_registry import list_settings
from app.auditoria.pages import note_export, note_file
from app.auditoria.rules import CanalDivulgacion
from app.core.clock import local_today, to_local, utcnow
from app.core.money import format_number
from app.cumplimiento.forms.auditoria import HechoFilterForm
from app.cumplimiento.queries import name_cases
from app.cumplimiento.queries.auditoria import (
    COUNT_LIMIT,
    EXPORT_LIMIT,
    PAGE,
    HechoRow,
    PuntoHecho,
    count_deeds,
    find_deed,
    find_newest,
    iter_deeds,
    list_around,
    list_deeds,
    list_people,
    load_entries,
    name_people,
)
from app.cumplimiento.queries.named_things import Cosa, name_things
from app.cumplimiento.rules.auditoria import (
    NOBODY_KNOWN,
    RASTRO,
    Diferencia,
    FuenteHecho,
    differences_of,
    facts_of,
    hecho_of,
    is_about_the_person,
)
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.oficios.rules.historial import changes_of, text_of
from app.web.access import admin_required, or_404
from app.web.converters import row_id
from app.web.fresh import fresh_file_required
from app.web.table_files import FORMATS, CellKind, Column, Table, send_table

bp = Blueprint("auditoria", __name__, url_prefix="/admin/auditoria")

#: The word of the audit that says which setting was changed.
_SETTING = "ajuste.cambiado"
#: Characters of an entry's text that a row shows.
_SHOWN = 160


@dataclass(frozen=True)
class HechoShown:
    """A deed in words."""

    row: HechoRow
    quien: str
    frase: str
    #: The number of its case, or what else it is about.
    sobre: str
    donde: str
    diferencias: Sequence[Diferencia] = ()
    datos: Sequence[tuple[str, str]] = ()
    texto: str = ""

    @property
    def is_by_rastro(self) -> bool:
        """Whether nobody asked for it."""
        return self.quien == RASTRO

    @property
    def clave(self) -> str:
        """What its address ends with."""
        return f"{self.row.fuente.value}-{self.row.id}"


TABLE: Table[HechoShown] = Table(
    "Auditoría",
    (
        Column("Fecha", lambda deed: deed.row.momento, CellKind.INSTANT, 20),
        Column("Quién", lambda deed: deed.quien, width=28),
        Column("Qué hizo", lambda deed: deed.frase, width=60),
        Column("Sobre", lambda deed: deed.sobre, width=20),
        Column("Red", lambda deed: deed.row.lugar or "", width=20),
        Column("Equipo", lambda deed: deed.row.equipo or "", width=24),
        Column(
            "Antes y después",
            lambda deed: "; ".join(
                f"{each.campo}: {each.antes or 'vacío'} → {each.despues or 'vacío'}"
                for each in deed.diferencias
            ),
            width=60,
        ),
        Column("Entrada", lambda deed: deed.clave, width=18),
    ),
)


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """The deeds under the filters of the address, by days."""
    form = HechoFilterForm(list_people())
    wanted = form.to_filter()
    rows = list_deeds(wanted, after=_asked_place(), limit=PAGE + 1)
    shown = show_deeds(rows[:PAGE])
    total = count_deeds(wanted)
    arguments = form.arguments()
    return render_template(
        "cumplimiento/auditoria.html",
        form=form,
        days=_by_days(shown),
        total=total,
        counted=COUNT_LIMIT,
        arguments=arguments,
        older=_address(rows[PAGE - 1], arguments) if len(rows) > PAGE else "",
        is_first="despues" not in request.args,
        formats=FORMATS,
    )


@bp.get("/<fuente>-<int:hecho_id>")
@admin_required
def detail(fuente: str, hecho_id: int) -> ResponseReturnValue:
    """One deed: from where, what was and what is, and what was done in its case around it."""
    try:
        found = or_404(find_deed(FuenteHecho(fuente), hecho_id))
    except ValueError:
        abort(404)
    if found.oficio_id:
        note_file("Una entrada de la auditoría", actor=current_user, oficio_id=found.oficio_id)
    around = list_around(found)
    shown = {each.clave: each for each in show_deeds([found, *around])}
    clave = f"{found.fuente.value}-{found.id}"
    return render_template(
        "cumplimiento/hecho.html",
        deed=shown[clave],
        around=[shown[f"{each.fuente.value}-{each.id}"] for each in around],
    )


@bp.post("/exportar.<formato>")
@admin_required
@fresh_file_required
def export(formato: str) -> ResponseReturnValue:
    """The same as a file; a POST, because taking it is written down."""
    if formato not in FORMATS:
        abort(404)
    wanted = HechoFilterForm(list_people()).to_filter()
    parts = iter_deeds(wanted)
    # Read before it is written down that they leave, which is a deed as well.
    first = next(parts, [])
    total = count_deeds(wanted, most=EXPORT_LIMIT)
    taker = _Taker(current_user.id, current_user.email)
    taken = _Taken(f"Auditoría ({formato})", min(total, EXPORT_LIMIT), taker, secrets.token_hex(16))
    taken.note(first)
    name = f"auditoria-{local_today(utcnow()).isoformat()}"
    note = ""
    if total >= EXPORT_LIMIT:
        most = format_number(EXPORT_LIMIT)
        note = f"El archivo lleva las {most} entradas más nuevas; puede haber más."
    rows = chain(show_deeds(first), taken.in_words(parts))
    return send_table(TABLE, rows, name, formato, note=note, stream=True)


class _Taker(NamedTuple):
    """Who takes a file; their row is gone from the session while it goes out."""

    id: int
    email: str


@dataclass(frozen=True)
class _Taken:
    """A file that somebody takes: one row among what left, which names its cases."""

    que: str
    cantidad: int
    taker: _Taker
    clave: str

    def note(self, part: Sequence[HechoRow]) -> None:
        """Write down the cases of a part, before it leaves."""
        cases = {row.oficio_id for row in part if row.oficio_id}
        note_export(self.que, self.cantidad, actor=self.taker, casos=cases, clave=self.clave)

    def in_words(self, parts: Iterable[list[HechoRow]]) -> Iterator[HechoShown]:
        """Rows in words, read and written down as the file goes out."""
        for part in parts:
            self.note(part)
            yield from show_deeds(part)


def show_deeds(rows: Sequence[HechoRow]) -> list[HechoShown]:
    """Rows in words, with the names of people and cases."""
    people = name_people(list({row.usuario_id for row in rows if row.usuario_id}))
    touched = {row.entidad_id for row in rows if row.entidad == "usuario" and row.entidad_id}
    people |= name_people(list(touched - people.keys()))
    cases = name_cases(list({row.oficio_id for row in rows if row.oficio_id}))
    entries = load_entries([row.id for row in rows if row.fuente is FuenteHecho.ENTRADA])
    things = name_things(
        (row.entidad, row.entidad_id) for row in rows if row.entidad and row.entidad_id
    )
    return [_show(row, people, cases, things, entries.get(row.id)) for row in rows]


def _show(
    row: HechoRow,
    people: dict[int, str],
    cases: dict[int, str],
    things: Mapping[Cosa, str],
    entry: Investigacion | None,
) -> HechoShown:
    quien = _who(row, people)
    sobre = cases.get(row.oficio_id or 0, "")
    donde = " · ".join(each for each in (row.equipo, row.lugar) if each)
    if row.fuente is FuenteHecho.SALIDA:
        return HechoShown(row, *_told(row, quien), sobre, donde)
    if row.fuente is FuenteHecho.ENTRADA:
        if entry is None:
            return HechoShown(row, quien, "escribió en la bitácora", sobre, donde)
        text = text_of(entry)
        phrase = f"{_PHRASES[entry.tipo]}: {_cut(text)}"
        changed = [Diferencia(each.campo, each.antes, each.despues) for each in changes_of(entry)]
        return HechoShown(row, quien, phrase, sobre, donde, changed, texto=text)
    if row.entidad == "usuario" and row.entidad_id and row.entidad_id != row.usuario_id:
        sobre = sobre or people.get(row.entidad_id, "")
    sobre = sobre or things.get((row.entidad or "", row.entidad_id or 0), "")
    return HechoShown(
        row,
        quien,
        _phrase(row),
        sobre,
        donde,
        differences_of(row.detalle),
        facts_of(row.detalle),
    )


def _who(row: HechoRow, people: Mapping[int, str]) -> str:
    """Who did it. Without an account that is Rastro only where nobody asked for it."""
    if row.usuario_id:
        return people.get(row.usuario_id, NOBODY_KNOWN)
    if is_about_the_person(row.accion):
        of_account = row.entidad == "usuario" and row.entidad_id
        return people.get(row.entidad_id or 0, NOBODY_KNOWN) if of_account else NOBODY_KNOWN
    return NOBODY_KNOWN if row.lugar else RASTRO


def _phrase(row: HechoRow) -> str:
    """What a record of the audit says: how often, and of a setting its name on the page."""
    phrase = hecho_of(row.accion).frase
    times = row.detalle.get("veces")
    if isinstance(times, int) and times > 1:
        phrase = f"{phrase} ({times} veces)"
    if row.accion != _SETTING:
        return phrase
    names = {setting.clave: setting.etiqueta for setting in list_settings()}
    name = names.get(str(row.detalle.get("clave")))
    return f"cambió el ajuste «{name}»" if name else phrase


_PHRASES = {
    Actividad.CONSULTA_API: "consultó",
    Actividad.NOTA: "anotó",
    Actividad.LLAMADA: "anotó una llamada",
    Actividad.TERRENO: "anotó una visita",
    Actividad.CAMBIO_ESTADO: "cambió el estado",
    Actividad.NOTIFICACION: "notificó",
    Actividad.ADJUNTO: "cambió los archivos",
    Actividad.MENSAJE: "escribió un mensaje",
    Actividad.SISTEMA: "cambió el caso",
}


#: How the record of a look begins that tells its deed itself; the others name what was read.
_DEEDS = ("Abrió ", "Buscó ", "Leyó ", "Recibió ")
#: And that of a link that somebody of the office was given, to hand it to whom it opens something.
_HANDED = "Enlace "


def _told(row: HechoRow, quien: str) -> tuple[str, str]:
    """Who saw or received something, and what."""
    if row.canal is CanalDivulgacion.LECTURA:
        if row.que.startswith(_DEEDS):
            return quien, row.que[0].lower() + row.que[1:]
        return quien, f"leyó: {row.que}"
    if row.canal is CanalDivulgacion.EXPORTACION:
        return quien, f"exportó: {row.que}"
    if row.canal in {CanalDivulgacion.PORTAL, CanalDivulgacion.RECEPTOR}:
        if row.usuario_id is None:
            return row.destinatario, f"vio: {row.que}"
        if row.que.startswith(_HANDED):
            return quien, f"preparó: {row.que}, a {row.destinatario}"
        return quien, f"vio: {row.que}"
    label = row.canal.label if row.canal else ""
    return quien, f"{label}: {row.que}, a {row.destinatario}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _by_days(shown: Sequence[HechoShown]) -> list[tuple[date, list[HechoShown]]]:
    days = groupby(shown, key=lambda deed: to_local(deed.row.momento).date())
    return [(day, list(deeds)) for day, deeds in days]


def _asked_place() -> PuntoHecho | None:
    """Where the page begins, as its address says; what cannot be read is its first one."""
    moment, _, rest = request.args.get("despues", "").partition("~")
    fuente, _, number = rest.partition("-")
    try:
        # In UTC at once: what lies beyond the calendar there is no moment.
        place = PuntoHecho(
            datetime.fromisoformat(moment).astimezone(UTC), FuenteHecho(fuente), row_id(number)
        )
    except (ValueError, OverflowError):
        return None
    return place if place.id > 0 else None


def _address(row: HechoRow, arguments: Mapping[str, Any]) -> str:
    place = f"{row.momento.isoformat()}~{row.fuente.value}-{row.id}"
    return url_for("auditoria.index", **arguments, despues=place)


def init_last_change(app: Flask) -> None:
    """Give templates ``last_change(*acciones)``: the newest of some deeds, in words, or None.

    ``de`` is what it has to be about, where a page is of one thing: ``("buffet", 3)``.
    """
    app.jinja_env.globals["last_change"] = find_last_change


def find_last_change(*acciones: str, de: tuple[str, int] | None = None) -> dict[str, Any] | None:
    """Who did one of these last, and when; for the page where it is done."""
    row = find_newest(acciones, de)
    if row is None:
        return None
    return {"hecho": show_deeds([row])[0], "todos": ",".join(acciones)}
