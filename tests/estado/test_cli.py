from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import sys

import pytest
import time_machine

from app.ajustes.queries import text_setting
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.db import transaction
from app.factores.queries import must_have_one
from app.factores.rules import REQUIRED
from app.respaldo.service.restored_notes import audit_restored
from app.usuarios.models import Sesion, Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.sesiones import KEEP_DATA, FinSesion
from app.web.maintenance import maintenance_text
from app.web.process_log import JsonFormatter
from tests.factories import sign_in_client

PASSWORD = "una clave elegida"


@pytest.fixture
def run(app, configure, tmp_path):
    """Run a command and return its exit code and what it said."""
    configure(
        instance_dir=tmp_path, backup_dir=tmp_path / "respaldos", storage_dir=tmp_path / "archivos"
    )

    def command(*args: str, **options) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=args, **options)
        return result.exit_code, result.output

    return command


def invite(run, *options: str) -> str:
    code, said = run("init", "Ana@Oficina.example", "Ana Vega", *options)
    assert code == 0, said
    link = re.search(r"http://localhost(/invitacion/\S+)", said)
    assert link, said
    return link[1]


def choose(client, link: str, password: str = PASSWORD):
    return client.post(link, data={"password": password, "repeated": password})


def test_the_first_admin_chooses_a_password_by_a_link_that_opens_once(app, run, rows):
    client, link = app.test_client(), invite(run, "--segundo-factor", "no")
    assert "ana@oficina.example" in client.get(link).get_data(as_text=True)
    assert choose(client, link, "corta").status_code == 422

    assert choose(client, link).status_code == 303

    assert client.get("/admin/estado").status_code == 200
    assert [usuario.rol for usuario in rows(Usuario)] == [Rol.ADMIN]
    stranger = app.test_client()
    assert stranger.get(link).status_code == 404
    login = {"email": "ana@oficina.example", "password": PASSWORD}
    assert stranger.post("/entrar", data=login).status_code == 303


def test_a_new_installation_asks_everybody_for_a_second_factor(app, run):
    client, link = app.test_client(), invite(run)
    assert choose(client, link).status_code == 303

    for path in ("/admin/estado", "/tablero"):
        assert client.get(path).headers["Location"] == "/cuenta/segundo-factor"
    with app.app_context():
        assert text_setting(REQUIRED) == "todas"
        assert text_setting(KEEP_DATA) == "no", "phones keep no case until the office wants it"
        assert all(must_have_one(Usuario(rol=rol)) for rol in Rol)


def test_what_the_office_chose_is_kept_when_an_admin_is_made_again(app, run):
    with app.app_context(), transaction():
        set_setting(REQUIRED.clave, "no")
        set_setting(KEEP_DATA.clave, "si")
    invite(run)

    with app.app_context():
        assert text_setting(REQUIRED) == "no"
        assert text_setting(KEEP_DATA) == "si"


def test_until_the_admin_came_in_a_new_link_may_be_asked_for(run, rows):
    assert invite(run)
    assert invite(run)
    assert len(rows(Usuario)) == 1


def test_nobody_becomes_an_admin_beside_another(run, usuario_admin):
    code, said = run("init", "otro@oficina.example", "Otro")

    assert code == 1
    assert "Ya hay un administrador" in said


def test_an_invitation_ends_and_cannot_be_forged(app, run):
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        link = invite(run)
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        assert app.test_client().get(link).status_code == 404
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        assert app.test_client().get(link).status_code == 200
        assert app.test_client().get(link.replace("-", "0-", 1)).status_code == 404
        assert app.test_client().get("/invitacion/no-es-de-aqui").status_code == 404


def test_config_check_says_what_it_saw(run):
    code, said = run("config", "check")

    assert code == 0, said
    assert re.search(r"bien +Base de datos: Responde (SQLite|PostgreSQL) \d", said)
    assert "bien    Archivos: Se escribió" in said
    assert "bien    Cola: Responde" in said
    assert "no hay  Pórticos" in said


def test_config_check_sends_a_mail_to_who_asks(run, configure, smtp_server):
    configure(smtp_host="127.0.0.1", smtp_port=smtp_server.port, smtp_tls=False)

    code, said = run("config", "check", "--mail-to", "ana@oficina.example")

    assert code == 0, said
    assert "aceptó un correo para ana@oficina.example" in said
    (mail,) = smtp_server.messages
    assert mail["Subject"] == "Prueba de correo de Rastro"


def test_config_check_fails_with_what_does_not_answer(run, configure):
    configure(smtp_host="127.0.0.1", smtp_port=9, smtp_tls=False)

    code, said = run("config", "check", "--mail-to", "ana@oficina.example")

    assert code == 1
    assert "FALLA   Correo: No se pudo hablar" in said


