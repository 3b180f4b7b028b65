"""What years of work leave behind each case, stored by the database itself.

Seven million rows would take this program half an hour; one statement for each table takes minutes.
The rows depend on the number of the case alone, so two installations differ only in their size.
Seals hold no real digests: what verifies them is not measured here.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from app.db import db
from tests.bench.historia_rows import refresh_statistics

#: Rows that each case gets.
SIGHTINGS, ENTRIES, LOOKUPS, READS, JOBS, NOTICES, SEALS, DEEDS = 50, 16, 5, 20, 10, 5, 10, 20
#: Bytes of a digest as text.
_DIGEST = 64


class _Words:
    """What the two databases call by different names."""

    def __init__(self, *, postgresql: bool) -> None:
        self.is_postgresql = postgresql

    def numbers(self, amount: int) -> str:
        """A table of the numbers from one on."""
        if self.is_postgresql:
            return f"generate_series(1, {amount}) AS numbers(n)"
        return (
            f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {amount})"
            " SELECT n FROM c) AS numbers"
        )

    def later(self, hours: str) -> str:
        """The moment that many hours after the case came in."""
        if self.is_postgresql:
            return f"o.created_at + ({hours}) * interval '1 hour'"
        return f"strftime('%Y-%m-%d %H:%M:%f000', o.created_at, '+' || ({hours}) || ' hours')"

    def day(self, hours: str) -> str:
        """The day of that moment."""
        if self.is_postgresql:
            return f"({self.later(hours)})::date"
        return f"date(o.created_at, '+' || ({hours}) || ' hours')"

    def padded(self, number: str, length: int = _DIGEST) -> str:
        """A number as text of a fixed length."""
        if self.is_postgresql:
            return f"lpad(({number})::text, {length}, '0')"
        return f"printf('%0{length}d', {number})"

    def text(self, number: str) -> str:
        """A number as text."""
        return f"CAST({number} AS VARCHAR)" if self.is_postgresql else f"CAST({number} AS TEXT)"

    @property
    def no(self) -> str:
        """What is false."""
        return "false" if self.is_postgresql else "0"

    @property
    def yes(self) -> str:
        """What is true."""
        return "true" if self.is_postgresql else "1"

    def one_of(self, number: str, *choices: str) -> str:
        """One of some words, by a number."""
        cases = " ".join(f"WHEN {at} THEN '{word}'" for at, word in enumerate(choices))
        return f"CASE ({number}) % {len(choices)} {cases} END"


def fill_years(told: Callable[[str], None]) -> None:
    """Give every stored case what years leave; ``told`` hears which table has been filled."""
    words = _Words(postgresql=db.engine.dialect.name == "postgresql")
    for table, amount, columns in _tables(words):
        with db.engine.begin() as connection:
            connection.execute(
                sa.text(
                    f"INSERT INTO {table} ({', '.join(columns)})"
                    f" SELECT {', '.join(columns.values())} FROM oficios o, {words.numbers(amount)}"
                    " ORDER BY o.id, n"
                )
            )
        told(table)
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO custodia_cabezas (cadena, secuencia, hash)"
                f" SELECT cadena, secuencia, hash FROM custodia WHERE secuencia = {SEALS}"
                " AND cadena NOT IN (SELECT cadena FROM custodia_cabezas)"
            )
        )
    refresh_statistics()
    told("statistics")


def _tables(words: _Words) -> list[tuple[str, int, dict[str, str]]]:
    """Each table with how many rows a case gets, and an expression for each column."""
    whose = "o.investigador_id"
    number = "o.id * 1000 + n"
    return [
        (
            "avistamientos",
            SIGHTINGS,
            {
                "oficio_id": "o.id",
                "fuente": "'portico'",
                "fecha": words.day("n * 9"),
                "fecha_hora": words.later("n * 9 + o.id % 7"),
                "ubicacion": words.one_of(
                    "o.id + n", "PA12 Lo Saldes", "PA20 Vespucio", "P3 Kennedy", "P7 Quilin"
                ),
                "empresa": words.one_of("o.id + n", "Costanera Norte", "Vespucio Sur"),
                "advertencias_ingreso": "'{}'",
                "clave": words.padded(number),
                "simulado": words.no,
                "created_at": words.later("n * 9 + 10"),
            },
        ),
        (
            "investigaciones",
            ENTRIES,
            {
                "oficio_id": "o.id",
                "tipo": words.one_of("n", "nota", "llamada", "terreno", "sistema"),
                "descripcion": f"'Conserje dice que sale, anotación ' || {words.text('n')}",
                "detalle": "'{}'",
                "usuario_id": whose,
                "ocurrido_at": words.later("n * 20"),
                "created_at": words.later("n * 20"),
            },
        ),
        (
            "trabajos",
            JOBS,
            {
                "id": words.padded(number, 36),
                "tipo": words.one_of("n", "avistamientos.consultar", "notificaciones.enviar"),
                "clave": f"'años ' || {words.text(number)}",
                "argumentos": "'{}'",
                "estado": "'hecho'",
                "prioridad": "5",
                "oficio_id": "o.id",
                "usuario_id": whose,
                "intentos": "1",
                "max_intentos": "4",
                "ejecutar_desde": words.later("n * 40"),
                "created_at": words.later("n * 40"),
                "iniciado_at": words.later("n * 40"),
                "terminado_at": words.later("n * 40 + 1"),
            },
        ),
        (
            "trabajo_ejecuciones",
            JOBS,
            {
                "trabajo_id": words.padded(number, 36),
                "numero": "1",
                "trabajador": "'trabajos'",
                "iniciado_at": words.later("n * 40"),
                "terminado_at": words.later("n * 40 + 1"),
            },
        ),
        (
            "consultas",
            LOOKUPS,
            {
                "oficio_id": "o.id",
                "patente": f"'BC' || {words.padded('o.id % 10000', 4)}",
                "usuario_id": whose,
                "motivo": "'Orden del tribunal'",
                "resultado": words.one_of("n", "nuevos", "sin_novedades"),
                "proveedor": "'generico'",
                "http_status": "200",
                "recibidos": "10",
                "nuevos": "10",
                "pedida_at": words.later("n * 80"),
                "respondida_at": words.later("n * 80 + 1"),
            },
        ),
        (
            "divulgaciones",
            READS,
            {
                "canal": words.one_of("n", "lectura", "lectura", "portal", "notificacion"),
                "que": "'Ficha del caso'",
                "destinatario": "'Persona de la oficina'",
                "base": "'Encargo del buffet'",
                "oficio_id": "o.id",
                "buffet_id": "o.buffet_id",
                "usuario_id": whose,
                "cantidad": "1",
                "clave": f"'años ' || {words.text(number)}",
                "created_at": words.later("n * 20"),
            },
        ),
        (
            "avisos",
            NOTICES,
            {
                "usuario_id": f"coalesce({whose}, 1)",
                "oficio_id": "o.id",
                "novedad": words.one_of("n", "avistamiento", "mencion"),
                "texto": "'Hay avistamientos nuevos'",
                "url": "'/tablero'",
                "accion": "'Ver'",
                "clave": f"'años ' || {words.text(number)}",
                "tanda": f"'años ' || {words.text(number)}",
                "cantidad": "1",
                "en_campana": words.yes,
                "correo": "'no'",
                "en_equipos": words.no,
                "leido_at": words.later("n * 80 + 2"),
                "created_at": words.later("n * 80"),
            },
        ),
        (
            "custodia",
            SEALS,
            {
                "cadena": "o.id",
                "secuencia": "n",
                "tipo": "'avistamiento'",
                "fila_id": number,
                "formato": "2",
                "contenido_hash": words.padded(number),
                "anterior_hash": words.padded(number),
                "hash": words.padded(number),
                "created_at": words.later("n * 40"),
            },
        ),
        (
            "auditoria",
            DEEDS,
            {
                "accion": words.one_of(
                    "n", "oficio.movido", "adjunto.agregado", "sesion.iniciada", "oficio.editado"
                ),
                "usuario_id": whose,
                "oficio_id": "o.id",
                "detalle": "'{}'",
                "created_at": words.later("n * 20"),
                "lugar": "'192.0.2.0/24'",
                "equipo": "'Firefox, Linux'",
            },
        ),
    ]
