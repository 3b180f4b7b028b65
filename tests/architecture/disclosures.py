"""By which way each route tells somebody outside of a case, or why it does not.

Three tables, held against the whole URL map by ``test_disclosures.py``. What only the office sees
needs no row as long as it hands out no file: that it was read is recorded for every case.
"""

from __future__ import annotations

from app.auditoria.rules import CanalDivulgacion

#: Routes that give data of cases or persons away, each with what it is recorded as.
DISCLOSES: dict[str, CanalDivulgacion] = {
    "portal.home": CanalDivulgacion.PORTAL,
    "portal.detail": CanalDivulgacion.PORTAL,
    "portal.photo": CanalDivulgacion.PORTAL,
    "portal.export": CanalDivulgacion.PORTAL,
    "portal.messages": CanalDivulgacion.PORTAL,
    "mensuales.portal_file": CanalDivulgacion.PORTAL,
    "api.tablero.public": CanalDivulgacion.PORTAL,
    "informes.portal_download": CanalDivulgacion.EXPEDIENTE,
    "informes.download": CanalDivulgacion.EXPEDIENTE,
    "informes.package": CanalDivulgacion.EXPEDIENTE,
    "receptor.page": CanalDivulgacion.RECEPTOR,
    "receptor.answer": CanalDivulgacion.RECEPTOR,
    "receptor.photo": CanalDivulgacion.RECEPTOR,
    "tablero.export": CanalDivulgacion.EXPORTACION,
    "indicadores.export": CanalDivulgacion.EXPORTACION,
    "mensuales.download": CanalDivulgacion.EXPORTACION,
    "tablero.export_whole": CanalDivulgacion.EXPORTACION,
    "consultas.export": CanalDivulgacion.EXPORTACION,
    "auditoria.export": CanalDivulgacion.EXPORTACION,
    "cumplimiento.export": CanalDivulgacion.EXPORTACION,
    "trabajos.export": CanalDivulgacion.EXPORTACION,
    "importar.report": CanalDivulgacion.EXPORTACION,
    "listados.report": CanalDivulgacion.EXPORTACION,
    "encargados.hand_back": CanalDivulgacion.EXPORTACION,
    "adjuntos.copy": CanalDivulgacion.LECTURA,
    "titulares.answer_file": CanalDivulgacion.LECTURA,
    "titulares.data_file": CanalDivulgacion.LECTURA,
}

#: Files that the audit records instead, with the words of the deed.
AUDITED: dict[str, str] = {
    "adjuntos.original": "adjunto.original_descargado",
    "bandeja.original": "ingreso.original_descargado",
    "listados.original": "avistamientos.listado_descargado",
}

#: Everything else that is not of the office alone, with the reason. ``x.*``: all of a blueprint.
TELLS_NOTHING: dict[str, str] = {
    "static": "Archivos del programa.",
    "home": "Lleva a otra página.",
    "auth.*": "Entrar y salir.",
    "health.health": "Solo dice si responde.",
    "health.web": "Solo dice si responde.",
    "metrics.*": "Números, sin nombres.",
    "usuarios.profile": "Los datos de la propia cuenta.",
    "sesiones.*": "Las sesiones de la propia cuenta.",
    "telefonos.*": "La llave con que un teléfono propio sigue en la sesión de su cuenta.",
    "agenda.feed": "El calendario de uno mismo: números de casos y fechas, sin nombres.",
    "enlaces_propios.*": "La invitación o la clave de uno mismo.",
    "factores.*": "El segundo paso de la propia cuenta.",
    "pasos.*": "El segundo paso de la propia cuenta.",
    "ajustes.logo": "El logo de la oficina.",
    "ajustes.color": "El color de la oficina.",
    "ajustes.security_txt": "A quién avisar de una falla.",
    "politica.*": "La política es pública.",
    "ubicacion_personal.*": "Es lo que la oficina informa a su propia gente.",
    "titulares.ask": "Recibe una solicitud y no dice nada de nadie.",
    "portal.open_link": "Nombra al buffet del enlace, y nada de sus casos.",
    "portal.ask_link": "Responde lo mismo a todos.",
    "portal.leave": "Olvida el enlace en el equipo.",
    "portal.mails": "Cómo quiere el buffet sus correos.",
    "portal.choose_mails": "Cómo quiere el buffet sus correos.",
    "portal.rotate_leave": "Cómo quiere el buffet sus correos.",
    "mensuales.portal_index": "Meses y huellas de sus informes; de los casos, nada.",
    "portal.sent": "Lo que el propio buffet envió y cómo va.",
    "portal.send": "Recibe lo que el buffet envía.",
    "portal.send_order": "Recibe lo que el buffet envía.",
    "portal.write": "Recibe lo que el buffet escribe.",
    "informes.portal_status": "Si el expediente está listo.",
    "informes.portal_order": "Si el expediente está listo.",
    "informes.verify": "Compara huellas; del caso no dice nada.",
    "informes.verify_by_code": "Compara huellas; del caso no dice nada.",
    "informes.verify_upload": "Compara huellas; del caso no dice nada.",
    "anclaje.*": "Huellas y fechas.",
    "receptor.leave": "Deja de enviar correos al buffet.",
    "terreno.shell": "La página vacía que un teléfono guarda.",
    "terreno.service_worker": "Código del programa.",
    "avisos.service_worker": "Código del programa.",
    "terreno.share": "Dice que falta abrir Terreno.",
    "terreno.manifest": "Nombre e iconos del programa.",
    "demo.*": "Solo existe en la demostración, con datos inventados.",
    "docs.*": "La descripción de la API.",
    "api.auth.login": "Da un token a quien tiene la contraseña.",
    "adjuntos.thumbnail": "La imagen pequeña de una página del caso, que ya quedó anotada.",
    "mapa.streets": "Las calles de un mapa.",
    "porticos.export": "El catálogo de pórticos es público.",
    "encargados.certificate": "Cuenta filas y archivos, y no nombra a nadie.",
    "retencion.certificate": "Cuenta casos, filas y archivos, y no nombra a nadie.",
    "importar.template": "Trae títulos y ejemplos inventados.",
    "supresion.proof": "Números de filas y huellas.",
}
