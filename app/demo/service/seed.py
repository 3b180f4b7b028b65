"""The demonstration: invented buffets, people and cases, so that every page has something to show.

Everything is made up from a fixed seed; no person, vehicle or court order here is real. The mark
``demo`` is set in the same transaction: a database is a demo from its first row on, or not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa
from stdnum.cl import rut as stdnum_rut

from app.adjuntos.queries import list_images, list_visitas
from app.adjuntos.rules import TipoAdjunto
from app.adjuntos.service import Upload, add_adjuntos, set_approval
from app.ajustes.queries import is_demo
from app.ajustes.service import set_setting
from app.avisos.models import Aviso
from app.buffets.models import Buffet
from app.buffets.service import BuffetData, create_buffet
from app.consultas.outside import ProviderAnswer
from app.consultas.outside.generico import GenericoItem
from app.consultas.service import store_answer
from app.core.clock import from_local, local_today, to_local, utcnow
from app.core.comunas import find_comuna
from app.core.plazos import add_business_days
from app.core.tribunales import find_tribunal
from app.db import db, transaction
from app.demo.outside.provider import crossings
from app.demo.rules.car_habits import routine
from app.demo.rules.photos import draw_photo
from app.direcciones.rules import ResultadoVisita
from app.notificaciones.models import Receptor
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado, Prioridad
from app.oficios.service import (
    DireccionData,
    Move,
    OficioData,
    PropietarioData,
    VehiculoData,
    VisitaData,
    add_visita,
    assign_oficio,
    correct_entry,
    create_oficio,
    move_oficio,
    record,
)
from app.porticos.service import load_seed
from app.ubicado.rules import TipoLugar
from app.ubicado.service import UbicacionData, locate
from app.usuarios.models import Usuario
from app.usuarios.outside import hashes
from app.usuarios.rules import Rol
from app.usuarios.service import UsuarioData, create_usuario
from config import Config

#: Only ever in a demo database.
ACCOUNTS = {
    "admin@investigaciones.cl": "admin123",
    "investigador@investigaciones.cl": "inv123",
    "cliente@buffetgonzalez.cl": "cliente123",
}

#: Of accounts that the first screen does not name.
_OTHERS = "inv123"

_BUFFETS = (
    ("González y Asociados", "contacto@buffetgonzalez.cl", "Marcela González"),
    ("Estudio Araya", "casos@estudioaraya.example", "Tomás Araya"),
    ("Fuentes & Cía.", "legal@fuentesycia.example", "Isidora Fuentes"),
)
_CARS = (
    ("Suzuki", "Swift"),
    ("Mazda", "CX-5"),
    ("Kia", "Rio 5"),
    ("Chevrolet", "Sail"),
    ("Nissan", "Versa"),
    ("Toyota", "Yaris"),
    ("Ford", "Ranger"),
    ("Hyundai", "Accent"),
    ("Peugeot", "208"),
    ("Mitsubishi", "L200"),
)
_COLORS = ("blanco", "gris", "negro", "rojo", "azul", "plateado")
_NAMES = ("Andrea", "Bruno", "Camila", "Diego", "Elisa", "Felipe", "Gabriela", "Hugo", "Irene")
_SURNAMES = (
    "Aravena",
    "Bustos",
    "Cárdenas",
    "Donoso",
    "Espinoza",
    "Figueroa",
    "Godoy",
    "Henríquez",
)
_STREETS = ("Av. Grecia", "Camino El Alba", "Pasaje Las Lilas", "Av. Los Leones", "San Diego")
_COMUNAS = ("Ñuñoa", "Maipú", "Las Condes", "Puente Alto", "La Florida", "Renca", "San Miguel")
_BANKS = ("BANCO DEL PACÍFICO", "FINANCIERA AUSTRAL", "AUTOCRÉDITO DEL SUR")
_LETTERS = "BCDFGHJKLPRSTVWXYZ"
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
_CORRECTION = "Era el número del trabajo: contesta después de las 18:00."
#: How many cases stand in each state.
_PLAN = (
    (Estado.PENDIENTE, 10),
    (Estado.INVESTIGACION, 14),
    (Estado.NOTIFICACION, 5),
    (Estado.ENCONTRADO, 5),
    (Estado.NO_ENCONTRADO, 2),
)
_PATH = (Estado.PENDIENTE, Estado.INVESTIGACION, Estado.NOTIFICACION, Estado.ENCONTRADO)


@dataclass(frozen=True)
class _People:
    admin: Usuario
    investigadores: list[Usuario]


def is_empty() -> bool:
    """Whether nobody has an account yet: a new database."""
    return db.session.scalar(sa.select(Usuario.id).limit(1)) is None


def fill_new(config: Config) -> Mapping[str, object]:
    """Fill a new database, in development alone. Returns who can sign in to the demonstration."""
    if config.environment == "development" and is_empty():
        print("Primer inicio: se cargan los datos de demostración...", file=sys.stderr, flush=True)
        seed(now=utcnow(), max_bytes=config.max_upload_bytes)
    demo = is_demo()
    accounts = [f"{email} / {password}" for email, password in ACCOUNTS.items()] if demo else []
    return {"demo": demo, "accounts": accounts}


def seed(*, now: datetime, max_bytes: int) -> None:
    """Fill an empty database with the demonstration and mark it as one.

    Rows come in one transaction; the photos follow, since files are stored outside of any.
    """
    random = Random(2026)
    has_routine = False
    photographed: list[tuple[int, str, str]] = []
    with transaction():
        set_setting("demo", "1")
        people = _make_people(now)
        buffets = _make_buffets(people.admin, now)
        _make_receptores(now)
        load_seed(now)
        for estado, amount in _PLAN:
            for _ in range(amount):
                oficio = _make_case(random, estado, random.choice(buffets), people, now)
                if estado is Estado.INVESTIGACION and not has_routine:
                    has_routine = True
                    _give_routine(oficio, now)
                if estado in {Estado.NOTIFICACION, Estado.ENCONTRADO}:
                    vehiculo = oficio.vehiculo
                    photographed.append((oficio.id, vehiculo.patente, vehiculo.color or "gris"))
        investigador_id = people.investigadores[0].id
        # What the bell told days ago was seen.
        db.session.execute(
            sa.update(Aviso).where(Aviso.created_at < now - timedelta(days=2)).values(leido_at=now)
        )
    actor = db.session.get_one(Usuario, investigador_id)
    for oficio_id, patente, color in photographed:
        uploads = [
            Upload(f"{patente}-{number}.jpg", io.BytesIO(draw_photo(patente, color, number)))
            for number in range(1, random.randint(2, 3) + 1)
        ]
        visited = list_visitas(oficio_id)
        add_adjuntos(
            oficio_id,
            uploads,
            visita_id=visited[0].id if visited else None,
            actor=actor,
            now=now,
            max_bytes=max_bytes,
            tipo=TipoAdjunto.FOTO_VEHICULO,
        )
    with transaction():
        _locate(photographed[0][0], investigador_id, now)
        approved = list_images(photographed[0][0])[0]
        set_approval(
            approved,
            aprobado=True,
            actor=db.session.get_one(Usuario, investigador_id),
            now=now,
        )


def _open_account(
    email: str, nombre: str, rol: Rol, *, now: datetime, buffet: int | None = None
) -> Usuario:
    """An account with the demo's password, which no account elsewhere may have: it is too weak."""
    data = UsuarioData(email, nombre, rol, buffet)
    usuario = create_usuario(data, secrets.token_urlsafe(32), actor=None, now=now)
    usuario.password_hash = hashes().make(ACCOUNTS.get(email, _OTHERS))
    return usuario


