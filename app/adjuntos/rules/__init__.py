"""Kinds of file, and what is accepted."""

from __future__ import annotations

from app.core.labels import Labelled

#: The storages, as ``STORAGE_TYPE`` and each row name them.
LOCAL = "local"
S3 = "s3"

JPEG = "image/jpeg"
PDF = "application/pdf"

#: How files of each accepted kind are called; the first is given when a name says something else.
EXTENSIONS = {
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif", "hif"),
    PDF: ("pdf",),
}


class TipoAdjunto(Labelled):
    """What a file is for."""

    FOTO_VEHICULO = "foto_vehiculo", "Foto del vehículo"
    DOCUMENTO = "documento", "Documento"
    EVIDENCIA = "evidencia", "Evidencia"


def choose_tipo(mime_type: str, chosen: TipoAdjunto | None) -> TipoAdjunto:
    """What a new file is for: what the person said, where it can be true of such a file.

    One choice is made for several files at once, so a PDF among photos becomes a document.
    """
    if mime_type == PDF and chosen in {None, TipoAdjunto.FOTO_VEHICULO}:
        return TipoAdjunto.DOCUMENTO
    return chosen or TipoAdjunto.FOTO_VEHICULO


def name_for(filename: str, mime_type: str) -> str:
    """The name with an extension that says what the content is, so that no system runs a photo."""
    extensions = EXTENSIONS[mime_type]
    if filename.rpartition(".")[2].lower() in extensions:
        return filename
    return f"{filename}.{extensions[0]}"


def copy_name(filename: str) -> str:
    """The name of the copy, which is always a JPEG."""
    return f"{filename.rpartition('.')[0]}.jpg"


def buffet_name(adjunto_id: int) -> str:
    """What a photo is called for the buffet: the file's own name may say where or whose it is."""
    return f"foto-{adjunto_id}.jpg"


def format_size(size: int) -> str:
    """A size in bytes for people: ``340 kB``, ``2,4 MB``, ``71,1 GB``."""
    if size < 1024**2:
        return f"{max(1, round(size / 1024))} kB"
    amount, unit = (size / 1024**2, "MB") if size < 1024**3 else (size / 1024**3, "GB")
    return f"{amount:.1f}".replace(".", ",").removesuffix(",0") + f" {unit}"
