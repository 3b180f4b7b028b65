"""What invented persons ask about their data: one request of each kind."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.demo.service.invented_people import demo_rut
from app.oficios.models import Oficio
from app.titulares.rules.solicitudes import CanalSolicitud, EstadoSolicitud, TipoSolicitud
from app.titulares.service.data_requests import (
    SolicitudData,
    check_identity,
    decide,
    receive_request,
)
from app.usuarios.models import Usuario

#: What is asked for, how it came, how many hours ago, by whom and in which words; the oldest first.
_REQUESTS = (
    (
        TipoSolicitud.SUPRESION,
        CanalSolicitud.CORREO,
        26 * 24,
        "Lucía Barrientos Vidal",
        15_204_861,
        "El crédito se pagó y el caso se cerró: pido que borren mis datos.",
    ),
    (
        TipoSolicitud.RECTIFICACION,
        CanalSolicitud.CARTA,
        20 * 24,
        "Matías Olivares Rojas",
        13_877_402,
        "La dirección que tienen es la de mis padres; ya no vivo ahí.",
    ),
    (
        TipoSolicitud.OPOSICION,
        CanalSolicitud.PAGINA,
        9 * 24,
        "Daniela Quiroz Leiva",
        16_530_917,
        "Me opongo a que se anote cuándo pasa por los pórticos el auto que uso.",
    ),
    (
        TipoSolicitud.PORTABILIDAD,
        CanalSolicitud.PAGINA,
        3 * 24,
        "Sergio Palma Rivas",
        11_962_338,
        "Quiero mis datos en un archivo.",
    ),
    (
        TipoSolicitud.BLOQUEO,
        CanalSolicitud.PAGINA,
        2,
        "Paula Urrutia Mena",
        17_415_026,
        "Pido que no trabajen con mis datos mientras el tribunal resuelve.",
    ),
)
_CHECKED = "Cédula a la vista en la oficina; se devolvió en el acto."


def make_requests(oficio: Oficio, admin: Usuario, now: datetime) -> None:
    """Register a request of each kind; the one of access is of a person of a case.

    One is answered, on paper: the job of the ledger draws it after the start.
    """
    persona = oficio.propietarios[0]
    for tipo, canal, hours, nombre, number, detalle in _REQUESTS:
        data = SolicitudData(
            tipo, nombre, detalle, rut=demo_rut(number), domicilio="Los Aromos 145, Ñuñoa"
        )
        moment = now - timedelta(hours=hours)
        row = receive_request(data, canal, actor=_registrar(canal, admin), now=moment)
        if tipo is TipoSolicitud.RECTIFICACION:
            checked = moment + timedelta(days=1)
            check_identity(row, _CHECKED, actor=admin, now=checked)
            decide(
                row,
                EstadoSolicitud.ACOGIDA,
                "La comuna confirmó el cambio de domicilio; la dirección se corrigió.",
                actor=admin,
                now=checked,
            )
    moment = now - timedelta(days=12)
    access = receive_request(
        SolicitudData(
            TipoSolicitud.ACCESO,
            persona.nombre or "",
            "Quiero saber qué datos míos tienen y quién se los dio.",
            rut=persona.rut,
            domicilio="Los Aromos 145, Ñuñoa",
        ),
        CanalSolicitud.CARTA,
        actor=admin,
        now=moment,
    )
    check_identity(access, _CHECKED, actor=admin, now=moment)


def _registrar(canal: CanalSolicitud, admin: Usuario) -> Usuario | None:
    return None if canal is CanalSolicitud.PAGINA else admin
