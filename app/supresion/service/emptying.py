"""Taking rows, columns and words out of tables, as the models declare their personal data.

What is evidence keeps its place in its chain: the content and salt of its links are destroyed, and
a tomb says by which erasure. Call everything here in a transaction, but ``empty_case`` and
``cut_person``, which open one for each of their steps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.auditoria.models import Auditoria, Divulgacion
from app.bandeja.models import Ingreso, Origen
from app.core.clock import utcnow
from app.core.dates import ERASED_AT, ERASED_DAY
from app.core.personal_data import Borrado, Dato, Titular
from app.custodia.models import Eslabon
from app.custodia.queries import parts
from app.custodia.service import (
    count_unsalted,
    erase_sealed,
    execute_sealed,
    removal_reason,
    seal_disclosures_anew,
)
from app.db import Model, append_only_door, db, release
from app.eventos.models import Entrega, Evento
from app.feature import current_features
from app.indicadores.models import CasoMensual, InformeMensual
from app.jobs.models import Trabajo
from app.jobs.rules import WAITING_STATES
from app.jobs.service import cancel_job
from app.oficios.models import Oficio, Propietario
from app.oficios.service.search_text import refresh_search
from app.planillas.models import Importacion
from app.supresion.models import Supresion
from app.supresion.rules import EMPTIED, EMPTIED_SHORT, cut_text, cut_value
from app.titulares.models import Solicitud, TextoDeArchivo
from app.titulares.queries.archivos import (
    TextosLeidos,
    files_that_name,
    line_of_upload,
    list_tray_files,
    list_uploads,
)
from app.titulares.queries.kept_words import adjuntos_of, texts_that_name
from app.titulares.queries.lugares import case_of, list_models, primary_key, within
from app.titulares.queries.persona import as_text, can_hold, may_hold
from app.titulares.rules.identidad import Buscado
from app.titulares.service.kept_words import forget_texts
from app.vehiculos.models import Vehiculo

#: Columns that say one thing of a person and nothing else: they are emptied, not cut.
_WHOLE = frozenset({Dato.NOMBRE, Dato.RUT, Dato.PATENTE, Dato.TELEFONO, Dato.CORREO})
#: Rows that one transaction changes: others wait to write meanwhile. Of a case whole rows go.
_AT_ONCE = 20
_ROWS_OF_A_CASE = 100
#: Words for the reason of a file that is gone.
_GONE = "Borrado por ley"


#: Key and case of a row, and the columns in which the person is.
_Row = tuple[Any, int | None, dict[str, Any]]


@dataclass
class Recuento:
    """What an erasure did, by the names of tables and the keys of rows."""

    vaciadas: dict[str, list[Any]] = field(default_factory=dict)
    borradas: dict[str, list[Any]] = field(default_factory=dict)
    #: Table, key and columns of rows from which words were cut.
    recortadas: list[list[Any]] = field(default_factory=list)
    #: The same of rows whose text somebody decided to empty.
    decididas: list[list[Any]] = field(default_factory=list)
    #: Kind and row of seals that were destroyed.
    sellos: dict[str, list[int]] = field(default_factory=dict)
    eslabones: int = 0
    #: Of those, links without a salt: their hash stays, and what was sealed can be guessed by it.
    sin_sal: int = 0
    archivos: list[list[str]] = field(default_factory=list)
    por_juzgar: list[dict[str, Any]] = field(default_factory=list)
    #: What other machines were told, which no erasure here can reach.
    copias: list[str] = field(default_factory=list)

    def seal_gone(self, tipo: str, ids: Collection[int], reason: str, now: datetime) -> None:
        """Destroy what links hold of rows, and count it."""
        if not ids or tipo not in current_features().sealed:
            return
        self.sin_sal += count_unsalted(tipo, ids)
        self.eslabones += erase_sealed(tipo, ids, reason=reason, now=now)
        known = self.sellos.setdefault(tipo, [])
        known += sorted(set(ids) - set(known))

    def add(self, more: Mapping[str, Any]) -> None:
        """Count also what another step did."""
        for mine, other in (
            (self.vaciadas, more.get("vaciadas", {})),
            (self.borradas, more.get("borradas", {})),
            (self.sellos, more.get("sellos", {})),
        ):
            for name, ids in other.items():
                mine[name] = list(dict.fromkeys([*mine.get(name, ()), *ids]))
        self.recortadas += more.get("recortadas", ())
        self.decididas += more.get("decididas", ())
        self.eslabones += more.get("eslabones", 0)
        self.sin_sal += more.get("sin_sal", 0)
        self.archivos += more.get("archivos", ())
        self.copias = list(dict.fromkeys([*self.copias, *more.get("copias", ())]))
        judged = self.por_juzgar  # a step that is done again finds the same once more
        self.por_juzgar += [each for each in more.get("por_juzgar", ()) if each not in judged]


#: Opens a transaction, and gives the count to which what is done in it is added and stored.
Step = Callable[[], AbstractContextManager[Recuento]]


def empty_case(
    oficio_id: int,
    step: Step,
    *,
    reason: str,
    now: datetime,
    gone: Mapping[str, Collection[Any]] | None = None,
    keeps_facts: bool = False,
) -> None:
    """Empty a case: its rows stay as numbers, its people, places and texts go with their files.

    However large it is, no transaction changes more than some hundred rows. ``gone`` are rows, by
    their tables, that were done before this was cut off. The case itself is the last: until then
    it can be found by what it still says. With ``keeps_facts`` what identifies nobody stays, to be
    counted (``Dato.HECHO``).
    """
    with step() as done:
        waiting = sa.select(Trabajo).where(
            Trabajo.oficio_id == oficio_id, Trabajo.estado.in_(WAITING_STATES)
        )
        for trabajo in db.session.scalars(waiting):
            cancel_job(trabajo, now=now, cause="Los datos del caso se borraron por ley.")
        db.session.flush()
        _empty_originals(oficio_id, done, reason, now)
    _remove_deliveries(oficio_id, step, reason, now)
    seen = {table: set(ids) for table, ids in (gone or {}).items()}
    models = sorted(list_models(), key=lambda model: model is Oficio)
    # Somebody may add a row while others are emptied: it is found in the next round.
    has_more = True
    while has_more:
        kept = frozenset({Dato.HECHO}) if keeps_facts else frozenset()
        found = [_empty_table(model, oficio_id, seen, step, kept, reason, now) for model in models]
        has_more = any(found)


def _empty_table(
    model: type[Model],
    oficio_id: int,
    seen: dict[str, set[Any]],
    step: Step,
    kept: Collection[Dato],
    reason: str,
    now: datetime,
) -> bool:
    """Empty the rows of a case in a table that nobody has done yet; whether there were any."""
    condition = within(model, [oficio_id])
    if condition is None or model.__personal__.borrado in {Borrado.GUARDAR, Borrado.SELLO}:
        return False
    known = seen.setdefault(model.__tablename__, set())
    keys = db.session.scalars(sa.select(primary_key(model)).where(condition))
    ids = [key for key in keys if key not in known]
    release()
    for part in few(ids, _ROWS_OF_A_CASE):
        with step() as done:
            done.archivos += files_of(model, part)
            if model.__personal__.borrado is Borrado.FILA:
                remove_rows(model, part, done, reason=reason, now=now)
            else:
                empty_rows(model, part, done, reason=reason, now=now, kept=kept)
        known |= set(part)
    return bool(ids)


def _empty_originals(oficio_id: int, done: Recuento, reason: str, now: datetime) -> None:
    """Empty the files of the tray that a case was made of, and the packages that they came in.

    Such a file tells of other cases too: it goes for all of them, as an uploaded list does.
    """
    above = set(
        db.session.scalars(sa.select(Origen.ingreso_id).where(Origen.oficio_id == oficio_id))
    )
    _empty_items(_with_packages(above), done, reason, now)
    _withdraw_months(oficio_id, done, reason, now)


def _withdraw_months(oficio_id: int, done: Recuento, reason: str, now: datetime) -> None:
    """Take back the monthly reports that name a case: their files tell of others too, and go."""
    named = sa.select(CasoMensual.__table__.c.informe_id).where(
        CasoMensual.__table__.c.oficio_id == oficio_id
    )
    reports = InformeMensual.__table__.c
    ids = list(db.session.scalars(sa.select(reports.id).where(reports.id.in_(named))))
    done.archivos += files_of(InformeMensual, ids)
    empty_rows(InformeMensual, ids, done, reason=reason, now=now)


def _with_packages(above: set[int]) -> set[int]:
    """Items of the tray with the packages and mails that they came in."""
    ids: set[int] = set()
    while above:
        ids |= above
        packages = sa.select(Ingreso.padre_id).where(Ingreso.id.in_(above))
        above = {each for each in db.session.scalars(packages) if each is not None} - ids
    return ids


def _empty_items(ids: set[int], done: Recuento, reason: str, now: datetime) -> None:
    """Empty items of the tray, with their files and the lists that were made of them."""
    files = sa.select(Ingreso.almacen, Ingreso.archivo_key, Ingreso.importacion_id)
    lists: list[int] = []
    for almacen, key, importacion_id in db.session.execute(files.where(Ingreso.id.in_(ids))):
        if key:
            done.archivos.append([almacen, key])
        if importacion_id is not None:
            lists.append(importacion_id)
    empty_rows(Ingreso, sorted(ids), done, reason=reason, now=now)
    for pk in lists:
        empty_columns(Importacion, pk, ["contenido"])


def remove_rows(
    model: type[Model], ids: list[Any], done: Recuento, *, reason: str, now: datetime
) -> None:
    """Remove rows of a table."""
    if not ids:
        return
    forget_texts(model, ids)
    key = primary_key(model)
    with removal_reason(reason):
        for part in parts(ids):
            _run(model, sa.delete(model).where(key.in_(part)))
    done.borradas.setdefault(model.__tablename__, []).extend(ids)
    for sealed in model.__sealed__:
        done.seal_gone(sealed.tipo, ids, reason, now)


def empty_rows(
    model: type[Model],
    ids: list[Any],
    done: Recuento,
    *,
    reason: str,
    now: datetime,
    kept: Collection[Dato] = (),
) -> None:
    """Empty the personal columns of rows of a table, but those of the kinds ``kept``."""
    datos = model.__personal__.datos
    values = _emptied(model, [name for name, dato in datos.items() if dato not in kept])
    if model is Adjunto:
        values |= {
            "eliminado_at": sa.func.coalesce(Adjunto.__table__.c.eliminado_at, now),
            "eliminado_motivo": f"{_GONE}: {reason}"[:300],
            "portada": False,
            "aprobado_at": None,
        }
    if not ids or not values:
        return
    forget_texts(model, ids)
    key = primary_key(model)
    for part in parts(ids):
        _run(model, sa.update(model).where(key.in_(part)).values(values))
    done.vaciadas.setdefault(model.__tablename__, []).extend(ids)
    for sealed in model.__sealed__:
        done.seal_gone(sealed.tipo, ids, reason, now)


def empty_columns(model: type[Model], key: Any, names: Iterable[str]) -> None:
    """Empty some columns of one row, of which nobody knows any more what to cut."""
    values = _emptied(model, names)
    if values.keys() & {"sha256", *model.__personal__.columns(Dato.CONTENIDO)}:
        forget_texts(model, [key])
    if values:
        _run(model, sa.update(model).where(primary_key(model) == key).values(values))


def empty_text(
    model: type[Model], key: Any, name: str, done: Recuento, *, reason: str, now: datetime
) -> None:
    """Empty one text of which somebody decided that it tells of the person."""
    empty_columns(model, key, [name])
    done.decididas.append([model.__tablename__, key, [name]])
    for sealed in model.__sealed__:
        done.seal_gone(sealed.tipo, [key], reason, now)
    if model is Oficio:
        db.session.expire_all()
        refresh_search(db.session.get_one(Oficio, key))


def cut_person(buscado: Buscado, keep: set[int], step: Step, *, reason: str, now: datetime) -> None:
    """Take a person out of every row, but those of the cases that stay as they are.

    It is called outside of a transaction: looking for the person reads all tables, and nobody
    waits for that. What was found is looked at again in the step that changes it; a repetition
    finds only what is left.
    """
    for model in list_models():
        if model in {Supresion, TextoDeArchivo} or model.__tablename__ in {
            "custodia",
            "custodia_revisiones",
        }:
            continue
        if model.__personal__.titular in {Titular.OFICINA, Titular.BUFFET, Titular.RECEPTOR}:
            continue
        keys = [key for key, *_ in _rows_with(model, buscado)]
        release()
        for part in few(keys):
            with step() as done:
                _cut_rows(model, part, buscado, keep, done, reason=reason, now=now)
    textos = TextosLeidos(texts_that_name(buscado))
    release()
    _empty_uploads(buscado, keep, step, textos)
    _empty_tray(buscado, keep, step, textos, reason=reason, now=now)
    _forget_words(buscado, keep, step, reason=reason, now=now)
    _erase_links(buscado, keep, step, reason=reason, now=now)


def few(keys: list[Any], most: int = _AT_ONCE) -> Iterator[list[Any]]:
    """Rows in parts that one transaction changes."""
    for start in range(0, len(keys), most):
        yield keys[start : start + most]


def _cut_rows(
    model: type[Model],
    keys: list[Any],
    buscado: Buscado,
    keep: set[int],
    done: Recuento,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Take a person out of some rows of a table."""
    rows = [each for each in _rows_with(model, buscado, keys) if each[1] not in keep]
    if model is Solicitud:
        rows = _answered(rows, done)
    if model is Ingreso:
        rows = _unread(rows, keep, done, reason, now)
    ids = [key for key, *_ in rows]
    stale = {case for _key, case, *_ in rows if case}
    if model.__personal__.borrado is Borrado.FILA:
        remove_rows(model, ids, done, reason=reason, now=now)
        return
    if model is Propietario:
        empty_rows(model, ids, done, reason=reason, now=now)
    else:
        with removal_reason(reason):
            for key, _case, values in rows:
                _cut_row(model, key, values, buscado, done)
        for sealed in model.__sealed__:
            done.seal_gone(sealed.tipo, ids, reason, now)
    if model in {Oficio, Propietario, Vehiculo}:
        db.session.expire_all()
        for oficio_id in sorted(stale):
            refresh_search(db.session.get_one(Oficio, oficio_id))


