"""The ZIP of an expediente: written while it is read, so that no original is held in memory.

It is made anew at each download from what is stored, and lists the hashes of the moment of issue:
an original that was changed since then fails ``sha256sum -c`` at whoever checks it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from app.adjuntos.outside.storage import Storage
from app.anclaje.outside.verificar_rastro import PROOF
from app.core.clock import to_local
from app.core.dates import format_fecha_hora
from app.core.zip_pieces import ZipPieces
from app.informes.models import Expediente

MANIFEST = "SHA256SUMS"
README = "LEAME.txt"
_CHUNK = 256 * 1024
_ANCHORED = (
    "\nLa carpeta custodia trae la cadena de custodia y la prueba de que estaba anclada. Para "
    "comprobar todo sin Rastro y sin internet:\n\n    python3 verificar_rastro.py .\n"
)
_LATER = (
    "\nEste expediente todavía no está anclado; descargue el ZIP otra vez mañana. La cadena de "
    "custodia ya se puede comprobar:\n\n    python3 verificar_rastro.py .\n"
)


@dataclass(frozen=True)
class Paquete:
    """What goes into a ZIP; it needs no database any more."""

    manifest: str
    readme: str
    #: Name in the ZIP, the storage that has it, and its key there.
    files: list[tuple[str, Storage, str]]
    #: Local time of issue, as ZIP keeps it.
    stamp: tuple[int, int, int, int, int, int]
    #: The chain, its proof and the program that checks them, by their names.
    evidence: Mapping[str, bytes]
    #: Large texts that were written to open files, by their names.
    tables: Mapping[str, BinaryIO] = field(default_factory=dict)

    def missing(self) -> list[str]:
        """The names of those files that are not where they should be.

        Raises:
            StorageDown: nobody can tell.
        """
        return [name for name, storage, key in self.files if not storage.exists(key)]

    def close(self) -> None:
        """Remove the temporary files of the tables, whether they were sent or not."""
        for file in self.tables.values():
            file.close()


def pack(
    expediente: Expediente,
    almacenes: Mapping[int, str],
    get_storage: Callable[[str], Storage],
    evidence: Mapping[str, bytes],
) -> Paquete:
    """The PDF, the originals, and a list that ``sha256sum -c`` accepts.

    ``almacenes`` says which storage has the original of an adjunto now.
    """
    moment = expediente.emitido_at or expediente.created_at
    local = to_local(moment)
    lines = [f"{expediente.sha256}  {expediente.filename}"]
    lines += [f"{row['sha256']}  {row['nombre']}" for row in expediente.originales]
    return Paquete(
        manifest="".join(f"{line}\n" for line in lines),
        readme=(
            f"Expediente {expediente.codigo}, emitido el {format_fecha_hora(moment)}.\n\n"
            f"{MANIFEST} contiene la huella SHA-256 de cada archivo en ese momento.\n"
            f"Para comprobarlos, en esta carpeta:\n\n    sha256sum -c {MANIFEST}\n\n"
            "El PDF se puede comprobar además en la página de verificación que él mismo indica.\n"
            + (_ANCHORED if PROOF in evidence else _LATER if evidence else "")
        ),
        files=[
            (expediente.filename, get_storage(expediente.almacen or ""), expediente.pdf_key or ""),
            *(
                (row["nombre"], get_storage(almacenes[row["adjunto_id"]]), row["key"])
                for row in expediente.originales
            ),
        ],
        stamp=(local.year, local.month, local.day, local.hour, local.minute, local.second),
        evidence=evidence,
    )


def stream_zip(paquete: Paquete) -> Iterator[bytes]:
    """Yield the ZIP as chunks of bytes, stored uncompressed: photos and PDFs are compressed
    already.

    Raises:
        FileMissing: a file vanished since ``missing`` was asked; the ZIP breaks off.
    """
    pieces = ZipPieces()
    with zipfile.ZipFile(pieces, "w") as archive:
        texts: dict[str, str | bytes] = {MANIFEST: paquete.manifest, README: paquete.readme}
        texts.update(paquete.evidence)
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, paquete.stamp), text)
        stored = ((name, partial(storage.open, key)) for name, storage, key in paquete.files)
        written = ((name, partial(_rewound, file)) for name, file in paquete.tables.items())
        for name, open_source in (*written, *stored):
            info = zipfile.ZipInfo(name, paquete.stamp)
            with open_source() as source, archive.open(info, "w", force_zip64=True) as target:
                while data := source.read(_CHUNK):
                    target.write(data)
                    yield pieces.take()
    yield pieces.take()


def _rewound(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file
