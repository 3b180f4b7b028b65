"""Every place where a person is: the rows that hold them, and those of their cases.

A LIKE leaves few rows on both databases, whatever accents and capitals were typed; whether one of
them really names the person is decided in Python (``Identificador.is_in``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.bandeja.models import Ingreso
from app.buffets.models import Buffet
from app.core.personal_data import Dato, Titular
from app.core.text import clean_text
from app.db import Model, db
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Estado, TipoPropietario
from app.titulares.models import TextoDeArchivo
from app.titulares.queries.archivos import (
    MOST_FILES,
    TextosLeidos,
    cases_of_files,
    files_that_name,
    line_of_upload,
    list_tray_files,
    list_uploads,
)
from app.titulares.queries.kept_words import TextoHallado, adjuntos_of, texts_that_name
from app.titulares.queries.lugares import case_of, list_models, primary_key, within
from app.titulares.rules.identidad import Buscado, Clave, Identificador
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: Rows that a search reads of one table; a person of flesh and blood is in fewer.
MOST_ROWS = 500
#: Cases of one person; more of them is the name of a bank.
MOST_CASES = 200
#: Characters on each side of what was found.
_AROUND = 60
#: Columns of these kinds name a person of a case or its vehicle, so that the case is theirs.
_NAMING = {Propietario: None, Vehiculo: None, Oficio: ("caratulado",)}


@dataclass(frozen=True)
class Mencion:
    """A row that holds the person, and what it says there."""

    fila_id: Any
    oficio_id: int | None
    #: The columns in which they are.
    columnas: tuple[str, ...]
    #: What stands around it, on one line.
    extracto: str
    creado_at: datetime | None


@dataclass(frozen=True)
class Lugar:
    """One kind of place: how much of it belongs to the person, and where they are named."""

    tabla: str
    label: str
    titular: Titular
    #: Rows of the person's cases, whether they name them or not.
    en_casos: int
    hallazgos: tuple[Mencion, ...]
    #: There are more than were read.
    hay_mas: bool = False

    @property
    def fuera(self) -> list[Mencion]:
        """Rows that name the person and belong to none of their cases."""
        return [each for each in self.hallazgos if each.oficio_id is None]


@dataclass(frozen=True)
class CasoDePersona:
    """A case in which the person is."""

    id: int
    numero_oficio: str
    buffet_id: int
    buffet: str
    estado: Estado
    patente: str | None
    created_at: datetime
    investigador: str | None
    #: As what: empty where only the plate or the caption names them.
    calidades: tuple[TipoPropietario, ...]


@dataclass(frozen=True)
class Encontrado:
    """All that is known of where a person is."""

    buscado: Buscado
    casos: tuple[CasoDePersona, ...]
    lugares: tuple[Lugar, ...]
    #: What else identifies the person in the cases where they were found.
    tambien: tuple[Identificador, ...]
    #: The first row that holds them.
    desde: datetime | None
    hay_mas_casos: bool = False

    @property
    def oficio_ids(self) -> list[int]:
        """Their cases."""
        return [caso.id for caso in self.casos]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held of the person."""
        return not self.casos and not any(lugar.hallazgos for lugar in self.lugares)

    def otros_casos(self, lugar: Lugar) -> list[Mencion]:
        """Rows of cases that are not theirs, which name them all the same."""
        own = set(self.oficio_ids)
        return [each for each in lugar.hallazgos if each.oficio_id not in own]


@dataclass
class _Found:
    """What the tables hold, while it is gathered."""

    rows: dict[type[Model], list[Mencion]] = field(default_factory=dict)
    more: set[type[Model]] = field(default_factory=set)


def find_person(buscado: Buscado) -> Encontrado:
    """Look for a person in every column that may hold them."""
    found = _Found()
    for model in list_models():
        if model is TextoDeArchivo:
            continue  # in long texts a line names somebody, not words that stand all over
        rows = _find_rows(model, buscado)
        if len(rows) >= MOST_ROWS:
            found.more.add(model)
        if rows:
            found.rows[model] = rows
    _look_into_files(buscado, found)
    ids = _cases_of(found)
    cases = _read_cases(ids[:MOST_CASES], found)
    places = tuple(_places(found, [case.id for case in cases]))
    return Encontrado(
        buscado,
        cases,
        places,
        _also_known(buscado, found),
        _first_seen(found, cases),
        len(ids) > MOST_CASES,
    )