def _make_people(now: datetime) -> _People:
    admin = _open_account("admin@investigaciones.cl", "Ana Villalobos", Rol.ADMIN, now=now)
    investigador = Rol.INVESTIGADOR
    first = _open_account(
        "investigador@investigaciones.cl", "Carlos Morales", investigador, now=now
    )
    second = _open_account("julia@investigaciones.cl", "Julia Pacheco", investigador, now=now)
    return _People(admin, [first, second])


def _make_buffets(admin: Usuario, now: datetime) -> list[Buffet]:
    buffets = []
    for index, (nombre, email, contacto) in enumerate(_BUFFETS):
        data = BuffetData(
            nombre=nombre,
            rut=_rut(76_900_100 + index),
            email_principal=email,
            contacto_nombre=contacto,
            telefono=f"+56 2 2900 010{index}",
        )
        buffets.append(create_buffet(data, actor=admin, now=now))
    _open_account(
        "cliente@buffetgonzalez.cl", "Marcela González", Rol.CLIENTE, now=now, buffet=buffets[0].id
    )
    return buffets


def _make_receptores(now: datetime) -> None:
    for nombre, email, ordinales in (
        ("Rosa Ibáñez", "rosa.ibanez@receptores.example", range(1, 16)),
        ("Pedro Salas", "pedro.salas@receptores.example", range(16, 31)),
    ):
        courts = [find_tribunal(f"{number}º Juzgado Civil de Santiago") for number in ordinales]
        db.session.add(
            Receptor(
                nombre=nombre,
                email=email,
                tribunales_pjud=[court.pjud_id for court in courts if court],
                created_at=now,
            )
        )


