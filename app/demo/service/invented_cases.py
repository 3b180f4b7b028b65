"""The cases of the demonstration, and what people wrote down on their way, all invented."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa

from app.adjuntos.queries import list_images
from app.buffets.models import Buffet
from app.consultas.outside import ProviderAnswer
from app.consultas.outside.generico import GenericoItem
from app.consultas.service import store_answer
from app.core.clock import from_local, local_today, to_local
from app.core.comunas import find_comuna
from app.core.plazos import add_business_days
from app.db import db
from app.demo.outside.provider import crossings
from app.demo.rules.car_habits import routine
from app.demo.rules.invented_words import (
    BANKS,
    CARS,
    COLORS,
    COMUNAS,
    LETTERS,
    NAMES,
    STREETS,
    SURNAMES,
)
from app.demo.service.invented_people import People, demo_rut
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado, Prioridad
from app.oficios.service import (
    DireccionData,
    EntradaData,
    Move,
    OficioData,
    PropietarioData,
    VehiculoData,
    VisitaData,
    add_entry,
    add_visita,
    assign_oficio,
    correct_entry,
    create_oficio,
    move_oficio,
    record,
)
from app.ubicado.rules import TipoLugar
from app.ubicado.service import UbicacionData, locate
from app.usuarios.models import Usuario

_NOTES = (
    "El conserje dice que el vehículo sale cerca de las 7:30.",
    "Se revisó la calle y los pasajes cercanos; no estaba a esta hora.",
    "Una vecina confirma que el vehículo se estaciona en el subterráneo.",
    "Coincide el color; falta confirmar la patente de cerca.",
)
#: Access notes for addresses.
_ACCESS = (
    "Conserjería todo el día; el estacionamiento está en el segundo subterráneo.",
    None,
    "Portón gris sin timbre: llame por teléfono al llegar.",
    None,
)
_CALLS = (
    "Llamada al domicilio: no contestan.",
    "Llamada al trabajo: confirman que va en el vehículo por las mañanas.",
)
_PROMISES = (
    "El conserje pide que lo llamen de nuevo: llega después de las 18:00.",
    "Volver a llamar a la empresa; hoy no estaba el encargado.",
    "Visitar otra vez antes de las 10:00: el vehículo sale temprano.",
)
_CORRECTION = "Era el número del trabajo: contesta después de las 18:00."
_PATH = (Estado.PENDIENTE, Estado.INVESTIGACION, Estado.NOTIFICACION, Estado.ENCONTRADO)


def make_case(
    random: Random, estado: Estado, buffet: Buffet, people: People, now: datetime
) -> Oficio:
    """A case that arrived in the last weeks, and its way to the state."""
    number = (db.session.scalar(sa.select(sa.func.count()).select_from(Oficio)) or 0) + 1
    arrived = office_hours(now - timedelta(days=random.randint(6, 40)))
    letters = "".join(random.choice(LETTERS) for _ in range(4))
    marca, modelo = random.choice(CARS)
    comuna = find_comuna(random.choice(COMUNAS))
    nombre = f"{random.choice(NAMES)} {random.choice(SURNAMES)}"
    oficio = create_oficio(
        OficioData(
            numero_oficio=f"OF-2026-{number:05d}",
            rol=f"C-{random.randint(1000, 29999)}-{random.choice((2024, 2025, 2026))}",
            tribunal=f"{random.randint(1, 30)}º Juzgado Civil de Santiago",
            caratulado=f"{random.choice(BANKS)}/{nombre.split()[1].upper()}",
            # Not every list says it.
            fecha_oficio=local_today(arrived) - timedelta(days=2 + number % 9)
            if number % 6
            else None,
            fecha_ingreso=local_today(arrived),
            fecha_limite=_deadline(random, now),
            prioridad=random.choice([*Prioridad, Prioridad.MEDIA, Prioridad.MEDIA]),
            fuerza_publica=random.random() < 0.3,
        ),
        VehiculoData(
            patente=f"{letters}{random.randint(10, 99)}",
            # Every tenth paper has a typo in its check digit, as papers have.
            patente_dv="0" if number % 10 == 0 else None,
            marca=marca,
            modelo=modelo,
            anio=random.randint(2012, 2025),
            color=random.choice(COLORS),
        ),
        buffet_id=buffet.id,
        propietario=PropietarioData(
            nombre=nombre,
            rut=demo_rut(random.randint(7_000_000, 21_000_000)),
            telefono=f"+56 9 5550 {random.randint(1000, 9999)}",
        ),
        direccion=DireccionData(
            direccion=f"{random.choice(STREETS)} {random.randint(100, 9900)}",
            comuna=comuna.nombre if comuna else None,
            region=comuna.region if comuna else None,
            notas=_ACCESS[number % len(_ACCESS)],
        ),
        actor=people.admin,
        now=arrived,
    )
    _live(random, oficio, estado, people, arrived, now)
    return oficio


def locate_vehicle(oficio_id: int, investigador_id: int, now: datetime) -> None:
    """Somebody stands beside the vehicle of a case that waits for its receptor."""
    oficio = db.session.get_one(Oficio, oficio_id)
    direccion = oficio.direcciones[0]
    comuna = find_comuna(direccion.comuna or "")
    locate(
        oficio,
        UbicacionData(
            tipo=TipoLugar.DIRECCION,
            cliente_id="demostracion",
            adjunto_ids=[photo.id for photo in list_images(oficio.id)],
            direccion_id=direccion.id,
            lat=comuna.lat if comuna else None,
            lon=comuna.lon if comuna else None,
            exactitud_m=12,
            acceso="Estacionamiento subterráneo. Hay guardia o conserje",
        ),
        actor=db.session.get_one(Usuario, investigador_id),
        now=now,
    )


def promise(oficio: Oficio, days: int, now: datetime) -> None:
    """Whoever has a case wrote this morning when to come back to it."""
    if oficio.investigador is None:
        return
    text = _PROMISES[oficio.id % len(_PROMISES)]
    para = local_today(now) + timedelta(days=days)
    data = EntradaData(Actividad.LLAMADA, text, seguimiento=para)
    add_entry(oficio, data, actor=oficio.investigador, now=now - timedelta(hours=1))


def ask_colleague(oficio: Oficio, actor: Usuario, now: datetime) -> None:
    """Somebody of the office mentions whoever has a case in a note."""
    if oficio.investigador is None or oficio.investigador is actor:
        return
    text = (
        f"@{oficio.investigador.nombre} el conserje dice que el auto vuelve los viernes en la "
        "tarde. ¿Puede pasar este viernes?"
    )
    data = EntradaData(Actividad.NOTA, text)
    add_entry(oficio, data, actor=actor, now=now - timedelta(minutes=50))


def give_routine(oficio: Oficio, now: datetime) -> None:
    """Let one car have habits that the analysis can tell, under an order that is in force."""
    oficio.fecha_limite = add_business_days(local_today(now), 14)
    actor = oficio.investigador or oficio.modificado_por
    _check(oficio, actor, now - timedelta(minutes=40), routine(now - timedelta(hours=1)))


def _live(
    random: Random,
    oficio: Oficio,
    estado: Estado,
    people: People,
    arrived: datetime,
    now: datetime,
) -> None:
    """Let a case go its way to the state, with what people write down on it."""
    path = _PATH if estado is not Estado.NO_ENCONTRADO else (*_PATH[:2], Estado.NO_ENCONTRADO)
    steps = path[1 : path.index(estado) + 1]
    moment = arrived
    stride = (now - arrived) / (len(steps) + 2)
    if steps or random.random() < 0.5:
        investigador = random.choice(people.investigadores)
        assign_oficio(
            oficio, investigador, actor=people.admin, now=office_hours(moment + stride / 4)
        )
    for step in steps:
        moment += stride
        actor = oficio.investigador or people.admin
        when = office_hours(moment)
        move_oficio(oficio, Move(step, oficio.version), actor=actor, now=when)
        if step is Estado.INVESTIGACION:
            _investigate(random, oficio, actor, moment, stride)


def _investigate(
    random: Random, oficio: Oficio, actor: Usuario, moment: datetime, stride: timedelta
) -> None:
    later = office_hours(moment + stride / 3)
    visited = office_hours(moment + stride / 2)
    call = record(oficio, Actividad.LLAMADA, random.choice(_CALLS), actor=actor, now=later)
    if oficio.id % 3 == 0:
        correct_entry(oficio, call, _CORRECTION, actor=actor, now=later + timedelta(minutes=40))
    if random.random() < 0.7:
        direccion = oficio.direcciones[0]
        comuna = find_comuna(direccion.comuna or "")
        # Some hundred metres from the middle of the comuna, where its streets are.
        north, east = (oficio.id % 7 - 3) / 500, (oficio.id % 5 - 2) / 400
        add_visita(
            oficio,
            direccion,
            VisitaData(
                resultado=random.choice(list(ResultadoVisita)),
                fecha_hora=visited,
                lat=comuna.lat + north if comuna and comuna.lat else None,
                lon=comuna.lon + east if comuna and comuna.lon else None,
                exactitud_m=18,
            ),
            actor=actor,
            now=visited,
        )
    if random.random() < 0.6:
        record(oficio, Actividad.NOTA, random.choice(_NOTES), actor=actor, now=visited)
    if random.random() < 0.7:
        _check(oficio, actor, office_hours(moment + stride * 0.9))


def _check(
    oficio: Oficio,
    actor: Usuario | None,
    moment: datetime,
    items: list[dict[str, object]] | None = None,
) -> None:
    """What the demo's provider told when it was asked at that moment."""
    items = crossings(oficio.vehiculo.patente, moment) if items is None else items
    body = json.dumps({"avistamientos": items}, ensure_ascii=False)
    answer = ProviderAnswer(
        status=200,
        raw_body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        sightings=tuple(GenericoItem.model_validate(item).to_sighting() for item in items),
        is_demo=True,
        size=len(body.encode()),
    )
    store_answer(
        oficio.id,
        answer,
        provider="generico",
        trabajo_id=None,
        actor=actor,
        now=moment,
        motivo="Búsqueda del vehículo",
    )


def office_hours(moment: datetime) -> datetime:
    """The same day between 9:00 and 19:00 in Santiago, keeping the order of what happened."""
    local = to_local(moment)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    share = (local - midnight) / timedelta(days=1)
    return from_local((midnight + timedelta(hours=9 + 10 * share)).replace(tzinfo=None))


def _deadline(random: Random, now: datetime) -> date:
    """A day in the coming weeks; some cases are late, as everywhere."""
    today = local_today(now)
    days = random.choice((-3, 2, 4, 9, 14, 21))
    return add_business_days(today, days) if days > 0 else today + timedelta(days=days)
