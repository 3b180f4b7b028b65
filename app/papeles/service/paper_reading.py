"""What the tray is told of a paper."""

from __future__ import annotations

from app.bandeja.rules import TipoIngreso
from app.bandeja.service.reading import PapelLeido
from app.core.errors import InvalidValue
from app.core.text import fold
from app.papeles.outside.papers import FOTO, PDF, find_tesseract, read_words
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.lectura import read_document

#: Characters of a paper that the search looks into.
_MOST_TEXT = 200_000
_IMAGE = "No se pudo leer: es una imagen. Ábralo y escriba sus datos al lado."
_NOTHING_SURE = "Es una imagen y no se lee con seguridad. Ábralo y escriba sus datos al lado."


def read_paper_item(contenido: bytes, tipo: TipoIngreso) -> PapelLeido:
    """Read a paper of the tray; what cannot be read is told in a sentence."""
    kind = FOTO if tipo is TipoIngreso.FOTO else PDF
    try:
        doc = read_words(contenido, kind)
    except InvalidValue as error:
        return PapelLeido(problema=str(error))
    medidas = [list(size) for size in doc.medidas]
    if not doc.palabras:
        problema = _NOTHING_SURE if find_tesseract() else _IMAGE
        return PapelLeido({"medidas": medidas}, None, {"paginas": doc.total}, problema)
    leido = read_document(doc)
    found = [*leido.caso.values(), *(one for car in leido.vehiculos for one in car.values())]
    resumen = {
        "paginas": doc.total,
        "clase": leido.clase.value,
        "clase_nombre": leido.clase.label,
        "patentes": [car["patente"].valor for car in leido.vehiculos if "patente" in car],
        "leidos": len(found),
        "dudas": sum(bool(one.duda or one.otro) for one in found),
        "imagenes": _unread_pages(doc),
        "sin_leer": doc.sin_leer,
    }
    problema = "" if found or len(doc.imagenes) < len(medidas) else _NOTHING_SURE
    texto = fold(doc.texto)[:_MOST_TEXT]
    return PapelLeido({"medidas": medidas, **leido.to_json()}, texto, resumen, problema)


def _unread_pages(doc: TextoDePapel) -> list[int]:
    """The pages of a paper that are images and gave no words."""
    told = {word.caja.pagina for word in doc.palabras}
    return [page for page in doc.imagenes if page not in told]
