"""Deciding on an erasure and carrying it out, in steps that a killed process takes up again."""

from __future__ import annotations

import secrets
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
from app.db import db, release, transaction
from app.jobs.queue import enqueue
from app.oficios.models import Oficio
from app.supresion.models import Supresion
from app.supresion.outside.remains import overwrite_freed
from app.supresion.rules import EstadoSupresion, Trato, pack, proof_of, unpack
from app.supresion.rules.huellas import fingerprint, word_count
from app.supresion.service.emptying import Recuento, cut_person, empty_case, empty_text
from app.supresion.service.mentions import list_mentions, model_of
from app.titulares.rules.identidad import Buscado
from app.usuarios.models import Usuario

ERASE_JOB = "supresion.borrar"
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
        Refused: an open case was to be emptied, or one that stays has no reason.
    """
    reasons = porque or {}
    casos = []
    for oficio_id, trato in sorted(tratos.items()):
        row = db.session.execute(
            sa.select(Oficio.__table__.c.estado, Oficio.__table__.c.created_at).where(
                Oficio.__table__.c.id == oficio_id
            )
        ).one()
        if trato is Trato.ANONIMIZAR and not row.estado.is_final:
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
        casos=[[each["id"], each["trato"]] for each in casos],
    )
    enqueue(
        ERASE_JOB,
        key=f"{ERASE_JOB}:{supresion.clave}",
        now=now,
        args={"supresion_id": supresion.id},
        usuario_id=actor.id if actor else None,
    )
    return supresion


def _next_number(now: datetime) -> str:
    """The next number of the year; two at the same moment meet the unique constraint."""
    prefix = f"B-{local_today(now).year}-"
    last = db.session.scalar(
        sa.select(sa.func.max(Supresion.numero)).where(Supresion.numero.startswith(prefix))
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04}"


def erase_next(supresion_id: int, *, now: datetime) -> bool:
    """Do the next step of an erasure's rows; False when all are done.

    One case is one step and one transaction. The last step takes the person out of all that is
    outside of the emptied cases, some rows in each transaction, and then forgets who it was.
    """
    supresion = db.session.get_one(Supresion, supresion_id)
    if supresion.filas_at is not None:
        release()
        return False
    reason = f"{supresion.numero}, {supresion.motivo}"
    waiting = [
        each["id"]
        for each in supresion.casos
        if each["trato"] == Trato.ANONIMIZAR.value and not each["hecho"]
    ]
    keep = {each["id"] for each in supresion.casos if each["trato"] == Trato.CONSERVAR.value}
    own = {each["id"] for each in supresion.casos}
    buscado = unpack(supresion.buscado)
    release()
    if waiting:
        with _counted(supresion_id) as done:
            empty_case(waiting[0], done, reason=reason, now=now)
            supresion = db.session.get_one(Supresion, supresion_id)
            supresion.casos = [
                {**each, "hecho": True} if each["id"] == waiting[0] else each
                for each in supresion.casos
            ]
        return True
    cut_person(buscado, keep, partial(_counted, supresion_id), reason=reason, now=now)
    mentions = list_mentions(buscado, own, keep)
    release()
    with transaction():
        supresion = db.session.get_one(Supresion, supresion_id)
        judged = [*supresion.por_juzgar, *mentions]
        supresion.hechos = {**supresion.hechos, "por_juzgar": judged}
        supresion.buscado = []
        supresion.filas_at = now
        supresion.huella = proof_of(supresion.numero, supresion.motivo, supresion.hechos)
    return True


@contextmanager
def _counted(supresion_id: int) -> Iterator[Recuento]:
    """A transaction whose deeds are added to the erasure's count and stored with it."""
    with transaction():
        supresion = db.session.get_one(Supresion, supresion_id, with_for_update=True)
        overwrite_freed()
        # A copy: the stored value is compared with what it becomes.
        done = Recuento(**deepcopy(supresion.hechos))
        yield done
        supresion = db.session.get_one(Supresion, supresion_id)
        supresion.archivos = [*supresion.archivos, *done.archivos]
        done.archivos = []
        supresion.hechos = asdict(done)


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
