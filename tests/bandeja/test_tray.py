"""The way of what comes in: from the portal or by hand, read by a job, decided by a person."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import sqlalchemy as sa

from app.adjuntos.outside.storage import LocalStorage
from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.bandeja import jobs
from app.bandeja.models import Ingreso, Origen
from app.bandeja.rules import EstadoIngreso, TipoIngreso, ViaIngreso
from app.bandeja.service import receiving
from app.core.clock import utcnow
from app.custodia.service import verify_all
from app.db import db
from app.extensions import current_config
from app.jobs.runner import work
from app.oficios.models import Oficio
from app.planillas.models import Importacion
from app.vehiculos.models import Vehiculo
from tests.bandeja.outlook import make_msg
from tests.bandeja.rows import LIST, drop, make_item, make_mail, make_zip
from tests.factories import make_link
from tests.planillas.listados import press_import
from tests.planillas.test_files import WORD


def do_jobs(app):
    with app.app_context():
        work("test")


def stored(app):
    with app.app_context():
        files = LocalStorage(current_config().storage_dir).files("ingresos")
        return {file.key for file in files}


def findings(app, cases):
    with app.app_context():
        return [problem.texto for one in verify_all(cases) for problem in one.problemas]


def states(rows):
    return [row.estado.value for row in rows(Ingreso)]


def test_a_list_from_the_portal_becomes_cases_whose_evidence_it_is(
    app, cliente, investigador, buffet, rows
):
    sent = drop(cliente, "/portal/envios", ("órdenes «nov».csv", LIST))
    assert sent.headers["Location"] == "/portal/envios"
    assert "En revisión" in cliente.get("/portal/envios").text
    do_jobs(app)

    [item] = rows(Ingreso)
    assert (item.via, item.buffet_id, item.tipo) == (
        ViaIngreso.PORTAL,
        buffet.id,
        TipoIngreso.PLANILLA,
    )
    assert item.sha256 == hashlib.sha256(LIST).hexdigest()
    assert item.resumen["listas"] == 2
    assert "2 filas listas" in investigador.get("/bandeja").text

    review = investigador.post(f"/bandeja/{item.id}/revisar").headers["Location"]
    assert investigador.post(f"/bandeja/{item.id}/revisar").headers["Location"] == review
    press_import(investigador, review)

    cases = {row.id for row in rows(Oficio)}
    assert {row.oficio_id for row in rows(Origen)} == cases
    assert len(cases) == 2
    assert states(rows) == ["creado"]
    page = cliente.get("/portal/envios").text
    assert "Creado" in page
    assert "2 casos" in page
    section = investigador.get(f"/bandeja/de-oficio/{min(cases)}").text
    assert item.sha256 in section

    # From which file a case comes is evidence: whoever changes it is found.
    assert findings(app, cases) == []
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM origenes"))
    said = " ".join(findings(app, cases))
    assert "Ya no está el archivo de que salió el caso" in said


def test_a_table_of_a_document_becomes_cases_by_the_tray(app, cliente, investigador, buffet, rows):
    cells = (("N° Oficio", "Patente", "Marca"), ("OF-1", "BBCL12", "KIA"), ("OF-2", "BBCL13", ""))
    drawn = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:p><w:r><w:t>{one}</w:t></w:r></w:p></w:tc>" for one in row)
        + "</w:tr>"
        for row in cells
    )
    document = make_zip({"word/document.xml": WORD.format(drawn).encode()})
    drop(cliente, "/portal/envios", ("Encargos de noviembre.docx", document))
    do_jobs(app)

    [item] = rows(Ingreso)
    assert (item.tipo, item.formato, item.resumen["listas"]) == (TipoIngreso.PLANILLA, "DOCX", 2)
    review = investigador.post(f"/bandeja/{item.id}/revisar").headers["Location"]
    press_import(investigador, review)

    made = {row.numero_oficio: row for row in rows(Oficio)}
    assert made.keys() == {"OF-1", "OF-2"}
    cars = {car.oficio_id: (car.patente, car.marca) for car in rows(Vehiculo)}
    assert cars[made["OF-1"].id] == ("BBCL12", "Kia")
    assert cars[made["OF-2"].id] == ("BBCL13", None)
    assert investigador.post(f"/bandeja/{item.id}/archivo").data == document
    # Taken back, the cases, what says where they came from, and nothing else are gone.
    investigador.post(f"{review}/deshacer")
    do_jobs(app)
    assert rows(Oficio) == rows(Origen) == []
    assert states(rows) == ["por_revisar"]


def test_the_original_is_handed_out_as_it_came_and_that_is_written_down(
    app, investigador, buffet, rows
):
    item = make_item(app, buffet)

    answer = investigador.post(f"/bandeja/{item}/archivo")

    assert answer.data == LIST
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows(Auditoria, accion="ingreso.original_descargado")[0].entidad_id == item


def test_several_files_come_in_one_drop_and_bad_ones_are_told(app, investigador, buffet, rows):
    page = drop(
        investigador,
        "/bandeja",
        ("uno.csv", LIST),
        ("vacío.csv", b""),
        ("foto.jpg", b"\xff\xd8\xff\xe0"),
        buffet_id=str(buffet.id),
    )
    assert page.status_code == 303
    told = investigador.get("/bandeja").text

    assert [row.nombre for row in rows(Ingreso)] == ["uno.csv", "foto.jpg"]
    assert "«vacío.csv»: El archivo está vacío." in told
    assert "Llegaron 2 archivos. 1 no se recibió." in told


def test_nothing_but_bad_files_is_refused_in_its_place(app, investigador, rows):
    page = drop(investigador, "/bandeja", ("vacío.csv", b""))

    assert page.status_code == 422
    assert "El archivo está vacío." in page.text
    assert rows(Ingreso) == []


def test_the_same_bytes_twice_are_taken_and_told(app, investigador, buffet, rows):
    for _ in range(2):
        drop(investigador, "/bandeja", ("uno.csv", LIST), buffet_id=str(buffet.id))

    assert len(rows(Ingreso)) == 2
    assert "Es el mismo archivo que «uno.csv»." in investigador.get("/bandeja").text


def test_what_lies_in_a_zip_and_in_the_mail_in_it_is_decided_one_by_one(
    app, investigador, cliente, buffet, rows
):
    page = b"<html><table><tr><td>N\xc2\xb0 Oficio<td>Patente<tr><td>7<td>BBCL25</table></html>"
    inner = make_zip({"hoja.xls": page, "correo.msg": make_msg("Más", ("tercera.csv", LIST))})
    package = make_zip(
        {"lista.csv": LIST, "correo.eml": make_mail(("otra.csv", LIST)), "mas.zip": inner}
    )
    top = make_item(app, buffet, package, "todo.xlsx")
    do_jobs(app)

    names = {row.nombre: row for row in rows(Ingreso)}
    in_the_zip = {"mas.zip", "hoja.xls", "correo.msg", "tercera.csv"}
    assert set(names) == {"todo.xlsx", "lista.csv", "correo.eml", "otra.csv", *in_the_zip}
    assert names["tercera.csv"].padre_id == names["correo.msg"].id
    assert names["otra.csv"].padre_id == names["correo.eml"].id
    assert {row.buffet_id for row in names.values()} == {buffet.id}
    assert set(states(rows)) == {"por_revisar"}

    investigador.post(f"/bandeja/{names['otra.csv'].id}/devolver", data={"motivo": "Repetida"})
    assert {row.nombre: row.estado.value for row in rows(Ingreso)} == {
        **dict.fromkeys(in_the_zip, "por_revisar"),
        "todo.xlsx": "por_revisar",
        "lista.csv": "por_revisar",
        "correo.eml": "devuelto",
        "otra.csv": "devuelto",
    }
    investigador.post(f"/bandeja/{top}/rechazar", data={"motivo": "No es de aquí"})
    assert set(states(rows)) == {"devuelto", "rechazado"}
    assert "No es de aquí" in cliente.get("/portal/envios").text


PAGE = (
    "<p>Estimados: sírvanse ubicar</p><table><tr><th>N° Oficio<th>Patente<th>Comuna</tr>"
    "<tr><td>71<td>BBCL31<td>Ñuñoa</tr></table><table><tr><td>Ana Rojas, abogada</table>"
)
LINES = "Estimados:\n\nOficio: 72\nPatente: BBCL32\nComuna: Ñuñoa\n\nSaludos\n"


def test_a_list_in_the_text_of_a_mail_is_a_file_of_it_and_other_words_are_none(
    app, investigador, buffet, rows
):
    for name, mail in (
        ("tabla.eml", make_mail(body="Oficio 71: BBCL31", page=PAGE)),
        ("fichas.eml", make_mail(body=LINES, message_id="<dos@estudio.example>")),
        ("outlook.msg", make_msg("Una", body=LINES.replace("2", "3"))),
        ("palabras.eml", make_mail(("otra.csv", LIST), message_id="<tres@estudio.example>")),
    ):
        make_item(app, buffet, mail, name)
    do_jobs(app)

    found = {
        (row.padre_id and rows(Ingreso, id=row.padre_id)[0].nombre, row.nombre): row.resumen
        for row in rows(Ingreso)
        if row.padre_id
    }
    assert {key: one["listas"] for key, one in found.items()} == {
        ("tabla.eml", "Texto del correo.html"): 1,
        ("fichas.eml", "Texto del correo.txt"): 1,
        ("outlook.msg", "Texto del correo.txt"): 1,
        ("palabras.eml", "otra.csv"): 2,
    }
    [table] = rows(Ingreso, nombre="Texto del correo.html")
    review = investigador.post(f"/bandeja/{table.id}/revisar").headers["Location"]
    press_import(investigador, review)
    assert [car.patente for car in rows(Vehiculo)] == ["BBCL31"]


def test_a_decision_needs_a_reason_keeps_what_was_typed_and_can_be_taken_back(
    app, investigador, cliente, buffet, rows
):
    item = make_item(app, buffet)
    assert investigador.post(f"/bandeja/{item}/devolver", data={"motivo": "x"}).status_code == 409
    do_jobs(app)

    empty = investigador.post(f"/bandeja/{item}/devolver", data={"motivo": " "})
    assert empty.status_code == 422
    assert "Escriba el motivo" in empty.text
    investigador.post(f"/bandeja/{item}/devolver", data={"motivo": "Falta la patente"})
    assert states(rows) == ["devuelto"]
    assert "«Falta la patente»" in cliente.get("/portal/envios").text
    again = investigador.post(f"/bandeja/{item}/rechazar", data={"motivo": "Otra cosa"})
    assert again.status_code == 409
    assert "Ya se decidió" in again.text
    investigador.post(f"/bandeja/{item}/reabrir")
    assert states(rows) == ["por_revisar"]
    assert "Falta la patente" not in cliente.get("/portal/envios").text


def test_an_item_without_a_buffet_waits_until_somebody_says_whose_it_is(
    app, investigador, buffet, rows
):
    item = make_item(app, None)
    do_jobs(app)
    assert investigador.post(f"/bandeja/{item}/revisar").status_code == 303
    assert rows(Importacion) == []

    wrong = investigador.post(f"/bandeja/{item}/buffet", data={"buffet_id": "999"})
    assert wrong.status_code == 422
    investigador.post(f"/bandeja/{item}/buffet", data={"buffet_id": str(buffet.id)})
    investigador.post(f"/bandeja/{item}/revisar")

    assert [row.buffet_id for row in rows(Importacion)] == [buffet.id]


def test_a_file_that_cannot_be_read_waits_with_a_sentence(app, investigador, buffet, rows):
    make_item(app, buffet, b"MZ\x90\x00" * 30, "oficio.xlsx")
    make_item(app, buffet, b"hola\n", "hola.txt")
    do_jobs(app)

    assert set(states(rows)) == {"por_revisar"}
    assert all(row.problema for row in rows(Ingreso))
    assert "Es un programa" in investigador.get("/bandeja").text


def test_a_reading_that_dies_each_time_leaves_the_item_to_a_person(
    app, investigador, buffet, rows, monkeypatch
):
    def die(_data: bytes) -> None:
        raise RuntimeError("x")

    monkeypatch.setattr(jobs, "tell_format", die)
    item = make_item(app, buffet)
    with app.app_context():
        for hours in range(12):
            work("test", clock=lambda hours=hours: utcnow() + timedelta(hours=hours))

    [row] = rows(Ingreso, id=item)
    assert row.estado is EstadoIngreso.POR_REVISAR
    assert "No se pudo leer" in (row.problema or "")


def test_a_buffet_sees_what_it_sent_and_nothing_else(app, cliente, cliente_ajeno, stranger, buffet):
    make_item(app, buffet, nombre="secreta.csv")

    assert "secreta.csv" in cliente.get("/portal/envios").text
    assert "secreta.csv" not in cliente_ajeno.get("/portal/envios").text
    assert stranger.get("/portal/envios").status_code == 303
    stranger.post(f"/b/{make_link(app, buffet)}")
    assert "secreta.csv" in stranger.get("/portal/envios").text


def test_a_link_may_send_and_the_office_is_told_in_one_notice(
    app, stranger, buffet, investigador, usuario_investigador, rows
):
    stranger.post(f"/b/{make_link(app, buffet)}")
    for name in ("a.csv", "b.csv"):
        drop(stranger, "/portal/envios", (name, LIST + name.encode()))

    assert {row.enlace_id is not None for row in rows(Ingreso)} == {True}
    told = [row for row in rows(Aviso) if row.usuario_id == usuario_investigador.id]
    assert [buffet.nombre in row.texto for row in told] == [True, True]
    page = investigador.get("/avisos").get_data(as_text=True)
    assert page.count("2 archivos llegaron a la bandeja.") == 1
    assert "Avisos: 1 nuevo" in page


def test_nothing_is_left_of_a_file_whose_row_failed(app, investigador, monkeypatch, rows):
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no row")

    monkeypatch.setattr(receiving, "add_item", fail)
    before = stored(app)
    assert drop(investigador, "/bandeja", ("uno.csv", LIST)).status_code == 500

    assert stored(app) == before
    assert rows(Ingreso) == []