def _unread(
    rows: list[_Row], keep: set[int], done: Recuento, reason: str, now: datetime
) -> list[_Row]:
    """The items of the tray of which only the name or the sender tells of the person.

    In the others the person is in what was read of the file: the file goes.
    """
    read = {key for key, _case, values in rows if {"texto", "lectura"} & set(values)}
    _empty_unless_kept(read, keep, done, reason, now)
    return [each for each in rows if each[0] not in read]


def _empty_unless_kept(
    ids: set[int], keep: set[int], done: Recuento, reason: str, now: datetime
) -> None:
    """Empty items and the packages around them, but those of which a case was made that stays."""
    ids = _with_packages(ids)
    kept = set(
        db.session.scalars(
            sa.select(Origen.ingreso_id).where(
                Origen.ingreso_id.in_(ids), Origen.oficio_id.in_(keep)
            )
        )
    )
    done.por_juzgar += [
        {"tabla": "ingresos", "fila": key, "que": "el archivo de un caso que se conserva"}
        for key in sorted(kept)
    ]
    _empty_items(ids - kept, done, reason, now)


def _answered(rows: list[_Row], done: Recuento) -> list[_Row]:
    """The requests that were answered: whose the others are, the office still has to know."""
    ids = [key for key, *_ in rows]
    open_ones = set(
        db.session.scalars(
            sa.select(Solicitud.id).where(Solicitud.id.in_(ids), Solicitud.resuelta_at.is_(None))
        )
    )
    done.por_juzgar += [
        {"tabla": "solicitudes", "fila": key, "que": "sigue sin respuesta"}
        for key in sorted(open_ones)
    ]
    return [each for each in rows if each[0] not in open_ones]


