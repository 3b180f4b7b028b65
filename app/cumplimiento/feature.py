"""What the office keeps of its own compliance."""

from __future__ import annotations

from app.cumplimiento import pages
from app.cumplimiento.jobs.encargados import certify, watch_contracts
from app.cumplimiento.jobs.retencion import certify_batch, propose_retention, watch_batches
from app.cumplimiento.models.brechas import Brecha, ComunicacionBrecha
from app.cumplimiento.models.encargados import Encargo, TerminoEncargo
from app.cumplimiento.models.evaluaciones import EvaluacionImpacto
from app.cumplimiento.models.politica import Politica
from app.cumplimiento.models.retencion import (
    LoteRetencion,
    PropuestaRetencion,
    ReglaRetencion,
)
from app.cumplimiento.models.ubicacion_personal import InformacionUbicacion, LecturaUbicacion
from app.cumplimiento.pages import (
    auditoria,
    brechas,
    encargados,
    evaluaciones,
    politica,
    retencion,
    ubicacion_personal,
)
from app.cumplimiento.rules.encargados import WARNING
from app.cumplimiento.rules.politica import SETTINGS
from app.cumplimiento.service.demonstration import invent_compliance
from app.cumplimiento.service.politica import publish_for_demo
from app.demo.rules.additions import add_compliance
from app.feature import Feature, Preparation
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="cumplimiento",
    models=(
        Brecha,
        ComunicacionBrecha,
        EvaluacionImpacto,
        Politica,
        Encargo,
        TerminoEncargo,
        ReglaRetencion,
        LoteRetencion,
        PropuestaRetencion,
        InformacionUbicacion,
        LecturaUbicacion,
    ),
    pages=(
        pages,
        auditoria,
        brechas,
        evaluaciones,
        politica,
        encargados,
        retencion,
        ubicacion_personal,
    ),
    settings=(*SETTINGS, WARNING),
    jobs=(watch_contracts, certify, propose_retention, watch_batches, certify_batch),
    provides=(add_compliance.by(invent_compliance),),
    init=auditoria.init_last_change,
    navigation=(
        Link(
            Menu.ADMIN,
            48,
            "auditoria.index",
            "Auditoría",
            "history",
            audience=Audience.ADMIN,
            text="Quién hizo qué, cuándo y desde dónde.",
            group=Group.QUE_HA_PASADO,
        ),
        Link(
            Menu.ADMIN,
            66,
            "cumplimiento.disclosures",
            "Divulgaciones",
            "send",
            audience=Audience.ADMIN,
            text="Qué datos salieron, a quién y por qué.",
            group=Group.DATOS,
        ),
        Link(
            Menu.ADMIN,
            67,
            "encargados.index",
            "Encargos",
            "file-text",
            full_label="Contratos de encargo",
            audience=Audience.ADMIN,
            text="El contrato con cada buffet, y sus certificados.",
            group=Group.DATOS,
        ),
        Link(
            Menu.ADMIN,
            68,
            "brechas.index",
            "Brechas",
            "alert-triangle",
            full_label="Brechas de seguridad",
            audience=Audience.ADMIN,
            text="Qué se filtró o perdió, y a quién se avisó.",
            group=Group.DATOS,
        ),
        Link(
            Menu.ADMIN,
            69,
            "politica.edit",
            "Privacidad",
            "shield-check",
            full_label="Política de privacidad",
            audience=Audience.ADMIN,
            text="Lo que se publica a las personas, por versiones.",
            group=Group.DATOS,
        ),
        Link(
            Menu.ADMIN,
            73,
            "ubicacion_personal.edit",
            "Ubicación del personal",
            "current-location",
            audience=Audience.ADMIN,
            text="Qué se informa a su gente, y quién lo leyó.",
            group=Group.DATOS,
        ),
        Link(
            Menu.ADMIN,
            72,
            "retencion.index",
            "Retención",
            "hourglass",
            full_label="Retención de datos",
            audience=Audience.ADMIN,
            text="Cuánto se guarda cada caso, y qué toca borrar.",
            group=Group.DATOS,
        ),
        Link(
            Menu.ADMIN,
            71,
            "evaluaciones.index",
            "Evaluación",
            "map-2",
            full_label="Evaluación de impacto",
            audience=Audience.ADMIN,
            text="Los riesgos para las personas, y sus medidas.",
            group=Group.DATOS,
        ),
    ),
    prepares=Preparation(last=publish_for_demo),
)
