"""Deciding on an erasure and carrying it out, in steps that a killed process takes up again."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.adjuntos.outside.storage import get_storage
from app.auditoria.service import audit
from app.core.clock import local_today
from app.core.errors import Refused
from app.custodia.queries import parts
from app.db import db, release, transaction
from app.jobs.queue import enqueue
from app.oficios.models import Oficio
from app.supresion.models import PasoSupresion, Supresion
from app.supresion.outside.remains import overwrite_freed
from app.supresion.rules import EMPTYING, EstadoSupresion, Trato, pack, proof_of, unpack
from app.supresion.rules.huellas import fingerprint, word_count
from app.supresion.service.cutting import cut_person
from app.supresion.service.emptied_rows import empty_text
from app.supresion.service.emptying import empty_case
from app.supresion.service.mentions import list_mentions, model_of
from app.supresion.service.recuento import Recuento
from app.titulares.rules.identidad import Buscado
from app.usuarios.models import Usuario
from app.vigia.outside import target_name

ERASE_JOB = "supresion.borrar"
#: Cases that the audit names; the erasure itself has them all.
_NAMED = 200
_NAMES_THEM = (
    "La solicitud o una de las razones nombra a la persona, y quedarían en la prueba: escríbalas "
    "sin sus datos."
)
#: Where the sweep puts the originals of rows that are gone.
_TRASH = "papelera"


def confirm_erasure(
    buscado: Buscado,
    tratos: Mapping[int, Trato],
    motivo: str,
    *,
    secret: str,
    porque: Mapping[int, str] | None = None,
    actor: Usuario | None,
    now: datetime,
) -> Supresion:
    """Decide on an erasure; a job carries it out.

    ``tratos`` says what becomes of each case of the person, ``porque`` why one stays. ``motivo``
    is the number of a request or a rule: it stands in the tombs and names nobody. ``secret`` is
    the installation's: with it a restored backup recognises the person.

    Raises:
        Refused: an open case was to be emptied, one that stays has no reason, or a reason names
            the person: it stays in the proof and beside the backups.
    """
    reasons = porque or {}
    if any(buscado.found_in(text) for text in (motivo, *reasons.values())):
        raise Refused(_NAMES_THEM)
    casos = []
    rows = _read_cases(sorted(tratos))
    for oficio_id, trato in sorted(tratos.items()):
        row = rows[oficio_id]
        if trato in EMPTYING and not row.estado.is_final:
            raise Refused(
                f"El caso {oficio_id} sigue abierto: ciérrelo antes de borrarlo, o consérvelo "
                "diciendo por qué."
            )
        reason = reasons.get(oficio_id, "").strip()
        if trato is Trato.CONSERVAR and not reason:
            raise Refused(f"Escriba por qué se conserva el caso {oficio_id}.")
        casos.append(
            {
                "id": oficio_id,
                "trato": trato.value,
                "porque": reason,
                "created_at": row.created_at.isoformat(),
                "hecho": False,
            }
        )
    supresion = Supresion(
        clave=secrets.token_hex(16),
        numero=_next_number(now),
        motivo=motivo,
        buscado=pack(buscado),
        huellas=[
            [each.clave.value, word_count(each), fingerprint(each, secret)]
            for each in buscado.identificadores
        ],
        casos=casos,
        hechos=asdict(Recuento()),
        archivos=[],
        confirmada_at=now,
        confirmada_por_id=actor.id if actor else None,
    )
    db.session.add(supresion)
    db.session.flush()
    audit(
        "supresion.confirmada",
        actor=actor,
        now=now,
        entidad="supresion",
        entidad_id=supresion.id,
        motivo=motivo,
        casos=[[each["id"], each["trato"]] for each in casos[:_NAMED]],
        por_trato=Counter(each["trato"] for each in casos),
    )
    enqueue(
        ERASE_JOB,
        key=f"{ERASE_JOB}:{supresion.clave}",
        now=now,
        args={"supresion_id": supresion.id},
        usuario_id=actor.id if actor else None,
    )
    return supresion


def _read_cases(oficio_ids: list[int]) -> dict[int, Any]:
    """State and beginning of some cases, by their numbers."""
    table = Oficio.__table__
    statement = sa.select(table.c.id, table.c.estado, table.c.created_at)
    return {
        row.id: row
        for part in parts(oficio_ids)
        for row in db.session.execute(statement.where(table.c.id.in_(part)))
    }


def _next_number(now: datetime) -> str:
    """The next number of the year; two at the same moment meet the unique constraint."""
    prefix = f"B-{local_today(now).year}-"
    last = db.session.scalar(
        sa.select(sa.func.max(Supresion.numero)).where(Supresion.numero.startswith(prefix))
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04}"


def erase_next(supresion_id: int, *, now: datetime) -> bool:
    """Do the next part of an erasure's rows; False when all are done.

    One case is one part, in as many transactions as its size asks for. The last part takes the
    person out of all that is outside of the emptied cases, some rows in each transaction, and then
    forgets who it was. Whatever a transaction did is stored with it, so that a repetition goes on
    from there.
    """
    supresion = db.session.get_one(Supresion, supresion_id)
    if supresion.filas_at is not None:
        release()
        return False
    reason = f"{supresion.numero}, {supresion.motivo}"
    emptied = set(
        db.session.scalars(
            sa.select(PasoSupresion.caso).where(
                PasoSupresion.supresion_id == supresion_id, PasoSupresion.termina.is_(True)
            )
        )
    )
    waiting = [
        each
        for each in supresion.casos
        if Trato(each["trato"]) in EMPTYING and not each["hecho"] and each["id"] not in emptied
    ]
    keep = {each["id"] for each in supresion.casos if each["trato"] == Trato.CONSERVAR.value}
    own = {each["id"] for each in supresion.casos}
    buscado = unpack(supresion.buscado)
    if waiting:
        caso, trato = waiting[0]["id"], Trato(waiting[0]["trato"])
        gone = _count_steps(supresion_id, PasoSupresion.caso == caso).vaciadas
        release()
        step = partial(_counted, supresion_id, caso)
        keeps_facts = trato is Trato.HECHOS
        empty_case(caso, step, reason=reason, now=now, gone=gone, keeps_facts=keeps_facts)
        with _counted(supresion_id, caso, ends=True):
            return True
    release()
    cut_person(buscado, keep, partial(_counted, supresion_id), reason=reason, now=now)
    mentions = list_mentions(buscado, own, keep)
    done = Recuento(**deepcopy(db.session.get_one(Supresion, supresion_id).hechos))
    done.add(asdict(_count_steps(supresion_id)))
    done.por_juzgar += mentions
    done.copias = [f"la auditoría que recibió {where}"] if (where := target_name()) else []
    release()
    with transaction():
        supresion = db.session.get_one(Supresion, supresion_id)
        supresion.archivos = [*supresion.archivos, *done.archivos]
        done.archivos = []
        supresion.hechos = asdict(done)
        supresion.casos = [
            {**each, "hecho": Trato(each["trato"]) in EMPTYING} for each in supresion.casos
        ]
        supresion.buscado = []
        supresion.filas_at = now
        supresion.huella = proof_of(supresion.numero, supresion.motivo, supresion.hechos)
        db.session.execute(
            sa.delete(PasoSupresion).where(PasoSupresion.supresion_id == supresion_id)
        )
    return True


def _count_steps(supresion_id: int, *conditions: sa.ColumnElement[bool]) -> Recuento:
    """What the transactions of an erasure did so far."""
    statement = sa.select(PasoSupresion.hechos).where(
        PasoSupresion.supresion_id == supresion_id, *conditions
    )
    found = Recuento()
    for hechos in db.session.scalars(statement.order_by(PasoSupresion.id)):
        found.add(hechos)
    return found


@contextmanager
def _counted(
    supresion_id: int, caso: int | None = None, *, ends: bool = False
) -> Iterator[Recuento]:
    """A transaction whose deeds are written down as a step of the erasure, and stored with it."""
    with transaction():
        # The number alone: an order of a thousand cases is long to read at each of its steps.
        lock = sa.select(Supresion.id).where(Supresion.id == supresion_id)
        db.session.scalars(lock.with_for_update()).one()
        overwrite_freed()
        done = Recuento()
        yield done
        if ends or done != Recuento():
            db.session.add(
                PasoSupresion(
                    supresion_id=supresion_id, caso=caso, termina=ends, hechos=asdict(done)
                )
            )


def remove_files(supresion_id: int) -> int:
    """Remove the files of what was erased, also those that a sweep set aside; how many there were.

    Raises:
        OSError: a storage is down; those that are left are removed the next time.
    """
    files = list(db.session.get_one(Supresion, supresion_id).archivos)
    release()
    for almacen, key in files:
        storage = get_storage(almacen)
        storage.delete(key)
        storage.delete(f"{_TRASH}/{key.rpartition('/')[2]}")
    if files:
        with transaction():
            db.session.get_one(Supresion, supresion_id).archivos = []
    return len(files)


def finish_erasure(supresion_id: int, *, now: datetime) -> None:
    """Note that nothing is left to be done. Call it in a transaction."""
    supresion = db.session.get_one(Supresion, supresion_id)
    supresion.estado = EstadoSupresion.HECHA
    supresion.hecha_at = now
    audit("supresion.hecha", actor=None, now=now, entidad="supresion", entidad_id=supresion.id)
    db.session.flush()


def decide_mention(
    supresion: Supresion, place: str, *, erases: bool, actor: Usuario, now: datetime
) -> None:
    """Decide on one probable mention of the list: empty its text, or say that it is somebody else.

    ``place`` is ``tabla.fila.columna``. Once a text is emptied, the job brings the list beside the
    backups up to date and overwrites what is left of it. Call it in a transaction.

    Raises:
        Refused: somebody decided on it before, or the erasure is still at work.
    """
    db.session.refresh(supresion, with_for_update=True)
    mention = next((each for each in supresion.menciones if place_of(each) == place), None)
    if mention is None:
        raise Refused("Ese texto ya no está en la lista: alguien decidió antes.")
    if supresion.filas_at is None:
        raise Refused("La supresión sigue en curso: decida cuando termine.")
    done = Recuento(**deepcopy(supresion.hechos))
    done.por_juzgar.remove(mention)
    if erases:
        overwrite_freed()
        reason = f"{supresion.numero}, {supresion.motivo}"
        model, key = model_of(mention), mention["fila"]
        empty_text(model, key, mention["columna"], done, reason=reason, now=now)
        supresion.estado = EstadoSupresion.CONFIRMADA
        enqueue(
            ERASE_JOB,
            key=f"{ERASE_JOB}:{supresion.clave}:{place}",
            now=now,
            args={"supresion_id": supresion.id},
            usuario_id=actor.id,
        )
    supresion.hechos = asdict(done)
    supresion.huella = proof_of(supresion.numero, supresion.motivo, supresion.hechos)
    audit(
        "supresion.mencion",
        actor=actor,
        now=now,
        entidad="supresion",
        entidad_id=supresion.id,
        lugar=place,
        borrada=erases,
    )
    db.session.flush()


def place_of(mention: Mapping[str, Any]) -> str:
    """Where a probable mention stands, as a form names it."""
    return f"{mention['tabla']}.{mention['fila']}.{mention['columna']}"


def count_rows(hechos: Mapping[str, Any]) -> dict[str, int]:
    """How many rows of each table an erasure touched."""
    found: dict[str, int] = {}
    for part in ("vaciadas", "borradas"):
        for table, ids in hechos.get(part, {}).items():
            found[table] = found.get(table, 0) + len(ids)
    for table, *_rest in (*hechos.get("recortadas", []), *hechos.get("decididas", [])):
        found[table] = found.get(table, 0) + 1
    return dict(sorted(found.items()))
