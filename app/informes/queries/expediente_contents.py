"""What goes into an expediente, as plain text for the page: nothing here is markup.

Gathered in one read of the database, before any file is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.adjuntos.models import Adjunto
from app.adjuntos.queries import list_adjuntos, list_approved
from app.ajustes.queries import current_office, find_logo_data, is_demo
from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import sightings_statement
from app.core.dates import format_fecha, format_fecha_hora
from app.core.patente import format_patente
from app.db import db
from app.informes.models import Expediente
from app.informes.queries import list_entries
from app.informes.queries.attached_files import (
    Nombres,
    approved_rows,
    documento_rows,
    foto_rows,
    portada_part,
)
from app.informes.queries.printed_chain import read_chain
from app.informes.queries.section_rows import (
    avistamiento_rows,
    bitacora_rows,
    custodia_part,
    direccion_rows,
    hito_rows,
    mapa_part,
    notice_rows,
    persona_rows,
    place_sightings,
)
from app.informes.rules import Variante
from app.notificaciones.queries import list_notices
from app.notificaciones.queries.hitos import list_hitos
from app.oficios.models import Oficio
from app.oficios.rules.campos import GrupoDeCampos, told_texts
from app.patrones.queries.when_to_go import read_when

_OF_OFICIO = (GrupoDeCampos.OFICIO, GrupoDeCampos.PLAZOS)


@dataclass(frozen=True)
class ExpedienteContent:
    """The text of an expediente, and the files that belong to it, in its order."""

    datos: dict[str, Any]
    fotos: list[Adjunto]
    documentos: list[Adjunto]
    #: The office's, as PNG.
    logo: bytes | None = None


def gather(
    expediente: Expediente, *, base_url: str, proveedor: str, now: datetime
) -> ExpedienteContent:
    """Read a case as it stands now, for whom the expediente is.

    ``proveedor`` is the configured source of sightings, whose reach the document tells.
    """
    chain = read_chain(expediente.oficio_id)
    oficio = expediente.oficio
    complete = expediente.variante.is_complete
    files = _in_order(list_adjuntos(oficio.id) if complete else list_approved(oficio.id))
    fotos = [adjunto for adjunto in files if adjunto.is_image]
    documentos = [adjunto for adjunto in files if not adjunto.is_image]
    notices = list(reversed(list_notices(oficio.id))) if complete else []
    names = Nombres(fotos, documentos)
    cover = portada_part(fotos)
    sightings = _sightings(oficio.id) if complete else []
    placed = place_sightings(sightings)
    entries = list_entries(oficio.id) if complete else []
    bitacora = bitacora_rows(entries) if complete else hito_rows(list_hitos([oficio.id])[oficio.id])
    datos = {
        **_cover(expediente, oficio, base_url, now),
        # None: not in this variant, which is another thing than that there are none.
        "personas": persona_rows(oficio) if complete else None,
        "bitacora": bitacora,
        "bitacora_nota": _chronology_note(complete=complete),
        "mapa": mapa_part(placed, oficio.direcciones) if complete else None,
        "avistamientos": avistamiento_rows(placed) if complete else None,
        **_when_and_where(oficio, proveedor, now, complete=complete),
        "direcciones": direccion_rows(oficio.direcciones, names) if complete else None,
        "fotos": foto_rows(fotos) if complete else approved_rows(fotos),
        # The press tells whether the photo is at hand.
        "portada": None if cover is None else {"lugar": cover},
        "documentos": documento_rows(documentos),
        "avisos": notice_rows(notices, names) if complete else None,
        "custodia": custodia_part(chain, [*fotos, *documentos], entries, complete=complete),
        "resumen": _summary(
            oficio, fotos, len(bitacora), len(notices), len(sightings) if complete else None
        ),
        "fotos_nota": _photos_note(complete=complete),
    }
    logo = current_office().logo
    return ExpedienteContent(
        datos, fotos, documentos, find_logo_data(logo.sha256) if logo else None
    )


def _when_and_where(
    oficio: Oficio, proveedor: str, now: datetime, *, complete: bool
) -> dict[str, Any]:
    """The habits that stand out and what nobody saw, in sentences; nothing for a buffet."""
    if not complete:
        return {"horarios": [], "no_visto": []}
    cuando = read_when(oficio, proveedor=proveedor, now=now)
    habits = [
        {
            "titulo": f"{one.cuando[0].upper()}{one.cuando[1:]}. {one.donde}.",
            "texto": "\n".join(
                part for part in (one.evidencia, one.habilitacion, one.limite) if part
            ),
        }
        for one in cuando.sugerencias
    ]
    past = [{"titulo": text, "texto": ""} for text in cuando.terminadas]
    return {"horarios": [*habits, *past], "no_visto": cuando.no_visto}


def _in_order(files: list[Adjunto]) -> list[Adjunto]:
    """As people placed them in the gallery; oldest first while nobody placed any."""
    if any(file.orden for file in files):
        return files
    return sorted(files, key=lambda file: file.id)


def _cover(expediente: Expediente, oficio: Oficio, base_url: str, now: datetime) -> dict[str, Any]:
    vehiculo = oficio.vehiculo
    shown = format_patente(vehiculo.patente)
    url = f"{base_url}/verificar/{expediente.codigo}"
    return {
        "codigo": expediente.codigo,
        "variante": expediente.variante.label,
        "variante_nota": _variant_note(expediente.variante),
        "oficina": current_office().nombre,
        "logo": "",
        "aviso": "DEMOSTRACIÓN: todo lo que dice este expediente es inventado."
        if is_demo()
        else None,
        "titulo": f"Oficio {oficio.numero_oficio} · patente {shown}",
        "emitido": format_fecha_hora(now),
        "verificar_url": url,
        "verificar_corto": f"{base_url}/verificar",
        "patente": {
            "grupos": shown.split("·"),
            "dv": vehiculo.patente_dv or "",
            "advertencia": " ".join(vehiculo.advertencias),
        },
        "vehiculo": " · ".join(
            str(part)
            for part in (
                vehiculo.descripcion,
                vehiculo.anio,
                vehiculo.color if expediente.variante.is_complete else None,
            )
            if part
        ),
        "hechos": [
            [name, text]
            for name, text in _facts(oficio, complete=expediente.variante.is_complete)
            if text
        ],
    }


def _facts(oficio: Oficio, *, complete: bool) -> list[tuple[str, str | None]]:
    """What stands on the cover; for a buffet the head of the case alone."""
    vehiculo = oficio.vehiculo
    granted = [
        name
        for name, given in (
            ("fuerza pública", oficio.fuerza_publica),
            ("descerrajamiento", oficio.descerrajamiento),
        )
        if given
    ]
    head = [
        ("Oficio", oficio.numero_oficio),
        ("Rol", oficio.rol),
        ("Tribunal", oficio.tribunal),
        ("Caratulado", oficio.caratulado),
        ("Encargado por", oficio.buffet.nombre),
        ("Fecha del oficio", _day(oficio.fecha_oficio)),
        ("Fecha de ingreso", _day(oficio.fecha_ingreso)),
        ("Fecha límite", _day(oficio.fecha_limite)),
        ("El tribunal concedió", " y ".join(granted) if complete else ""),
        ("Estado", f"{oficio.estado.label}, desde el {format_fecha(oficio.estado_desde)}"),
    ]
    if not complete:
        return head
    return [
        *head,
        ("Investigador", oficio.investigador.nombre if oficio.investigador else "Sin asignar"),
        *((one.name, text) for one, text in told_texts(oficio, *_OF_OFICIO)),
        *((one.name, text) for one, text in told_texts(vehiculo, GrupoDeCampos.VEHICULO)),
    ]


def _summary(
    oficio: Oficio, fotos: list[Adjunto], entries: int, notices: int, sightings: int | None
) -> list[list[str]]:
    if sightings is None:
        counted = [(entries, "hito"), (len(fotos), "fotografía")]
    else:
        visits = sum(len(direccion.visitas) for direccion in oficio.direcciones)
        counted = [
            (entries, "anotación"),
            (sightings, "avistamiento"),
            (visits, "visita"),
            (len(fotos), "fotografía"),
            (notices, "aviso"),
        ]
    return [[str(amount), word if amount == 1 else _plural(word)] for amount, word in counted]


def _plural(word: str) -> str:
    return word[:-2] + "ones" if word.endswith("ón") else word + "s"


def _sightings(oficio_id: int) -> list[Avistamiento]:
    return list(reversed(db.session.scalars(sightings_statement(oficio_id)).all()))


def _variant_note(variante: Variante) -> str:
    if variante.is_complete:
        return "Ejemplar completo, para el tribunal"
    return "Ejemplar para el buffet: cabecera, hitos y las fotos que se le muestran"


def _chronology_note(*, complete: bool) -> str:
    if complete:
        return "Todo lo anotado en la bitácora, de lo más antiguo a lo más reciente."
    return "Los hitos del caso, de lo más antiguo a lo más reciente."


def _photos_note(*, complete: bool) -> str:
    kept = "La huella es la del original, que la oficina guarda intacto."
    if not complete:
        return f"Copias reducidas, sin metadatos, de las fotos aprobadas para el buffet. {kept}"
    return (
        f"Copias reducidas, sin metadatos. {kept} Lo que dice la cámara se muestra aparte de lo "
        "que declaró la persona."
    )


def _day(value: Any) -> str | None:
    return format_fecha(value) if value else None