def _cut_row(
    model: type[Model], key: Any, values: dict[str, Any], buscado: Buscado, done: Recuento
) -> None:
    datos = model.__personal__.datos
    fresh: dict[str, Any] = {}
    for name, value in values.items():
        if datos[name] in _WHOLE:
            fresh |= _emptied(model, [name])
        elif isinstance(value, str):
            length = getattr(model.__table__.c[name].type, "length", None)
            fresh[name] = cut_text(value, buscado)[:length]
        else:
            fresh[name] = cut_value(value, buscado)
            if buscado.found_in(as_text(fresh[name])):
                fresh |= _emptied(model, [name])
    # A fingerprint of what was cut, and the bytes that came with it, would tell it again.
    extra = model.__personal__.columns(Dato.CONTENIDO)
    if "respuesta" in values and "respuesta_sha256" in model.__table__.c:
        extra.append("respuesta_sha256")
    fresh |= _emptied(model, extra)
    _run(model, sa.update(model).where(primary_key(model) == key).values(fresh))
    done.recortadas.append([model.__tablename__, key, sorted(fresh)])
    if model is Adjunto:
        done.por_juzgar.append({"tabla": "adjuntos", "fila": key, "que": "el archivo mismo"})


def _rows_with(model: type[Model], buscado: Buscado, keys: list[Any] | None = None) -> list[_Row]:
    """Key and case of the rows that hold the person, and the columns in which they are.

    With ``keys`` only those rows are looked at.
    """
    names = model.__personal__.searched
    likely = [
        condition for name in names if (condition := may_hold(model, name, buscado)) is not None
    ]
    if not likely:
        return []
    case, table = case_of(model), model.__table__
    statement = (
        sa.select(
            primary_key(model),
            (case if case is not None else sa.null()).label("case_id"),
            *(table.c[name].label(f"c_{name}") for name in names),
        )
        .where(sa.or_(*likely))
        .order_by(primary_key(model))
    )
    if keys is not None:
        statement = statement.where(primary_key(model).in_(keys))
    found = []
    for key, case_id, *values in db.session.execute(statement).all():
        held = {
            name: value
            for name, value in zip(names, values, strict=True)
            if value is not None
            and any(
                can_hold(model.__personal__.datos[name], each)
                for each in buscado.found_in(as_text(value))
            )
        }
        if held:
            found.append((key, case_id, held))
    return found


