"""Exported with all its parts, imported into an empty database, exported again: the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.auditoria.models import Divulgacion, DivulgacionCaso
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.text import clean_text
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.direcciones.rules import TipoDireccion
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import EstadoCarga, Prioridad, TipoPropietario
from app.oficios.rules.campos import CAMPOS
from app.oficios.service import (
    CasoData,
    DireccionData,
    DireccionListada,
    OficioData,
    PropietarioData,
    VehiculoData,
    draft_cases,
    hide_cases,
    remove_cases,
    reveal,
    store_unseen,
)
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.layout import read_texts
from app.planillas.rules.oficio_fields import LAYOUT
from app.planillas.rules.oficio_headers import JUNTO
from app.usuarios.models import Usuario
from tests.planillas.listados import make_importacion, press_import, read_list

#: The list that brought the cases at first.
_LISTA = 99
_RM = "Metropolitana de Santiago"
_AVAL, _USER = TipoPropietario.AVAL, TipoPropietario.USUARIO
#: What an import might divide, join, guess or drop if it did not know whose list it is.
CASOS = (
    CasoData(
        oficio=OficioData(
            numero_oficio="000123-2026",
            rol="C-15-2026",
            tribunal="1º Juzgado Civil de Santiago",
            caratulado="BANCO ÑANDÚ/SOTO Y OTRO",
            fecha_oficio=date(2026, 11, 2),
            fecha_ingreso=date(2026, 11, 10),
            fecha_limite=date(2026, 12, 25),
            prioridad=Prioridad.URGENTE,
            notas_generales="Llamar tras las 18:30\n\n=SUMA(1)\n12:05:09 vista en Ñuñoa; aval",
            fuerza_publica=True,
            facultades="Allanamiento; días y horas inhábiles",
        ),
        vehiculo=VehiculoData(
            patente="BBCL12",
            patente_dv="0",
            marca="VOLKSWAGEN / AUDI",
            modelo="Audi A4 2019",
            anio=2015,
            color="Rojo/Negro",
            vin="9BWZZZ377VT004251",
            motor="00077 K",
            tipo_vehiculo="Automóvil",
        ),
        personas=(
            PropietarioData(
                nombre="Núñez / Peña Ltda. (aval)",
                rut="12345678-5",
                telefono="+56912345678",
                email="uno@correo.example",
                notas="Otro teléfono: +56 2 2345 6789\nSolo de 9:00 a 11:30",
            ),
            PropietarioData(tipo=_AVAL, nombre="Ana Soto", rut="8077052-9"),
            # Says less than the one above, and is another person all the same.
            PropietarioData(tipo=_AVAL, nombre="Ana Soto"),
            PropietarioData(tipo=_USER, rut="12345678-9", telefono="+56987654321"),
        ),
        direcciones=(
            DireccionData(
                direccion="Av. Grecia 1180, depto. 04, Macul", comuna="Ñuñoa", region=_RM
            ),
            DireccionData(direccion="Sin calle informada", region="Biobío"),
            DireccionListada(
                direccion="Sin calle informada",
                region="Biobío",
                lat=-36.826991234567,
                lon=-73.05,
                exactitud_m=12.5,
                verificada=True,
                verificada_at=datetime(2024, 5, 20, 2, 59, 59, 123456, tzinfo=UTC),
            ),
            # Somebody pointed at it on the map.
            DireccionListada(direccion="Camino 5", lat=-0.0000012, lon=70.0),
            DireccionData(
                direccion="Calle 1\u00a0Norte 0012 / fondo",
                tipo=TipoDireccion.TRABAJO,
                notas="- timbre malo\n@portería",
            ),
        ),
    ),
    # Another vehicle of the same order: another person, no rol.
    CasoData(
        oficio=OficioData(
            numero_oficio="000123-2026",
            notas_generales="=1+1\n+SUM(A1)",
            descerrajamiento=True,
        ),
        vehiculo=VehiculoData(patente="JKLM45"),
        personas=(PropietarioData(nombre="=Pedro Rojas y Juan Vial"),),
        direcciones=tuple(
            DireccionData(direccion=f"Pasaje {n} 0{n}", comuna="Calera de Tango", region=_RM)
            for n in (1, 2, 3)
        ),
    ),
    CasoData(oficio=OficioData(numero_oficio="S/N"), vehiculo=VehiculoData(patente="GZKT58")),
    # The plate of a trailer.
    CasoData(oficio=OficioData(numero_oficio="TOTAL 7"), vehiculo=VehiculoData(patente="JDB123")),
)


def _store(app: Flask, buffet: Buffet, actor: Usuario) -> None:
    now = utcnow()
    with app.app_context(), transaction():
        db.session.get_one(Usuario, actor.id)
        lote = draft_cases(CASOS, buffet_id=buffet.id, actor_id=actor.id, now=now)
        for n, row in enumerate(lote.oficios.rows, 1):
            row["vehiculo_n"] = n
        store_unseen(lote, importacion_id=_LISTA, now=now)
        reveal(_LISTA)


def _export(client: FlaskClient, formato: str) -> tuple[bytes, list[tuple[str, ...]]]:
    with client.get(f"/tablero/lista-completa.{formato}") as response:
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        data = response.data
    if formato == "csv":
        cells = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    else:
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
        cells = [["" if one is None else str(one) for one in row] for row in sheet.values]
    return data, [tuple(row) for row in cells]


@pytest.mark.parametrize("formato", ["csv", "xlsx"])
def test_what_is_exported_and_imported_into_nothing_is_exported_the_same(
    formato: str,
    app: Flask,
    investigador: FlaskClient,
    buffet: Buffet,
    usuario_investigador: Usuario,
    rows: Callable[..., list[Any]],
) -> None:
    _store(app, buffet, usuario_investigador)
    data, before = _export(investigador, formato)
    assert len(before) == 1 + 5 + 3 + 1 + 1
    assert len(rows(Divulgacion)) == 1
    assert {one.oficio_id for one in rows(DivulgacionCaso)} == {one.id for one in rows(Oficio)}

    persons, places = _persons(rows), _places(rows)
    with app.app_context(), transaction():
        ids = list(db.session.scalars(sa.select(Oficio.id)))
        hide_cases(ids, _LISTA, EstadoCarga.SALE)
        remove_cases(ids, reason="prueba")
    assert _export(investigador, formato)[1] == before[:1]

    draft = make_importacion(
        app, buffet, usuario_investigador, contenido=data, nombre=f"oficios.{formato}"
    )
    press_import(investigador, f"/importar/{draft}")

    assert len(rows(Oficio)) == len(CASOS)
    assert sorted(_export(investigador, formato)[1]) == sorted(before)
    assert _persons(rows) == persons
    assert _places(rows) == places
    assert sum(one.verificada for one in rows(Direccion)) == 1
    assert [name for oficio in rows(Oficio) for name in oficio.advertencias_ingreso].count(
        "direccion_verificada_4"
    ) == 1


def _places(rows: Callable[..., list[Any]]) -> list[tuple[Any, ...]]:
    return [
        (
            clean_text(d.direccion),
            d.tipo,
            d.notas,
            d.lat,
            d.lon,
            d.exactitud_m,
            d.verificada,
            d.verificada_at,
        )
        for d in rows(Direccion)
    ]


def _persons(rows: Callable[..., list[Any]]) -> list[tuple[Any, ...]]:
    """The file tells what is stored: a comparison of two files alone would not notice a loss."""
    return [(p.tipo, p.nombre, p.rut, p.telefono, p.email, p.notas) for p in rows(Propietario)]


def test_the_headers_are_those_of_the_importer(
    app: Flask, investigador: FlaskClient, buffet: Buffet, usuario_investigador: Usuario
) -> None:
    _store(app, buffet, usuario_investigador)
    data, _ = _export(investigador, "xlsx")

    texts = read_texts(open_planilla(data, "oficios.xlsx", LAYOUT.guess), LAYOUT)

    assert set(texts.mapeo.values()) == {*CAMPOS, *JUNTO, "un_dato"}
    assert [one.encabezado for one in texts.columnas if not one.campo] == ["Buffet"]


def test_a_kind_that_a_list_names_and_nobody_knows_is_kept_in_a_sentence() -> None:
    text = (
        "N° Oficio;Patente;Nombre;Calidad de la persona;Dirección;Tipo de dirección\n"
        "OF-1;BBCL12;Ana Soto;Aval;Av. Grecia 1180;Casa de veraneo\n"
    )

    (fila,) = read_list(text.encode(), "listado.csv", today=date(2026, 11, 29)).filas

    assert fila.datos["propietario_tipo"] == "aval"
    assert "direccion_tipo" not in fila.datos
    assert "Casa de veraneo" in fila.advertencias["direccion_tipo"]


def test_where_an_address_is_and_that_it_was_verified_is_taken_or_told() -> None:
    header = (
        "N° Oficio;Patente;Dirección;Latitud;Longitud;Exactitud (m);Verificada;Un dato por celda\n"
    )
    at = "2026-11-20 10:00:00-03:00"
    lines = (
        f"OF-1;BBCL12;Av. Grecia 1180;-33,45;-70.6;8;{at};\n"
        f"OF-2;BBCL13;Av. Grecia 1181;-33.45;;8;{at};sí\n"
        "OF-3;BBCL14;Av. Grecia 1182;-95;nan;-1;2026-12-24 10:00:00-03:00;sí\n"
        f"OF-4;BBCL15;;-33.45;-70.6;8;{at};sí\n"
    )
    text = header + "".join(lines)

    one, two, three, four = read_list(text.encode(), "a.csv", today=date(2026, 11, 29)).filas

    # Of a list that is not Rastro's own nobody knows that somebody was there.
    assert (one.datos["direccion_lat"], one.datos["direccion_lon"]) == ("-33.45", "-70.6")
    assert "direccion_verificada" not in one.datos
    assert f"No se usó «Verificada»: el listado dice «{at}»." in one.advertencias.values()
    assert not {"direccion_lat", "direccion_exactitud_m"} & set(two.datos)
    assert "-33.45" in two.advertencias["direccion_lat"]
    assert "no quién lo hizo" in two.advertencias["direccion_verificada"]
    for fila in (three, four):
        names = {name for name in fila.advertencias if name.startswith("direccion_")}
        assert len(names) == 4
        assert not {name for name in fila.datos if name.startswith("direccion_")}
