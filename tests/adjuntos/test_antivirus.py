"""What ClamAV finds is not kept, and while nobody can tell nothing is taken."""

from __future__ import annotations

import hashlib
import io

import pytest

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.antivirus import ScannerDown, check_file
from app.auditoria.models import Auditoria
from app.bandeja.models import Ingreso
from app.core.clock import utcnow
from app.estado.queries import list_partes
from app.extensions import current_config
from tests.adjuntos.files import jpeg
from tests.bandeja.rows import LIST, drop
from tests.plugins.clamd import EICAR


def upload(client, oficio, data: bytes):
    return client.post(
        f"/oficios/{oficio.id}/fotos",
        data={"archivos": [(io.BytesIO(data), "foto.jpg")]},
        content_type="multipart/form-data",
    )


def test_a_clean_file_is_asked_about_whole_and_kept(clamd, investigador, oficio, rows):
    photo = jpeg()
    upload(investigador, oficio, photo)
    drop(investigador, "/bandeja", ("lista.csv", LIST))

    assert clamd.seen == [photo, LIST]
    assert len(rows(Adjunto)) == len(rows(Ingreso)) == 1


def test_an_infected_file_is_refused_in_a_sentence_and_written_down(
    clamd, investigador, oficio, rows
):
    photo = jpeg()
    page = upload(investigador, oficio, photo + EICAR)
    assert "El antivirus encontró algo peligroso" in page.text
    page = drop(investigador, "/bandeja", ("lista.csv", LIST + EICAR))
    assert "El antivirus encontró algo peligroso" in page.text

    assert rows(Adjunto) == rows(Ingreso) == []
    found = rows(Auditoria, accion="archivo.infectado")
    files = (photo + EICAR, LIST + EICAR)
    assert [(row.detalle["firma"], row.detalle["sha256"]) for row in found] == [
        ("Eicar-Test-Signature", hashlib.sha256(data).hexdigest()) for data in files
    ]
    assert [row.detalle["tamano"] for row in found] == [len(data) for data in files]


@pytest.mark.parametrize("answer", [b"stream: Cannot allocate ERROR", b" "])
def test_while_nobody_can_tell_nothing_is_taken(clamd, investigador, oficio, rows, answer):
    clamd.answer = answer

    assert "El antivirus no responde" in upload(investigador, oficio, jpeg()).text
    assert rows(Adjunto) == []


def test_a_file_beyond_its_limit_is_told_as_that(clamd, app):
    clamd.answer = b"INSTREAM size limit exceeded. ERROR"
    with app.app_context(), pytest.raises(ScannerDown, match="StreamMaxLength"):
        check_file(io.BytesIO(b"x" * 1_000_000))


def test_an_antivirus_that_is_away_is_told_and_one_that_is_not_there_too(app, configure, clamd):
    def told():
        with app.app_context():
            parts = {part.nombre: part for part in list_partes(current_config(), utcnow())}
        return parts["Antivirus"]

    assert (told().tono, "revisa cada archivo" in told().texto) == ("ok", True)
    configure(clamd_url="unix:///no/hay/nadie.ctl")
    assert (told().tono, "no responde" in told().texto) == ("danger", True)
    with app.app_context(), pytest.raises(ScannerDown):
        check_file(io.BytesIO(b"x"))
    configure(clamd_url="")
    assert "no se revisa" in told().texto
