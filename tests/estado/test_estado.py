from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.core.clock import to_local, utcnow
from app.db import db, transaction
from app.estado.queries import list_partes
from app.jobs.models import Trabajo
from app.jobs.runner import work
from app.respaldo.queries import LAST_BACKUP, last_backup
from app.titulares.models import Solicitud
from app.web.maintenance import set_maintenance
from config import load_config
from tests.titulares.rows import make_request

CONFIG = "rastro_config"


@pytest.fixture
def folders(configure, tmp_path):
    """Folders of this test's own."""
    return configure(
        instance_dir=tmp_path, backup_dir=tmp_path / "respaldos", storage_dir=tmp_path / "archivos"
    )


@pytest.fixture
def maintained(app, folders):
    set_maintenance(folders.instance_dir, "Volvemos a las 15:00.")
    yield
    set_maintenance(folders.instance_dir, None)


def page(client) -> str:
    response = client.get("/admin/estado")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_admin_reads_how_each_part_is(admin, folders):
    text = page(admin)

    for part in ("Versión", "Base de datos", "Disco de los datos", "Respaldo", "Correo"):
        assert part in text
    assert "Todavía no hay ninguno" in text


def test_it_is_told_where_secrets_come_from_and_never_what_they_are(admin, configure, folders):
    sources = (("SECRET_KEY", "credencial"), ("SMTP_PASSWORD", "variable"))
    configure(secret_sources=sources, smtp_password="no-se-muestra", environment="production")

    text = page(admin)

    assert "de una credencial: SECRET_KEY; de una variable: SMTP_PASSWORD." in text
    assert "explica cómo guardarlos cifrados" in text
    assert "no-se-muestra" not in text


def test_a_backup_by_hand_is_made_by_the_consumer_and_shown(app, admin, folders):
    assert admin.post("/admin/estado/respaldar").status_code == 303
    with app.app_context():
        work("prueba")

    with app.app_context():
        last = last_backup()
    assert last is not None
    assert (folders.backup_dir / last.name).stat().st_size == last.size
    text = page(admin)
    assert last.name in text
    assert "sólo en esta máquina" in text


def test_a_backup_that_fails_is_told_in_words(app, admin, folders, rows):
    folders.backup_dir.write_text("no es una carpeta")
    admin.post("/admin/estado/respaldar")
    with app.app_context():
        work("prueba")

    (job,) = rows(Trabajo, tipo="respaldo.crear")
    assert "No se pudo escribir el respaldo" in job.error


def test_yesterdays_missing_backup_is_a_problem(app, folders):
    values = '{{"name": "x", "at": "{}", "size": 1, "rows": 1, "files": 0, "wrong": 0,'
    values += ' "bucket": "b", "encrypted": true}}'

    def tone(hours: int) -> str:
        at = utcnow() - timedelta(hours=hours)
        with app.app_context():
            with transaction():
                set_setting(LAST_BACKUP, values.format(at.isoformat()))
            parts = {part.nombre: part.tono for part in list_partes(folders, utcnow())}
        return parts["Respaldo"]

    assert (tone(12), tone(40)) == ("ok", "danger")


def test_the_storage_is_tried_for_real(admin, folders):
    admin.post("/admin/estado/probar/archivos")
    assert "Se escribió, leyó y borró" in page(admin)
    assert [path for path in folders.storage_dir.rglob("*") if path.is_file()] == []

    folders.storage_dir.joinpath("pruebas").rmdir()
    folders.storage_dir.joinpath("pruebas").write_text("ocupado")
    admin.post("/admin/estado/probar/archivos")
    assert "No se pudo escribir ni leer" in page(admin)


@pytest.mark.parametrize("part", ["correo", "porticos", "bucket", "certificado", "auditoria"])
def test_what_is_not_configured_is_said(admin, folders, configure, part):
    configure(smtp_host="", provider_api_url="", s3_bucket_name="", base_url="http://localhost")
    admin.post(f"/admin/estado/probar/{part}")

    assert re.search(r"No hay|No está configurado|no usa HTTPS", page(admin))


def test_an_unknown_part_is_not_found(admin, folders):
    assert admin.post("/admin/estado/probar/cafe").status_code == 404
    assert admin.post("/admin/estado/probar/archivos").status_code == 303


def test_a_certificate_that_cannot_be_read_is_said(admin, folders, configure):
    configure(base_url="https://127.0.0.1:9")
    admin.post("/admin/estado/probar/certificado")

    assert "No se pudo revisar" in page(admin)


def test_in_maintenance_only_admins_come_in(maintained, admin, investigador, stranger):
    held = investigador.get("/tablero")
    assert held.status_code == 503
    assert held.headers["Retry-After"] == "120"
    assert "Volvemos a las 15:00." in held.get_data(as_text=True)
    assert stranger.get("/").status_code == 503
    assert stranger.post("/api/v1/auth/login", json={}).get_json()["detail"]

    assert stranger.get("/entrar").status_code == 200
    with stranger.get("/static/css/app.css") as styles:
        assert styles.status_code == 200
    assert stranger.get("/health").get_json()["parts"]["database"] == "up"
    assert "Terminar la mantención" in page(admin)


def test_maintenance_is_started_and_ended_on_the_page(admin, investigador, folders, rows):
    admin.post("/admin/estado/mantencion", data={"activa": "1", "texto": "Hoy  <b>no</b>"})
    assert "Hoy &lt;b&gt;no&lt;/b&gt;" in investigador.get("/tablero").get_data(as_text=True)

    admin.post("/admin/estado/mantencion", data={"activa": "0"})
    assert investigador.get("/tablero").status_code == 200
    assert len(rows(Auditoria, accion="mantencion.iniciada")) == 1


def test_a_configuration_of_the_environment_names_its_backups(tmp_path):
    config = load_config({"INSTANCE_DIR": str(tmp_path), "BACKUP_KEEP_DAYS": "3"})

    assert config.backup_dir == tmp_path / "respaldos"
    assert config.backup_keep_days == 3


def test_open_requests_are_shown_with_their_days_and_late_ones_in_red(admin, app, folders):
    assert "No hay solicitudes por responder." in admin.get("/admin/estado").text
    soon, late = make_request(app), make_request(app, pide_bloqueo=True)
    today = to_local(utcnow()).date()
    with app.app_context(), transaction():
        db.session.get_one(Solicitud, soon).vence = today + timedelta(days=3)
        row = db.session.get_one(Solicitud, late)
        row.vence, row.bloqueo_vence = today - timedelta(days=1), today

    text = admin.get("/admin/estado").text

    section = text.partition('id="solicitudes-titulo"')[2].partition("</section>")[0]
    assert re.findall(r'tag-(\w+)">([^<]+)<', section) == [
        ("danger", "Venció hace 1 día"),
        ("warn", "Vence hoy"),
        ("warn", "Quedan 3 días"),
    ]
    assert f"/admin/personas/solicitudes/{late}" in section
