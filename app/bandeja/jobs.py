"""Reading what came in, and fetching what lies in the office's mailbox."""

from __future__ import annotations

from datetime import datetime

from app.adjuntos.outside.storage import Storage, current_storage, get_storage
from app.bandeja.models import Ingreso
from app.bandeja.outside.mailbox import Buzon, BuzonCaido, open_mailbox
from app.bandeja.outside.packages import Desempaquetado, open_package
from app.bandeja.queries import has_message, known_addresses
from app.bandeja.rules import MAX_DEPTH, READ_JOB, EstadoIngreso, TipoIngreso, ViaIngreso
from app.bandeja.rules.formatos import Formato, tell_format
from app.bandeja.rules.remitentes import claimed_buffet, known_buffet, read_sender
from app.bandeja.service.deciding import settle_above
from app.bandeja.service.reading import PapelLeido, count_list, holds_list, read_paper
from app.bandeja.service.receiving import (
    Guardada,
    Procedencia,
    add_item,
    part_of,
    receive,
    shown_name,
    store,
)
from app.core.errors import InvalidValue, RastroError
from app.db import db, release
from app.extensions import current_config
from app.jobs.models import Trabajo
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun

_GAVE_UP = "No se pudo leer. Puede abrir el archivo original, devolverlo o rechazarlo."
_TOO_DEEP = "Es un paquete dentro de otros paquetes. Ábralo usted y suba lo que trae."
_MAILBOX_EVERY = 300


def note_unread(trabajo: Trabajo, _cause: str, now: datetime) -> None:
    """The reading was given up: the item waits for a person all the same."""
    ingreso = db.session.get(Ingreso, trabajo.argumentos.get("ingreso"))
    if ingreso is not None and ingreso.estado is EstadoIngreso.LEYENDO:
        _close(ingreso, now, problema=_GAVE_UP)


@job(READ_JOB, "Leer lo que llegó a la bandeja", lease_seconds=180, on_failed=note_unread)
def read_item(run: JobRun) -> None:
    """Tell what an item is, take packages apart, and count what a list holds.

    The file is read outside of any transaction; parts of a package are stored before their rows,
    which come together with the end of this job.
    """
    ingreso = db.session.get_one(Ingreso, run.args["ingreso"])
    if ingreso.estado is not EstadoIngreso.LEYENDO:
        with run.finish("Ya estaba leído."):
            return
    nombre, buffet_id, depth = ingreso.nombre, ingreso.buffet_id, _depth_of(ingreso)
    key, almacen = ingreso.archivo_key, ingreso.almacen
    release()
    try:
        with get_storage(almacen).open(key) as file:
            data = file.read()
    except OSError as error:
        raise JobError("El almacenamiento no entrega el archivo.") from error
    formato = tell_format(data)
    if formato.tipo.has_parts and depth < MAX_DEPTH:
        _read_package(run, data, formato)
        return
    problema, resumen, papel = "", {}, PapelLeido()
    if formato.tipo.has_parts:
        problema = _TOO_DEEP
    elif formato.tipo is TipoIngreso.PLANILLA:
        try:
            resumen = count_list(data, nombre, buffet_id, run.clock())
        except InvalidValue as error:
            problema = str(error)
    elif formato.tipo in {TipoIngreso.PAPEL, TipoIngreso.FOTO}:
        papel = read_paper(data, formato.tipo)
        problema, resumen = papel.problema, papel.resumen
    elif formato.tipo is TipoIngreso.OTRO:
        problema = f"Es un {formato.nombre}: no se puede leer. Ábralo, o pida otro archivo."
    with run.finish(f"Leído: {formato.nombre}."):
        ingreso = db.session.get_one(Ingreso, run.args["ingreso"])
        ingreso.lectura, ingreso.texto = papel.lectura, papel.texto
        _close(ingreso, run.clock(), formato, problema=problema, resumen=resumen)


