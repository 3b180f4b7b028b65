"""A lost copy is drawn anew from the original, written down and sealed; nothing else is touched."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from app.adjuntos.jobs import VERIFY_JOB
from app.adjuntos.models import Adjunto
from app.adjuntos.service.redrawing import remake_copies
from app.core.clock import utcnow
from app.custodia.service import verify
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from tests.adjuntos.files import camera_exif, jpeg, make_adjunto, pdf


@pytest.fixture
def photo(app, archive, oficio, usuario_investigador):
    return make_adjunto(
        app, oficio, usuario_investigador, "auto.jpg", jpeg((90, 60), exif=camera_exif(6))
    )


def run_verify(app):
    with app.app_context():
        with transaction():
            enqueue(VERIFY_JOB, key=f"{VERIFY_JOB} {utcnow()}", now=utcnow())
        work("test")
        return db.session.scalar(
            sa.select(Trabajo).where(Trabajo.tipo == VERIFY_JOB).order_by(Trabajo.id.desc())
        )


def problems(app, oficio):
    with app.app_context():
        return verify(oficio.id).problemas


@pytest.mark.parametrize("lost", [["copia_key"], ["miniatura_key"], ["copia_key", "miniatura_key"]])
def test_the_daily_check_remakes_what_is_missing(lost, app, archive, oficio, photo, rows):
    archive.lose(*(getattr(photo, name) for name in lost))

    job = run_verify(app)

    assert job.estado is EstadoTrabajo.HECHO
    assert "a 1 les faltaba la copia y se rehizo" in job.resultado
    [row] = rows(Adjunto)
    assert archive.exists(row.copia_key)
    assert archive.exists(row.miniatura_key)
    assert hashlib.sha256(archive.read(row.copia_key)).hexdigest() == row.copia_sha256
    assert row.original_key == photo.original_key
    assert len(archive.keys()) == 3  # what was left of the old ones is gone
    with Image.open(BytesIO(archive.read(row.copia_key))) as image:
        assert image.size == (row.ancho, row.alto) == (60, 90)
        assert not image.getexif()
    [entry] = rows(Investigacion, oficio_id=oficio.id, tipo=Actividad.SISTEMA)[-1:]
    assert entry.descripcion.startswith("Rehace desde el original la copia de la foto «auto.jpg»")
    assert entry.detalle["copia_antes"] == photo.copia_sha256
    assert problems(app, oficio) == []
    assert run_verify(app).estado is EstadoTrabajo.HECHO


def test_a_changed_copy_is_a_finding_until_a_person_has_it_remade(
    app, archive, oficio, photo, rows
):
    archive.change(photo.copia_key, jpeg((10, 10)))

    job = run_verify(app)
    assert job.estado is EstadoTrabajo.FALLIDO
    assert "La copia cambió" in job.error
    assert rows(Adjunto)[0].problema == "La copia cambió."

    told = app.test_cli_runner().invoke(args=["adjuntos", "verify"])
    assert told.exit_code == 1
    mended = app.test_cli_runner().invoke(args=["adjuntos", "verify", "--repair"])
    assert mended.exit_code == 0
    assert "copia y miniatura rehechas" in mended.output
    assert "1 archivos leídos, 1 con problemas, 1 reparados." in mended.output
    assert rows(Adjunto)[0].problema is None
    assert problems(app, oficio) == []


def test_without_its_original_nothing_is_remade(app, archive, photo, rows):
    archive.lose(photo.original_key, photo.copia_key)

    mended = app.test_cli_runner().invoke(args=["adjuntos", "verify", "--repair"])

    assert mended.exit_code == 1
    assert "Falta el original" in mended.output
    assert rows(Adjunto)[0].copia_key == photo.copia_key


def test_from_a_changed_original_nothing_is_remade(app, archive, photo):
    archive.change(photo.original_key, jpeg((10, 10)))
    archive.lose(photo.copia_key)

    mended = app.test_cli_runner().invoke(args=["adjuntos", "verify", "--repair"])

    assert mended.exit_code == 1
    assert "El original cambió" in mended.output
    assert not archive.exists(photo.copia_key)


def test_a_document_has_no_copy_to_remake(app, archive, oficio, usuario_investigador):
    paper = make_adjunto(app, oficio, usuario_investigador, "orden.pdf", pdf())

    with app.app_context():
        assert "no tiene copia" in remake_copies(paper, archive.storage, now=utcnow())
