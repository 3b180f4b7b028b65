"""By which right the office treats the data of a case."""

from __future__ import annotations

from app.ajustes.rules import Setting

BASIS = Setting(
    "oficios.base",
    "Datos personales",
    "Base con que se tratan los datos de un caso",
    "Ejercicio o defensa de derechos ante tribunales (art. 13, letra e), por encargo del buffet",
    "Se lee en los datos de cada caso y en las respuestas a las personas. La aprueba su abogado.",
    largo=300,
)
SETTINGS = (BASIS,)
