"""The rows of each section of an expediente, from the rows of the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.adjuntos.models import Adjunto
from app.avistamientos.models import Avistamiento
from app.avistamientos.rules.place_name import position_of
from app.core.dates import format_fecha, format_fecha_hora
from app.core.money import format_pesos
from app.core.porticos import ATRIBUCION
from app.core.rut import format_rut
from app.core.text import fold, join_once
from app.direcciones.models import Direccion, Visita
from app.informes.queries.attached_files import Nombres, Rows, format_position, with_photos
from app.informes.queries.printed_chain import Cadena
from app.informes.rules.drawn_map import Punto, draw_map, letter
from app.notificaciones.models import Respuesta
from app.notificaciones.queries import NoticeLine
from app.notificaciones.rules.avance import Hito
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules.campos import GrupoDeCampos, told_texts

#: A sighting with the letter of its place on the map and the position, when it has one.
Placed = tuple[Avistamiento, str, tuple[float, float] | None]

_MOST_PLACES = 52
#: Decimals of a degree within which sightings are at one place.
_PLACE_DIGITS = (4, 3, 2)


def persona_rows(oficio: Oficio) -> list[list[str]]:
    """Quality, name, RUT and how to reach each person."""
    rows = []
    for persona in oficio.propietarios:
        ways = [
            *(text for _campo, text in told_texts(persona, GrupoDeCampos.PERSONA)),
            persona.notas,
            *persona.advertencias,
        ]
        rows.append(
            [
                persona.tipo.label,
                persona.nombre or "—",
                format_rut(persona.rut) if persona.rut else "—",
                "\n".join(way for way in ways if way),
            ]
        )
    return rows


def bitacora_rows(entries: Sequence[Investigacion]) -> Rows:
    """Everything that was written down, with who did and when it was mended."""
    return [
        {
            "cuando": format_fecha_hora(entry.ocurrido_at, entry.zona),
            "tipo": entry.tipo.label,
            "texto": entry.descripcion,
            "pie": _footnote(entry),
            "hash": f"SHA-256 de la respuesta {entry.respuesta_sha256}"
            if entry.respuesta_sha256
            else "",
        }
        for entry in entries
    ]


def _footnote(entry: Investigacion) -> str:
    parts = [entry.usuario.nombre if entry.usuario else "Rastro", *entry.advertencias]
    if abs((entry.created_at - entry.ocurrido_at).total_seconds()) >= 60:
        parts.append(f"anotado el {format_fecha_hora(entry.created_at)}")
    if entry.editado_at:
        parts.append(f"editado el {format_fecha_hora(entry.editado_at)}")
    return " · ".join(parts)


def hito_rows(hitos: Sequence[Hito]) -> Rows:
    """The milestones that a buffet is told of, which come newest first, from the oldest on."""
    return [
        {
            "cuando": hito.momento,
            "tipo": "Hito",
            "texto": hito.texto,
            "pie": "",
            "hash": "",
        }
        for hito in reversed(hitos)
    ]


def place_sightings(sightings: Sequence[Avistamiento]) -> list[Placed]:
    """Give each place with a known position a letter; the others have none.

    What lies within ten metres is one place; when there are too many places for a drawing, within
    a hundred metres, or a kilometre.
    """
    positions = [position_of(sighting) for sighting in sightings]
    for digits in _PLACE_DIGITS:
        letters: dict[tuple[float, float], str] = {}
        placed: list[Placed] = []
        for sighting, position in zip(sightings, positions, strict=True):
            if position is None:
                placed.append((sighting, "", None))
                continue
            key = (round(position[0], digits), round(position[1], digits))
            placed.append((sighting, letters.setdefault(key, letter(len(letters))), position))
        if len(letters) <= _MOST_PLACES:
            break
    return placed


def avistamiento_rows(placed: Sequence[Placed]) -> list[dict[str, str]]:
    """Number, when, source, place, company and notes, amount; numbered from the oldest."""
    rows = []
    for number, (sighting, name, _) in enumerate(placed, 1):
        place = sighting.ubicacion or "Lugar desconocido"
        # Most providers name the company within the place, and a gantry says its road.
        gantry = _gantry(sighting)
        without = join_once([place, gantry])
        known = join_once([place, gantry, sighting.empresa]) == without
        company = [
            "" if known else sighting.empresa,
            gantry,
            sighting.notas,
            *sighting.advertencias,
        ]
        if sighting.simulado:
            company.append("Simulado")
        rows.append(
            {
                "numero": str(number),
                "cuando": format_fecha_hora(sighting.fecha_hora, sighting.zona)
                if sighting.fecha_hora
                else f"{format_fecha(sighting.fecha)}, sin hora",
                "fuente": sighting.fuente.label,
                "lugar": f"[{name}] {place}" if name else place,
                "notas": " · ".join(part for part in company if part),
                "monto": format_pesos(sighting.monto) if sighting.monto is not None else "",
            }
        )
    return rows


def _gantry(sighting: Avistamiento) -> str:
    """Which gantry the office takes the text for, unless the text says so in these words."""
    portico = sighting.portico
    if portico is None:
        return ""
    text = fold(sighting.ubicacion or "")
    if fold(portico.autopista) in text and fold(portico.codigo) in text.split():
        return ""
    return f"Pórtico {portico.codigo} · {portico.autopista}"


def mapa_part(placed: Sequence[Placed], direcciones: Sequence[Direccion]) -> dict[str, Any]:
    """The map, or the sentence that says why there is none."""
    places = {name: position for _, name, position in placed if position}
    points = [Punto(lat, lon, name) for name, (lat, lon) in places.items()]
    houses = [
        Punto(direccion.lat, direccion.lon, f"D{number}")
        for number, direccion in enumerate(direcciones, 1)
        if direccion.lat is not None and direccion.lon is not None
    ]
    drawing = draw_map(points, houses)
    missing = sum(1 for _, _, position in placed if position is None)
    note = _map_note(len(placed), missing, len(houses), len(direcciones))
    return {
        "nota": note,
        "credito": f"Pórticos: {ATRIBUCION}; comunas: IDE Chile. "
        "La posición de un pórtico es aproximada y muestra un corredor, no un estacionamiento.",
        "dibujo": drawing,
    }


def _map_note(total: int, missing: int, houses: int, addresses: int) -> str:
    if total == 0:
        seen = "No hay avistamientos."
    elif missing == 0:
        seen = f"Todos los avistamientos ({total}) tienen coordenadas."
    elif missing == total:
        seen = f"Ninguno de los avistamientos ({total}) tiene coordenadas."
    else:
        seen = f"{missing} de {total} avistamientos no tienen coordenadas y no se dibujan."
    if addresses == 0:
        return seen
    return f"{seen} De las direcciones, {houses} de {addresses} tienen coordenadas."


def direccion_rows(direcciones: Sequence[Direccion], names: Nombres) -> Rows:
    """Each address with its visits, oldest visit first."""
    return [
        {
            "titulo": f"D{number} · {direccion.completa}",
            "estado": _address_state(direccion),
            "texto": "\n".join(part for part in [*_told(direccion), direccion.notas] if part),
            "visitas": [
                _visit_row(visita, names)
                for visita in sorted(direccion.visitas, key=lambda row: (row.fecha_hora, row.id))
            ],
        }
        for number, direccion in enumerate(direcciones, 1)
    ]


def _told(direccion: Direccion) -> list[str]:
    told = told_texts(direccion, GrupoDeCampos.DIRECCION)
    return [f"{campo.name}: {text}" for campo, text in told if text]


def _address_state(direccion: Direccion) -> str:
    parts = [direccion.tipo.label]
    if direccion.verificada and direccion.verificada_at:
        who = f" por {direccion.verificada_por.nombre}" if direccion.verificada_por else ""
        parts.append(
            f"verificada el {format_fecha_hora(direccion.verificada_at, direccion.zona)}{who}"
        )
    else:
        parts.append("sin verificar")
    if position := format_position(direccion.lat, direccion.lon, direccion.exactitud_m):
        parts.append(position)
    return " · ".join(parts)


def _visit_row(visita: Visita, names: Nombres) -> list[str]:
    where = [format_position(visita.lat, visita.lon, visita.exactitud_m)]
    where.append(visita.notas or "")
    where += [names.of_visit(visita.id), *visita.advertencias]
    return [
        format_fecha_hora(visita.fecha_hora, visita.direccion.zona),
        visita.resultado.label,
        "\n".join(part for part in where if part) or "—",
        visita.usuario.nombre,
    ]


def notice_rows(notices: Sequence[NoticeLine], names: Nombres) -> Rows:
    """Each notice with what came back."""
    return [
        {
            "asunto": notice.asunto,
            "pie": " · ".join(
                part
                for part in (
                    notice.tipo.label,
                    notice.destinatario_nombre or "",
                    notice.destinatario_email,
                    f"enviado el {format_fecha_hora(notice.enviada_at)}"
                    if notice.enviada_at
                    else f"{notice.estado.label}; pedido el {format_fecha_hora(notice.created_at)}",
                    with_photos(names, notice.adjuntos),
                )
                if part
            ),
            "texto": notice.mensaje_adicional or "",
            "hash": f"Message-ID {notice.message_id}",
            "respuestas": [
                _answer(respuesta, names)
                for respuesta in sorted(notice.respuestas, key=lambda row: row.id)
            ],
        }
        for notice in (line.notice for line in notices)
    ]


def _answer(respuesta: Respuesta, names: Nombres) -> dict[str, str]:
    """What a receptor answered through the link in his notice."""
    parts = []
    if respuesta.hora_llegada:
        parts.append(
            f"Espera llegar el {format_fecha_hora(respuesta.hora_llegada, respuesta.zona)}."
        )
    if respuesta.comentario:
        parts.append(respuesta.comentario)
    if respuesta.adjuntos:
        parts.append(f"{with_photos(names, respuesta.adjuntos).capitalize()}.")
    return {
        "titulo": f"Respuesta: {respuesta.titulo}",
        "cuando": format_fecha_hora(respuesta.created_at),
        "texto": "\n".join(parts),
    }


def custodia_part(
    chain: Cadena | None,
    files: Sequence[Adjunto],
    entries: Sequence[Investigacion],
    *,
    complete: bool,
) -> dict[str, Any]:
    """The hashes: of the files, of the provider's answers, and the chain."""
    answers = [entry for entry in entries if entry.respuesta_sha256]
    return {
        "nota": _custody_note(chain, bool(files)),
        "cabeza": f"Eslabón {chain.cabeza[0]}: {chain.cabeza[1]}"
        if chain and chain.cabeza[0]
        else "",
        "problemas": chain.problemas if chain else [],
        "ancla": _anchor_note(chain),
        "prueba": [
            {"nombre": name, "valor": value}
            for name, value in (chain.prueba.renglones if chain and chain.prueba else [])
        ],
        "archivos": [
            {"nombre": row.filename if complete else f"Foto {number}", "hash": row.sha256}
            for number, row in enumerate(files, 1)
        ],
        "respuestas": [
            {"nombre": format_fecha_hora(entry.ocurrido_at), "hash": entry.respuesta_sha256}
            for entry in answers
        ],
        "eslabones": [
            {"numero": str(number), "tipo": tipo, "cuando": cuando, "hash": digest}
            for number, tipo, cuando, digest in (chain.eslabones if chain and complete else [])
        ],
        "resumidos": _shortened(chain.resumidos) if chain and complete else [],
    }


def _anchor_note(chain: Cadena | None) -> str:
    if chain is None or not chain.cabeza[0]:
        return ""
    if chain.prueba is None:
        return (
            "La cadena todavía no está anclada. La prueba viene en el ZIP que se descargue desde "
            "mañana."
        )
    return chain.prueba.texto


def _shortened(told: list[str]) -> list[str]:
    if not told:
        return []
    return [*told, "El ZIP trae cada uno; la última huella de la cadena los cubre a todos."]


def _custody_note(chain: Cadena | None, has_files: bool) -> str:
    if chain is None:
        kept = "La oficina guarda cada archivo original intacto"
        return f"{kept}, con la huella que sigue." if has_files else f"{kept}; aún no hay ninguno."
    checked = (
        "Al emitir este expediente se comparó con lo que guarda la oficina y nada fue alterado."
        if not chain.problemas
        else "Al emitir este expediente se comparó con lo que guarda la oficina y no calza:"
    )
    return (
        "Cada anotación, archivo, aviso y cambio de estado lleva una huella sobre su contenido y "
        f"la huella anterior. {checked} La última huella de la cadena es:"
    )