def _read_package(run: JobRun, data: bytes, formato: Formato) -> None:
    place, stored = current_storage(), list[Guardada]()
    try:
        with open_package(data, formato.nombre) as paquete:
            refused = _store_parts(run, paquete, place, stored)
    except InvalidValue as error:
        with run.finish(str(error)):
            ingreso = db.session.get_one(Ingreso, run.args["ingreso"])
            _close(ingreso, run.clock(), formato, problema=str(error))
        return
    except BaseException:
        _take_back(place, stored)
        raise
    omitidas = [*paquete.omitidas, *refused]
    resumen = {"partes": len(stored), "omitidas": omitidas, "asunto": paquete.asunto[:200]}
    try:
        with run.finish(f"Leído: {formato.nombre}, {len(stored)} archivos."):
            now = run.clock()
            ingreso = db.session.get_one(Ingreso, run.args["ingreso"])
            for part in stored:
                add_item(part, part_of(ingreso), now=now)
            nothing = "" if stored else "No trae ningún archivo que se pueda leer."
            _close(ingreso, now, formato, problema=nothing, resumen=resumen)
    except BaseException:
        if not run.finished:
            _take_back(place, stored)
        raise


def _store_parts(
    run: JobRun, paquete: Desempaquetado, place: Storage, stored: list[Guardada]
) -> list[str]:
    """Store each part, and say of each that could not be why."""
    refused = []
    limit = current_config().max_upload_bytes
    # A mail says the same as a page and as plain text: the page has its tables.
    bodies = [part for part in paquete.partes if part.is_body and holds_list(part.path)]
    bodies.sort(key=lambda part: not part.nombre.endswith(".html"))
    files = [part for part in paquete.partes if not part.is_body]
    for part in (*files, *bodies[:1]):
        name = shown_name(part.nombre)
        try:
            with part.path.open("rb") as file:
                stored.append(store(name, file, limit, place))
        except InvalidValue as error:
            refused.append(f"«{name}»: {error}")
        except RastroError as error:
            raise JobError(str(error)) from error
        run.renew()
    return refused


def _take_back(place: Storage, stored: list[Guardada]) -> None:
    for part in stored:
        place.delete(part.key)


def _depth_of(ingreso: Ingreso) -> int:
    depth, above = 0, ingreso.padre_id
    while above is not None:
        depth += 1
        above = db.session.get_one(Ingreso, above).padre_id
    return depth


def _close(
    ingreso: Ingreso,
    now: datetime,
    formato: Formato | None = None,
    *,
    problema: str = "",
    resumen: dict[str, object] | None = None,
) -> None:
    ingreso.estado = EstadoIngreso.POR_REVISAR
    ingreso.leido_at = now
    if formato is not None:
        ingreso.tipo, ingreso.formato = formato.tipo, formato.nombre
    ingreso.problema = problema[:500] or None
    ingreso.resumen = {**ingreso.resumen, **(resumen or {})}
    ingreso.version += 1
    settle_above(ingreso)


@job("bandeja.buzon", "Traer lo que llegó por correo", every_seconds=_MAILBOX_EVERY)
def fetch_mail(run: JobRun) -> None:
    """Take each mail that nobody has read out of the mailbox that feeds the tray, if there is one.

    A mail is marked as read only when it is in the tray. A kill in between fetches it again, and
    its Message-ID tells that it is there.
    """
    config = current_config()
    if not config.imap_host:
        with run.finish():
            return
    known = known_addresses()
    release()
    taken = 0
    try:
        with open_mailbox(config) as box:
            for uid in box.list_unread():
                taken += _take_mail(box, uid, known, run)
                run.renew()
    except BuzonCaido as error:
        raise JobError(str(error)) from error
    with run.finish(f"Correos nuevos: {taken}."):
        return


def _take_mail(box: Buzon, uid: bytes, known: dict[str, int], run: JobRun) -> bool:
    config = current_config()
    size = box.size_of(uid)
    if size > config.max_upload_bytes:
        # It stays in the mailbox, unread, for a person: nothing of it is lost.
        return False
    mail = box.fetch(uid)
    sender = read_sender(mail.from_lines, mail.results, config.imap_authserv_id)
    if has_message(mail.message_id):
        release()
        box.mark_read(uid)
        return False
    claimed = claimed_buffet(sender, known)
    origen = Procedencia(
        ViaIngreso.CORREO,
        buffet_id=known_buffet(sender, known),
        remitente=sender.correo or None,
        mensaje_id=mail.message_id,
    )
    result = receive(
        mail.subject or "correo.eml",
        mail.open(),
        origen,
        now=run.clock(),
        max_bytes=config.max_upload_bytes,
        dice_ser=claimed if origen.buffet_id is None else None,
    )
    if result.is_refused and not has_message(mail.message_id):
        raise JobError(f"Un correo no se pudo guardar. {result.problema}")
    release()
    box.mark_read(uid)
    return not result.is_refused
