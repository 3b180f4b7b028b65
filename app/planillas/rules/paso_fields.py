"""What a column of a concessionaire's list may mean, and the headers seen for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from app.core.text import clean_text
from app.planillas.rules.layout import Layout

#: Field to the words for the screen.
ETIQUETAS = {
    "patente": "Patente",
    "fecha_hora": "Fecha y hora",
    "fecha": "Fecha",
    "hora": "Hora",
    "ubicacion": "Lugar o tramo",
    "codigo": "Código del pórtico",
    "sentido": "Sentido",
    "empresa": "Empresa o autopista",
    "monto": "Monto",
}
_SYNONYMS = {
    "patente": "patente|ppu|placa|placa patente|placa patente unica|vehiculo|patente vehiculo",
    "fecha_hora": "fecha hora|fecha y hora|fechahora|fecha hora transito|fecha hora paso|"
    "fecha y hora del transito|fecha y hora de paso|datetime|timestamp",
    "fecha": "fecha|fecha transito|fecha de transito|fecha paso|dia|fecha evento|fecha circulacion",
    "hora": "hora|hora transito|hora de transito|hora paso|hora evento|hora circulacion",
    "ubicacion": "lugar|tramo|ubicacion|punto de cobro|descripcion|nombre portico|portico nombre|"
    "descripcion portico|nombre del portico|plaza|punto cobro|lugar transito",
    "codigo": "portico|codigo portico|codigo|cod portico|n portico|id portico|numero portico|"
    "codigo punto de cobro|codigo del portico",
    "sentido": "sentido|direccion|calzada|sentido transito|pista",
    "empresa": "empresa|concesionaria|autopista|concesion|via|sociedad concesionaria|operador|ruta",
    "monto": "monto|tarifa|valor|importe|monto cobrado|cobro|precio|total|valor peaje|peaje",
}


def _has_day(campos: Collection[str]) -> bool:
    return not {"fecha", "fecha_hora"}.isdisjoint(campos)


def _ask_missing(campos: Collection[str]) -> str:
    return "" if _has_day(campos) else "Elija qué columna tiene la fecha, o la fecha y hora."


def _is_entry(values: Mapping[str, str], _filled: int) -> bool:
    day = re.search(r"\d[-/]\d", values.get("fecha", ""))
    return bool(day or clean_text(values.get("hora", "")))


LAYOUT = Layout(
    labels=ETIQUETAS,
    synonyms=_SYNONYMS,
    example="«Fecha», «Hora» y «Pórtico»",
    is_header=_has_day,
    ask_missing=_ask_missing,
    is_entry=_is_entry,
)
