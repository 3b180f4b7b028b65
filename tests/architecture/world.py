"""One row of each kind, so that every route can be asked for with real arguments."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.adjuntos.models import Adjunto
from app.adjuntos.service import set_approval
from app.anclaje.service import anchor
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.rules import Variante
from app.oficios.models import Investigacion, Oficio
from app.oficios.service import DireccionData, PropietarioData
from app.tablero.service import save_view
from app.usuarios.models import Usuario
from tests.adjuntos.files import make_adjunto
from tests.ajustes.logos import make_logo
from tests.avistamientos.rows import make_check, make_gantry_sighting
from tests.bandeja.rows import make_item
from tests.cumplimiento.encargo_rows import make_ending
from tests.cumplimiento.politicas import make_policy
from tests.cumplimiento.rows import make_assessment, make_breach
from tests.eventos.rows import make_outside
from tests.factores.rows import make_key
from tests.factories import make_aviso, make_link, make_oficio, make_session, make_trabajo
from tests.informes.expedientes import close_case, make_stub
from tests.notificaciones.rows import make_draft, make_notice, make_receptor
from tests.oficios.textos import make_texto
from tests.planillas.listados import make_importacion
from tests.planillas.pasos.rows import make_listado
from tests.porticos.rows import make_catalogue
from tests.supresion.rows import make_erasure
from tests.titulares.rows import make_answered_request, make_block
from tests.ubicado.rows import make_bare_location


def url_arguments(app: Flask, buffet: Buffet, admin: Usuario) -> dict[str, Any]:
    """A value for every argument that occurs in a route; all rows belong to ``buffet``."""
    oficio = make_oficio(
        app,
        buffet,
        admin,
        propietario=PropietarioData(nombre="Rosa Soto", telefono="+56912345678"),
        direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa"),
    )
    cerrado = make_oficio(app, buffet, admin)
    close_case(app, cerrado)
    expediente = make_stub(app, cerrado, admin, Variante.BUFFET)
    return {
        "filename": "css/app.css",
        "sha256": make_logo(app, admin),
        "estado": oficio.estado.value,
        "token": make_link(app, buffet),
        "trabajo_id": make_trabajo(app),
        "accion": "reintentar",
        "parte": "archivos",
        "task_id": make_trabajo(app),
        "oficio_id": oficio.id,
        "brecha_id": make_breach(app, admin),
        "evaluacion_id": make_assessment(app, admin),
        "apartado": "riesgos",
        "supresion_id": make_erasure(app, admin),
        "version": make_policy(app, admin),
        "termino_id": make_ending(app, buffet, admin),
        "vista_id": _view(app, admin),
        "formato": "csv",
        **_parts(app, oficio.id),
        "adjunto_id": _approved_photo(app, oficio, admin),
        "cliente_id": "0b4f4c1e-0000-4000-8000-000000000000",
        "avistamiento_id": make_gantry_sighting(app, oficio, admin),
        "listado_id": make_listado(app, oficio, admin),
        **make_catalogue(app, admin),
        "consulta_id": make_check(app, oficio),
        "importacion_id": make_importacion(app, buffet, admin),
        "ingreso_id": make_item(app, buffet),
        "notificacion_id": make_notice(app, oficio, admin),
        "clave": make_draft(app, oficio, admin),
        "ubicacion_id": make_bare_location(app, oficio, admin),
        "receptor_id": make_receptor(app, admin).id,
        "name": "20261124T153000-ab12.eml",
        "cid": "foto-1@rastro.example",
        "cerrado_id": cerrado.id,
        "expediente_id": expediente.id,
        "codigo": expediente.codigo,
        **make_outside(app, admin),
        "buffet_id": buffet.id,
        "texto_id": make_texto(app, admin),
        "solicitud_id": make_answered_request(app, admin),
        "bloqueo_id": make_block(app, buffet, admin),
        "usuario_id": admin.id,
        "llave_id": make_key(app, admin),
        "sesion_id": make_session(app, admin)[0],
        "aviso_id": make_aviso(app, admin),
        "numero": (ancla := _anchor(app)),
        "hasta": ancla,
    }


def _approved_photo(app: Flask, oficio: Oficio, actor: Usuario) -> int:
    """A photo that the buffet is shown too."""
    photo_id = make_adjunto(app, oficio, actor).id
    with app.app_context(), transaction():
        photo = db.session.get_one(Adjunto, photo_id)
        usuario = db.session.get_one(Usuario, actor.id)
        set_approval(photo, aprobado=True, actor=usuario, now=utcnow())
    return photo_id


def _anchor(app: Flask) -> int:
    """The number of an anchor of what was sealed so far."""
    with app.app_context(), transaction():
        ancla = anchor(utcnow())
        assert ancla is not None
        return ancla.id


def _view(app: Flask, owner: Usuario) -> int:
    """A view of the board with a name."""
    with app.app_context():
        with transaction():
            vista = save_view("Urgentes", "prioridad=urgente", actor=owner, now=utcnow())
        return vista.id


def _parts(app: Flask, oficio_id: int) -> dict[str, int]:
    """The rows that hang from an oficio."""
    with app.app_context():
        oficio = db.session.get_one(Oficio, oficio_id)
        entry = sa.select(Investigacion.id).where(Investigacion.oficio_id == oficio_id)
        return {
            "persona_id": oficio.propietarios[0].id,
            "propietario_id": oficio.propietarios[0].id,
            "direccion_id": oficio.direcciones[0].id,
            "entrada_id": db.session.scalars(entry).one(),
            "actividad_id": db.session.scalars(entry).one(),
        }
