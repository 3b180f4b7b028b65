"""Printing: typst sets the page from data, never from text that people wrote."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, UnidentifiedImageError

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import FileMissing, Storage
from app.core.outages import find_outage
from app.core.sandbox import Limits, ProgramFailed, run_limited
from app.informes.outside.printable_text import FONTS, printable
from app.informes.rules import photo_side

if TYPE_CHECKING:
    from app.informes.queries.expediente_contents import ExpedienteContent

logger = logging.getLogger(__name__)

_TEMPLATES = Path(__file__).parent / "typst"
_PIECES = _TEMPLATES / "piezas.typ"
#: What the press reads and writes in a folder, whatever document it is.
_PAGE, _PDF = "expediente.typ", "expediente.pdf"
_PRESS = Path(__file__).parent / "typst_process.py"
_QUALITY = 75
_LOGO = "logo.png"
#: Seconds; a case of 2,000 rows takes 5.
_PATIENCE = 100
#: Bytes; such a case takes some hundred million.
_MEMORY = 2 * 1024**3
_NOT_AVAILABLE = "La imagen falta o está dañada en el almacenamiento."


class PrintFailed(Exception):
    """typst refused the page; its message is for the log."""


def print_pdf(
    contenido: ExpedienteContent,
    folder: Path,
    storages: Mapping[str, Storage],
    *,
    now: datetime,
    between: Callable[[], None] = lambda: None,
) -> Path:
    """Write the PDF/A into an empty folder of its own and return its path.

    ``storages`` has every storage that a photo is in. Photos go one by one from there through the
    folder into the PDF; ``between`` is called after each.

    Raises:
        PrintFailed: typst could not set it.
        OSError: a disk is full, or the storage does not answer.
    """
    import segno  # for whoever prints

    qr = segno.make(contenido.datos["verificar_url"], error="m")
    qr.save(str(folder / "qr.svg"), border=0, dark="#15181a")
    if contenido.logo:
        (folder / _LOGO).write_bytes(contenido.logo)
        contenido.datos["logo"] = _LOGO
    names = shrink_photos(contenido.fotos, folder, storages, between)
    for row, name in zip(contenido.datos["fotos"], names, strict=True):
        row["archivo"] = name
        if not name:
            row["advertencias"] = [*row["advertencias"], _NOT_AVAILABLE]
    contenido.datos["portada"] = _cover(contenido.datos)
    return print_in_folder(_TEMPLATES / _PAGE, contenido.datos, folder, now=now, between=between)


def print_in_folder(
    template: Path,
    datos: Any,
    folder: Path,
    *,
    now: datetime,
    between: Callable[[], None] = lambda: None,
) -> Path:
    """Set a template with its data into a folder of its own; returns the path of the PDF/A.

    The template finds the common pieces (``piezas.typ``) and ``datos.json`` beside it, and whatever
    the folder holds already. ``between`` is called before a second attempt.

    Raises:
        PrintFailed: typst could not set it.
        OSError: a disk is full.
    """
    shutil.copy(_PIECES, folder)
    shutil.copy(template, folder / _PAGE)
    try:
        _compile(folder, printable(datos), now)
    except PrintFailed as error:
        # Some letter with a mark that no face draws together, for example.
        logger.warning("typst refused %s, trying with Latin letters only: %s", template.stem, error)
        between()
        _compile(folder, printable(datos, only_latin=True), now)
    return folder / _PDF


def print_document(template: Path, datos: Mapping[str, Any], *, now: datetime) -> bytes:
    """Set another template, which may import the pieces of the expediente, as a PDF/A.

    Raises:
        PrintFailed: typst could not set it.
        OSError: the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="documento-") as name:
        return print_in_folder(template, datos, Path(name), now=now).read_bytes()


def _cover(datos: dict[str, Any]) -> dict[str, str] | None:
    """The photo of the first page, when its picture is at hand."""
    if datos["portada"] is None:
        return None
    row = datos["fotos"][datos["portada"]["lugar"]]
    return {"archivo": row["archivo"], "titulo": row["titulo"]} if row["archivo"] else None


def shrink_photos(
    fotos: Sequence[Adjunto],
    folder: Path,
    storages: Mapping[str, Storage],
    between: Callable[[], None],
) -> list[str]:
    """Put a smaller JPEG of each photo's clean copy in the folder; "" where there is none."""
    side = photo_side(len(fotos))
    paths = [folder / f"foto-{number}.jpg" for number in range(1, len(fotos) + 1)]
    copies = [(storages[foto.almacen], foto.copia_key) for foto in fotos]
    names = []
    # Two threads: Pillow releases the GIL, and at most two photos are in memory.
    with ThreadPoolExecutor(2) as pool:
        done = pool.map(lambda copy, path: _shrink(copy[0], copy[1], path, side), copies, paths)
        for path, is_there in zip(paths, done, strict=True):
            names.append(path.name if is_there else "")
            between()
    return names


def _shrink(storage: Storage, key: str | None, path: Path, side: int) -> bool:
    if key is None:
        return False
    try:
        with storage.open(key) as file:
            data = file.read()  # a fault from here on is one of the picture, not of the storage
    except FileMissing:
        logger.warning("the copy of a photo is not in the storage: %s", key)
        return False
    try:
        with Image.open(BytesIO(data), formats=["JPEG"]) as image:
            # ``draft`` decodes the JPEG at reduced size: a quarter of the memory and time.
            image.draft("RGB", (side, side))
            image.thumbnail((side, side), reducing_gap=2.0)
            image.save(path, "JPEG", quality=_QUALITY)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        if find_outage(error) is not None:
            raise
        logger.warning("the copy of a photo is not whole: %s", key)
        return False
    return True


def _compile(folder: Path, datos: Any, now: datetime) -> None:
    """Set the page of a folder in a process of its own.

    Raises:
        PrintFailed: typst refused it, crashed, or took too long.
    """
    (folder / "datos.json").write_text(json.dumps(datos, ensure_ascii=False), encoding="utf-8")
    limits = Limits(seconds=_PATIENCE, memory=_MEMORY)
    try:
        moment = str(int(now.timestamp()))
        run_limited(_PRESS, str(folder), str(FONTS), moment, limits=limits)
    except ProgramFailed as failed:
        raise PrintFailed(str(failed)) from None
