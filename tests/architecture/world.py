"""One row of each kind, so that every route can be asked for with real arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
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
from tests.avisos.push_service import make_device
from tests.avistamientos.rows import make_check, make_gantry_sighting
from tests.bandeja.rows import make_item
from tests.cumplimiento.encargo_rows import make_ending
from tests.cumplimiento.politicas import make_policy
from tests.cumplimiento.retencion_rows import make_batch, make_rule
from tests.cumplimiento.rows import make_assessment, make_breach
from tests.eventos.rows import make_outside
from tests.factores.rows import make_key
from tests.factories import (
    make_aviso,
    make_link,
    make_oficio,
    make_personal_link,
    make_session,
    make_trabajo,
)
from tests.indicadores.monthly_rows import make_month_stub
from tests.informes.expedientes import close_case, make_stub
from tests.mensajes.rows import make_message
from tests.notificaciones.rows import make_draft, make_notice, make_receptor
from tests.oficios.follow_ups import make_follow_up
from tests.oficios.textos import make_texto
from tests.papeles.rows import make_paper_item
from tests.planillas.listados import make_importacion
from tests.planillas.pasos.rows import make_listado
from tests.porticos.rows import make_catalogue
from tests.supresion.rows import make_erasure
from tests.titulares.rows import make_answered_request, make_block
from tests.ubicado.rows import make_bare_location


def url_arguments(
    app: Flask, buffet: Buffet, admin: Usuario, names: Iterable[str] | None = None
) -> dict[str, Any]:
    """A value for every argument that occurs in a route; all rows belong to ``buffet``.

    With ``names`` only those, and only the rows that they take: all of them take a third of a
    second, which is much for who asks for one route.
    """
    oficio = make_oficio(
        app,
        buffet,
        admin,
        propietario=PropietarioData(nombre="Rosa Soto", telefono="+56912345678"),
        direccion=DireccionData(direccion="Av. Grecia 1180", comuna="Ñuñoa"),
    )
    parts = _parts(app, oficio.id)  # before others have written in its timeline
    closed = cache(lambda: _closed(app, buffet, admin))
    issued = cache(lambda: make_stub(app, closed(), admin, Variante.BUFFET))
    catalogue = cache(lambda: make_catalogue(app, admin))
    outside = cache(lambda: make_outside(app, admin))
    ancla = cache(lambda: _anchor(app))
    makers: dict[str, Callable[[], Any]] = {
        "cerrado_id": lambda: closed().id,
        "expediente_id": lambda: issued().id,
        "codigo": lambda: issued().codigo,
        "filename": lambda: "css/app.css",
        "sha256": lambda: make_logo(app, admin),
        "estado": lambda: oficio.estado.value,
        "token": lambda: make_link(app, buffet),
        "trabajo_id": lambda: make_trabajo(app),
        "accion": lambda: "reintentar",
        "parte": lambda: "archivos",
        "task_id": lambda: make_trabajo(app),
        "oficio_id": lambda: oficio.id,
        "brecha_id": lambda: make_breach(app, admin),
        "evaluacion_id": lambda: make_assessment(app, admin),
        "apartado": lambda: "riesgos",
        "supresion_id": lambda: make_erasure(app, admin),
        "version": lambda: make_policy(app, admin),
        "termino_id": lambda: make_ending(app, buffet, admin),
        "regla_id": lambda: make_rule(app),
        "lote_id": lambda: make_batch(app, buffet, admin),
        "vista_id": lambda: _view(app, admin),
        "seguimiento_id": lambda: make_follow_up(app, oficio, admin),
        "formato": lambda: "csv",
        "informe": lambda: "cierre",
        "mensual_id": lambda: make_month_stub(app, buffet),
        "extension": lambda: "xlsx",
        "fuente": lambda: "entrada",
        "hecho_id": lambda: _entry(app, oficio.id),
        "edicion": lambda: "1",
        **{name: partial(parts.__getitem__, name) for name in parts},
        "adjunto_id": lambda: _approved_photo(app, oficio, admin),
        "cliente_id": lambda: "0b4f4c1e-0000-4000-8000-000000000000",
        "avistamiento_id": lambda: make_gantry_sighting(app, oficio, admin),
        "listado_id": lambda: make_listado(app, oficio, admin),
        "portico_id": lambda: catalogue()["portico_id"],
        "alias_id": lambda: catalogue()["alias_id"],
        "enlace_id": lambda: make_personal_link(app, buffet),
        "mensaje_id": lambda: make_message(app, oficio, admin),
        "color": lambda: "2f3e63",
        "consulta_id": lambda: make_check(app, oficio),
        "importacion_id": lambda: make_importacion(app, buffet, admin),
        "ingreso_id": lambda: make_item(app, buffet),
        "papel_id": lambda: make_paper_item(app, buffet),
        "pagina": lambda: 1,
        "notificacion_id": lambda: make_notice(app, oficio, admin),
        "clave": lambda: make_draft(app, oficio, admin),
        "ubicacion_id": lambda: make_bare_location(app, oficio, admin),
        "receptor_id": lambda: make_receptor(app, admin).id,
        "name": lambda: "20261124T153000-ab12.eml",
        "cid": lambda: "foto-1@rastro.example",
        "clave_id": lambda: outside()["clave_id"],
        "webhook_id": lambda: outside()["webhook_id"],
        "entrega_id": lambda: outside()["entrega_id"],
        "buffet_id": lambda: buffet.id,
        "texto_id": lambda: make_texto(app, admin),
        "solicitud_id": lambda: make_answered_request(app, admin),
        "bloqueo_id": lambda: make_block(app, buffet, admin),
        "usuario_id": lambda: admin.id,
        "llave_id": lambda: make_key(app, admin),
        "sesion_id": lambda: make_session(app, admin)[0],
        "aviso_id": lambda: make_aviso(app, admin),
        "equipo_id": lambda: make_device(app, admin),
        "numero": ancla,
        "hasta": ancla,
    }
    wanted = set(makers if names is None else names)
    assert wanted <= set(makers), f"nothing makes {wanted - set(makers)}"
    return {name: make() for name, make in makers.items() if name in wanted}


def route_arguments(
    app: Flask, buffet: Buffet, admin: Usuario, endpoints: Iterable[str]
) -> dict[str, Any]:
    """A value for every argument of the addresses of some endpoints."""
    rules = [rule for endpoint in endpoints for rule in app.url_map.iter_rules(endpoint)]
    return url_arguments(app, buffet, admin, {name for rule in rules for name in rule.arguments})


def _closed(app: Flask, buffet: Buffet, admin: Usuario) -> Oficio:
    oficio = make_oficio(app, buffet, admin)
    close_case(app, oficio)
    return oficio


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


def _entry(app: Flask, oficio_id: int) -> int:
    """The newest entry of a case's bitácora."""
    with app.app_context():
        found = sa.select(sa.func.max(Investigacion.id)).where(Investigacion.oficio_id == oficio_id)
        return db.session.scalar(found) or 0


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
