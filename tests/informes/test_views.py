"""The section of the case, the downloads and the ZIP."""

from __future__ import annotations

import subprocess
import zipfile
from io import BytesIO

import pytest
from PIL import Image

from app.adjuntos.outside.storage import LocalStorage, get_storage
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.models import Expediente
from app.informes.outside.zip_package import pack, stream_zip
from app.informes.queries import storages_of
from app.informes.rules import Variante
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.jobs.service import cancel_job
from tests.adjuntos.files import encode, jpeg, make_adjunto, pdf
from tests.informes.expedientes import find, make_expediente, make_stub, order, pdf_of, take
from tests.plugins.application import HTMX, assert_fragment


def section_id(oficio):
    return f"oficio-expediente-{oficio.id}"


def test_the_section_teaches_what_to_do_and_stands_on_the_case_page(investigador, oficio):
    page = investigador.get(f"/oficios/{oficio.id}/expediente")

    assert page.status_code == 200
    assert "Todavía no se ha emitido un expediente" in page.text
    assert 'class="case-head"' in page.text
    assert_fragment(
        investigador.get(f"/oficios/{oficio.id}/expediente", headers=HTMX), section_id(oficio)
    )


def test_a_browser_orders_an_expediente_and_finds_it_when_it_is_done(
    app, investigador, oficio, rows
):
    url = f"/oficios/{oficio.id}/expediente"

    answer = investigador.post(url, data={"variante": "tribunal"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(url)
    assert "En espera de su turno" in investigador.get(url).text

    with app.app_context():
        work("test")
    (row,) = rows(Expediente)
    page = investigador.get(url).text
    assert row.codigo in page
    assert row.sha256 in page
    assert "Carla Muñoz" in page


def test_htmx_gets_the_section_again_which_asks_until_the_work_is_done(app, investigador, oficio):
    url = f"/oficios/{oficio.id}/expediente"

    answer = investigador.post(url, data={"variante": "buffet"}, headers=HTMX)
    assert_fragment(answer, section_id(oficio))
    assert 'hx-trigger="every 2s"' in answer.text
    assert "hx-swap-oob" not in investigador.get(f"{url}?seguir=1", headers=HTMX).text

    with app.app_context():
        work("test")
    done = investigador.get(f"{url}?seguir=1", headers=HTMX).text
    assert "every 2s" not in done
    assert "Emitido" in done
    # The counts around the section follow.
    assert "hx-swap-oob" in done


@pytest.mark.parametrize("data", [{}, {"variante": "fiscal"}])
def test_an_order_for_nobody_is_refused_with_a_sentence(investigador, oficio, rows, data):
    answer = investigador.post(f"/oficios/{oficio.id}/expediente", data=data)

    assert answer.status_code == 422
    assert "Elija una de las opciones de la lista." in answer.text
    assert rows(Expediente) == []


def test_a_job_that_was_given_up_says_why_and_can_be_ordered_again(
    app, investigador, oficio, usuario_investigador, rows
):
    pk = order(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        trabajo = db.session.get_one(Trabajo, find(app, pk).trabajo_id)
        trabajo.estado, trabajo.error = EstadoTrabajo.FALLIDO, "El disco está lleno."

    page = investigador.get(f"/oficios/{oficio.id}/expediente").text
    assert "No se pudo emitir" in page
    assert "El disco está lleno." in page

    investigador.post(f"/oficios/{oficio.id}/expediente", data={"variante": "tribunal"})
    assert len(rows(Expediente)) == 2


def test_a_failure_that_is_tried_again_says_when(app, investigador, oficio, usuario_investigador):
    pk = order(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        trabajo = db.session.get_one(Trabajo, find(app, pk).trabajo_id)
        trabajo.estado, trabajo.error = EstadoTrabajo.PROGRAMADO, "El disco está lleno."
        trabajo.intentos = 1

    page = investigador.get(f"/oficios/{oficio.id}/expediente").text

    assert "El intento 1 de 4 falló: El disco está lleno." in page


def test_a_cancelled_job_leaves_an_expediente_that_is_not_waited_for(
    app, investigador, oficio, usuario_investigador
):
    pk = order(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        cancel_job(db.session.get_one(Trabajo, find(app, pk).trabajo_id), now=utcnow())

    page = investigador.get(f"/oficios/{oficio.id}/expediente").text

    assert "No se pudo emitir" in page
    assert "every 2s" not in page


def test_the_pdf_is_handed_out_and_that_is_written_down(
    app, investigador, oficio, usuario_investigador, rows
):
    row = make_expediente(app, oficio, usuario_investigador)

    answer = take(investigador, f"/expedientes/{row.id}/pdf")

    assert answer.status_code == 200
    assert answer.data == pdf_of(app, row)
    assert answer.mimetype == "application/pdf"
    assert f"expediente-{row.codigo}.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    (deed,) = rows(Auditoria, accion="expediente.descargado")
    assert (deed.usuario_id, deed.entidad_id, deed.detalle) == (
        usuario_investigador.id,
        row.id,
        {"formato": "pdf"},
    )


def test_looking_at_a_download_with_get_does_nothing(
    app, investigador, oficio, usuario_investigador
):
    row = make_stub(app, oficio, usuario_investigador)

    assert investigador.get(f"/expedientes/{row.id}/pdf").status_code == 405


def test_what_is_not_issued_yet_is_not_downloaded(app, investigador, oficio, usuario_investigador):
    pk = order(app, oficio, usuario_investigador)

    assert investigador.post(f"/expedientes/{pk}/pdf").status_code == 404
    assert investigador.post(f"/expedientes/{pk}/zip").status_code == 404
    assert investigador.post("/expedientes/999999/pdf").status_code == 404
    issued = make_stub(app, oficio, usuario_investigador)
    with investigador.post(f"/expedientes/{issued.id}/pdf") as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("variante", list(Variante))
def test_strangers_and_clients_get_no_copy_of_the_office(
    app, cliente, cliente_ajeno, stranger, oficio, usuario_investigador, variante, rows
):
    row = make_stub(app, oficio, usuario_investigador, variante)

    for client in (cliente, cliente_ajeno):
        assert client.post(f"/expedientes/{row.id}/pdf").status_code == 404
        assert client.post(f"/expedientes/{row.id}/zip").status_code == 404
        assert client.get(f"/oficios/{oficio.id}/expediente").status_code == 404
    assert stranger.post(f"/expedientes/{row.id}/pdf").status_code == 303
    assert rows(Auditoria, accion="expediente.descargado") == []


def make_case_with_files(app, oficio, actor):
    photo, paper = jpeg((900, 600)), pdf()
    make_adjunto(app, oficio, actor, "../../año nuevo\r\n.jpg", photo)
    make_adjunto(app, oficio, actor, "orden.pdf", paper)
    make_adjunto(app, oficio, actor, "auto.jpg", jpeg())
    return photo, paper


def test_sha256sum_accepts_the_zip_and_notices_a_changed_file(
    app, investigador, oficio, usuario_investigador, tmp_path
):
    photo, paper = make_case_with_files(app, oficio, usuario_investigador)
    row = make_expediente(app, oficio, usuario_investigador)

    answer = take(investigador, f"/expedientes/{row.id}/zip")
    assert answer.mimetype == "application/zip"
    assert f"expediente-{row.codigo}.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)

    originals = sorted(path.name for path in (tmp_path / "originales").iterdir())
    assert originals == ["001-ano nuevo.jpg", "002-auto.jpg", "003-orden.pdf"]
    assert (tmp_path / "originales" / originals[0]).read_bytes() == photo
    assert (tmp_path / "originales" / originals[2]).read_bytes() == paper
    check = ["sha256sum", "-c", "--strict", "SHA256SUMS"]
    good = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert good.stdout.count(": OK") == 4

    (tmp_path / "originales" / originals[2]).write_bytes(b"otra cosa")
    bad = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert bad.stdout.count(": FAILED") == 1


def test_a_zip_without_all_of_its_originals_is_refused_in_words(
    app, investigador, oficio, usuario_investigador, rows
):
    adjunto = make_adjunto(app, oficio, usuario_investigador)
    row = make_expediente(app, oficio, usuario_investigador)
    LocalStorage(app.extensions["rastro_config"].storage_dir).delete(adjunto.original_key)

    answer = take(investigador, f"/expedientes/{row.id}/zip")

    assert answer.status_code == 409
    assert "faltan 1 archivos" in answer.text
    assert rows(Auditoria, accion="expediente.descargado") == []
    assert take(investigador, f"/expedientes/{row.id}/pdf").status_code == 200


def test_a_zip_is_handed_on_in_small_pieces(app, oficio, usuario_investigador):
    make_adjunto(app, oficio, usuario_investigador, "grande.jpg", large_photo())
    row = make_expediente(app, oficio, usuario_investigador)
    with app.app_context():
        paquete = pack(row, storages_of(row), get_storage, {})
        sizes = [len(piece) for piece in stream_zip(paquete)]

    assert sum(sizes) > 5_000_000
    assert max(sizes) < 600_000


def test_files_in_a_bucket_and_on_the_disk_are_found_where_they_are(
    app, both, configure, investigador, stranger, oficio, usuario_investigador, tmp_path
):
    make_adjunto(app, oficio, usuario_investigador, "en-disco.jpg")
    configure(storage_type="s3")
    make_adjunto(app, oficio, usuario_investigador, "en-balde.jpg")

    row = make_expediente(app, oficio, usuario_investigador)

    assert row.almacen == "s3"
    assert both["s3"].exists(row.pdf_key)
    assert not both["local"].exists(row.pdf_key)
    assert take(investigador, f"/expedientes/{row.id}/pdf").data == pdf_of(app, row)
    with zipfile.ZipFile(BytesIO(take(investigador, f"/expedientes/{row.id}/zip").data)) as packed:
        packed.extractall(tmp_path / "zip")
    check = ["sha256sum", "-c", "--strict", "SHA256SUMS"]
    done = subprocess.run(check, cwd=tmp_path / "zip", capture_output=True, text=True, check=False)
    assert done.stdout.count(": OK") == 3
    assert "está intacta" in stranger.get(f"/verificar/{row.codigo}").text


def large_photo():
    """More than five megabytes of noise."""
    return encode(Image.effect_noise((2600, 2600), 90).convert("RGB"), quality=97)
