"""Taking a file in: its bytes are safe before its row says so, and a job reads it."""

from __future__ import annotations

import hashlib
import re
import secrets
import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast

from sqlalchemy.exc import IntegrityError

from app.adjuntos.outside.antivirus import Infected, check_file
from app.adjuntos.outside.storage import Storage, StorageDown, current_storage
from app.adjuntos.rules import format_size
from app.adjuntos.service import note_infected
from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.bandeja.models import Ingreso
from app.bandeja.queries import find_twin
from app.bandeja.rules import PREFIX, READ_JOB, ViaIngreso
from app.core.errors import InvalidValue, RastroError, Refused
from app.core.text import clean_text
from app.db import db, release, transaction
from app.jobs.queue import enqueue
from app.usuarios.models import Usuario
from app.usuarios.queries import list_investigadores

_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Procedencia:
    """From whom an item is, and how it came."""

    via: ViaIngreso
    buffet_id: int | None = None
    usuario_id: int | None = None
    enlace_id: int | None = None
    remitente: str | None = None
    mensaje_id: str | None = None
    padre_id: int | None = None


@dataclass(frozen=True)
class Recibido:
    """What became of one file of several."""

    nombre: str
    ingreso_id: int | None = None
    #: Why it was not taken, or what is odd about it, in a sentence.
    problema: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it is not in the tray."""
        return self.ingreso_id is None


@dataclass(frozen=True)
class Guardada:
    """A file that is in the storage and has no row yet."""

    nombre: str
    tamano: int
    sha256: str
    key: str
    almacen: str


def receive(
    nombre: str,
    stream: BinaryIO,
    origen: Procedencia,
    *,
    now: datetime,
    max_bytes: int,
    actor: Usuario | None = None,
    dice_ser: int | None = None,
    storage: Storage | None = None,
) -> Recibido:
    """Take one file, whatever it is called; it is read by a job.

    ``dice_ser`` is the buffet that an unconfirmed sender says to be of.

    Call it outside of a transaction. A file that cannot be stored is told with its reason; nothing
    of it is left.
    """
    place = storage or current_storage()
    shown = shown_name(nombre)
    release()
    try:
        stored = store(shown, stream, max_bytes, place)
    except Infected as error:
        note_infected(error, actor=actor, now=now, via=origen.via.value)
        return Recibido(shown, problema=str(error))
    except RastroError as error:
        return Recibido(shown, problema=str(error))
    try:
        with transaction():
            ingreso = add_item(stored, origen, now=now)
            if dice_ser is not None:
                ingreso.resumen = {"dice_ser": dice_ser}
            twin = find_twin(stored.sha256, origen.buffet_id, ingreso.id)
            audit(
                "ingreso.recibido",
                actor=actor,
                now=now,
                entidad="ingreso",
                entidad_id=ingreso.id,
                via=origen.via.value,
                sha256=stored.sha256,
            )
            if origen.via is not ViaIngreso.SUBIDO:
                _ring(ingreso, now)
            return Recibido(
                shown, ingreso.id, f"Es el mismo archivo que «{twin.nombre}»." if twin else ""
            )
    except BaseException as error:
        place.delete(stored.key)
        if isinstance(error, IntegrityError) and origen.mensaje_id:
            return Recibido(shown, problema="Ese correo ya estaba en la bandeja.")
        raise


def shown_name(nombre: str) -> str:
    """The last part of what its sender called a file, as it may be shown."""
    return re.split(r"[/\\]", clean_text(nombre))[-1].strip()[-200:] or "archivo"


def store(nombre: str, stream: BinaryIO, max_bytes: int, place: Storage) -> Guardada:
    """Put a file into the storage, reading it once.

    Raises:
        InvalidValue: it is empty, too large or infected.
        Refused: the storage is full or away, or the antivirus is.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as copy:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > max_bytes:
                raise InvalidValue(f"Pesa más de {format_size(max_bytes)} y no se guardó.")
            digest.update(piece)
            copy.write(piece)
        if not size:
            raise InvalidValue("El archivo está vacío.")
        check_file(cast("BinaryIO", copy))
        key = f"{PREFIX}/{secrets.token_hex(1)}/{secrets.token_hex(16)}"
        try:
            place.put(key, cast("BinaryIO", copy))
        except StorageDown:
            raise
        except OSError:
            raise Refused(
                "No se guardó: no queda espacio en el almacenamiento. Avise a quien administra "
                "Rastro e inténtelo otra vez después."
            ) from None
    return Guardada(nombre, size, digest.hexdigest(), key, place.name)


def add_item(stored: Guardada, origen: Procedencia, *, now: datetime) -> Ingreso:
    """Give a stored file its row, and order that it be read."""
    ingreso = Ingreso(
        padre_id=origen.padre_id,
        buffet_id=origen.buffet_id,
        via=origen.via,
        usuario_id=origen.usuario_id,
        enlace_id=origen.enlace_id,
        remitente=origen.remitente,
        mensaje_id=origen.mensaje_id,
        nombre=stored.nombre,
        tamano_bytes=stored.tamano,
        sha256=stored.sha256,
        archivo_key=stored.key,
        almacen=stored.almacen,
        created_at=now,
    )
    db.session.add(ingreso)
    db.session.flush()
    enqueue(
        READ_JOB,
        key=f"{READ_JOB}:{ingreso.id}:1",
        now=now,
        args={"ingreso": ingreso.id},
        usuario_id=origen.usuario_id,
    )
    return ingreso


def part_of(ingreso: Ingreso) -> Procedencia:
    """From whom the parts of a package are: from whom it is."""
    return Procedencia(
        via=ingreso.via,
        buffet_id=ingreso.buffet_id,
        usuario_id=ingreso.usuario_id,
        enlace_id=ingreso.enlace_id,
        remitente=ingreso.remitente,
        padre_id=ingreso.id,
    )


def _ring(ingreso: Ingreso, now: datetime) -> None:
    """Tell the people of the office that something came from outside."""
    from_whom = ingreso.buffet.nombre if ingreso.buffet else "un remitente que no se conoce"
    for usuario in list_investigadores():
        tell(
            usuario,
            f"Llegó a la bandeja un archivo de {from_whom}.",
            novedad=Novedad.INGRESO,
            url="/bandeja",
            accion="Ver la bandeja",
            clave=f"bandeja:{ingreso.id}",
            now=now,
        )
