"""The rows that the board is measured on: few open cases among many that were closed long ago."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from stdnum.cl import rut

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.buffets.models import Buffet
from app.core.clock import local_today, utcnow
from app.core.text import fold
from app.db import db, refresh_statistics, transaction
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Estado, Prioridad
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.vehiculos.models import Vehiculo

#: Open cases; they fill three columns.
OPEN = 1000
#: Closed in the last thirty days; they fill the other two.
CLOSED_LATELY = 200
_BATCH = 5000
_LETTERS = "BCDFGHJKLPRSTVWXYZ"
_NAMES = ("María", "José", "Rosa", "Luis", "Ñusta", "Iván", "Carmen", "Raúl")
_SURNAMES = ("González", "Muñoz", "Rojas", "Díaz", "Pérez", "Soto", "Núñez", "Araya")


def fill(total: int) -> int:
    """Store that many oficios with what belongs to them; return the id of an investigator."""
    with transaction():
        people = [
            Usuario(
                email=f"persona{number}@tablero.example",
                nombre=f"{_NAMES[number]} {_SURNAMES[number]}",
                password_hash="x",
                rol=Rol.INVESTIGADOR,
            )
            for number in range(6)
        ]
        buffets = [
            Buffet(
                nombre=f"Estudio {_SURNAMES[number]}",
                rut=rut.compact(
                    f"{70_000_000 + number}{rut.calc_check_digit(str(70_000_000 + number))}"
                ),
                email_principal=f"estudio{number}@estudio.example",
            )
            for number in range(8)
        ]
        db.session.add_all([*people, *buffets])
        db.session.flush()
        persons = [person.id for person in people]
        firms = [buffet.id for buffet in buffets]
    rows = _rows(total, persons, firms)
    while batch := list(itertools.islice(rows, _BATCH)):
        # Past the chain of custody, which is not what the board shows.
        with db.engine.begin() as connection:
            for index, model in enumerate((Oficio, Vehiculo, Propietario, Avistamiento)):
                values = [parts[index] for parts in batch if parts[index]]
                if values:
                    connection.execute(sa.insert(model), values)
    with transaction():
        if db.engine.dialect.name == "postgresql":
            for name in ("oficios", "vehiculos", "propietarios", "avistamientos"):
                serial = f"pg_get_serial_sequence('{name}', 'id')"
                db.session.execute(
                    sa.text(f"SELECT setval({serial}, (SELECT max(id) FROM {name}))")
                )
    refresh_statistics()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    return persons[0]


def _rows(total: int, persons: list[int], firms: list[int]) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(5)
    now = utcnow()
    open_states = [estado for estado in Estado if not estado.is_final]
    final_states = [estado for estado in Estado if estado.is_final]
    for pk in range(1, total + 1):
        # The newest are open, as in life.
        age = total - pk
        closed_for = timedelta(days=chance.randrange(1, 29))
        if age < OPEN:
            estado = chance.choice(open_states)
        else:
            estado = chance.choice(final_states)
            if age >= OPEN + CLOSED_LATELY:
                closed_for = timedelta(days=chance.randrange(40, 1500))
        since = now - closed_for
        plate = "".join(chance.choices(_LETTERS, k=4)) + f"{chance.randrange(100):02}"
        name = f"{chance.choice(_NAMES)} {chance.choice(_SURNAMES)} {chance.choice(_SURNAMES)}"
        number = str(chance.randrange(5_000_000, 25_000_000))
        person_rut = f"{number}-{rut.calc_check_digit(number)}"
        texts = (
            f"OF-{pk:06}",
            f"C-{pk}-2026",
            plate,
            name,
            person_rut,
            person_rut.replace("-", ""),
        )
        limit = local_today(now) + timedelta(days=chance.randrange(-5, 40))
        yield (
            {
                "id": pk,
                "numero_oficio": texts[0],
                "rol": texts[1],
                "buffet_id": chance.choice(firms),
                "prioridad": chance.choice(list(Prioridad)),
                "estado": estado,
                "posicion": -pk * 1_000_000,
                "investigador_id": chance.choice([*persons, None]),
                "fecha_limite": limit,
                "busqueda": fold(" ".join((*texts, "Suzuki Swift AZUL"))),
                "estado_desde": since,
                "ultima_actividad_at": since,
                "created_at": since - timedelta(days=20),
                "updated_at": since,
                "advertencias_ingreso": {},
            },
            {
                "id": pk,
                "oficio_id": pk,
                "patente": plate,
                "marca": "Suzuki",
                "modelo": "Swift",
                "color": "AZUL",
            },
            {"id": pk, "oficio_id": pk, "nombre": name, "rut": person_rut},
            {
                "id": pk,
                "oficio_id": pk,
                "fuente": Fuente.PORTICO,
                "fecha": local_today(since),
                "fecha_hora": since,
                "empresa": "Costanera Norte",
                "ubicacion": "PA12",
                "clave": f"clave {pk}",
            }
            if pk % 2
            else None,
        )
