"""Sightings are tied to the catalogue, a person corrects it once, and it is remembered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.auditoria.models import Auditoria
from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.avistamientos.rules.crossings import Crossing
from app.core.clock import utcnow
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.oficios.models import Investigacion
from app.oficios.rules import Estado
from app.porticos.models import AliasPortico
from app.porticos.rules import Metodo
from app.porticos.service import REMATCH
from tests.avistamientos.rows import an_answer, make_gantry_sighting, make_sighting, store
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment
from tests.porticos.rows import find_gantry, load_catalogue

#: What the catalogue cannot tell: two gantries are called so.
UNCLEAR = "Eje Kennedy, calzada rápida"


@pytest.fixture(autouse=True)
def catalogue(app):
    load_catalogue(app)


@pytest.fixture
def other(app, buffet, usuario_investigador):
    return make_oficio(
        app, buffet, usuario_investigador, patente="BBCL13", estado=Estado.INVESTIGACION
    )


@pytest.fixture
def settle(clock, run_jobs):
    """Do what is due now."""

    def run() -> None:
        clock.now = utcnow() + timedelta(seconds=1)
        run_jobs()

    return run


def seen(hour: int, ubicacion: str | None = UNCLEAR, empresa: str | None = "Costanera Norte"):
    moment = datetime(2026, 11, 20, hour, 5, tzinfo=UTC)
    return Crossing(date(2026, 11, 20), moment, ubicacion, empresa, 500)


def url(oficio, pk: int) -> str:
    return f"/oficios/{oficio.id}/avistamientos/{pk}/portico"


def test_what_a_provider_tells_is_tied_to_its_gantry_and_stays_as_it_came(app, oficio, rows):
    text = "COSTANERA NORTE, Pórtico P5 (Carrascal – Vivaceta)"
    store(app, oficio, an_answer([seen(11, text), seen(12), seen(13, None), seen(14, "X", "Y")]))

    found, unclear, company, nothing = rows(Avistamiento)
    gantry = find_gantry(app, "Costanera Norte", "P5", "Carrascal – Vivaceta")
    assert (found.portico_id, found.portico_metodo) == (gantry.id, Metodo.CODIGO)
    assert found.portico_motivo == "código P5 en Costanera Norte"
    assert (found.ubicacion, found.empresa) == (text, "Costanera Norte")
    assert (unclear.portico_id, unclear.autopista) == (None, "Costanera Norte")
    assert (company.portico_metodo, company.autopista) == (Metodo.VIA, "Costanera Norte")
    assert (nothing.portico_metodo, nothing.autopista) == (Metodo.NINGUNO, None)


def test_the_list_shows_the_match_why_and_the_way_to_correct_it(app, investigador, oficio, rows):
    store(app, oficio, an_answer([seen(11, "P5"), seen(12), seen(13, None), seen(14, "X", "Y")]))
    known, unclear, company, nothing = (row.id for row in rows(Avistamiento))

    text = investigador.get(f"/oficios/{oficio.id}/avistamientos").text

    assert "P5 · Costanera Norte" in text
    assert 'title="código P5 en Costanera Norte; el texto no dice el sentido"' in text
    assert "sin el sentido del tránsito" in text
    assert "Pórtico sin identificar · Costanera Norte" in text
    assert "Sin identificar" in text
    for pk in (known, unclear, nothing):
        assert url(oficio, pk) in text
    assert url(oficio, company) not in text


def test_a_fine_is_looked_up_and_an_address_that_a_person_saw_is_not(
    app, oficio, usuario_investigador, rows
):
    fine = make_gantry_sighting(app, oficio, usuario_investigador)
    make_sighting(app, oficio, usuario_investigador, ubicacion="Costanera Norte P5")

    one, two = rows(Avistamiento)
    assert (one.id, one.portico_metodo, one.fuente) == (fine, Metodo.SIN_SENTIDO, Fuente.MULTA)
    assert (two.portico_id, two.portico_metodo) == (None, None)


def test_a_corrected_fine_is_looked_up_again(app, investigador, oficio, usuario_investigador, rows):
    pk = make_gantry_sighting(app, oficio, usuario_investigador)
    page = investigador.get(f"/oficios/{oficio.id}/avistamientos/{pk}").text
    seal = page.partition('name="sello"')[2].partition('value="')[2].partition('"')[0]
    data = {"fuente": "multa", "fecha": "2026-11-02", "hora": "", "sello": seal}
    data["orden_judicial"] = "Resolución de 02-11-2026"

    response = investigador.post(
        f"/oficios/{oficio.id}/avistamientos/{pk}", data=data | {"ubicacion": "PA31", "empresa": ""}
    )

    assert response.status_code == 303
    assert rows(Avistamiento)[0].portico_id == find_gantry(app, "Autopista Central", "PA31").id


def test_one_correction_is_remembered_for_what_came_and_what_comes(
    app, investigador, usuario_investigador, oficio, other, rows, settle
):
    gantry = find_gantry(app, "Costanera Norte", "P7")
    store(app, oficio, an_answer([seen(11), seen(12)]))
    store(app, other, an_answer([seen(13), seen(14, "EJE KENNEDY,  calzada rapida")]))
    pk = rows(Avistamiento)[0].id

    response = investigador.post(url(oficio, pk), data={"portico": gantry.id})

    assert response.status_code == 303
    same = rows(Avistamiento, ubicacion=UNCLEAR)
    assert {row.portico_id for row in same} == {gantry.id}
    assert {row.portico_metodo for row in same} == {Metodo.CORREGIDO}
    assert "corregido por Carla Muñoz" in same[0].portico_motivo
    settle()
    assert {row.portico_id for row in rows(Avistamiento)} == {gantry.id}
    store(app, oficio, an_answer([seen(15, "eje kennedy, CALZADA RÁPIDA")]))
    last = rows(Avistamiento)[-1]
    assert (last.portico_id, last.portico_metodo) == (gantry.id, Metodo.CORREGIDO)
    assert [row.ubicacion_texto for row in rows(AliasPortico)] == [UNCLEAR]
    (entry,) = rows(Auditoria, accion="portico.corregido")
    assert entry.usuario_id == usuario_investigador.id
    told = rows(Investigacion, oficio_id=oficio.id)[-2]
    assert told.descripcion == (
        f"Pórtico corregido: «{UNCLEAR}» es el pórtico {gantry.nombre} de Costanera Norte."
    )
    page = investigador.get(f"/oficios/{oficio.id}/avistamientos").text
    assert "P7 · Costanera Norte" in page
    assert "Corregir" in page


def test_another_company_writes_the_same_words_about_another_place(app, investigador, oficio, rows):
    store(app, oficio, an_answer([seen(11), seen(12, empresa="Vespucio Norte")]))
    one, two = rows(Avistamiento)

    gantry = find_gantry(app, "Costanera Norte", "P7")
    investigador.post(url(oficio, one.id), data={"portico": gantry.id})

    assert rows(Avistamiento)[1].portico_id == two.portico_id is None


def test_somebody_may_say_that_a_text_names_no_gantry(app, investigador, oficio, rows):
    store(app, oficio, an_answer([seen(11, "P5")]))
    pk = rows(Avistamiento)[0].id

    investigador.post(url(oficio, pk), data={"portico": "ninguno"})

    (row,) = rows(Avistamiento)
    assert (row.portico_id, row.autopista, row.portico_metodo) == (None, None, Metodo.CORREGIDO)


def test_a_correction_that_is_taken_back_lets_the_text_speak_again(
    app, investigador, admin, oficio, rows, settle
):
    store(app, oficio, an_answer([seen(11, "P5")]))
    pk = rows(Avistamiento)[0].id
    wrong = find_gantry(app, "Costanera Norte", "P4")
    investigador.post(url(oficio, pk), data={"portico": wrong.id})
    alias = rows(AliasPortico)[0].id

    admin.post(f"/admin/porticos/correcciones/{alias}/retirar")
    settle()

    (row,) = rows(Avistamiento)
    assert row.portico_id == find_gantry(app, "Costanera Norte", "P5").id
    assert row.portico_metodo is Metodo.SIN_SENTIDO


def test_an_edit_of_the_catalogue_is_followed_and_a_retired_gantry_stays_with_its_time(
    app, admin, oficio, rows, settle
):
    store(app, oficio, an_answer([seen(11, "P4"), seen(12, "P5"), seen(13, "Viaducto exprés 9")]))
    old = find_gantry(app, "Costanera Norte", "P4")
    new = {"autopista": "Costanera Norte", "codigo": "X9", "tramo": "Viaducto exprés 9"}
    admin.post(f"/admin/porticos/{old.id}/activo", data={"activo": "0"})
    admin.post("/admin/porticos/nuevo", data={**new, "tipo": "portico", "confianza_coord": ""})
    settle()

    retired, other, found = rows(Avistamiento)
    assert retired.portico_id == old.id
    assert other.portico_id == find_gantry(app, "Costanera Norte", "P5").id
    assert found.portico_id == find_gantry(app, "Costanera Norte", "X9").id
    store(app, oficio, an_answer([seen(15, "P4")]))
    assert rows(Avistamiento)[-1].portico_id is None
    done = rows(Trabajo, tipo=REMATCH)
    assert {job.estado for job in done} == {EstadoTrabajo.HECHO}
    assert sum(job.resultado.startswith("1 avistamiento") for job in done) == 1


# ------------------------------------------------------------------ the page


def test_the_page_offers_the_likeliest_and_searches_the_rest(app, investigador, oficio, rows):
    store(app, oficio, an_answer([seen(11)]))
    pk = rows(Avistamiento)[0].id

    page = investigador.get(url(oficio, pk), headers=HTMX)
    html = assert_fragment(page, f"oficio-avistamientos-{oficio.id}")
    assert f"«{UNCLEAR}»" in html
    assert "P7 Estoril – Las Tranqueras (Kennedy)" in html
    assert html.count("Es este") == 6
    found = investigador.get(url(oficio, pk) + "?q=pa31").text
    assert "PA31 Carlos Valdovinos – Alameda" in found
    assert found.count("Es este") == 1
    assert "No hay pórticos con esas palabras" in investigador.get(url(oficio, pk) + "?q=zzz").text
    assert investigador.get(url(oficio, pk) + "?q=%00" + 9999 * "a").status_code == 200


def test_with_htmx_the_browser_goes_back_to_the_list(app, investigador, oficio, rows):
    store(app, oficio, an_answer([seen(11)]))
    gantry = find_gantry(app, "Costanera Norte", "P7")

    response = investigador.post(
        url(oficio, rows(Avistamiento)[0].id), data={"portico": gantry.id}, headers=HTMX
    )

    assert response.headers["HX-Redirect"] == f"/oficios/{oficio.id}/avistamientos"


@pytest.mark.parametrize("portico", ["", "x", "99999", "1" * 30])
def test_what_is_no_gantry_is_refused(portico, app, investigador, oficio, rows):
    store(app, oficio, an_answer([seen(11)]))

    response = investigador.post(url(oficio, rows(Avistamiento)[0].id), data={"portico": portico})

    assert response.status_code == 422
    assert "Elija un pórtico de la lista" in response.text
    assert rows(AliasPortico) == []


def test_a_gantry_out_of_use_and_a_company_alone_are_refused(
    app, investigador, admin, oficio, rows
):
    store(app, oficio, an_answer([seen(11), seen(12, None)]))
    text, company = (row.id for row in rows(Avistamiento))
    gantry = find_gantry(app, "Costanera Norte", "P7")
    admin.post(f"/admin/porticos/{gantry.id}/activo", data={"activo": "0"})

    refused = investigador.post(url(oficio, text), data={"portico": gantry.id})
    assert refused.status_code == 422
    assert "fuera de uso" in refused.text
    other = find_gantry(app, "Costanera Norte", "P4")
    refused = investigador.post(url(oficio, company), data={"portico": other.id})
    assert refused.status_code == 422
    assert "no hay un texto que corregir" in refused.text
    assert rows(AliasPortico) == []


def test_strangers_and_other_cases_have_no_such_page(
    app, stranger, cliente, cliente_ajeno, investigador, oficio, other, usuario_investigador, rows
):
    store(app, oficio, an_answer([seen(11)]))
    pk = rows(Avistamiento)[0].id
    by_hand = make_sighting(app, oficio, usuario_investigador)

    for client in (cliente, cliente_ajeno):
        assert client.get(url(oficio, pk)).status_code == 404
        assert client.post(url(oficio, pk), data={"portico": "ninguno"}).status_code == 404
    assert stranger.get(url(oficio, pk)).status_code == 303
    assert investigador.get(url(other, pk)).status_code == 404
    assert investigador.get(url(oficio, by_hand)).status_code == 404
    assert rows(AliasPortico) == []
