"""The reports by programs: the table that the page shows, and to whom."""

from __future__ import annotations

from app.ajustes.service import set_setting
from app.api.rules import Alcance
from app.db import transaction
from app.indicadores.rules import Informe
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from tests.indicadores.history import DESDE, HASTA, make_history
from tests.notificaciones.rows import make_sent_notice

DAYS = f"desde={DESDE}&hasta={HASTA}"


def test_programs_get_the_reports_of_the_page_as_whom_they_ask_for(
    app, buffet, otro_buffet, usuario_admin, usuario_investigador, admin_api, investigador_api
):
    cases = make_history(app, {"A": buffet, "B": otro_buffet}, usuario_admin, usuario_investigador)

    exito = admin_api("GET", f"/informes/exito?{DAYS}").get_json()
    assert (exito["titulo"], exito["n"], exito["unidad"]) == ("Éxito por buffet", 12, "cerrados")
    assert (exito["desde"], exito["hasta"]) == (str(DESDE), str(HASTA))
    assert exito["leido_at"]
    keys = [medida["clave"] for medida in exito["medidas"]]
    assert [[row[key] for key in keys] for row in exito["filas"]] == [
        [buffet.nombre, 9, 11, 82, 57, 94],
        [otro_buffet.nombre, 0, 1, None, None, None],
    ]
    theirs = admin_api("GET", f"/informes/exito?{DAYS}&buffet_id={otro_buffet.id}&por=comuna")
    assert (theirs.get_json()["titulo"], theirs.get_json()["n"]) == ("Éxito por comuna", 1)
    for informe in Informe:
        answer = investigador_api("GET", f"/informes/{informe.value}?{DAYS}")
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["definicion"] == informe.definicion

    for case in cases.values():
        make_sent_notice(app, case, usuario_admin)
    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
    assert investigador_api("GET", f"/informes/flujo?{DAYS}").get_json()["n"] == 13
    assert investigador_api("GET", "/informes/receptores").get_json()["n"] == 13
    assert admin_api("GET", "/informes/receptores").get_json()["n"] == 18
    withheld = investigador_api("GET", f"/informes/consultas?{DAYS}").get_json()
    assert withheld["filas"] == []
    assert "las ve quien ve todos" in withheld["impedimento"]
    assert admin_api("GET", f"/informes/flujo?{DAYS}").get_json()["n"] == 18


def test_what_cannot_be_read_is_refused(admin_api):
    for wrong, place in (
        (f"desde={HASTA}&hasta={DESDE}", []),
        ("desde=1990-01-01&hasta=2026-01-01", []),
        ("desde=31-02-2026", ["desde"]),
        ("por=color", ["por"]),
        ("rango=siempre", ["rango"]),
        ("buffet=1", ["buffet"]),
    ):
        answer = admin_api("GET", f"/informes/exito?{wrong}")
        assert answer.status_code == 422, wrong
        assert [one["loc"] for one in answer.get_json()["detail"]] == [["query", *place]], wrong
    assert "exito" in admin_api("GET", "/informes/nada").get_json()["detail"]
    assert admin_api("GET", "/informes/nada").status_code == 404


def test_a_buffet_a_stranger_and_a_key_that_cannot_read_get_nothing(
    cliente_api, nobody, make_key, usuario_admin
):
    assert cliente_api("GET", "/informes/exito").status_code == 403
    assert nobody("GET", "/informes/exito").status_code == 401
    _, writes = make_key(usuario_admin, Alcance.ESCRITURA)
    assert writes("GET", "/informes/exito").status_code == 403
    _, reads = make_key(usuario_admin, Alcance.LECTURA)
    assert reads("GET", "/informes/exito").status_code == 200
