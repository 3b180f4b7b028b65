"""What a column of a concessionaire's list may mean, and the headers seen for it."""

from __future__ import annotations

from collections.abc import Sequence

from app.importador.campos import guess_columns

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
_SINONIMOS = {
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


def guess_crossing_columns(encabezados: Sequence[str]) -> dict[int, str]:
    """Return which column holds which field, judging by the headers alone."""
    return guess_columns(encabezados, _SINONIMOS)
