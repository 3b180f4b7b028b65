"""A restored backup is told what was erased since it was made, before anybody works with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.core.clock import utcnow
from app.core.personal_data import Dato
from app.custodia.service import removal_reason
from app.db import db, release, transaction
from app.oficios.models import Oficio
from app.supresion.models import Supresion
from app.supresion.outside.erasure_list import read_list, write_list
from app.supresion.outside.remains import overwrite_freed, remove_remains
from app.supresion.rules import EMPTYING, EstadoSupresion, Trato, proof_of
from app.supresion.rules.huellas import candidates, fingerprint
from app.supresion.service import erase_next, finish_erasure, remove_files
from app.supresion.service.cutting import cut_person
from app.supresion.service.emptied_rows import empty_columns, empty_text, files_of, remove_rows
from app.supresion.service.emptying import empty_case
from app.supresion.service.recuento import Recuento, Step, few
from app.titulares.queries.lugares import list_models, primary_key
from app.titulares.queries.persona import as_text
from app.titulares.rules.identidad import Buscado, Identificador
from config import Config


def write_erasures(folder: Path) -> None:
    """Write the list of all erasures beside the backups, and keep what it knows and we do not.

    One that is still at work stands in it by its cases and fingerprints, without its proof.
    """
    known = {each["clave"]: each for each in read_list(folder)}
    for row in db.session.scalars(sa.select(Supresion).order_by(Supresion.id)):
        known[row.clave] = {
            "clave": row.clave,
            "numero": row.numero,
            "motivo": row.motivo,
            "huellas": row.huellas,
            "casos": row.casos,
            "hechos": row.hechos,
            "huella": row.huella,
            "confirmada_at": row.confirmada_at.isoformat(),
        }
    release()
    write_list(folder, list(known.values()))


def apply_missing(config: Config) -> Mapping[str, object]:
    """Erase again what the list names and this database does not know: a backup was restored."""
    entries = read_list(config.backup_dir)
    if not entries:
        return {}
    finished = {each["clave"] for each in entries if each["huella"]}
    # A backup that was made while one was at work: it ends before anybody sees the half of it.
    halves = db.session.scalars(
        sa.select(Supresion.id).where(Supresion.clave.in_(finished), Supresion.filas_at.is_(None))
    ).all()
    release()
    for supresion_id in halves:
        _end(supresion_id, now=utcnow())
    statement = sa.select(Supresion.clave, Supresion.hechos)
    known = {row.clave: row.hechos for row in db.session.execute(statement)}
    release()
    missing = [each for each in entries if each["clave"] not in known]
    decided = [
        each
        for each in entries
        if each["clave"] in known
        and len(each["hechos"].get("decididas", ()))
        > len(known[each["clave"]].get("decididas", ()))
    ]
    for entry in missing:
        _apply(entry, config.secret_key, now=utcnow())
    for entry in decided:
        _apply_decisions(entry, now=utcnow())
    count = len(halves) + len(missing) + len(decided)
    if count:
        remove_remains()
    return {"supresiones": count} if count else {}


def _end(supresion_id: int, *, now: datetime) -> None:
    """Do what is left of an erasure that another machine has ended."""
    while erase_next(supresion_id, now=now):
        pass
    remove_files(supresion_id)
    with transaction():
        finish_erasure(supresion_id, now=now)


def _apply_decisions(entry: dict[str, Any], *, now: datetime) -> None:
    """Empty the texts that somebody decided on after the backup of a finished erasure."""
    reason = f"{entry['numero']}, {entry['motivo']}, al restaurar"
    with transaction():
        overwrite_freed()
        supresion = db.session.scalars(
            sa.select(Supresion).where(Supresion.clave == entry["clave"])
        ).one()
        done = Recuento()
        models = {model.__tablename__: model for model in list_models()}
        for table, key, names in entry["hechos"]["decididas"]:
            for name in names:
                empty_text(models[table], key, name, done, reason=reason, now=now)
        supresion.hechos = entry["hechos"]
        supresion.huella = entry["huella"]


def _apply(entry: dict[str, Any], secret: str, *, now: datetime) -> None:
    done = Recuento()
    reason = f"{entry['numero']}, {entry['motivo']}, al restaurar"
    # In steps: one that is cut off is begun again at the next start, and does no harm twice.
    found = _recognise(entry, secret)
    release()

    @contextmanager
    def step() -> Iterator[Recuento]:
        with transaction():
            overwrite_freed()
            yield done

    for caso in entry["casos"]:
        trato = Trato(caso["trato"])
        if trato in EMPTYING and _is_the_same(caso):
            release()
            keeps_facts = trato is Trato.HECHOS
            empty_case(caso["id"], step, reason=reason, now=now, keeps_facts=keeps_facts)
    release()
    if found.identificadores:
        keep = {each["id"] for each in entry["casos"] if each["trato"] == Trato.CONSERVAR.value}
        cut_person(found, keep, step, reason=reason, now=now)
    is_known = len(found.identificadores) == len(entry["huellas"])
    # What is left of the facts of an anonymous case stays, as it was decided.
    is_kept = any(each["trato"] == Trato.HECHOS.value for each in entry["casos"])
    kept = (Dato.HECHO,) if is_kept else ()
    _erase_rows(entry["hechos"], step, kept=kept, cut=not is_known, reason=reason, now=now)
    with transaction():
        overwrite_freed()
        supresion = Supresion(
            clave=entry["clave"],
            numero=_free_number(entry["numero"]),
            motivo=entry["motivo"],
            buscado=[],
            huellas=entry["huellas"],
            casos=entry["casos"],
            hechos=entry["hechos"],
            archivos=list(done.archivos),
            huella=entry["huella"],
            confirmada_at=datetime.fromisoformat(entry["confirmada_at"]),
            filas_at=now,
            estado=EstadoSupresion.CONFIRMADA,
        )
        if not supresion.huella:
            # It was at work when the list was written: its proof is of what was done here.
            done.archivos = []
            supresion.hechos = asdict(done)
            supresion.huella = proof_of(supresion.numero, supresion.motivo, supresion.hechos)
        db.session.add(supresion)
        db.session.flush()
        supresion_id = supresion.id
    remove_files(supresion_id)
    with transaction():
        finish_erasure(supresion_id, now=now)


def _erase_rows(
    hechos: Mapping[str, Any],
    step: Step,
    *,
    kept: Collection[Dato],
    cut: bool,
    reason: str,
    now: datetime,
) -> None:
    """Remove and empty the rows that an erasure named, but for columns of the kinds ``kept``.

    With ``cut`` also the columns from which it took words: nobody knows which ones those were.
    """
    models = {model.__tablename__: model for model in list_models()}
    for table, ids in hechos["borradas"].items():
        for part in few(ids):
            with step() as done:
                remove_rows(models[table], part, done, reason=reason, now=now)
    cuts = [*(hechos["recortadas"] if cut else ()), *hechos.get("decididas", ())]
    for some in few(cuts):
        with step(), removal_reason(reason):
            for table, key, names in some:
                empty_columns(models[table], key, names)
    for table, ids in hechos["vaciadas"].items():
        model = models[table]
        datos = model.__personal__.datos
        names = [name for name, dato in datos.items() if dato not in kept]
        for part in few(ids):
            with step() as done:
                done.archivos += files_of(model, part)
                for pk in part:
                    empty_columns(model, pk, names)
    for tipo, ids in hechos["sellos"].items():
        for part in few(ids):
            with step() as done:
                done.seal_gone(tipo, part, reason, now)


def _recognise(entry: Mapping[str, Any], secret: str) -> Buscado:
    """Who was erased, as the restored data themselves tell it; nobody with another secret."""
    wanted = {(clave, digest) for clave, _words, digest in entry["huellas"]}
    sizes = {words for _clave, words, _digest in entry["huellas"]}
    found: dict[Identificador, None] = {}
    seen: set[str] = set()
    for text in _texts(entry["hechos"]):
        if text in seen:
            continue
        seen.add(text)
        for each in candidates(text, sizes):
            if (each.clave.value, fingerprint(each, secret)) in wanted:
                found[each] = None
    return Buscado(tuple(found))


def _texts(hechos: Mapping[str, Any]) -> Iterator[str]:
    """What stands in columns that name people, and in the rows from which words were cut."""
    kinds = (Dato.NOMBRE, Dato.RUT, Dato.PATENTE, Dato.TELEFONO, Dato.CORREO)
    models = {model.__tablename__: model for model in list_models()}
    for model in models.values():
        for name in model.__personal__.columns(*kinds):
            for value in db.session.scalars(sa.select(model.__table__.c[name]).distinct()):
                yield value or ""
    for table, key, _names in hechos["recortadas"]:
        model = models[table]
        columns = [model.__table__.c[name] for name in model.__personal__.searched]
        row = db.session.execute(sa.select(*columns).where(primary_key(model) == key)).first()
        for value in row or ():
            if value:
                yield as_text(value)


def _is_the_same(caso: Mapping[str, Any]) -> bool:
    """Whether a case is the one that the list means, and not that of another installation."""
    table = Oficio.__table__
    created = db.session.scalar(sa.select(table.c.created_at).where(table.c.id == caso["id"]))
    return created is not None and created.isoformat() == caso["created_at"]


def _free_number(numero: str) -> str:
    """The number of the list, or one beside it where somebody took it meanwhile."""
    taken = db.session.scalar(sa.select(Supresion.id).where(Supresion.numero == numero))
    return numero if taken is None else f"{numero}-R{taken}"
