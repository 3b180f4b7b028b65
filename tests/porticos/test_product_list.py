"""A catalogue of 2025 is told what the list of 2026 changes, and keeps its corrections."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.core.porticos import porticos_2025
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.porticos.models import Portico
from app.porticos.rules import Confianza, TipoPortico, catalogue_key
from app.porticos.service import REMATCH, load_seed
from tests.porticos.rows import find_gantry, make_alias, make_gantry

URL = "/admin/porticos"


@pytest.fixture
def catalogue_2025(app: Flask) -> None:
    """The catalogue as an installation of before has it."""
    now = utcnow()
    with app.app_context(), transaction():
        for row in porticos_2025():
            key = catalogue_key(row.autopista, row.codigo)
            db.session.add(
                Portico(
                    semilla=key,
                    clave=key,
                    autopista=row.autopista,
                    concesionaria=row.concesionaria or None,
                    codigo=row.codigo,
                    tramo=row.tramo or None,
                    tipo=TipoPortico(row.tipo),
                    region=row.region or None,
                    lat=row.lat,
                    lon=row.lon,
                    confianza_coord=Confianza(row.confianza) if row.confianza else None,
                    procedencia_coord=row.procedencia or None,
                    created_at=now,
                    updated_at=now,
                )
            )


def apply(admin):
    """Apply the list as its page offers it."""
    (digest,) = re.findall(r'name="resumen" value="(\w+)"', admin.get(f"{URL}/lista").text)
    return admin.post(f"{URL}/lista", data={"resumen": digest})


def test_a_start_changes_nothing_and_administrators_are_told(app, catalogue_2025, admin, rows):
    with app.app_context(), transaction():
        assert load_seed(utcnow()) == 0

    assert len(rows(Portico)) == 117
    assert "Hay una lista nueva de pórticos" in admin.get(URL).text
    assert "Catálogo de pórticos" in admin.get("/admin/estado").text
    page = admin.get(f"{URL}/lista").text
    for said in ("Se agrega: 46", "Se reemplaza: 3", "PA9 14 de la Fama – Río Mapocho"):
        assert said in page


def test_the_list_is_applied_over_what_nobody_corrected(
    app, catalogue_2025, admin, usuario_admin, rows
):
    wrong, pair = (
        find_gantry(app, *key) for key in (("Autopista Central", "PA9"), ("Costanera Norte", "P5"))
    )
    split = find_gantry(app, "Costanera Norte", "P8")
    make_alias(app, usuario_admin, wrong.id, ubicacion="Paso raro")
    hidden = find_gantry(app, "Costanera Norte", "P4")
    point = find_gantry(app, "Vespucio Sur", "3.4")
    own = make_gantry(app, usuario_admin, autopista="AVO I", codigo="P201", tramo="El nuestro")
    with app.app_context(), transaction():
        db.session.get_one(Portico, hidden.id).tramo = "Nuestro tramo"
        moved = db.session.get_one(Portico, point.id)
        moved.lat, moved.lon = -33.5, -70.5

    assert apply(admin).status_code == 303

    after = {row.id: row for row in rows(Portico)}
    assert len(after) == 160 + 3
    assert after[wrong.id].tramo == "Departamental – Américo Vespucio"
    assert after[wrong.id].otros_nombres == "14 de la Fama – Río Mapocho"
    assert (after[pair.id].tramo, after[pair.id].sentido) == (
        "Carrascal – Vivaceta",
        "poniente→oriente",
    )
    assert after[pair.id].is_of_osm
    assert not after[split.id].activo
    assert after[hidden.id].tramo == "Nuestro tramo"
    assert after[hidden.id].sentido == "poniente→oriente"
    assert (after[point.id].lat, after[point.id].tramo) == (-33.5, "Ruta 5 – Gran Avenida")
    assert [row.id for row in after.values() if row.codigo == "P201"] == [own]
    assert after[own].tramo == "El nuestro"
    assert f'href="/admin/porticos/{wrong.id}"' in admin.get(f"{URL}/correcciones").text
    (entry,) = rows(Auditoria, accion="portico.lista_aplicada")
    assert entry.detalle["conservados"] == 2
    assert REMATCH in {job.tipo for job in rows(Trabajo)}
    assert "ya tiene la lista de 2026" in admin.get(f"{URL}/lista").text
    with app.app_context(), transaction():
        assert load_seed(utcnow()) == 0


def test_a_preview_of_another_catalogue_is_not_applied(app, catalogue_2025, admin, rows):
    (digest,) = re.findall(r'name="resumen" value="(\w+)"', admin.get(f"{URL}/lista").text)
    gantry = find_gantry(app, "Costanera Norte", "P4")
    with app.app_context(), transaction():
        db.session.get_one(Portico, gantry.id).tramo = "Otro"

    response = admin.post(f"{URL}/lista", data={"resumen": digest})

    assert response.status_code == 409
    assert "El catálogo cambió" in response.text
    assert len(rows(Portico)) == 117
