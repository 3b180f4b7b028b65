"""What goes out with the mails about requests."""

from __future__ import annotations

from app.ajustes.queries import text_setting
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import ORDER_BASIS
from app.notificaciones.rules.enclosures import Enclosure, Purpose
from app.titulares.models import Solicitud
from app.titulares.queries.data_requests import find_by_number
from app.titulares.rules.solicitudes import LAW, read_key


def enclosures_of(clave: str) -> list[Enclosure]:
    """The PDF of an answer, and the data that go with it."""
    row, is_answer = _request_of(clave)
    if row is None or not is_answer:
        return []
    files = []
    if row.pdf:
        files.append(Enclosure(f"{row.numero}.pdf", "application/pdf", row.pdf))
    if row.datos_json:
        files.append(Enclosure(f"{row.numero}.json", "application/json", row.datos_json))
    return files


def purpose_of(clave: str) -> Purpose | None:
    """An answer is given by law; a request is passed on to who decides on it."""
    row, is_answer = _request_of(clave)
    if row is None:
        return None
    if not is_answer:
        return Purpose(
            f"Solicitud {row.numero}, pasada al buffet", ORDER_BASIS, CanalDivulgacion.NOTIFICACION
        )
    files = (row.pdf_sha256, row.json_sha256)
    return Purpose(
        f"Respuesta a la solicitud {row.numero}",
        text_setting(LAW),
        CanalDivulgacion.RESPUESTA,
        sum(each is not None for each in files),
    )


def _request_of(clave: str) -> tuple[Solicitud | None, bool]:
    read = read_key(clave)
    return (find_by_number(read[0]), read[1]) if read else (None, False)