def _look_into_files(buscado: Buscado, found: _Found) -> None:
    """Look also into the words of what came in: the tray's files, uploaded lists, and papers.

    Files whose words nobody kept yet are opened, the newest ones.
    """
    texts = texts_that_name(buscado)
    textos = TextosLeidos(texts)
    _note_texts(buscado, texts, found)
    files, has_more = list_tray_files(), False
    unread = [each for each in files if each.sha256 not in textos.read]
    if len(unread) > MOST_FILES:
        has_more, late = True, {each.ingreso_id for each in unread[MOST_FILES:]}
        files = [each for each in files if each.ingreso_id not in late]
    known = {row.fila_id for row in found.rows.get(Ingreso, ())}
    named = list(
        files_that_name(buscado, [each for each in files if each.ingreso_id not in known], textos)
    )
    cases = cases_of_files([each.ingreso_id for each, _line in named])
    for each, line in named:
        own = cases.get(each.ingreso_id, set())
        excerpt = _excerpt(line, buscado.found_in(line)[0])
        case = min(own) if len(own) == 1 else None
        row = Mencion(each.ingreso_id, case, ("archivo",), excerpt, each.created_at)
        found.rows.setdefault(Ingreso, []).append(row)
    if has_more:
        found.more.add(Ingreso)
    counts: Counter[type[Model]] = Counter()
    for upload in list_uploads():
        if upload.sha256 not in textos.read:
            counts[upload.model] += 1
            if counts[upload.model] > MOST_FILES:
                continue
        rows = found.rows.get(upload.model, [])
        if any(row.fila_id == upload.fila_id for row in rows):
            continue
        told = line_of_upload(buscado, upload, textos)
        if told is not None:
            excerpt = _excerpt(told, buscado.found_in(told)[0])
            found.rows.setdefault(upload.model, []).append(
                Mencion(upload.fila_id, upload.oficio_id, ("archivo",), excerpt, upload.created_at)
            )
    found.more |= {model for model, count in counts.items() if count > MOST_FILES}


def _note_texts(buscado: Buscado, texts: list[TextoHallado], found: _Found) -> None:
    """The kept words themselves are a place, and so are the papers of cases that they are of."""
    excerpts = {
        each.sha256: _excerpt(each.linea, buscado.found_in(each.linea)[0]) for each in texts
    }
    if texts:
        found.rows[TextoDeArchivo] = [
            Mencion(each.id, None, ("texto",), excerpts[each.sha256], None) for each in texts
        ]
    rows = found.rows.get(Adjunto, [])
    known = {row.fila_id for row in rows}
    more = [
        Mencion(pk, oficio_id, ("archivo",), excerpts[sha256], created_at)
        for pk, oficio_id, sha256, created_at in adjuntos_of(list(excerpts))
        if pk not in known
    ]
    if more:
        found.rows[Adjunto] = [*rows, *more]


def _find_rows(model: type[Model], buscado: Buscado) -> list[Mencion]:
    conditions = [
        condition
        for name in model.__personal__.searched
        if (condition := may_hold(model, name, buscado)) is not None
    ]
    if not conditions:
        return []
    names = model.__personal__.searched
    case = case_of(model)
    table = model.__table__
    created = table.c.get("created_at")
    statement = (
        sa.select(
            primary_key(model),
            (case if case is not None else sa.null()).label("case_id"),
            (created if created is not None else sa.null()).label("made_at"),
            *(table.c[name].label(f"c_{name}") for name in names),
        )
        .where(sa.or_(*conditions))
        .order_by(primary_key(model))
        .limit(MOST_ROWS)
    )
    rows = []
    for key, case_id, made_at, *values in db.session.execute(statement):
        if hit := _look(dict(zip(names, values, strict=True)), model, buscado):
            rows.append(Mencion(key, case_id, hit[0], hit[1], made_at))
    return rows


def may_hold(model: type[Model], name: str, buscado: Buscado) -> sa.ColumnElement[bool] | None:
    """What a column must be like to hold the person; None where it cannot."""
    dato = model.__personal__.datos[name]
    column: sa.ColumnElement[Any] = model.__table__.c[name]
    is_json = dato is Dato.ESTRUCTURA
    # As text of any length: a pattern may be longer than its column.
    text = sa.cast(column, sa.Text) if is_json else sa.type_coerce(column, sa.Text)
    fits = [
        sa.and_(*(text.ilike(pattern, escape="\\") for pattern in together))
        for each in buscado.identificadores
        if can_hold(dato, each)
        for together in each.patterns(escaped=is_json)
    ]
    return sa.or_(*fits) if fits else None


