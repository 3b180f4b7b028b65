"""Rows that repeat a case: what they have in common, what is chosen, and what it changes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.service import DireccionData, PropietarioData
from app.planillas.jobs import _stage
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.rules.earlier_vehicles import fill_vehicles
from app.planillas.rules.oficio_outcomes import EstadoImportacion, Resultado, classify_oficios
from app.planillas.rules.oficio_rows import read_row
from app.planillas.rules.repeats import (
    CasoConocido,
    Eleccion,
    Elegido,
    Hechos,
    Repite,
    find_repeat,
    list_changes,
    loose_key,
    read_choice,
)
from app.planillas.service.importing import finish_import, update_part
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from app.vehiculos.models import Vehiculo
from tests.factories import make_oficio
from tests.planillas.listados import make_importacion, make_list, press_import

HOY = date(2026, 11, 24)
PLATE = "BBCL12"
HEADER = ("N° Oficio", "Patente", "Color", "Modelo", "Nombre", "Dirección", "Comuna", "Notas")


def caso(pk=1, buffet=1, numero="OF-001", rol=None, patente=PLATE, **values) -> CasoConocido:
    known = {"abierto": True, "version": 3, **values}
    return CasoConocido(pk, buffet, numero, rol, patente, **known)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("OF-001", "of 1", True),
        ("0012-2026", "12/2026", True),
        ("OF–1", "OF1", True),
        ("100", "1", False),
        ("OF-10", "OF-1", False),
        ("0", "000", True),
        ("C-1", "E-1", False),
    ],
)
def test_numbers_are_compared_without_zeros_and_dashes(one, other, alike):
    assert (loose_key(one) == loose_key(other)) is alike


@pytest.mark.parametrize(
    ("row", "casos", "expected"),
    [
        ({"numero_oficio": "OF-1"}, [caso()], (Repite.NUMERO, 1)),
        ({"numero_oficio": "OF-1"}, [caso(abierto=False)], (Repite.NUMERO, 1)),
        ({"numero_oficio": "OF-1"}, [caso(buffet=2)], (Repite.PATENTE, 1)),
        ({"numero_oficio": "OF-1"}, [caso(buffet=2, abierto=False)], None),
        ({"numero_oficio": "OF-1"}, [caso(patente="KKXZ98")], None),
        ({"numero_oficio": "9"}, [caso()], (Repite.PATENTE, 1)),
        ({"numero_oficio": "9"}, [caso(abierto=False)], None),
        ({"rol": "C-1-2026"}, [caso(rol="C-1-2026", abierto=False)], (Repite.ROL, 1)),
        ({"rol": "C-1-2026"}, [caso(rol="C-2-2026", abierto=False)], None),
        ({"rol": "C-1-2026"}, [caso(), caso(2, rol="C-1-2026")], (Repite.ROL, 2)),
        ({}, [caso(1, 2), caso(2)], (Repite.PATENTE, 2)),
        ({}, [caso(1), caso(2)], (Repite.PATENTE, 2)),
        ({}, [], None),
    ],
)
def test_what_a_row_repeats(row, casos, expected):
    found = find_repeat({"patente": PLATE, **row}, casos, 1)

    assert (found and (found[0], found[1].oficio_id)) == expected


UPDATE = Elegido(Eleccion.ACTUALIZAR, 1, 3, ("color",))


@pytest.mark.parametrize(
    ("numero", "known", "chosen", "outcome", "refusal"),
    [
        ("OF-001", caso(), Elegido(), Resultado.EXISTE, ""),
        ("OF-001", caso(), Elegido(Eleccion.NUEVO), Resultado.EXISTE, "No se puede crear"),
        ("OF-001", caso(), UPDATE, Resultado.ACTUALIZA, ""),
        ("OF-1", caso(), Elegido(), Resultado.SALTADA, ""),
        ("OF-1", caso(), Elegido(Eleccion.NUEVO), Resultado.CREA, ""),
        ("OF-1", caso(), UPDATE, Resultado.ACTUALIZA, ""),
        ("OF-1", caso(version=4), UPDATE, Resultado.SALTADA, "El caso cambió"),
        ("OF-1", caso(pk=2), UPDATE, Resultado.SALTADA, "El caso cambió"),
        ("OF-1", caso(), replace(UPDATE, campos=()), Resultado.SALTADA, "Marque al menos"),
        ("OF-1", caso(buffet=2), UPDATE, Resultado.SALTADA, "Es de otro buffet"),
        ("OF-1", caso(buffet=2), Elegido(Eleccion.NUEVO), Resultado.CREA, ""),
        ("OF-1", caso(buffet=2, abierto=False), Elegido(), Resultado.CREA, None),
    ],
)
def test_what_becomes_of_a_repeated_row(numero, known, chosen, outcome, refusal):
    row = read_row(2, {"numero_oficio": numero, "patente": PLATE}, today=HOY)
    own = [(known.numero, known.patente)] if known.buffet_id == 1 else []

    [found] = classify_oficios([replace(row, elegido=chosen)], own, [known], 1)

    assert found.resultado is outcome
    if refusal is None:
        assert found.repetida is None
    else:
        assert found.repetida.reparo.startswith(refusal)
        assert bool(found.repetida.reparo) is bool(refusal)
    if outcome is Resultado.SALTADA:
        assert "caso" not in found.motivo  # the sender of the list reads it


@pytest.mark.parametrize("chosen", [Elegido(), Elegido(Eleccion.NUEVO), UPDATE])
def test_a_choice_is_kept_as_text(chosen):
    assert read_choice(chosen.texto) == chosen


@pytest.mark.parametrize("text", ["", "x", "actualizar:1", "actualizar:a:1:color"])
def test_a_choice_that_cannot_be_read_leaves_the_row_out(text):
    assert read_choice(text) == Elegido()
    assert read_choice("actualizar:1:3:color,patente,clave").campos == ("color",)


@pytest.mark.parametrize(
    ("datos", "expected"),
    [
        ({}, []),
        ({"color": "Rojo", "modelo": "Swift"}, [("color", "Azul", "Rojo")]),
        ({"color": "", "numero_oficio": "X", "patente": "Y"}, []),
        ({"anio": 2020, "fuerza_publica": False}, [("anio", None, 2020)]),
        ({"fuerza_publica": True}, [("fuerza_publica", False, True)]),
        ({"notas": "Ojo"}, []),
        ({"notas": "Nuevo"}, [("notas", "Ojo", "Ojo\nNuevo")]),
        ({"propietario_nombre": "Ana", "propietario_tipo": "aval"}, []),
        ({"direccion": "lo plaza 1", "comuna": "Ñuñoa"}, []),
        ({"comuna": "Maipú"}, []),
        (
            {"direccion": "Lo Plaza 2", "comuna": "Ñuñoa"},
            [("direccion", "Lo Plaza 1, Ñuñoa", "Se agrega: Lo Plaza 2, Ñuñoa")],
        ),
    ],
)
def test_what_a_row_changes(datos, expected):
    known = {"color": "Azul", "modelo": "Swift", "fuerza_publica": False, "notas": "Ojo"}
    hechos = Hechos(known, (("Lo Plaza 1", "Ñuñoa"),))

    changes = list_changes(datos, hechos)

    assert [(one.campo, one.ahora, one.despues) for one in changes] == expected


# ---- Carried out ----


@pytest.fixture
def known(app, buffet, usuario_investigador) -> Oficio:
    """A case that the row below repeats."""
    return make_oficio(
        app,
        buffet,
        usuario_investigador,
        numero_oficio="OF-001",
        propietario=PropietarioData(nombre="Ana Soto", rut="8077052-9"),
        direccion=DireccionData(direccion="Lo Plaza 1", comuna="Ñuñoa"),
    )


ROW = ("OF-1", PLATE, "Rojo", "", "Ana Soto Ruiz", "Lo Plaza 2", "Ñuñoa", "Ojo")


def draft_of(app: Any, buffet: Any, actor: Any, *rows: tuple[str, ...]) -> int:
    listado = make_list(*rows, header=HEADER)
    return make_importacion(app, buffet, actor, contenido=listado)


def choose(client: Any, draft: int, oficio: Oficio, *campos: str) -> None:
    boxes = {f"ra-2-{name}": "1" for name in campos}
    data = {"r-2": "actualizar", "rv-2": f"{oficio.id}:{oficio.version}", **boxes}
    assert client.post(f"/importar/{draft}", data=data).status_code == 303


def test_an_update_changes_what_was_ticked_and_nothing_else(
    app, investigador, buffet, usuario_investigador, known, rows
):
    draft = draft_of(app, buffet, usuario_investigador, ROW)
    page = investigador.get(f"/importar/{draft}").text
    assert Repite.NUMERO.value in page
    assert "<b>Color</b>: ahora vacío; después Rojo" in page
    assert "ra-2-modelo" not in page
    choose(investigador, draft, known, "color", "propietario_nombre", "direccion")
    page = investigador.get(f"/importar/{draft}").text
    assert "Se actualizará 1 caso." in page

    press_import(investigador, f"/importar/{draft}")

    [oficio] = rows(Oficio)
    assert (oficio.numero_oficio, oficio.notas_generales) == ("OF-001", None)
    [vehiculo] = rows(Vehiculo)
    assert (vehiculo.color, vehiculo.modelo) == ("Rojo", "Swift")
    [persona] = rows(Propietario)
    assert (persona.nombre, persona.rut) == ("Ana Soto Ruiz", "8077052-9")
    assert {one.direccion for one in rows(Direccion)} == {"Lo Plaza 1", "Lo Plaza 2"}
    told = [one.descripcion for one in rows(Investigacion)][1:]
    assert told == [
        "Datos del vehículo modificados",
        "Persona modificada: Ana Soto Ruiz (principal)",
        "Dirección agregada: Lo Plaza 2, Ñuñoa",
    ]
    [entry] = rows(Auditoria, accion="importacion.importada")
    assert entry.detalle["actualiza"] == 1
    page = investigador.get(f"/importar/{draft}").text
    assert "Se actualizó 1 caso." in page
    assert "Deshacer la importación no devuelve lo actualizado" in page
    assert f'href="/oficios/{known.id}"' in page
    assert f"/importar/{draft}/deshacer" not in page  # it made no case
    assert rows(FilaEnCarga) == []


def test_a_killed_update_is_done_once_and_a_changed_or_blocked_case_is_left_alone(
    app, investigador, buffet, usuario_investigador, usuario_admin, known, rows
):
    blocked = make_oficio(app, buffet, usuario_investigador, patente="KKXZ98", numero_oficio="X-01")
    changed = make_oficio(app, buffet, usuario_investigador, patente="PHZF55", numero_oficio="Y-01")
    draft = draft_of(
        app,
        buffet,
        usuario_investigador,
        ROW,
        ("X-1", "KKXZ98", "Rojo", "", "", "", "", ""),
        ("Y-1", "PHZF55", "Rojo", "", "", "", "", ""),
    )
    data = {}
    for fila, case in ((2, known), (3, blocked), (4, changed)):
        data |= {f"r-{fila}": "actualizar", f"rv-{fila}": f"{case.id}:{case.version}"}
        data |= {f"ra-{fila}-color": "1"}
    investigador.post(f"/importar/{draft}", data=data)
    with app.app_context():
        who = usuario_investigador.id
        _stage(draft, utcnow())
        with transaction():
            db.session.get_one(Importacion, draft).estado = EstadoImportacion.IMPORTANDO
            actor = db.session.get_one(Usuario, usuario_admin.id)
            block_cases([blocked.id], "Lo pidió.", actor=actor, now=utcnow())
            db.session.get_one(Oficio, changed.id).version += 1
        db.session.expunge_all()
        done = 0
        while update_part(draft, actor_id=who, now=utcnow()):  # each begins as after a kill
            db.session.expunge_all()
            done += 1
        assert done == 3
        finish_import(draft, actor_id=who, now=utcnow())

    assert {one.oficio_id: one.color for one in rows(Vehiculo)} == {
        known.id: "Rojo",
        blocked.id: None,
        changed.id: None,
    }
    assert len(rows(Investigacion, descripcion="Datos del vehículo modificados")) == 1
    [lista] = rows(Importacion)
    assert (lista.resultado["actualiza"], lista.resultado["saltada"]) == (1, 2)


def test_a_plate_of_another_buffet_is_told_to_nobody_who_may_not_know(
    app, investigador, buffet, otro_buffet, usuario_investigador, usuario_admin, rows
):
    other = make_oficio(app, otro_buffet, usuario_admin, numero_oficio="SECRETO-7")
    draft = draft_of(app, buffet, usuario_investigador, ROW)

    page = investigador.get(f"/importar/{draft}").text
    assert Repite.PATENTE.value in page
    assert f'href="/oficios/{other.id}"' in page
    assert "Es de otro buffet" in page
    assert 'value="actualizar"' not in page
    report = investigador.get(f"/importar/{draft}/informe.csv").text
    assert re.search("Se salta;Quedó fuera en la revisión.", report)
    assert "SECRETO" not in report
    # What a page does not offer cannot be asked for either.
    choose(investigador, draft, other, "color")
    assert "Es de otro buffet" in investigador.get(f"/importar/{draft}").text
    investigador.post(f"/importar/{draft}", data={"r-2": "nuevo"})
    press_import(investigador, f"/importar/{draft}")
    assert len(rows(Oficio)) == 2


def test_who_sees_only_their_cases_is_told_that_there_is_one_and_no_more(
    app, investigador, buffet, usuario_investigador, usuario_admin
):
    other = make_oficio(app, buffet, usuario_admin, numero_oficio="SECRETO-7")
    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
    draft = draft_of(app, buffet, usuario_investigador, ROW)

    choose(investigador, draft, other, "color")
    page = investigador.get(f"/importar/{draft}").text

    assert "La patente está en otro caso de la oficina" in page
    assert "SECRETO" not in page
    assert f"/oficios/{other.id}" not in page
    assert f"{other.id}:{other.version}" not in page
    assert "Se actualizará" not in page


def test_what_earlier_cases_know_of_a_vehicle_fills_what_a_row_leaves_empty():
    row = read_row(2, {"numero_oficio": "9", "patente": PLATE, "color": "Rojo"}, today=HOY)
    casos = [
        caso(1, abierto=False, vehiculo={"marca": "Kia", "color": "Azul", "anio": 2015}),
        caso(2, abierto=False, vehiculo={"marca": "Toyota", "color": None, "vin": ""}),
    ]

    (fila,) = fill_vehicles(classify_oficios([row], (), casos, 1), casos)

    assert fila.resultado is Resultado.ADVERTENCIA
    assert (fila.datos["marca"], fila.datos["anio"], fila.datos["color"]) == (
        "Toyota",
        2015,
        "Rojo",
    )
    assert "Marca (Toyota), Año (2015)" in fila.advertencias["vehiculo_conocido"]
    skipped = replace(row, saltada=True)
    assert fill_vehicles(classify_oficios([skipped], (), casos, 1), casos)[0].datos == row.datos
