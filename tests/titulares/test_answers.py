"""The answer to a person: drawn once, sent with its files, unchanged by settings of later."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria, Divulgacion
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import record_disclosure
from app.avisos.models import Aviso
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.outside import typesetting
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.oficios.rules import Estado
from app.oficios.service import PropietarioData
from app.titulares.models import Solicitud
from app.titulares.outside.answer_pdf import AnswerContent, print_answer
from app.titulares.rules.solicitudes import ANSWER_JOB, LAW, EstadoSolicitud
from app.titulares.service.data_requests import check_identity, decide
from app.usuarios.models import Usuario
from tests.factories import make_oficio
from tests.titulares.rows import make_answered_request, make_request


@pytest.fixture
def mail_server(configure, smtp_server):
    configure(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_tls=False)
    return smtp_server


def decide_on(app, usuario, **values) -> int:
    """The id of a request that was just decided; nothing is drawn yet."""
    solicitud_id = make_request(app, **values)
    with app.app_context(), transaction():
        row = db.session.get_one(Solicitud, solicitud_id)
        actor = db.session.get_one(Usuario, usuario.id)
        check_identity(row, "Cédula a la vista.", actor=actor, now=utcnow())
        decide(row, EstadoSolicitud.ACOGIDA, "Le corresponde.", actor=actor, now=utcnow())
    return solicitud_id


def test_an_answer_is_drawn_once_and_sent_with_its_files(
    app, admin, mail_server, rows, buffet, usuario_admin
):
    persona = PropietarioData(nombre="José Núñez Peña", rut="5126663-3")
    caso = make_oficio(app, buffet, usuario_admin, propietario=persona)
    with app.app_context(), transaction():
        for que in ("uno", "dos"):
            record_disclosure(
                CanalDivulgacion.RECEPTOR, que, "receptor@x.example", now=utcnow(), casos=[caso.id]
            )
    url = f"/admin/personas/solicitudes/{decide_on(app, usuario_admin)}"
    assert admin.get(f"{url}/respuesta.pdf").status_code == 404
    before = admin.get(url).text
    with app.app_context(), transaction():
        set_setting(LAW.clave, "Otra ley")

    with app.app_context():
        work("test")

    (row,) = rows(Solicitud)
    pdf = admin.get(f"{url}/respuesta.pdf").data
    assert hashlib.sha256(pdf).hexdigest() == row.pdf_sha256
    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    words = " ".join(printed.split())
    assert all(part in words for part in (row.numero, "José Núñez Peña", "5126663-3", "BBCL12"))
    assert "A quién El receptor judicial" in words
    assert "receptor@x.example" not in words, "who it was is somebody else's"
    assert "El oficio judicial que entregó el buffet" in words
    assert Estado.PENDIENTE.label in words
    assert "+00:00" not in words
    assert LAW.defecto in words
    assert LAW.defecto in before
    assert "Otra ley" not in admin.get(url).text
    (mail,) = [one for one in mail_server.messages if row.numero in one["Subject"]]
    files = {part.get_filename(): part for part in mail.iter_attachments()}
    assert files.keys() == {f"{row.numero}.pdf", f"{row.numero}.json"}
    assert files[f"{row.numero}.pdf"].get_content() == pdf
    assert json.loads(files[f"{row.numero}.json"].get_content())["solicitud"] == row.numero
    assert mail.get_body(("html",)) is not None
    (left,) = rows(Divulgacion, canal=CanalDivulgacion.RESPUESTA)
    assert (left.que, left.destinatario, left.cantidad) == (
        f"Respuesta a la solicitud {row.numero}",
        "jnunez@correo.example",
        3,
    )
    assert rows(Divulgacion, canal=CanalDivulgacion.NOTIFICACION) == []
    (noted,) = rows(Auditoria, accion="solicitud.respuesta_guardada")
    assert noted.detalle["pdf_sha256"] == row.pdf_sha256


def test_any_name_can_be_printed():
    words = ["#set «José» $x$ 北京 \U0001f600:", "a\nb"]
    content = AnswerContent("S-2026-0001", words, utcnow(), "Oficina")
    assert print_answer(content, now=utcnow()).startswith(b"%PDF")


def test_an_answer_that_cannot_be_drawn_is_told_and_nothing_is_sent(
    app, rows, usuario_admin, monkeypatch, tmp_path
):
    broken = tmp_path / "typst_process.py"
    broken.write_text("import sys; sys.exit('se rompió')")
    monkeypatch.setattr(typesetting, "_PRESS", broken)
    decide_on(app, usuario_admin)
    with app.app_context(), transaction():
        db.session.execute(sa.update(Trabajo).values(max_intentos=1))

    with app.app_context():
        work("test")

    (row,), (job,) = rows(Solicitud), rows(Trabajo, tipo=ANSWER_JOB)
    assert (row.pdf_sha256, job.estado) == (None, EstadoTrabajo.FALLIDO)
    told = [each.texto for each in rows(Aviso, usuario_id=usuario_admin.id)]
    assert f"No se pudo componer la respuesta {row.numero}: repita su tarea en Trabajos." in told


def test_an_answer_on_paper_is_noted_once(app, admin, rows, usuario_admin):
    solicitud_id = make_answered_request(app, usuario_admin)
    url = f"/admin/personas/solicitudes/{solicitud_id}/entrega"

    assert admin.post(url, data={"como": ""}).status_code == 422
    assert admin.post(url, data={"como": "Carta certificada a su domicilio"}).status_code == 303

    (left,) = rows(Divulgacion, canal=CanalDivulgacion.RESPUESTA)
    assert (left.destinatario, left.usuario_id) == (
        "Carta certificada a su domicilio",
        usuario_admin.id,
    )
    again = admin.post(url, data={"como": "otra vez"}, follow_redirects=True)
    assert "Ya consta cuándo se entregó" in again.text
    assert len(rows(Divulgacion, canal=CanalDivulgacion.RESPUESTA)) == 1