def _erase_links(
    buscado: Buscado, keep: set[int], step: Step, *, reason: str, now: datetime
) -> None:
    """Destroy the links that still tell of the person: of what a row once said."""
    condition = may_hold(Eslabon, "contenido", buscado)
    if condition is None:
        return
    by_kind: dict[str, set[int]] = {}
    columns = (Eslabon.cadena, Eslabon.tipo, Eslabon.fila_id, Eslabon.contenido)
    for cadena, tipo, fila_id, contenido in db.session.execute(
        sa.select(*columns).where(condition)
    ):
        if cadena not in keep and buscado.found_in(contenido or ""):
            by_kind.setdefault(tipo, set()).add(fila_id)
    release()
    for tipo, ids in sorted(by_kind.items()):
        for part in few(sorted(ids)):
            with step() as done:
                done.seal_gone(tipo, part, reason, now)


def _empty_uploads(buscado: Buscado, keep: set[int], step: Step, textos: TextosLeidos) -> None:
    """Empty uploaded files in which the person stands; those that nobody read are read now."""
    for upload in list_uploads():
        if upload.oficio_id in keep or line_of_upload(buscado, upload, textos) is None:
            continue
        release()
        with step() as done:
            empty_columns(upload.model, upload.fila_id, [upload.columna])
            done.recortadas.append([upload.model.__tablename__, upload.fila_id, [upload.columna]])


