"""The public page: what it says of a code and of a file, and what it never says."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.adjuntos.outside.storage import LocalStorage, StorageDown
from app.auditoria.models import Auditoria
from app.informes.models import Expediente
from app.informes.rules import MAX_VERIFIED_BYTES, Variante
from app.oficios.service import PropietarioData
from tests.factories import make_oficio
from tests.informes.expedientes import make_expediente, make_stub, order, pdf_of


def upload(client, data, name="expediente.pdf"):
    answer = client.post("/verificar", data={"archivo": (BytesIO(data), name)})
    # The test client spools what it sends and leaves that open.
    answer.request.environ["wsgi.input"].close()
    answer.close()
    return answer


def test_the_page_is_open_to_everybody_and_found_by_no_search_engine(stranger):
    page = stranger.get("/verificar")

    assert page.status_code == 200
    assert "Comparar el PDF" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Cache-Control"] == "no-store"


def test_the_very_file_is_recognised(app, stranger, oficio, usuario_investigador):
    row = make_expediente(app, oficio, usuario_investigador)

    page = upload(stranger, pdf_of(app, row), "otro nombre.pdf")

    assert page.status_code == 200
    assert "El PDF no fue alterado" in page.text
    assert row.codigo in page.text


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_one_changed_byte_is_noticed(app, stranger, oficio, usuario_investigador, place):
    row = make_expediente(app, oficio, usuario_investigador)
    data = bytearray(pdf_of(app, row))
    data[int(len(data) * place)] ^= 1

    page = upload(stranger, bytes(data))

    assert page.status_code == 200
    assert "no fue alterado" not in page.text
    assert "El PDF no es el que se emitió" in page.text or "No es un expediente" in page.text


def test_an_expediente_with_something_added_is_told_from_a_stranger(
    app, stranger, oficio, usuario_investigador
):
    row = make_expediente(app, oficio, usuario_investigador)

    altered = upload(stranger, pdf_of(app, row) + b"\n% added\n").text
    foreign = upload(stranger, b"%PDF-1.7\nnothing of ours\n%%EOF").text

    assert "El PDF no es el que se emitió" in altered
    assert row.codigo in altered
    assert "No es un expediente de esta oficina" in foreign


def test_a_code_says_when_it_was_issued_and_that_the_copy_of_the_office_is_intact(
    app, stranger, oficio, usuario_investigador
):
    row = make_expediente(app, oficio, usuario_investigador)
    typed = row.codigo.lower().replace("-", " ")

    for url in (f"/verificar/{row.codigo}", f"/verificar?codigo={typed}"):
        page = stranger.get(url)
        assert page.status_code == 200
        assert "la copia de la oficina está intacta" in page.text
        assert row.sha256 in page.text


@pytest.mark.parametrize("what", ["gone", "changed"])
def test_a_copy_of_the_office_that_is_not_intact_is_admitted(
    app, stranger, oficio, usuario_investigador, what
):
    row = make_stub(app, oficio, usuario_investigador)
    storage = LocalStorage(app.extensions["rastro_config"].storage_dir)
    if what == "gone":
        storage.delete(row.pdf_key)
    else:
        storage.put(row.pdf_key, b"%PDF-1.7 forged")

    page = stranger.get(f"/verificar/{row.codigo}")

    assert "La oficina no encuentra su copia intacta" in page.text


def test_a_storage_that_does_not_answer_is_said_and_nothing_is_claimed(
    app, stranger, oficio, usuario_investigador, monkeypatch
):
    row = make_stub(app, oficio, usuario_investigador)

    def silent(self, key):
        raise StorageDown

    monkeypatch.setattr(LocalStorage, "open", silent)
    page = stranger.get(f"/verificar/{row.codigo}")

    assert page.status_code == 200
    assert "no se puede leer la copia de la oficina" in page.text
    assert "está intacta" not in page.text


def test_nothing_of_the_case_is_shown(app, stranger, buffet, usuario_investigador):
    case = make_oficio(
        app,
        buffet,
        usuario_investigador,
        patente="GGZL12",
        propietario=PropietarioData(nombre="Rosa Soto", rut="11111111-1"),
        rol="C-3030-2026",
        tribunal="19º Juzgado Civil",
        caratulado="BANCO/SOTO",
    )
    row = make_expediente(app, case, usuario_investigador)

    pages = (
        stranger.get(f"/verificar/{row.codigo}").text
        + upload(stranger, pdf_of(app, row)).text
        + upload(stranger, pdf_of(app, row) + b" ").text
    )

    assert row.codigo in pages
    for secret in (
        "GGZL",
        "GG·ZL",
        "Rosa",
        "11.111",
        "C-3030",
        "Juzgado",
        "BANCO",
        case.numero_oficio,
        buffet.nombre,
        usuario_investigador.nombre,
        "tribunal",
    ):
        assert secret not in pages, secret


def test_a_later_expediente_of_the_same_kind_is_mentioned(
    app, stranger, oficio, usuario_investigador
):
    first = make_stub(app, oficio, usuario_investigador)
    make_stub(app, oficio, usuario_investigador, Variante.BUFFET)
    assert "se emitió otro expediente" not in stranger.get(f"/verificar/{first.codigo}").text

    second = make_stub(app, oficio, usuario_investigador)

    assert "se emitió otro expediente" in stranger.get(f"/verificar/{first.codigo}").text
    assert "se emitió otro expediente" not in stranger.get(f"/verificar/{second.codigo}").text


def test_looking_and_comparing_changes_nothing(app, stranger, oficio, usuario_investigador, rows):
    row = make_stub(app, oficio, usuario_investigador)
    before = len(rows(Auditoria))

    stranger.get(f"/verificar/{row.codigo}")
    stranger.head(f"/verificar/{row.codigo}")
    upload(stranger, pdf_of(app, row))

    assert len(rows(Auditoria)) == before
    assert rows(Expediente)[0].sha256 == row.sha256


def test_a_code_whose_pdf_is_not_ready_does_not_exist_yet(
    app, stranger, oficio, usuario_investigador, rows
):
    order(app, oficio, usuario_investigador)
    (row,) = rows(Expediente)

    assert "no ha emitido un expediente" in stranger.get(f"/verificar/{row.codigo}").text


@pytest.mark.parametrize(
    ("codigo", "sentence"),
    [
        ("0000-0000-0000", "Esta oficina no ha emitido un expediente con ese código."),
        ("hola", "Un código tiene 12 letras y números"),
        ("<script>alert(1)</script>", "Un código tiene 12 letras y números"),
        ("x" * 5000, "Un código tiene 12 letras y números"),
    ],
)
def test_a_code_that_is_none_gets_one_sentence(stranger, codigo, sentence):
    page = stranger.get("/verificar", query_string={"codigo": codigo})

    assert page.status_code == 422
    assert page.text.count(sentence) == 1
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "El archivo está vacío."),
        (b"hola, no soy un PDF", "El archivo no es un PDF."),
        (b"\xff\xd8\xff\xe0 a photo", "El archivo no es un PDF."),
        (b"%PDF-1.7" + b"x" * 30 * 1024 * 1024, "El archivo pesa más de 25 MB"),
    ],
)
def test_a_file_that_cannot_be_one_gets_one_sentence(stranger, data, sentence):
    page = upload(stranger, data)

    assert page.status_code == 422
    assert page.text.count(sentence) == 1


def test_without_a_file_the_page_says_what_to_choose(stranger):
    page = stranger.post("/verificar", data={})

    assert page.status_code == 422
    assert "Elija el PDF del expediente" in page.text


def test_a_mark_that_lies_across_two_pieces_of_a_large_file_is_found(
    app, stranger, oficio, usuario_investigador
):
    row = make_stub(app, oficio, usuario_investigador)
    mark = f"expediente-{row.codigo}".encode()
    data = b"%PDF-1.7\n"
    data += b"x" * (256 * 1024 - len(data) - 10) + mark + b"\n%%EOF"
    assert len(data) < MAX_VERIFIED_BYTES

    assert "El PDF no es el que se emitió" in upload(stranger, data).text


@pytest.mark.usefixtures("throttled")
def test_guessing_codes_and_uploading_is_slowed_down(stranger):
    # A window of a minute may end in between.
    looked = {stranger.get("/verificar/0000-0000-0000").status_code for _ in range(122)}
    sent = {upload(stranger, b"%PDF-1.7 x").status_code for _ in range(42)}

    assert looked == {422, 429}
    assert sent == {200, 429}
