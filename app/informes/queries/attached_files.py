"""The photos and documents in an expediente, and how other parts of it point at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import TipoAdjunto, format_size
from app.adjuntos.rules.photo_doubts import list_mismatches
from app.core.dates import format_fecha_hora

Rows = list[dict[str, Any]]


class Nombres:
    """What the photos and documents are called here, for other parts to point at them."""

    def __init__(self, fotos: Sequence[Adjunto], documentos: Sequence[Adjunto]) -> None:
        self._names = {foto.id: f"foto {number}" for number, foto in enumerate(fotos, 1)}
        self._names |= {row.id: f"documento {number}" for number, row in enumerate(documentos, 1)}
        self._visits: dict[int, list[int]] = {}
        for row in (*fotos, *documentos):
            if row.visita_id is not None:
                self._visits.setdefault(row.visita_id, []).append(row.id)

    def of(self, ids: Sequence[int]) -> str:
        """«Foto 1, foto 3 y documento 2»; empty when none of them is printed here."""
        found = [self._names[pk] for pk in ids if pk in self._names]
        text = " y ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
        return text[:1].upper() + text[1:]

    def of_visit(self, visita_id: int) -> str:
        """The files that belong to a visit."""
        return self.of(self._visits.get(visita_id, []))


def portada_part(fotos: Sequence[Adjunto]) -> int | None:
    """The place of the photo for the cover: the chosen one, else the first of a vehicle."""
    chosen = [place for place, foto in enumerate(fotos) if foto.portada]
    vehicles = [place for place, foto in enumerate(fotos) if foto.tipo is TipoAdjunto.FOTO_VEHICULO]
    return next(iter([*chosen, *vehicles]), None)


def foto_rows(fotos: Sequence[Adjunto]) -> Rows:
    """Each photo with its hash, and what its camera and its sender say, apart."""
    return [
        {
            # The press fills it in when the copy is at hand.
            "archivo": "",
            "titulo": f"Foto {number} · {foto.descripcion or foto.tipo.label}",
            "hechos": [[name, text] for name, text in _photo_facts(foto) if text],
            "hash": foto.sha256,
            "advertencias": list_mismatches(foto),
        }
        for number, foto in enumerate(fotos, 1)
    ]


def approved_rows(fotos: Sequence[Adjunto]) -> Rows:
    """Each photo that a buffet is shown, with its hash and nothing of where it comes from."""
    return [
        {
            "archivo": "",
            "titulo": f"Foto {number} · {foto.tipo.label}",
            "hechos": [],
            "hash": foto.sha256,
            "advertencias": [],
        }
        for number, foto in enumerate(fotos, 1)
    ]


def _photo_facts(foto: Adjunto) -> list[tuple[str, str]]:
    said = foto.metadatos or {}
    gps = said.get("gps") or {}
    who = f" por {foto.usuario.nombre}" if foto.usuario else " por el receptor"
    return [
        ("Archivo", f"{foto.filename} ({format_size(foto.tamano_bytes)})"),
        ("Incorporada", f"subida el {format_fecha_hora(foto.created_at)}{who}"),
        ("De la visita a", _visit_of(foto)),
        ("Hora", _camera_hour(foto)),
        ("Cámara", said.get("camara", "")),
        (
            "Lugar según la cámara",
            format_position(gps.get("lat"), gps.get("lon"), None) or "no lo dice",
        ),
    ]


def _camera_hour(foto: Adjunto) -> str:
    """When it was taken, in the words of every page; or that the camera does not say."""
    return foto.cuando if foto.has_camera_time else "sin hora de la cámara"


def _visit_of(row: Adjunto) -> str:
    visit = row.visita
    return (
        f"{visit.direccion.completa}, {format_fecha_hora(visit.fecha_hora, visit.direccion.zona)}"
        if visit
        else ""
    )


def documento_rows(documentos: Sequence[Adjunto]) -> Rows:
    """Each document with its hash; its pages are in the ZIP."""
    return [
        {
            "numero": str(number),
            "nombre": " · ".join(
                part
                for part in (
                    row.filename,
                    row.descripcion,
                    f"de la visita a {_visit_of(row)}" if row.visita else "",
                )
                if part
            ),
            "hash": row.sha256,
            "tamano": format_size(row.tamano_bytes),
            "cuando": format_fecha_hora(row.created_at),
        }
        for number, row in enumerate(documentos, 1)
    ]


def with_photos(names: Nombres, files: Sequence[Adjunto]) -> str:
    """What went with it; what was taken out of the case since is only counted."""
    if not files:
        return ""
    named = names.of([row.id for row in files])
    count = f"{len(files)} foto" if len(files) == 1 else f"{len(files)} fotos"
    return f"con {count}: {named.lower()}" if named else f"con {count}"


def format_position(lat: float | None, lon: float | None, accuracy: float | None) -> str:
    """«-33.450000, -70.600000 (± 12 m)»; empty without coordinates."""
    if lat is None or lon is None:
        return ""
    text = f"{lat:.6f}, {lon:.6f}"
    return f"{text} (± {accuracy:.0f} m)" if accuracy is not None else text