def _empty_tray(
    buscado: Buscado,
    keep: set[int],
    step: Step,
    textos: TextosLeidos,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Empty files of the tray in which the person stands."""
    files = list_tray_files()
    release()
    for each, _line in files_that_name(buscado, files, textos):
        with step() as done:
            _empty_unless_kept({each.ingreso_id}, keep, done, reason, now)


def _forget_words(
    buscado: Buscado, keep: set[int], step: Step, *, reason: str, now: datetime
) -> None:
    """Remove what is still kept of the words of files that name the person.

    The file itself may be left, as evidence of a case that is somebody else's: a person judges it.
    """
    found = texts_that_name(buscado)
    papers = [
        {"tabla": "adjuntos", "fila": pk, "que": "el archivo mismo"}
        for pk, oficio_id, *_ in adjuntos_of([each.sha256 for each in found])
        if oficio_id not in keep
    ]
    release()
    for some in few(papers):
        with step() as done:
            done.por_juzgar += [each for each in some if each not in done.por_juzgar]
    for part in few([each.id for each in found]):
        with step() as done:
            remove_rows(TextoDeArchivo, part, done, reason=reason, now=now)


def _remove_deliveries(oficio_id: int, step: Step, reason: str, now: datetime) -> None:
    """Forget what programs outside were told of a case, and were still to be told."""
    events = sa.select(Evento.id).where(Evento.oficio_id == oficio_id)
    jobs = sa.select(Trabajo.id).where(Trabajo.oficio_id == oficio_id)
    which = sa.or_(Entrega.evento_id.in_(events), Entrega.trabajo_id.in_(jobs))
    ids = list(db.session.scalars(sa.select(Entrega.id).where(which)))
    release()
    for part in few(ids, _ROWS_OF_A_CASE):
        with step() as done:
            remove_rows(Entrega, part, done, reason=reason, now=now)


def files_of(model: type[Model], ids: list[Any]) -> list[list[str]]:
    """Storage and key of every file of some rows of a table."""
    found: list[list[str]] = []
    table = model.__table__
    for column in current_features().file_columns:
        if column.table == model.__tablename__:
            statement = sa.select(table.c.almacen, table.c[column.key]).where(
                primary_key(model).in_(ids)
            )
            found += [[almacen or "", key] for almacen, key in db.session.execute(statement) if key]
    return found


def _emptied(model: type[Model], names: Iterable[str]) -> dict[str, Any]:
    """The values of columns once they say nothing; of a day that must be there, ``ERASED_DAY``."""
    found: dict[str, Any] = {}
    for name in names:
        column = model.__table__.c[name]
        dato = model.__personal__.datos.get(name)
        if column.nullable:
            found[name] = sa.null()
        elif dato is Dato.DERIVADO or dato is Dato.ARCHIVO:
            found[name] = ""
        elif isinstance(column.type, sa.JSON):
            default = getattr(column.default, "arg", None)
            found[name] = default(None) if callable(default) else {}
        elif isinstance(column.type, sa.LargeBinary):
            found[name] = b""
        elif dato is Dato.MOMENTO:
            found[name] = ERASED_DAY if isinstance(column.type, sa.Date) else ERASED_AT
        elif isinstance(column.type, sa.Integer):
            continue
        elif is_unique(model, name):
            key = sa.cast(primary_key(model), sa.String)
            found[name] = sa.literal(f"{EMPTIED} ", sa.Text).concat(key)
        else:
            length = getattr(column.type, "length", None)
            found[name] = (
                EMPTIED if not length or length >= len(EMPTIED) else EMPTIED_SHORT[:length]
            )
    return found


def is_unique(model: type[Model], name: str) -> bool:
    """Whether two rows may not say the same in a column, by itself or with others."""
    table: Any = model.__table__
    return bool(table.c[name].unique) or any(
        name in each.columns
        for each in (*table.constraints, *table.indexes)
        if isinstance(each, sa.UniqueConstraint) or getattr(each, "unique", False)
    )


def _run(model: type[Model], statement: sa.Update | sa.Delete) -> None:
    """Run a statement, noting its rows where they are evidence."""
    if model is Auditoria:
        with append_only_door(db.session.connection()):
            execute_sealed(statement)
    elif model.__sealed__:
        execute_sealed(statement)
    elif model is Divulgacion:
        changed = statement.returning(Divulgacion.id)
        ids = db.session.scalars(changed.execution_options(synchronize_session=False)).all()
        seal_disclosures_anew(ids, utcnow())
    else:
        db.session.execute(statement.execution_options(synchronize_session=False))
