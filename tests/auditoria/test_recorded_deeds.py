"""Each deed that concerns security leaves its row: who, what, when, on what.

One walk over one database. Sign-ins, wrong passwords, refusals, dead links, infected files and the
readings of admins have tests of their own; ``docs/seguridad.md`` names them all.
"""

from __future__ import annotations

from typing import Any

from app.ajustes.rules.settings_registry import list_settings
from app.auditoria.models import Auditoria, Divulgacion
from app.auditoria.rules import CanalDivulgacion
from tests.architecture.world import url_arguments
from tests.factores.rows import make_key
from tests.usuarios.test_admin import NEW

PERSON = {"nombre": "Zoe", "email": "zoe@oficina.example", "rol": "investigador"}
KEY = {"nombre": "Programa", "usuario_id": "{admin}", "alcances": "lectura", "dias": "90"}
HOOK = {
    "nombre": "Sistema",
    "url": "https://sistema.example/avisos",
    "tipos": "oficio.estado",
    "buffet_id": "",
}
SEARCH = {"rut": "12.345.678-5", "motivo": "Pide saber qué se guarda"}

#: The word of the audit, and what an admin does: endpoint and form, in the order of a day.
DEEDS: tuple[tuple[str, str, Any], ...] = (
    ("usuario.creado", "usuarios.create", NEW),
    ("usuario.modificado", "usuarios.edit", PERSON),
    ("usuario.enlace_visto", "usuarios.invite", {}),
    ("usuario.sesiones_cerradas", "sesiones.close_of_person", {}),
    ("factor.reiniciado", "factores.reset", {"comprobacion": "en_persona"}),
    ("usuario.desactivado", "usuarios.toggle", {"activo": "0"}),
    ("usuario.activado", "usuarios.toggle", {"activo": "1"}),
    ("clave_api.creada", "claves.create", KEY),
    ("clave_api.renovada", "claves.renew", {}),
    ("clave_api.revocada", "claves.revoke", {}),
    ("webhook.creado", "webhooks.create", HOOK),
    ("webhook.desactivado", "webhooks.toggle", {"activo": "0"}),
    ("enlace.rotado", "buffets.rotate", {}),
    ("enlace.revocado", "buffets.revoke", {}),
    ("buffet.baja_rotada", "buffets.rotate_leave", {}),
    ("persona.datos_mostrados", "oficios.show_persona", {}),
    ("adjunto.original_descargado", "adjuntos.original", {}),
    ("titular.buscado", "titulares.search", SEARCH),
    ("ajuste.cambiado", "ajustes.save", "all of them"),
    ("ajustes.tablero", "tablero.save_limits", {"investigacion": "7"}),
    ("respaldo.pedido", "estado.back_up", {}),
    ("mantencion.iniciada", "estado.maintenance", {"activa": "1"}),
    ("mantencion.terminada", "estado.maintenance", {"activa": "0"}),
    ("buffet.desactivado", "buffets.toggle", {"activo": "0"}),
)
#: What is taken out as a file.
EXPORTS = ("tablero.export", "tablero.export_whole", "trabajos.export", "cumplimiento.export")


def all_settings(app):
    """What the page of settings sends when the name of the office is changed."""
    with app.app_context():
        values = {setting.field: str(setting.defecto) for setting in list_settings()}
    return {**values, "oficina_nombre": "Oficina Sur"}


def test_each_deed_of_an_admin_is_in_the_audit(
    app, admin, buffet, usuario_admin, usuario_investigador, rows
):
    arguments = url_arguments(app, buffet, usuario_admin)
    arguments["usuario_id"] = usuario_investigador.id
    make_key(app, usuario_investigador)
    adapter = app.url_map.bind("localhost")
    missing = []
    for word, endpoint, form in DEEDS:
        rule = next(rule for rule in app.url_map.iter_rules(endpoint) if "POST" in rule.methods)
        values = {name: arguments[name] for name in rule.arguments}
        before = {row.id for row in rows(Auditoria, accion=word)}
        typed = all_settings(app) if form == "all of them" else form
        data = {
            name: value.replace("{admin}", str(usuario_admin.id)) for name, value in typed.items()
        }
        answer = admin.post(adapter.build(endpoint, values, method="POST"), data=data)
        new = [row for row in rows(Auditoria, accion=word) if row.id not in before]
        if not new or new[0].usuario_id != usuario_admin.id:
            missing.append((word, endpoint, answer.status_code))
        answer.close()
    assert missing == []


def test_each_file_that_is_taken_out_is_among_the_disclosures(
    app, admin, buffet, usuario_admin, rows
):
    arguments = url_arguments(app, buffet, usuario_admin)
    adapter = app.url_map.bind("localhost")
    for number, endpoint in enumerate(EXPORTS, 1):
        (rule,) = app.url_map.iter_rules(endpoint)
        values = {name: arguments[name] for name in rule.arguments}
        method = "POST" if "POST" in rule.methods else "GET"
        answer = admin.open(adapter.build(endpoint, values, method=method), method=method)
        assert answer.status_code == 200, endpoint
        assert answer.data
        found = rows(Divulgacion, canal=CanalDivulgacion.EXPORTACION)
        assert len(found) == number, endpoint
        assert found[-1].usuario_id == usuario_admin.id
