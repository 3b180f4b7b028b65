"""A paper on the tray: read by its job, shown beside its form, made a case by a click alone."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from pathlib import Path

import pikepdf
import pytest

from app.adjuntos.models import Adjunto
from app.bandeja.models import Ingreso, Origen
from app.bandeja.rules import EstadoIngreso
from app.core.errors import InvalidValue
from app.core.sandbox import Limits
from app.direcciones.models import Direccion
from app.jobs.runner import work
from app.oficios.models import Oficio, Propietario
from app.papeles.outside import papers
from app.papeles.service import paper_reading
from app.vehiculos.models import Vehiculo
from tests.bandeja.rows import make_item
from tests.factories import make_buffet, make_oficio
from tests.papeles.making import INTAKE, make_paper, sources
from tests.papeles.rows import CAV, ORDER, make_paper_item


def do_jobs(app):
    with app.app_context():
        work("test")


def typed(page: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = page[page.index('class="paper-form"') :]
    form = form[form.index("novalidate") :]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or ("checkbox" in tag and " checked" not in tag):
            continue
        fields[name[1]] = value[1] if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)', form):
        fields[name] = text.strip()
    fields.update(prioridad="media", persona_tipo="principal", direccion_tipo="domicilio")
    return fields


def test_an_order_becomes_a_case_whose_file_and_evidence_it_is(app, investigador, buffet, rows):
    pdf = make_paper(ORDER)
    item = make_item(app, buffet, pdf, "oficio 3021.pdf")
    do_jobs(app)
    assert "Oficio · HJFK69" in re.sub(r"\s+", " ", investigador.get("/bandeja").text)

    page = investigador.get(f"/papeles/{item}").text
    fields = typed(page)
    assert fields["patente"] == "HJFK69-4"
    assert fields["persona_rut"] == "13.237.657-3"
    assert fields["fuerza_publica"]
    assert "descerrajamiento" not in fields
    assert "El papel dice que no se concede." in page
    assert 'id="lugar-persona_rut"' in page
    assert 'href="#lugar-persona_rut"' in page
    # Looking makes nothing.
    assert rows(Oficio) == []

    answer = investigador.post(f"/papeles/{item}", data=fields)
    assert answer.status_code == 303, answer.text
    do_jobs(app)

    [oficio], [car], [person] = rows(Oficio), rows(Vehiculo), rows(Propietario)
    assert answer.headers["Location"] == f"/oficios/{oficio.id}"
    assert (oficio.numero_oficio, oficio.rol, oficio.buffet_id) == (
        "3021-2026",
        "C-8841-2025",
        buffet.id,
    )
    assert (car.patente, car.patente_dv, car.motor) == ("HJFK69", "4", "PE40512877")
    assert person.nombre == "RODRIGO ESTEBAN HENRÍQUEZ LAGOS"
    [adjunto], [origen] = rows(Adjunto), rows(Origen)
    assert adjunto.sha256 == hashlib.sha256(pdf).hexdigest()
    assert (adjunto.oficio_id, origen.oficio_id) == (oficio.id, oficio.id)
    assert rows(Ingreso)[0].estado is EstadoIngreso.CREADO
    # Words that stand in the paper alone.
    found = investigador.get("/tablero", query_string={"q": "desposeimiento prenda"}).text
    assert "3021-2026" in found

    # Once more makes nothing more.
    again = investigador.post(f"/papeles/{item}", data={**fields, "numero_oficio": "otro"})
    assert again.status_code in {303, 409}
    assert len(rows(Oficio)) == 1


def test_an_order_and_the_certificate_of_its_vehicle_become_one_case(
    app, investigador, buffet, rows
):
    order = (INTAKE / "p01_oficio_carabineros.pdf").read_bytes()
    cav = (INTAKE / "p02_cav.pdf").read_bytes()
    first = make_paper_item(app, buffet, order, "oficio.pdf")
    second = make_paper_item(app, buffet, cav, "cav.pdf")

    # Whichever of the two is opened, the order comes first.
    for item in (first, second):
        page = investigador.get(f"/papeles/{item}").text
        assert "harán un solo caso" in page
        assert typed(page)["numero_oficio"] == "2345-2026"
    answer = investigador.post(f"/papeles/{second}", data=typed(page))
    assert answer.status_code == 303, answer.text
    do_jobs(app)

    [oficio] = rows(Oficio)
    assert {origen.ingreso_id for origen in rows(Origen)} == {first, second}
    assert {adjunto.oficio_id for adjunto in rows(Adjunto)} == {oficio.id}
    assert len(rows(Adjunto)) == 2
    # The day of the certificate is not that of the order.
    assert oficio.fecha_oficio.isoformat() == "2026-11-03"


def test_a_certificate_is_added_to_the_case_that_is_open(app, investigador, buffet, rows):
    pdf = make_paper(CAV)
    item = make_paper_item(app, buffet, pdf, "cav.pdf")
    fields = {**typed(investigador.get(f"/papeles/{item}").text), "numero_oficio": "77"}
    assert investigador.post(f"/papeles/{item}", data=fields).status_code == 303
    [oficio] = rows(Oficio)
    other = make_paper_item(app, buffet, pdf + b"\n% again", "cav 2.pdf")

    page = investigador.get(f"/papeles/{other}").text
    assert "ya tiene abierto el caso" in page
    added = investigador.post(f"/papeles/{other}/casos/{oficio.id}")
    do_jobs(app)

    assert added.headers["Location"] == f"/oficios/{oficio.id}"
    assert len(rows(Adjunto)) == 2
    assert len(rows(Oficio)) == 1


def test_a_paper_is_sent_back_or_declined_from_its_page_while_it_waits(
    app, investigador, buffet, rows
):
    item = make_paper_item(app, buffet, make_paper(ORDER), "oficio.pdf")
    for deed, estado in (
        ("devolver", EstadoIngreso.DEVUELTO),
        ("rechazar", EstadoIngreso.RECHAZADO),
    ):
        page = investigador.get(f"/papeles/{item}").text
        form = page[page.index(f'action="/bandeja/{item}/{deed}"') :]
        assert 'name="motivo"' in form[: form.index("</form>")]

        empty = investigador.post(f"/bandeja/{item}/{deed}", data={"motivo": " "})
        assert empty.status_code == 422
        assert "Escriba el motivo" in empty.text
        sent = investigador.post(f"/bandeja/{item}/{deed}", data={"motivo": "Falta la página 2."})
        assert sent.headers["Location"] == f"/bandeja/{item}"
        assert (rows(Ingreso)[0].estado, rows(Ingreso)[0].motivo) == (estado, "Falta la página 2.")
        decided = investigador.get(f"/papeles/{item}").text
        assert "/devolver" not in decided
        assert "/rechazar" not in decided
        investigador.post(f"/bandeja/{item}/reabrir")


def test_several_vehicles_have_a_form_each(app, investigador, buffet, rows):
    item = make_paper_item(app, buffet, (INTAKE / "p04_tabla_dos_vehiculos.pdf").read_bytes())

    first = investigador.get(f"/papeles/{item}").text
    second = investigador.get(f"/papeles/{item}?vehiculo=2").text

    assert (typed(first)["patente"], typed(first)["color"]) == ("HJBB21-8", "BLANCO")
    assert (typed(second)["patente"], typed(second)["modelo"]) == ("JJRR54", "SR GR TR")
    answer = investigador.post(f"/papeles/{item}", data=typed(first))
    assert answer.headers["Location"] == f"/papeles/{item}?vehiculo=2"
    fields = typed(investigador.get(answer.headers["Location"]).text)
    assert investigador.post(f"/papeles/{item}?vehiculo=2", data=fields).status_code == 303
    assert [oficio.numero_oficio for oficio in rows(Oficio)] == ["OB-0077/26", "OB-0077/26"]
    assert [car.patente for car in rows(Vehiculo)] == ["HJBB21", "JJRR54"]


def test_all_persons_and_addresses_of_a_paper_come_into_its_case(app, investigador, buffet, rows):
    [source] = [one for one in sources("tuned") if "oficio_tres_demandados" in one.stem]
    item = make_paper_item(app, buffet, make_paper(source))

    page = investigador.get(f"/papeles/{item}").text
    fields = typed(page)
    assert (fields["persona_2_nombre"], fields["persona_2_rut"]) == (
        "Tomás Ñancupil Rojas",
        "17.125.928-2",
    )
    assert fields["direccion_2_notas"] == "De Tomás Ñancupil Rojas"
    # Each value leads to its place.
    assert 'href="#lugar-persona_3_rut"' in page
    assert 'id="lugar-persona_3_rut"' in page
    wrong = investigador.post(f"/papeles/{item}", data={**fields, "persona_3_rut": "no es un RUT"})
    assert (wrong.status_code, rows(Oficio)) == (422, [])
    fields |= {"persona_2_tipo": "codeudor", "persona_3_tipo": "aval", "direccion_2_tipo": "otro"}
    answer = investigador.post(f"/papeles/{item}", data=fields)
    assert answer.status_code == 303, answer.text

    [oficio] = rows(Oficio)
    people = sorted((one.tipo.value, one.rut) for one in rows(Propietario))
    assert people == [
        ("aval", "9836931-7"),
        ("codeudor", "17125928-2"),
        ("principal", "76877299-1"),
    ]
    places = [(one.direccion, one.comuna, one.tipo.value, one.notas) for one in rows(Direccion)]
    assert ("Los Notros 455", "Padre Las Casas", "otro", "De Tomás Ñancupil Rojas") in places
    assert len(places) == 2
    assert {one.oficio_id for one in rows(Direccion)} == {oficio.id}


def test_what_an_earlier_case_knows_of_the_vehicle_fills_what_no_paper_says(
    app, investigador, usuario_investigador, buffet, rows, tmp_path
):
    earlier = make_oficio(app, make_buffet(app), usuario_investigador, patente="BBCL12")
    source = tmp_path / "breve.typ"
    source.write_text("// {}\nOFICIO N° 91-2026\n\nPlaca patente BBCL12, marca TOYOTA, color rojo.")
    item = make_paper_item(app, buffet, make_paper(source))

    page = investigador.get(f"/papeles/{item}").text
    fields = typed(page)
    # The earlier case says Suzuki Swift.
    assert (fields["marca"], fields["modelo"], fields["color"]) == ("TOYOTA", "Swift", "rojo")
    assert page.count("es de un caso anterior de la oficina con esta patente") == 1
    assert investigador.post(f"/papeles/{item}", data=fields).status_code == 303

    [made] = [one for one in rows(Oficio) if one.id != earlier.id]
    sentence = made.advertencias_ingreso["vehiculo_conocido"]
    assert "Modelo (Swift)" in sentence
    assert earlier.numero_oficio not in sentence


def test_pages_doubts_and_other_papers_are_one_click_away(app, investigador, buffet):
    [source] = [one for one in sources("tuned") if "oficio_y_cav" in one.stem]
    first = make_paper_item(app, buffet, make_paper(source), "dos.pdf")
    last = make_paper_item(app, buffet, make_paper(ORDER))

    page = investigador.get(f"/papeles/{first}").text

    assert re.findall(r'href="#(hoja-\d)"', page) == ["hoja-1", "hoja-2"]
    assert re.findall(r'id="(hoja-\d)"', page) == ["hoja-1", "hoja-2"]
    assert "2 · Certif." in page
    assert f'href="/papeles/{last}"' in page
    assert "2 de 2" in page


@pytest.fixture
def recognising(monkeypatch, tmp_path):
    """Have the recognition of text, whether or not it is installed, say these words; none of it
    without words."""

    def use(*words: tuple[str, int]) -> None:
        program = tmp_path / "tesseract"
        lines = [
            f"5\t1\t1\t1\t1\t{n}\t{100 + 90 * n}\t200\t80\t30\t{sure}\t{text}"
            for n, (text, sure) in enumerate(words)
        ]
        names = "level page_num block_num par_num line_num word_num left top width height conf text"
        table = "\n".join(["\t".join(names.split()), *lines])
        program.write_text(f"#!/bin/sh\ncat > /dev/null\ncat <<'END'\n{table}\nEND\n")
        program.chmod(0o755)
        for module in (papers, paper_reading):
            monkeypatch.setattr(module, "find_tesseract", lambda: str(program) if words else "")

    return use


def test_an_image_waits_with_a_sentence_beside_an_empty_form(
    app, investigador, buffet, rows, recognising
):
    recognising()
    item = make_item(app, buffet, (INTAKE / "p05_escaneado.pdf").read_bytes(), "scan.pdf")
    do_jobs(app)

    assert "es una imagen" in rows(Ingreso)[0].problema
    page = investigador.get(f"/papeles/{item}").text
    assert typed(page)["patente"] == ""
    drawn = investigador.get(f"/papeles/{item}/paginas/1")
    assert drawn.data.startswith(b"\x89PNG")
    assert investigador.get(f"/papeles/{item}/paginas/2").status_code == 404


def test_words_of_a_scan_that_are_hardly_recognised_fill_nothing(
    app, investigador, buffet, rows, recognising
):
    recognising(
        *(("OFICIO", 96), ('N"', 90), ("911", 95), ("Rol", 96), ("C-1877-2025", 95)),
        *(("placa", 96), ("patente", 96), ("JPDX19", 69), ("color", 96), ("azul", 96)),
    )
    item = make_item(app, buffet, (INTAKE / "p05_escaneado.pdf").read_bytes(), "scan.pdf")
    do_jobs(app)

    fields = typed(investigador.get(f"/papeles/{item}").text)
    assert (fields["numero_oficio"], fields["rol"]) == ("911", "C-1877-2025")
    assert fields["patente"] == ""


def test_words_of_a_scan_that_are_fairly_recognised_are_marked(
    app, investigador, buffet, recognising
):
    recognising(
        *(("OFICIO", 96), ('N"', 90), ("911", 75), ("placa", 96), ("patente", 96)),
        *(("HJFK69-4", 75), ("color", 96), ("azul", 96)),
    )
    item = make_item(app, buffet, (INTAKE / "p05_escaneado.pdf").read_bytes(), "scan.pdf")
    do_jobs(app)

    page = investigador.get(f"/papeles/{item}").text
    assert (typed(page)["numero_oficio"], typed(page)["patente"]) == ("911", "HJFK69-4")
    # The check digit of the plate says that it is right.
    assert page.count("no es del todo seguro") == 1


def test_a_bomb_ends_its_reader_alone(monkeypatch):
    """A page of some kilobytes that unpacks to 600 megabytes, where a quarter is allowed."""
    # The same compressed megabyte again and again, without making all of them here.
    squeeze = zlib.compressobj(9)
    start = squeeze.compress(b" ") + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(b" " * (1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    packed = zlib.compress(start + block * 600 + squeeze.flush(), 9)
    target = io.BytesIO()
    with pikepdf.new() as paper:
        stream = pikepdf.Stream(paper, b"")
        stream.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))
        paper.add_blank_page().Contents = stream
        undone = pikepdf.StreamDecodeLevel.none
        paper.save(target, compress_streams=False, stream_decode_level=undone)
    assert len(target.getvalue()) < 10_000
    monkeypatch.setattr(papers, "find_tesseract", lambda: "")
    monkeypatch.setattr(papers, "_LIMITS", Limits(seconds=60, cpu_seconds=40, memory=150 << 20))

    with pytest.raises(InvalidValue, match="dañado"):
        papers.read_words(target.getvalue(), papers.PDF)


def test_a_damaged_or_locked_pdf_waits_with_its_reason(app, investigador, buffet, rows):
    make_item(app, buffet, b"%PDF-1.7\nnada de esto es un PDF", "roto.pdf")
    do_jobs(app)

    assert "dañado" in rows(Ingreso)[0].problema


def test_a_paper_without_a_buffet_makes_no_case(app, investigador, rows):
    item = make_paper_item(app, None)

    page = investigador.get(f"/papeles/{item}").text
    assert "Diga primero de qué buffet es" in page
    refused = investigador.post(
        f"/papeles/{item}", data={"numero_oficio": "1", "patente": "HJFK69"}
    )
    assert refused.status_code in {303, 409, 422}
    assert rows(Oficio) == []


def test_the_reader_knows_nothing_of_the_application():
    source = (Path(__file__).parents[2] / "app/papeles/outside/paper_reader.py").read_text()
    assert "from app" not in source
    assert sources("kept")
