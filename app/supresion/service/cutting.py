"""Taking a person out of every table, in steps that each open their transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.bandeja.models import Ingreso
from app.core.personal_data import Borrado, Dato, Titular
from app.custodia.models import Eslabon
from app.custodia.service import removal_reason
from app.db import Model, db, release
from app.oficios.models import Oficio, Propietario
from app.oficios.service.search_text import refresh_search
from app.supresion.models import Supresion
from app.supresion.rules import cut_text, cut_value
from app.supresion.service.emptied_rows import (
    emptied_values,
    empty_columns,
    empty_rows,
    remove_rows,
    run_noted,
)
from app.supresion.service.emptied_tray import empty_unless_kept
from app.supresion.service.recuento import Recuento, Step, few
from app.titulares.models import Solicitud, TextoDeArchivo
from app.titulares.queries.archivos import (
    TextosLeidos,
    files_that_name,
    line_of_upload,
    list_tray_files,
    list_uploads,
)
from app.titulares.queries.kept_words import adjuntos_of, texts_that_name
from app.titulares.queries.lugares import case_of, list_models, primary_key
from app.titulares.queries.persona import as_text, can_hold, may_hold
from app.titulares.rules.identidad import Buscado
from app.vehiculos.models import Vehiculo

#: Columns that say one thing of a person and nothing else: they are emptied, not cut.
_WHOLE = frozenset({Dato.NOMBRE, Dato.RUT, Dato.PATENTE, Dato.TELEFONO, Dato.CORREO})

#: Key and case of a row, and the columns in which the person is.
_Row = tuple[Any, int | None, dict[str, Any]]


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
    empty_unless_kept(read, keep, done, reason, now)
    return [each for each in rows if each[0] not in read]


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
            fresh |= emptied_values(model, [name])
        elif isinstance(value, str):
            length = getattr(model.__table__.c[name].type, "length", None)
            fresh[name] = cut_text(value, buscado)[:length]
        else:
            fresh[name] = cut_value(value, buscado)
            if buscado.found_in(as_text(fresh[name])):
                fresh |= emptied_values(model, [name])
    # A fingerprint of what was cut, and the bytes that came with it, would tell it again.
    extra = model.__personal__.columns(Dato.CONTENIDO)
    if "respuesta" in values and "respuesta_sha256" in model.__table__.c:
        extra.append("respuesta_sha256")
    fresh |= emptied_values(model, extra)
    run_noted(model, sa.update(model).where(primary_key(model) == key).values(fresh))
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
            empty_unless_kept({each.ingreso_id}, keep, done, reason, now)


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