def _make_case(
    random: Random, estado: Estado, buffet: Buffet, people: _People, now: datetime
) -> Oficio:
    number = (db.session.scalar(sa.select(sa.func.count()).select_from(Oficio)) or 0) + 1
    arrived = _office_hours(now - timedelta(days=random.randint(6, 40)))
    letters = "".join(random.choice(_LETTERS) for _ in range(4))
    marca, modelo = random.choice(_CARS)
    comuna = find_comuna(random.choice(_COMUNAS))
    nombre = f"{random.choice(_NAMES)} {random.choice(_SURNAMES)}"
    oficio = create_oficio(
        OficioData(
            numero_oficio=f"OF-2026-{number:05d}",
            rol=f"C-{random.randint(1000, 29999)}-{random.choice((2024, 2025, 2026))}",
            tribunal=f"{random.randint(1, 30)}º Juzgado Civil de Santiago",
            caratulado=f"{random.choice(_BANKS)}/{nombre.split()[1].upper()}",
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
            color=random.choice(_COLORS),
        ),
        buffet_id=buffet.id,
        propietario=PropietarioData(
            nombre=nombre,
            rut=_rut(random.randint(7_000_000, 21_000_000)),
            telefono=f"+56 9 5550 {random.randint(1000, 9999)}",
        ),
        direccion=DireccionData(
            direccion=f"{random.choice(_STREETS)} {random.randint(100, 9900)}",
            comuna=comuna.nombre if comuna else None,
            region=comuna.region if comuna else None,
            notas=_ACCESS[number % len(_ACCESS)],
        ),
        actor=people.admin,
        now=arrived,
    )
    _live(random, oficio, estado, people, arrived, now)
    return oficio


def _live(
    random: Random,
    oficio: Oficio,
    estado: Estado,
    people: _People,
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
            oficio, investigador, actor=people.admin, now=_office_hours(moment + stride / 4)
        )
    for step in steps:
        moment += stride
        actor = oficio.investigador or people.admin
        when = _office_hours(moment)
        move_oficio(oficio, Move(step, oficio.version), actor=actor, now=when)
        if step is Estado.INVESTIGACION:
            _investigate(random, oficio, actor, moment, stride)


def _investigate(
    random: Random, oficio: Oficio, actor: Usuario, moment: datetime, stride: timedelta
) -> None:
    later = _office_hours(moment + stride / 3)
    visited = _office_hours(moment + stride / 2)
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
        _check(oficio, actor, _office_hours(moment + stride * 0.9))


def _locate(oficio_id: int, investigador_id: int, now: datetime) -> None:
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


def _give_routine(oficio: Oficio, now: datetime) -> None:
    """Let one car have habits that the analysis can tell, under an order that is in force."""
    oficio.fecha_limite = add_business_days(local_today(now), 14)
    actor = oficio.investigador or oficio.modificado_por
    _check(oficio, actor, now - timedelta(minutes=40), routine(now - timedelta(hours=1)))


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


def _office_hours(moment: datetime) -> datetime:
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


def _rut(number: int) -> str:
    return f"{number}-{stdnum_rut.calc_check_digit(str(number))}"
