"""Importing a concessionaire's list into a case: look, correct, import once, keep the proof."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.auditoria.models import Auditoria
from app.avistamientos.models import Avistamiento, Listado
from app.avistamientos.rules import EstadoListado, Fuente
from app.avistamientos.rules.crossings import Crossing
from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Estado
from app.planillas.service.import_pasos import create_listado
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from tests.avistamientos.rows import an_answer, store
from tests.factories import make_oficio
from tests.planillas.intake import INTAKE
from tests.planillas.pasos.rows import ROW, make_csv
from tests.porticos.rows import find_gantry, load_catalogue

OTHER = ("BBCL13", *ROW[1:])
BROKEN = ("BBCL12", "31-02-2026", *ROW[2:])
LATER = ("BBCL12", "20-11-2026", "18:40", *ROW[3:])


@pytest.fixture
def oficio(app, buffet, usuario_investigador):
    return make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)


@pytest.fixture(autouse=True)
def catalogue(app):
    load_catalogue(app)


def home(oficio) -> str:
    return f"/oficios/{oficio.id}/listados"


def upload(client, oficio, contenido: bytes, nombre: str = "pasos.csv"):
    data = {"planilla": (io.BytesIO(contenido), nombre)}
    return client.post(home(oficio), data=data, content_type="multipart/form-data")


def draft(client, oficio, *filas, **options) -> str:
    """The address of an uploaded list."""
    response = upload(client, oficio, make_csv(*filas, **options))
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def version_on(page: str) -> str:
    """The version that the button of a preview carries."""
    found = re.search(r'listados/\d+/importar">.*?name="version" value="(\d+)"', page, re.DOTALL)
    return found[1] if found else "1"


def confirm(client, url: str):
    return client.post(f"{url}/importar", data={"version": version_on(client.get(url).text)})


def test_nothing_is_stored_before_importing_and_every_row_says_what_becomes_of_it(
    app, investigador, oficio, rows
):
    url = draft(investigador, oficio, ROW, ROW, LATER, OTHER, BROKEN)

    text = investigador.get(url).text

    assert rows(Avistamiento) == []
    for label, number in (("Nuevo", 2), ("Ya se conoce", 1), ("No se puede leer", 1)):
        assert f"{label} <b>{number}</b>" in text
    assert "Es de otra patente <b>1</b>" in text
    assert "Repite la fila 2." in text
    assert "La fila es de BBCL13, no de BBCL12" in text
    assert "código P5 en Costanera Norte" in text
    assert "Importar 2 avistamientos" in text
    only = investigador.get(f"{url}?ver=otra_patente").text
    assert "BBCL13" in only
    assert "Repite la fila" not in only


def test_importing_stores_all_in_one_go_with_its_proof(
    app, investigador, usuario_investigador, oficio, rows
):
    contenido = make_csv(ROW, LATER, OTHER, BROKEN)
    url = upload(investigador, oficio, contenido).headers["Location"]

    assert confirm(investigador, url).status_code == 303

    one, two = rows(Avistamiento)
    (listado,) = rows(Listado)
    gantry = find_gantry(app, "Costanera Norte", "P5", "Carrascal – Vivaceta")
    assert {row.portico_id for row in (one, two)} == {gantry.id}
    assert {row.listado_id for row in (one, two)} == {listado.id}
    assert (one.fuente, one.usuario_id) == (Fuente.PORTICO, usuario_investigador.id)
    assert (one.ubicacion, one.monto) == ("P5, Carrascal – Vivaceta", 740)
    sha256 = hashlib.sha256(contenido).hexdigest()
    assert (listado.estado, listado.sha256) == (EstadoListado.IMPORTADO, sha256)
    entry = rows(Investigacion, oficio_id=oficio.id)[-1]
    assert entry.descripcion == (
        f"Listado «pasos.csv» importado: 2 nuevos, 1 ilegible, 1 de otra patente. SHA-256 {sha256}."
    )
    assert (entry.detalle["sha256"], entry.detalle["nuevo"]) == (sha256, 2)
    (audited,) = rows(Auditoria, accion="avistamientos.listado_importado")
    assert (audited.entidad_id, audited.detalle["otra_patente"]) == (oficio.id, 1)
    assert "Se guardaron 2 avistamientos." in investigador.get(url).text
    section = investigador.get(f"/oficios/{oficio.id}/avistamientos").text
    assert section.count(f'href="{url}">Ver listado') == 2
    assert f'href="{home(oficio)}"' in section
    # What a concessionaire says is evidence, as what a provider says.
    assert f'/avistamientos/{one.id}"' not in section
    assert "pasos.csv" in investigador.get(home(oficio)).text


def test_a_second_press_and_the_same_list_again_store_nothing(investigador, oficio, rows):
    url = draft(investigador, oficio, ROW, LATER)
    confirm(investigador, url)
    assert investigador.post(f"{url}/importar", data={"version": "1"}).status_code == 303

    again = draft(investigador, oficio, ROW, LATER)
    text = investigador.get(again).text
    assert "No hay pasos nuevos" in text
    assert text.count("El caso ya tiene este avistamiento.") == 2
    confirm(investigador, again)

    assert len(rows(Avistamiento)) == 2
    assert "todo se conocía" in investigador.get(again).text


def test_what_the_provider_told_to_the_second_is_known(app, investigador, oficio, rows):
    moment = datetime(2026, 11, 20, 10, 51, 40, tzinfo=UTC)
    store(
        app,
        oficio,
        an_answer([Crossing(date(2026, 11, 20), moment, "COSTANERA NORTE P5", "CN", 690)]),
    )

    url = draft(investigador, oficio, ROW, ("BBCL12", "20-11-2026", "07:53", *ROW[3:]))

    text = investigador.get(url).text
    assert text.count("contado por otra fuente") == 1
    confirm(investigador, url)
    assert len(rows(Avistamiento)) == 2


def test_two_crossings_of_a_day_without_hours_are_two_and_not_four(investigador, oficio, rows):
    day = ("BBCL12", "20-11-2026", "", *ROW[3:])
    for _ in range(2):
        confirm(investigador, draft(investigador, oficio, day, day))

    assert [row.fecha_hora for row in rows(Avistamiento)] == [None, None]


def test_what_is_yet_to_come_is_unreadable(investigador, oficio):
    text = investigador.get(draft(investigador, oficio, ("BBCL12", "20-11-2099", *ROW[2:]))).text

    assert "todavía no llegan" in text


def test_columns_are_corrected_and_a_company_is_given_to_all(app, investigador, oficio, rows):
    url = draft(
        investigador, oficio, ("20-11-2026", "07:51", "P5"), header=("Fecha", "Hora", "Dato")
    )
    assert "se toman como de BBCL12" in investigador.get(url).text
    data = {"m-0": "fecha", "m-1": "hora", "m-2": "codigo", "empresa": "Costanera Norte"}

    wrong = investigador.post(url, data={**data, "m-1": "fecha"})
    assert wrong.status_code == 422
    assert "más de una columna" in wrong.text
    bare = investigador.post(url, data={"empresa": "Costanera N."})
    assert bare.status_code == 422
    assert "Elija qué columna tiene la fecha, o la fecha y hora." in bare.text
    assert 'value="Costanera N."' in bare.text
    stale = investigador.get(url).text
    assert investigador.post(url, data=data).status_code == 303
    refused = investigador.post(f"{url}/importar", data={"version": version_on(stale)})
    assert refused.status_code == 409
    assert "alguien corrigió este listado" in refused.text
    assert rows(Avistamiento) == []

    confirm(investigador, url)

    (row,) = rows(Avistamiento)
    assert row.portico_id == find_gantry(app, "Costanera Norte", "P5").id
    assert investigador.post(url, data=data).status_code == 422


@pytest.mark.parametrize(
    ("contenido", "nombre", "says"),
    [
        (b"", "pasos.csv", "vacío"),
        (b"%PDF-1.4 x", "pasos.csv", "es un PDF"),
        (make_csv(("1",), header=("Nombre",)), "pasos.csv", "fila de encabezados"),
    ],
)
def test_what_is_no_list_is_refused_beside_the_field(
    contenido, nombre, says, investigador, oficio, rows
):
    response = upload(investigador, oficio, contenido, nombre)

    assert response.status_code == 422
    assert says in response.text
    assert rows(Listado) == []


def test_no_file_is_asked_for(investigador, oficio):
    response = investigador.post(home(oficio), data={})

    assert response.status_code == 422
    assert "Elija la planilla" in response.text


def test_a_list_is_discarded_with_its_file_and_an_imported_one_is_not(investigador, oficio, rows):
    url = draft(investigador, oficio, ROW)
    for _ in range(2):
        assert investigador.post(f"{url}/descartar").status_code == 303
    assert rows(Listado)[0].estado is EstadoListado.DESCARTADO
    assert investigador.get(url).status_code == 303
    assert investigador.get(f"{url}/informe.csv").status_code == 404
    assert investigador.post(f"{url}/importar", data={"version": "2"}).status_code == 303
    assert len(rows(Auditoria, accion="avistamientos.listado_descartado")) == 1

    kept = draft(investigador, oficio, ROW)
    confirm(investigador, kept)
    investigador.post(f"{kept}/descartar")
    assert rows(Listado)[1].estado is EstadoListado.IMPORTADO
    assert len(rows(Avistamiento)) == 1


def test_an_upload_that_nobody_imports_is_forgotten_after_a_week(
    app, investigador, usuario_investigador, oficio, rows
):
    with app.app_context(), transaction():
        create_listado(
            db.session.get_one(Oficio, oficio.id),
            nombre="viejo.csv",
            contenido=b"x",
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=utcnow() - timedelta(days=8),
        )

    draft(investigador, oficio, ROW)

    assert [row.nombre_archivo for row in rows(Listado)] == ["pasos.csv"]


@pytest.mark.parametrize("is_imported", [False, True])
def test_the_report_tells_every_row_and_no_formula(is_imported, investigador, oficio):
    url = draft(investigador, oficio, (*ROW[:4], "=1+1", *ROW[5:]), OTHER)
    if is_imported:
        confirm(investigador, url)

    text = investigador.get(f"{url}/informe.csv").data.decode("utf-8-sig")

    table = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [line[5] for line in table[1:]] == ["Nuevo", "Es de otra patente"]
    assert table[1][1] == "20-11-2026 07:51"
    assert not any(cell.startswith("=") for line in table for cell in line)


def test_the_file_is_kept_as_it_came_and_taking_it_is_audited(investigador, oficio, rows):
    contenido = make_csv(ROW)
    url = upload(investigador, oficio, contenido).headers["Location"]
    assert investigador.post(f"{url}/archivo").status_code == 404
    confirm(investigador, url)

    response = investigador.post(f"{url}/archivo")

    assert response.data == contenido
    assert "attachment" in response.headers["Content-Disposition"]
    (entry,) = rows(Auditoria, accion="avistamientos.listado_descargado")
    assert entry.detalle["sha256"] == hashlib.sha256(contenido).hexdigest()


def test_strangers_and_other_cases_see_nothing_of_a_list(
    app, buffet, stranger, cliente, cliente_ajeno, investigador, usuario_investigador, oficio, rows
):
    url = draft(investigador, oficio, ROW)
    other = make_oficio(app, buffet, usuario_investigador, patente="BBCL13")
    elsewhere = url.replace(home(oficio), home(other))

    for client in (cliente, cliente_ajeno):
        assert client.get(home(oficio)).status_code == 404
        assert client.get(url).status_code == 404
        assert client.post(f"{url}/importar").status_code == 404
    assert stranger.get(url).status_code == 303
    assert investigador.get(elsewhere).status_code == 404
    assert investigador.post(f"{elsewhere}/importar").status_code == 404
    assert rows(Avistamiento) == []


def test_long_lists_have_pages(investigador, oficio):
    many = [("BBCL12", "20-11-2026", f"0{n // 60}:{n % 60:02}", *ROW[3:]) for n in range(130)]
    url = draft(investigador, oficio, *many)

    assert "Página 1 de 2" in investigador.get(url).text
    assert investigador.get(f"{url}?pagina=2&ver=nuevo").text.count("listado-fila-") == 30


def test_rows_about_the_vehicle_of_a_blocked_case_are_not_shown(
    app, investigador, buffet, usuario_admin, oficio
):
    blocked = make_oficio(app, buffet, usuario_admin, patente="BBCL13")
    drafted = draft(investigador, oficio, ROW, OTHER)
    imported = draft(investigador, oficio, ROW, OTHER)
    confirm(investigador, imported)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([blocked.id], "Lo pidió.", actor=actor, now=utcnow())

    for url in (drafted, imported):
        page = investigador.get(url).text
        assert "BBCL13" not in page
        assert "1 fila no se muestra: su caso no está entre los que usted ve." in page
        assert "BBCL13" not in investigador.get(f"{url}/informe.csv").text
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([oficio.id], "Lo pidió.", actor=actor, now=utcnow())
    for url in (drafted, imported):
        assert investigador.get(url).status_code == 404
        assert investigador.get(f"{url}/informe.csv").status_code == 404


def test_a_list_of_many_plates_goes_to_each_open_case_and_the_rest_is_counted(
    app, investigador, usuario_investigador, buffet, otro_buffet, rows
):
    facts = {"estado": Estado.INVESTIGACION}
    here = make_oficio(app, buffet, usuario_investigador, patente="WSLG33", **facts)
    there = make_oficio(
        app, otro_buffet, usuario_investigador, numero_oficio="B-1", patente="WVHH40", **facts
    )
    closed = make_oficio(
        app,
        otro_buffet,
        usuario_investigador,
        numero_oficio="B-2",
        patente="VDLJ60",
        estado=Estado.NO_ENCONTRADO,
    )
    content = (INTAKE / "t01_costanera_norte_10_patentes.csv").read_bytes()
    url = upload(investigador, here, content, "costanera.csv").headers["Location"]
    page = investigador.get(url).text
    assert "Nuevo <b>3</b>" in page
    assert "3 filas van a otros casos abiertos." in page
    assert "24 filas son de vehículos sin caso abierto y no se guardan." in page

    assert confirm(investigador, url).status_code == 303
    assert confirm(investigador, url).status_code == 303

    made = [(a.oficio_id, f"{a.fecha_hora:%S}") for a in rows(Avistamiento)]
    assert sorted(made) == sorted([(here.id, "15")] * 3 + [(there.id, "15")] * 3)
    assert closed.id not in {oficio_id for oficio_id, _ in made}
    copies = {listado.oficio_id: listado for listado in rows(Listado)}
    assert copies[there.id].sha256 == copies[here.id].sha256
    told = investigador.get(f"{home(there)}/{copies[there.id].id}/informe.csv").text
    assert told.count("Nuevo") == 3
    assert "VDLJ60" not in told
    entry = rows(Investigacion, oficio_id=there.id)[-1]
    assert entry.descripcion.startswith("Listado «costanera.csv» importado: 3 nuevos.")