def test_the_doctor_names_what_is_wrong_and_what_to_do(run):
    code, said = run("doctor")

    assert code == 1
    assert "bien    Base de datos" in said
    assert "FALLA   Consumidor: no está en marcha: inicie Rastro" in said
    assert "FALLA   Respaldo: Todavía no hay ninguno" in said


def test_maintenance_by_command(run, tmp_path):
    run("maintenance", "on", "--text", "Un momento.")
    assert maintenance_text(tmp_path) == "Un momento."
    run("maintenance", "off")
    assert maintenance_text(tmp_path) is None


def test_backups_by_command(run, tmp_path, usuario_admin):
    assert "No hay respaldos" in run("backup", "list")[1]
    code, said = run("backup", "create")
    assert code == 0, said
    assert "filas y 0 archivos" in said
    (path,) = (tmp_path / "respaldos").iterdir()
    assert path.name in run("backup", "list")[1]
    assert "está completo" in run("backup", "verify")[1]

    code, said = run("backup", "restore", "ultimo")
    assert code == 1
    assert "No se hizo nada" in said
    code, said = run("backup", "restore", "ultimo", "--overwrite", input="sí\n")
    assert code == 1
    assert "No se hizo nada" in said
    assert "No existe el respaldo" in run("backup", "verify", "otro")[1]


def test_a_backup_is_restored_right_after_a_reset(app, run, rows, usuario_admin):
    """What it had open is ended: nobody knows who has it by now."""
    client = sign_in_client(app, usuario_admin)
    assert client.get("/cuenta").status_code == 200
    assert run("backup", "create")[0] == 0
    assert run("reset-db", input="BORRAR\n")[0] == 0
    assert rows(Usuario) == []

    code, said = run("backup", "restore", "ultimo")

    assert code == 0, said
    (restored,) = rows(Usuario)
    assert restored.email == usuario_admin.email
    assert "Se cerraron las sesiones" in said
    assert client.get("/cuenta").status_code == 303
    assert [row.motivo for row in rows(Sesion)] == [FinSesion.ADMINISTRADOR]
    for _start in range(2):
        with app.app_context(), transaction():
            audit_restored(utcnow())
    (told,) = rows(Auditoria, accion="respaldo.restaurado")
    assert told.detalle["archivo"].startswith("rastro-")
    assert told.detalle["filas"] > 0
    # A version that tokens had after the backup is not reached again.
    assert restored.session_version >= usuario_admin.session_version + 1_000


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_backup_that_may_not_be_read_is_said(run, tmp_path):
    """As when root copied it and the service's user restores it."""
    locked = tmp_path / "de-root"
    locked.mkdir(mode=0o700)
    (locked / "rastro-20261124T030000Z.tar").write_bytes(b"x")
    tmp_path.chmod(0o777)
    os.seteuid(65534)
    try:
        code, said = run("backup", "verify", str(locked / "rastro-20261124T030000Z.tar"))
    finally:
        os.seteuid(0)

    assert code == 1
    assert "no puede leer" in said
    assert "cópielo a" in said


def test_a_restore_waits_for_nobody_that_runs(run, tmp_path):
    with (tmp_path / "rastro.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = run("backup", "restore", "ultimo")

    assert code == 1
    assert "Rastro está en marcha" in said


def test_a_line_for_collectors_is_json_with_the_exception():
    try:
        raise ValueError("un problema")
    except ValueError:
        record = logging.LogRecord(
            "app", logging.ERROR, "", 1, "%s «x»", ("falló",), sys.exc_info()
        )

    line = json.loads(JsonFormatter().format(record))

    assert line["message"] == "falló «x»"
    assert line["level"] == "error"
    assert "ValueError: un problema" in line["exception"]


def test_a_reset_asks_and_never_happens_in_production(run, configure, rows, usuario_admin):
    code, said = run("reset-db", input="sí\n")
    assert (code, "No se hizo nada" in said) == (1, True)
    configure(environment="production")
    code, said = run("reset-db", input="BORRAR\n")
    assert (code, "En producción no se borra" in said) == (1, True)
    assert len(rows(Usuario)) == 1

    configure(environment="test")
    code, said = run("reset-db", input="BORRAR\n")
    assert code == 0, said
    assert rows(Usuario) == []


def test_the_commands_of_the_schema_say_what_they_did(run):
    code, said = run("schema", "up")
    assert (code, "no había nada que hacer" in said) == (0, True), said

    code, said = run("schema", "down")
    assert code == 0, said
    newest, older = re.search(r"de (\w+) a (\w+)", said).groups()
    code, said = run("schema", "wait", "--seconds", "0")
    assert (code, f"no llegaron a la versión {newest}" in said) == (1, True), said
    assert f"están en {older}" in said

    code, said = run("schema", "up")
    assert code == 0, said
    assert f"de {older} a {newest}" in said
    code, said = run("schema", "wait")
    assert (code, f"están en la versión {newest}" in said) == (0, True), said
