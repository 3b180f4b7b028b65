"""The case and its page."""

from __future__ import annotations

from app.avisos.service import is_example, name_case
from app.feature import Feature
from app.oficios.models import (
    Carga,
    CuentaDeOficios,
    Investigacion,
    Oficio,
    Propietario,
    Seguimiento,
    TextoPredefinido,
)
from app.oficios.pages import (
    addressed,
    bitacora,
    case,
    case_chain,
    create,
    details,
    direcciones,
    historial,
    personas,
    resumen,
    seguimientos,
    textos,
    vehiculo,
)
from app.oficios.pages.resumen_panels import PANELS, watch_dates
from app.oficios.pages.sections import Section, Tab
from app.oficios.queries import (
    count_direcciones,
    count_entries,
    count_personas,
    find_number,
    is_sample,
)
from app.oficios.rules.basis import SETTINGS
from app.web.navigation import Audience, Link, Menu
from app.web.sentences import link_about

FEATURE = Feature(
    name="oficios",
    models=(
        Carga,
        CuentaDeOficios,
        Investigacion,
        Oficio,
        Propietario,
        Seguimiento,
        TextoPredefinido,
    ),
    pages=(
        case,
        create,
        resumen,
        bitacora,
        direcciones,
        personas,
        vehiculo,
        details,
        historial,
        addressed,
        case_chain,
        seguimientos,
        textos,
    ),
    sections=(
        Section("resumen", "Resumen", "clipboard-text", "oficios.detail", 1, tab=Tab.RESUMEN),
        Section(
            "bitacora",
            "Bitácora",
            "note",
            "oficios.timeline",
            10,
            count_entries,
            tab=Tab.BITACORA,
        ),
        Section(
            "direcciones",
            "Direcciones",
            "map-pin",
            "oficios.direcciones",
            30,
            count_direcciones,
            tab=Tab.LUGARES,
        ),
        Section(
            "personas",
            "Personas",
            "users",
            "oficios.personas",
            40,
            count_personas,
            tab=Tab.LUGARES,
        ),
        Section("vehiculo", "Vehículo", "car", "oficios.vehiculo", 100),
        Section("datos", "Datos del oficio", "file-text", "oficios.datos", 110),
        Section("historial", "Historial", "history", "oficios.historial", 120),
        Section("custodia", "Custodia", "shield-check", "oficios.custodia", 130),
    ),
    panels=PANELS,
    settings=SETTINGS,
    watches=(watch_dates,),
    navigation=(
        Link(Menu.BOTTOM, 30, "oficios.create", "Nuevo", "circle-plus"),
        Link(
            Menu.SETTINGS,
            20,
            "textos.index",
            "Textos predefinidos",
            "notes",
            audience=Audience.ADMIN,
            text="Lo que más se anota en la bitácora: notas, llamadas y visitas.",
        ),
    ),
    provides=(
        link_about.by(case.link_about_change),
        name_case.by(find_number),
        is_example.by(is_sample),
    ),
)
