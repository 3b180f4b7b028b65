"""*Importar*: all rows that can be read, in one transaction, once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.custodia.service import verify_all
from app.db import db, not_seeing_hidden, transaction
from app.direcciones.models import Direccion
from app.eventos.models import Evento
from app.eventos.rules import TipoEvento
from app.jobs.runner import JobError, work
from app.oficios.models import Carga, Investigacion, Oficio, Propietario
from app.oficios.rules import Estado, EstadoCarga, Prioridad
from app.oficios.service import CasoData, draft_cases, store_unseen
from app.planillas import jobs
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.outside import sheet_reader
from app.planillas.pages import lists
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.planillas.service import importing
from app.planillas.service.waiting_cases import WaitingCases
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from tests.factories import make_oficio
from tests.planillas.listados import (
    GOOD,
    do_jobs,
    make_importacion,
    make_list,
    press_import,
    read_counts,
    upload_sample,
)
from tests.plugins.application import HTMX, assert_fragment

#: Rows of the CSV are two higher: it has no title above its header.
SAMPLES = {"oficios_buffet.xlsx": 0, "oficios_buffet.csv": 2}


@pytest.fixture
def draft(app, buffet, usuario_investigador) -> int:
    """Row 2 is good, row 3 has no readable plate."""
    return make_importacion(app, buffet, usuario_investigador)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_goes_in_as_counted_by_eye(name, investigador, buffet, usuario_investigador, rows):
    url = upload_sample(investigador, buffet, name)
    assert read_counts(investigador.get(url).text) == (53, 3, 1, 3)

    response = press_import(investigador, url)

    assert response.status_code == 303
    assert response.headers["Location"] == url
    page = investigador.get(url).text
    assert read_counts(page) == (53, 3, 1, 3)
    assert "Se crearon 56 oficios." in page
    assert f'href="/tablero?buffet={buffet.id}"' in page
    oficios = rows(Oficio)
    assert len(oficios) == len(rows(Vehiculo)) == len(rows(Propietario)) == 56
    assert len(rows(Direccion)) == 56
    assert {o.estado for o in oficios} == {Estado.PENDIENTE}
    assert {o.buffet_id for o in oficios} == {buffet.id}
    assert {o.creado_por_id for o in oficios} == {usuario_investigador.id}
    assert len({o.numero_oficio for o in oficios}) == 56
    assert len({o.posicion for o in oficios}) == 56
    assert [e.descripcion for e in rows(Investigacion)] == ["Oficio ingresado"] * 56
    importacion = rows(Importacion)[0]
    assert importacion.estado is EstadoImportacion.IMPORTADA
    assert importacion.importada_at is not None
    assert importacion.resultado == {
        "crea": 53,
        "existe": 1,
        "advertencia": 3,
        "error": 3,
        "oculta": 0,
        "unida": 0,
        "saltada": 0,
        "actualiza": 0,
    }
    entry = rows(Auditoria, accion="importacion.importada")[0]
    assert (entry.usuario_id, entry.entidad_id) == (usuario_investigador.id, importacion.id)
    assert entry.detalle["crea"] == 53


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field_of_a_row_reaches_its_table(name, investigador, buffet, rows):
    press_import(investigador, upload_sample(investigador, buffet, name))

    oficio = rows(Oficio, numero_oficio="OF-2026-00701")[0]
    assert oficio.rol == "C-19203-2024"
    assert oficio.tribunal == "19º Juzgado Civil de Santiago"
    assert oficio.caratulado == "BANCO DEL PACÍFICO/MORALES"
    assert oficio.prioridad is Prioridad.MEDIA
    assert (oficio.fecha_ingreso, oficio.fecha_limite) == (date(2026, 11, 10), date(2026, 12, 25))
    assert oficio.advertencias_ingreso == {}
    assert "dzvc82" in oficio.busqueda
    assert "matias munoz sepulveda" in oficio.busqueda
    assert "80770529" in oficio.busqueda
    vehiculo = rows(Vehiculo, oficio_id=oficio.id)[0]
    assert (vehiculo.patente, vehiculo.patente_dv) == ("DZVC82", "7")
    assert (vehiculo.marca, vehiculo.modelo) == ("Chevrolet", "Sail")
    assert (vehiculo.anio, vehiculo.color) == (2018, "Blanco")
    persona = rows(Propietario, oficio_id=oficio.id)[0]
    assert (persona.nombre, persona.rut) == ("Matías Muñoz Sepúlveda", "8077052-9")
    direccion = rows(Direccion, oficio_id=oficio.id)[0]
    assert direccion.direccion == "Pasaje Las Lilas 4754"
    assert (direccion.comuna, direccion.region) == ("Calera de Tango", "Metropolitana de Santiago")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_row_with_a_warning_is_created_and_says_so(name, investigador, buffet, rows):
    url = upload_sample(investigador, buffet, name)
    press_import(investigador, url)

    flagged = rows(Oficio, numero_oficio="OF-2026-00733")[0]
    page = investigador.get(f"{url}?ver=advertencia").text
    assert f'href="/oficios/{flagged.id}"' in page
    assert "debería ser 5" in page
    assert rows(Propietario, oficio_id=flagged.id)[0].rut == "12345678-9"
    # The RUT tells its own warning: it is not kept a second time.
    assert flagged.advertencias_ingreso == {}
    assert "debería ser 5" in investigador.get(f"/oficios/{flagged.id}").text


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_list_again_creates_nothing(name, investigador, buffet, rows):
    press_import(investigador, upload_sample(investigador, buffet, "oficios_buffet.xlsx"))
    before = [(o.id, o.version, o.updated_at) for o in rows(Oficio)]

    url = upload_sample(investigador, buffet, name)
    preview = investigador.get(url).text
    assert read_counts(preview) == (0, 0, 57, 3)
    assert "Importar 0" not in preview
    press_import(investigador, url)

    assert read_counts(investigador.get(url).text) == (0, 0, 57, 3)
    assert "No se creó ningún oficio" in investigador.get(url).text
    assert [(o.id, o.version, o.updated_at) for o in rows(Oficio)] == before


def test_another_buffet_may_send_the_same_numbers(investigador, buffet, otro_buffet, rows):
    press_import(investigador, upload_sample(investigador, buffet, "oficios_buffet.csv"))

    url = upload_sample(investigador, otro_buffet, "oficios_buffet.csv")
    # Their plates are in open cases: nothing comes in twice before somebody says so.
    assert read_counts(investigador.get(url).text) == (0, 0, 1, 3, 56)
    investigador.post(url, data={"repetidas": "nuevo"})
    assert read_counts(investigador.get(url).text) == (53, 3, 1, 3)
    press_import(investigador, url)

    assert len(rows(Oficio)) == 112


def test_warnings_of_the_list_stay_with_the_oficio(
    investigador, app, buffet, usuario_investigador, rows
):
    header = ("Oficio", "Patente", "Tribunal", "Comuna", "Fecha ingreso", "Fecha límite", "Año")
    row = ("OF-1", "BBCL12-0", "Juzgado de Narnia", "Nunoaa", "10-11-2026", "01-11-2026", "1850")
    listado = make_list(row, header=header)
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)

    press_import(investigador, f"/importar/{draft}")

    oficio = rows(Oficio)[0]
    assert sorted(oficio.advertencias_ingreso) == ["anio", "comuna", "fecha_limite", "tribunal"]
    assert "¿Será «Ñuñoa»?" in oficio.advertencias_ingreso["comuna"]
    assert rows(Vehiculo)[0].patente_dv == "0"
    case = investigador.get(f"/oficios/{oficio.id}").text
    assert "Narnia" in case
    assert "1850" in case


def test_a_row_may_know_the_comuna_alone_or_nothing_of_people_and_places(
    investigador, app, buffet, usuario_investigador, rows
):
    header = ("Oficio", "Patente", "Comuna", "Prioridad", "Observaciones", "Deudor")
    listado = make_list(
        ("OF-1", "BBCL12", "Ñuñoa", "urgente", "Llamar antes", "Rosa Soto"),
        ("OF-2", "BBCL34", "", "", "", ""),
        header=header,
    )
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)

    press_import(investigador, f"/importar/{draft}")

    first, second = rows(Oficio)
    assert (first.prioridad, first.notas_generales) == (Prioridad.URGENTE, "Llamar antes")
    assert [(d.oficio_id, d.direccion, d.comuna) for d in rows(Direccion)] == [
        (first.id, "Sin calle informada", "Ñuñoa")
    ]
    assert [(p.oficio_id, p.nombre) for p in rows(Propietario)] == [(first.id, "Rosa Soto")]
    assert second.prioridad is Prioridad.MEDIA


# ---- All or nothing, once ----


@pytest.fixture
def stopped(investigador, buffet, monkeypatch) -> str:
    """A list whose job gave up after 20 of 55 cases; returns its address."""
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    monkeypatch.setattr(importing, "CASES_AT_ONCE", {"sqlite": 20, "postgresql": 20})
    store, calls = store_unseen, []

    def fail_on_the_second(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) > 1:
            raise JobError("El disco está lleno.", retry=False)
        return store(*args, **kwargs)

    monkeypatch.setattr(importing, "store_unseen", fail_on_the_second)
    press_import(investigador, url)
    monkeypatch.setattr(importing, "store_unseen", store)
    return url


def test_a_failure_in_the_middle_shows_nothing_and_goes_on_where_it_was(
    app, stopped, investigador, buffet, rows
):
    assert len(rows(Oficio)) == 20
    with app.app_context(), not_seeing_hidden():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Oficio)) == 0
    assert "OF-2026-007" not in investigador.get("/tablero").text
    assert rows(Evento) == []
    assert rows(Auditoria, accion="importacion.importada") == []
    assert rows(Buffet)[0].mapeo_importacion == {}
    page = investigador.get(stopped).text
    assert "El disco está lleno." in page
    assert "Seguir donde quedó" in page

    assert investigador.post(f"{stopped}/seguir").status_code == 303
    do_jobs(app)

    assert len(rows(Oficio)) == len({row.numero_oficio for row in rows(Oficio)}) == 56
    assert rows(Carga) == rows(FilaEnCarga) == []
    assert len(rows(Evento, tipo=TipoEvento.CREADO)) == 56
    assert "Se crearon 56 oficios." in investigador.get(stopped).text


class Killed(BaseException):
    """Nothing of the process happens any more, as after a kill -9."""


def test_a_list_whose_process_dies_after_each_part_is_imported_all_the_same(
    app, investigador, buffet, monkeypatch, rows
):
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    monkeypatch.setattr(importing, "CASES_AT_ONCE", {"sqlite": 10, "postgresql": 10})
    calls = []

    def die_on_the_second(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) % 2 == 0:
            raise Killed
        return store_unseen(*args, **kwargs)

    monkeypatch.setattr(importing, "store_unseen", die_on_the_second)
    investigador.post(f"{url}/importar", data={"version": 1})
    deaths, now = 0, utcnow()
    for _ in range(6):
        try:
            with app.app_context():
                work("test", clock=partial(max, now, now))
        except Killed:
            deaths += 1
        now += timedelta(minutes=5)

    assert deaths == 5
    assert rows(Importacion)[0].estado is EstadoImportacion.IMPORTADA
    assert len(rows(Oficio)) == len({row.numero_oficio for row in rows(Oficio)}) == 56


def test_a_case_is_the_same_whether_it_was_just_read_or_waited_in_the_database(
    app, investigador, buffet, monkeypatch, rows
):
    """Who goes on after a kill makes of a row what the one who read it would have made."""
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    staged = []

    def stop_here(waiting: WaitingCases, *_args: Any, **_kwargs: Any) -> bool:
        staged.extend(waiting.first(1_000))
        raise JobError("Hasta aquí.", retry=False)

    monkeypatch.setattr(jobs, "store_part", stop_here)
    press_import(investigador, url)

    with app.app_context():
        kept = WaitingCases(rows(Importacion)[0].id)
        assert kept.first(10) == staged[:10]
        kept.drop(10)
        kept.leave_out({staged[10][0]})
        assert kept.first(1_000) == staged[11:]
    assert len(staged) == 56


def test_a_number_that_somebody_takes_during_the_import_makes_no_second_case(
    app, investigador, buffet, usuario_investigador, monkeypatch, rows
):
    """The row says so, and the others of its part come in."""
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    taken = []

    def take_first(casos: Sequence[CasoData], **values: Any) -> Any:
        if not taken:
            taken.append(casos[3])
            make_oficio(
                app,
                buffet,
                usuario_investigador,
                numero_oficio=casos[3].oficio.numero_oficio,
                patente=casos[3].vehiculo.patente,
            )
        return draft_cases(casos, **values)

    monkeypatch.setattr(importing, "draft_cases", take_first)
    press_import(investigador, url)

    number = taken[0].oficio.numero_oficio
    assert len(rows(Oficio, numero_oficio=number)) == 1
    assert len(rows(Oficio)) == 56
    assert "no se crea de nuevo" in investigador.get(url).text


def test_an_import_that_stopped_can_be_taken_back(app, stopped, investigador, rows):
    assert investigador.post(f"{stopped}/deshacer").status_code == 303
    do_jobs(app)

    for model in (Oficio, Vehiculo, Propietario, Direccion, Investigacion, Evento, FilaEnCarga):
        assert rows(model) == []
    assert {row.estado for row in rows(Carga)} == {EstadoCarga.DESHECHA}
    assert rows(Importacion)[0].estado is EstadoImportacion.BORRADOR
    press_import(investigador, stopped)
    assert min(row.id for row in rows(Oficio)) > 20, "no id is given again"


def test_what_a_job_is_doing_is_told_and_asks_again_by_itself(investigador, draft):
    investigador.post(f"/importar/{draft}/importar", data={"version": 1})

    page = investigador.get(f"/importar/{draft}").text
    assert f'hx-get="/importar/{draft}/avance"' in page
    fragment = investigador.get(f"/importar/{draft}/avance", headers=HTMX)
    assert "se leen las filas" in assert_fragment(fragment, f"importacion-progress-{draft}")
    do_jobs(investigador.application)
    done = investigador.get(f"/importar/{draft}/avance", headers=HTMX)
    assert done.headers["HX-Redirect"] == f"/importar/{draft}"


# ---- Taken back ----


def test_an_import_is_undone_and_its_list_is_a_draft_again(
    app, investigador, buffet, usuario_investigador, rows
):
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    press_import(investigador, url)
    old = {row.id for row in rows(Oficio)}

    assert investigador.post(f"{url}/deshacer").status_code == 303
    assert "Deshaciendo" in investigador.get(url).text
    do_jobs(app)

    assert rows(Oficio) == []
    assert read_counts(investigador.get(url).text) == (53, 3, 1, 3)
    assert [row.detalle["casos"] for row in rows(Auditoria, accion="importacion.deshecha")] == [56]
    with app.app_context():
        found = list(verify_all(old))
    assert [problem for one in found for problem in one.problemas] == []
    assert all("se deshizo la importación" in one.links[-1].contenido for one in found)
    make_oficio(app, buffet, usuario_investigador)
    assert rows(Oficio)[0].id > max(old)


def test_a_case_that_somebody_worked_on_stays(
    app, investigador, buffet, usuario_investigador, rows
):
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    press_import(investigador, url)
    kept = rows(Oficio)[3].id
    data = {"tipo": "nota", "descripcion": "Llamó la dueña."}
    assert investigador.post(f"/oficios/{kept}/bitacora", data=data).status_code == 303

    assert investigador.post(f"{url}/deshacer/{kept}").status_code in {303, 409}
    assert len(rows(Oficio)) == 56
    investigador.post(f"{url}/deshacer")
    do_jobs(app)

    assert [row.id for row in rows(Oficio)] == [kept]
    assert rows(Carga, estado=EstadoCarga.SALE) == []
    page = investigador.get(url).text
    assert "Se creó 1 oficio." in page
    assert "Deshecho" in page
    assert investigador.get(f"/oficios/{kept}").status_code == 200


def test_one_row_is_undone_once(app, investigador, buffet, rows):
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    press_import(investigador, url)
    gone = rows(Oficio)[0].id

    assert investigador.post(f"{url}/deshacer/{gone}").status_code == 303
    assert len(rows(Oficio)) == 55
    assert investigador.get(f"/oficios/{gone}").status_code == 404
    assert investigador.post(f"{url}/deshacer/{gone}").status_code == 404
    assert rows(Importacion)[0].resultado["deshecha"] == 1


def test_after_a_day_nothing_is_undone(app, investigador, draft, rows, change):
    press_import(investigador, f"/importar/{draft}")
    change(rows(Importacion)[0], importada_at=utcnow() - timedelta(days=1, minutes=1))

    assert 'data-confirm-label="Deshacer"' not in investigador.get(f"/importar/{draft}").text
    investigador.post(f"/importar/{draft}/deshacer")
    do_jobs(app)

    assert len(rows(Oficio)) == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_second_press_does_not_import_twice(headers, investigador, draft, rows):
    url = f"/importar/{draft}/importar"

    first = investigador.post(url, data={"version": 1}, headers=headers)
    second = investigador.post(url, data={"version": 1}, headers=headers)

    do_jobs(investigador.application)
    for response in (first, second):
        assert response.status_code == (204 if headers else 303)
        goes_to = response.headers["HX-Redirect" if headers else "Location"]
        assert goes_to == f"/importar/{draft}"
    assert len(rows(Oficio)) == 1
    assert len(rows(Auditoria, accion="importacion.importada")) == 1


@pytest.fixture
def meanwhile(monkeypatch) -> Callable[[Callable[[], Any]], None]:
    """Have somebody act right after a request has found the draft open."""

    def arrange(act: Callable[[], Any]) -> None:
        read = sheet_reader.open_planilla

        def act_first(*args: Any) -> Any:
            monkeypatch.setattr(lists, "open_planilla", read)
            act()
            return read(*args)

        monkeypatch.setattr(lists, "open_planilla", act_first)

    return arrange


def test_two_presses_at_once_import_once(investigador, admin, draft, rows, meanwhile):
    url = f"/importar/{draft}/importar"
    meanwhile(lambda: admin.post(url, data={"version": 1}))

    response = investigador.post(url, data={"version": 1})

    do_jobs(investigador.application)
    assert response.status_code == 303
    assert len(rows(Oficio)) == 1
    assert rows(Importacion)[0].resultado["crea"] == 1


@pytest.mark.parametrize(
    ("action", "sentence"),
    [("importar", "Este listado ya se importó."), ("descartar", "Este listado se descartó.")],
)
def test_a_draft_that_was_closed_meanwhile_takes_no_corrections(
    action, sentence, investigador, admin, draft, rows, meanwhile
):
    meanwhile(lambda: admin.post(f"/importar/{draft}/{action}", data={"version": 1}))

    response = investigador.post(f"/importar/{draft}", data={"c-3-patente": "BBCL34"})

    assert response.status_code == 422
    assert sentence in response.text
    assert rows(Importacion)[0].correcciones == {}


def test_what_somebody_entered_since_the_preview_exists_now(
    investigador, app, buffet, usuario_investigador, rows
):
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    investigador.get(url)
    make_oficio(app, buffet, usuario_investigador, numero_oficio="of-2026-00701", patente="DZVC82")

    press_import(investigador, url)

    assert read_counts(investigador.get(url).text) == (52, 3, 2, 3)
    assert len(rows(Oficio)) == 56


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_changed_since_it_was_seen_is_shown_before_it_is_imported(
    headers, investigador, admin, draft, rows
):
    admin.post(f"/importar/{draft}", data={"c-3-patente": "BBCL34"})

    response = investigador.post(
        f"/importar/{draft}/importar", data={"version": 1}, headers=headers
    )

    assert response.status_code == 409
    assert "alguien corrigió este listado mientras usted lo veía" in response.text
    assert read_counts(response.text) == (2, 0, 0, 0)
    assert rows(Oficio) == []


def test_corrections_that_were_not_reviewed_are_reviewed_before_the_import(
    investigador, draft, rows
):
    data = {"version": 1, "c-3-patente": "BBCL34"}

    response = investigador.post(f"/importar/{draft}/importar", data=data, headers=HTMX)

    assert response.status_code == 422
    fragment = assert_fragment(response, f"importacion-preview-{draft}")
    assert "Todavía no se importó nada" in fragment
    assert read_counts(fragment) == (2, 0, 0, 0)
    assert 'name="version" value="2"' in fragment
    assert rows(Oficio) == []

    investigador.post(f"/importar/{draft}/importar", data={**data, "version": 2})
    do_jobs(investigador.application)
    assert len(rows(Oficio)) == 2


def test_columns_that_make_no_sense_are_not_imported(investigador, draft, rows):
    data = {"version": 1, "m-0": "patente", "m-1": "patente", "m-2": "", "m-3": ""}

    response = investigador.post(f"/importar/{draft}/importar", data=data)

    assert response.status_code == 422
    assert "«Patente» está elegido en más de una columna." in response.text
    assert rows(Oficio) == []


def test_a_buffet_that_was_closed_meanwhile_gets_no_oficios(investigador, app, buffet, draft, rows):
    with app.app_context(), transaction():
        db.session.get_one(Buffet, buffet.id).activo = False

    response = investigador.post(f"/importar/{draft}/importar", data={"version": 1})

    assert response.status_code == 409
    assert "el buffet está cerrado" in response.text
    assert rows(Oficio) == []


# ---- The report ----


def read_report(response: Any) -> list[list[str]]:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";"))


def test_the_report_lists_every_row_and_what_became_of_it(investigador, buffet):
    url = upload_sample(investigador, buffet, "oficios_buffet.xlsx")
    press_import(investigador, url)

    response = investigador.get(f"{url}/informe.csv")

    assert response.headers["Content-Disposition"].startswith("attachment;")
    header, *lines = read_report(response)
    assert header == ["Fila", "Número de oficio", "Patente", "Resultado", "Detalle"]
    assert len(lines) == 60
    by_row = {line[0]: line[1:] for line in lines}
    assert by_row["5"] == ["OF-2026-00701", "DZVC82", "Creado", ""]
    assert by_row["29"][:3] == ["OF-2026-00725", "NO TIENE", "Quedó fuera"]
    assert by_row["29"][3].startswith("Patente: «NO TIENE» no es una patente chilena.")
    assert by_row["37"][2] == "Creado con advertencias"
    assert "debería ser 5" in by_row["37"][3]
    assert by_row["45"][2:] == ["Ya existía", "Repite la fila 44: el oficio se crea una sola vez."]


def test_the_report_of_a_draft_says_what_would_become_of_it(investigador, draft, rows):
    _, *lines = read_report(investigador.get(f"/importar/{draft}/informe.csv"))

    assert [(line[0], line[3]) for line in lines] == [("2", "Se crea"), ("3", "No se crea")]
    assert rows(Oficio) == []


def test_no_text_of_the_list_reaches_a_spreadsheet_as_a_formula(
    investigador, app, buffet, usuario_investigador
):
    listado = make_list(("=HYPERLINK(A1)", "+56 9 1234", *GOOD[2:]), ("-5", "BBCL12", *GOOD[2:]))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    press_import(investigador, f"/importar/{draft}")

    _, *lines = read_report(investigador.get(f"/importar/{draft}/informe.csv"))

    assert [line[1:3] for line in lines] == [["'=HYPERLINK(A1)", "'+56 9 1234"], ["'-5", "BBCL12"]]


def test_names_and_cells_of_a_list_are_text_on_every_page(
    investigador, app, buffet, usuario_investigador
):
    evil = "<script>alert(1)</script>"
    listado = make_list((evil, evil, evil, evil), ("OF-1", "BBCL12", evil, evil))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado, nombre=evil)
    url = f"/importar/{draft}"

    pages = [investigador.get(url).text, investigador.get("/importar").text]
    press_import(investigador, url)
    pages.append(investigador.get(url).text)

    assert all(evil not in page for page in pages)
    assert "&lt;script&gt;" in pages[0]


def test_rows_of_a_blocked_case_are_kept_and_not_shown(
    app, investigador, buffet, usuario_admin, usuario_investigador, rows
):
    other = ("OF-9", "KKXZ98", *GOOD[2:])
    listado = make_list(GOOD, other)
    done = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    press_import(investigador, f"/importar/{done}")
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    (blocked,) = rows(Oficio, numero_oficio="OF-9")
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([blocked.id], "Lo pidió.", actor=actor, now=utcnow())

    for pk in (done, draft):
        page = investigador.get(f"/importar/{pk}").text
        assert "OF-1" in page
        assert "OF-9" not in page
        assert "KKXZ98" not in page
        assert "1 fila no se muestra: su caso no está entre los que usted ve." in page
        _, *lines = read_report(investigador.get(f"/importar/{pk}/informe.csv"))
        assert [line[1] for line in lines] == ["OF-1"]
    # Its number stays taken, so that the rest of a list can be imported.
    press_import(investigador, f"/importar/{draft}")
    assert len(rows(Oficio)) == 2
    assert rows(Importacion, id=draft)[0].resultado["existe"] == 2