def can_hold(dato: Dato, identificador: Identificador) -> bool:
    """Whether a column of that kind may hold it: its own kind does, and whatever is free text."""
    return dato in (Dato.TEXTO, Dato.ESTRUCTURA, Dato.LUGAR) or dato is identificador.clave.dato


def _look(
    values: dict[str, Any], model: type[Model], buscado: Buscado
) -> tuple[tuple[str, ...], str] | None:
    """The columns that hold the person, and what stands around it in the first one."""
    columns: list[str] = []
    excerpt = ""
    for name, value in values.items():
        if value is None:
            continue
        dato = model.__personal__.datos[name]
        text = as_text(value)
        hits = [each for each in buscado.found_in(text) if can_hold(dato, each)]
        if hits:
            columns.append(name)
            excerpt = excerpt or _excerpt(text, hits[0])
    return (tuple(columns), excerpt) if columns else None


def as_text(value: Any) -> str:
    """A value as text to search in, JSON without its escapes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _excerpt(text: str, identificador: Identificador) -> str:
    """The words around what was found; the beginning where words of a name stand apart."""
    line = clean_text(text)
    start, end = identificador.span_in(line)
    cut = line[max(0, start - _AROUND) : end + _AROUND].strip()
    before = "…" if start > _AROUND else ""
    return f"{before}{cut}{'…' if end + _AROUND < len(line) else ''}"


def _cases_of(found: _Found) -> list[int]:
    """The cases whose person, vehicle or caption it is, the oldest first."""
    ids = set()
    for model, columns in _NAMING.items():
        for row in found.rows.get(model, ()):
            if row.oficio_id and (columns is None or set(columns) & set(row.columnas)):
                ids.add(row.oficio_id)
    return sorted(ids)


def _read_cases(ids: Collection[int], found: _Found) -> tuple[CasoDePersona, ...]:
    named = {row.fila_id for row in found.rows.get(Propietario, ())}
    kinds: dict[int, list[TipoPropietario]] = {}
    for oficio_id, persona_id, tipo in db.session.execute(
        sa.select(Propietario.oficio_id, Propietario.id, Propietario.tipo).where(
            Propietario.oficio_id.in_(ids)
        )
    ):
        if persona_id in named:
            kinds.setdefault(oficio_id, []).append(tipo)
    statement = (
        sa.select(
            Oficio.id,
            Oficio.numero_oficio,
            Oficio.buffet_id,
            Buffet.nombre,
            Oficio.estado,
            Vehiculo.patente,
            Oficio.created_at,
            Usuario.nombre,
        )
        .join(Buffet, Buffet.id == Oficio.buffet_id)
        .outerjoin(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .outerjoin(Usuario, Usuario.id == Oficio.investigador_id)
        .where(Oficio.id.in_(ids))
        .order_by(Oficio.id)
    )
    return tuple(
        CasoDePersona(*row, calidades=tuple(kinds.get(row[0], ())))
        for row in db.session.execute(statement)
    )


def _places(found: _Found, ids: list[int]) -> Iterable[Lugar]:
    for model in list_models():
        personal = model.__personal__
        count = 0
        condition = within(model, ids) if ids and personal.datos else None
        if condition is not None:
            count = db.session.execute(
                sa.select(sa.func.count()).select_from(model.__table__).where(condition)
            ).scalar_one()
        rows = tuple(found.rows.get(model, ()))
        if count or rows:
            yield Lugar(
                model.__tablename__,
                personal.label,
                personal.titular,
                count,
                rows,
                model in found.more,
            )


def _also_known(buscado: Buscado, found: _Found) -> tuple[Identificador, ...]:
    """What else the found persons are known by, so that they are searched by it too."""
    ids = [row.fila_id for row in found.rows.get(Propietario, ())]
    known = set(buscado.identificadores)
    more: dict[Identificador, None] = {}
    columns = (Propietario.rut, Propietario.nombre, Propietario.telefono, Propietario.email)
    kinds = (Clave.RUT, Clave.NOMBRE, Clave.TELEFONO, Clave.CORREO)
    for values in db.session.execute(sa.select(*columns).where(Propietario.id.in_(ids))):
        for clave, value in zip(kinds, values, strict=True):
            if value and (each := Identificador(clave, value)) not in known:
                more[each] = None
    return tuple(more)


def _first_seen(found: _Found, cases: tuple[CasoDePersona, ...]) -> datetime | None:
    moments = [row.creado_at for rows in found.rows.values() for row in rows if row.creado_at]
    return min([*moments, *(case.created_at for case in cases)], default=None)
