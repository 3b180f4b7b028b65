"""The year behind the demonstration: closed cases with what was asked, told and answered.

Whole tables at a time, as an import writes them: deed by deed a new installation would wait for
them. Everything is sealed as any other row is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente, sighting_key
from app.avistamientos.service.portico_matching import gantry_values
from app.buffets.models import Buffet
from app.consultas.models import Consulta
from app.consultas.rules import ResultadoConsulta
from app.core.clock import local_today, to_local
from app.core.comunas import find_comuna
from app.core.plazos import add_business_days
from app.custodia.service.inserting import take_ids
from app.db import db
from app.demo.rules.closed_lives import VidaCerrada, closed_lives
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
from app.demo.service.invented_cases import office_hours
from app.demo.service.invented_people import People, demo_rut
from app.direcciones.models import Direccion
from app.notificaciones.models import Notificacion, Receptor, Respuesta
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion, TipoRespuesta
from app.notificaciones.rules.diligencias import Diligencia
from app.notificaciones.service import describe
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.rules import Actividad, Estado, Parte, Prioridad
from app.oficios.service.search_text import search_text
from app.porticos.service import identify
from app.promesas.queries.case_lives import INFORMED
from app.promesas.rules import MedioInforme
from app.promesas.service.standing import refresh_cases
from app.ubicado.models import Ubicacion
from app.ubicado.rules import TipoLugar
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

_CALL = "Llamada al domicilio: dicen que el vehículo sale temprano."
_VISIT = "Visita sin dirección: no encontrado\nSe recorrió la cuadra; no estaba a esa hora."
_TOLD = "Se informó al buffet (teléfono): qué direcciones se visitaron y qué falta."
_LOST = "Se agotaron las direcciones: nadie lo ha visto en dos meses."
#: Where the gantries saw somebody: motorway and the words of the source.
_PLACES = (
    ("Vespucio Norte, pórtico P13 (Recoleta – Pedro Fontova)", "Vespucio Norte", 640),
    ("Av. Américo Vespucio Norte, Pedro Fontova - Guanaco", "Vespucio Norte Express", 320),
    ("COSTANERA NORTE P5", "Costanera Norte", 410),
)
_PROVIDER = "generico"


def make_year(
    random: Random, buffets: Sequence[Buffet], people: People, now: datetime
) -> list[Oficio]:
    """Store the cases of the year, and what became of each, in the open transaction."""
    lives = closed_lives(random, now)
    ids = take_ids(Oficio, len(lives))
    cases = [
        _case(random, pk, life, buffets[life.buffet], people)
        for pk, life in zip(ids, lives, strict=True)
    ]
    db.session.add_all(cases)
    db.session.flush()
    receptores = db.session.scalars(sa.select(Receptor).order_by(Receptor.id)).all()
    found = [
        (oficio, life.ubicado)
        for oficio, life in zip(cases, lives, strict=True)
        if life.ubicado is not None
    ]
    places = {oficio.id: _place(oficio, when) for oficio, when in found}
    notices = {
        oficio.id: _notice(oficio, receptores[oficio.id % len(receptores)], when)
        for oficio, when in found
    }
    db.session.add_all([*places.values(), *notices.values()])
    db.session.flush()
    answers: dict[int, list[Respuesta]] = {
        oficio.id: _answers(random, oficio, notices[oficio.id]) for oficio, _ in found
    }
    db.session.add_all([one for some in answers.values() for one in some])
    db.session.flush()
    entries: list[Investigacion] = []
    lookups: list[tuple[Consulta, Investigacion, list[dict[str, Any]]]] = []
    for oficio, life in zip(cases, lives, strict=True):
        asked = _lookups(random, oficio, life)
        lookups += asked
        told = [*_steps(oficio, life, people.admin), *(entry for _, entry, _ in asked)]
        if life.ubicado is not None:
            told += _located(oficio, places[oficio.id], notices[oficio.id], answers[oficio.id])
        # In the order in which it happened, as whoever reads steps by their ids expects.
        entries += sorted(told, key=lambda entry: entry.ocurrido_at)
    db.session.add_all(entries)
    db.session.flush()
    matches = identify({(text, company) for text, company, _ in _PLACES})
    for lookup, entry, items in lookups:
        lookup.investigacion_id = entry.id
        db.session.add_all(_sighting(lookup, item, matches) for item in items)
    db.session.add_all(lookup for lookup, _, _ in lookups)
    db.session.flush()
    refresh_cases(ids, now=now)
    return cases


def _case(random: Random, pk: int, life: VidaCerrada, buffet: Buffet, people: People) -> Oficio:
    arrived, closed = office_hours(life.llega), office_hours(life.cierra)
    marca, modelo = random.choice(CARS)
    comuna = find_comuna(random.choice(COMUNAS))
    nombre = f"{random.choice(NAMES)} {random.choice(SURNAMES)}"
    letters = "".join(random.choice(LETTERS) for _ in range(4))
    oficio = Oficio(
        id=pk,
        buffet_id=buffet.id,
        numero_oficio=f"OF-{arrived.year}-{pk:05d}",
        rol=f"C-{random.randint(1000, 29999)}-{arrived.year - random.randint(0, 1)}",
        tribunal=f"{random.randint(1, 30)}º Juzgado Civil de Santiago",
        caratulado=f"{random.choice(BANKS)}/{nombre.split()[1].upper()}",
        fecha_ingreso=local_today(arrived),
        # Some lists come without it.
        fecha_limite=add_business_days(local_today(arrived), 40) if pk % 11 else None,
        prioridad=random.choice([*Prioridad, Prioridad.MEDIA, Prioridad.MEDIA]),
        fuerza_publica=random.random() < 0.3,
        advertencias_ingreso={} if pk % 8 else {"tribunal": "No está en la lista de tribunales."},
        estado=Estado.ENCONTRADO if life.ubicado else Estado.NO_ENCONTRADO,
        posicion=pk * 1_000_000,
        version=4,
        investigador_id=random.choice(people.investigadores).id,
        creado_por_id=people.admin.id,
        modificado_por_id=people.admin.id,
        estado_desde=closed,
        ultima_actividad_at=closed,
        created_at=arrived,
        updated_at=closed,
        vehiculo=Vehiculo(
            patente=f"{letters}{random.randint(10, 99)}",
            marca=marca,
            modelo=modelo,
            anio=random.randint(2012, 2025),
            color=random.choice(COLORS),
        ),
        propietarios=[
            Propietario(
                nombre=nombre,
                rut=demo_rut(random.randint(7_000_000, 21_000_000)),
                created_at=arrived,
            )
        ],
        direcciones=[
            Direccion(
                direccion=f"{random.choice(STREETS)} {random.randint(100, 9900)}",
                comuna=comuna.nombre if comuna else None,
                region=comuna.region if comuna else None,
                created_at=arrived,
            )
        ],
    )
    oficio.busqueda = search_text(oficio)
    return oficio


def _entry(
    oficio: Oficio, tipo: Actividad, text: str, when: datetime, *, of: int | None, **values: Any
) -> Investigacion:
    return Investigacion(
        oficio_id=oficio.id,
        tipo=tipo,
        descripcion=text,
        usuario_id=of,
        ocurrido_at=when,
        created_at=when,
        lugar=None,
        equipo=None,
        **values,
    )


def _steps(oficio: Oficio, life: VidaCerrada, admin: Usuario) -> list[Investigacion]:
    """How it came, was searched and was closed."""
    whose = oficio.investigador_id
    arrived, begun = office_hours(life.llega), office_hours(life.empieza)
    closed = office_hours(life.cierra)
    soon, later = arrived + timedelta(minutes=7), begun + timedelta(hours=2)
    told = [
        _entry(oficio, Actividad.SISTEMA, "Oficio ingresado", arrived, of=admin.id),
        _entry(
            oficio,
            Actividad.SISTEMA,
            "Asignado a una persona de la oficina",
            soon,
            of=admin.id,
            parte=Parte.ASIGNACION,
        ),
        _step(oficio, Estado.PENDIENTE, Estado.INVESTIGACION, begun),
        _entry(oficio, Actividad.LLAMADA, _CALL, later, of=whose),
    ]
    if oficio.id % 5:
        detail = {INFORMED: MedioInforme.TELEFONO.value}
        told.append(_entry(oficio, Actividad.NOTA, _TOLD, later, of=whose, detalle=detail))
    if life.ubicado is None:
        visited = office_hours(life.llega + (life.cierra - life.llega) * 0.6)
        detail = {"resultado": "no_encontrado"}
        told += [
            _entry(oficio, Actividad.TERRENO, _VISIT, visited, of=whose, detalle=detail),
            _entry(oficio, Actividad.NOTA, _LOST, closed - timedelta(minutes=5), of=whose),
            _step(oficio, Estado.INVESTIGACION, Estado.NO_ENCONTRADO, closed),
        ]
    else:
        located = office_hours(life.ubicado)
        told += [
            _step(oficio, Estado.INVESTIGACION, Estado.NOTIFICACION, located),
            _step(oficio, Estado.NOTIFICACION, Estado.ENCONTRADO, closed),
        ]
    return told


def _step(oficio: Oficio, origin: Estado, target: Estado, when: datetime) -> Investigacion:
    return _entry(
        oficio,
        Actividad.CAMBIO_ESTADO,
        f"Pasa a {target.label}",
        when,
        of=oficio.investigador_id,
        detalle={"de": origin.value, "a": target.value},
    )


def _place(oficio: Oficio, when: datetime) -> Ubicacion:
    direccion = oficio.direcciones[0]
    comuna = find_comuna(direccion.comuna or "")
    return Ubicacion(
        oficio_id=oficio.id,
        usuario_id=oficio.investigador_id,
        ubicado_at=office_hours(when) - timedelta(minutes=1),
        tipo=TipoLugar.DIRECCION,
        direccion_id=direccion.id,
        lugar=direccion.direccion,
        comuna=direccion.comuna,
        region=direccion.region,
        lat=comuna.lat if comuna else None,
        lon=comuna.lon if comuna else None,
        exactitud_m=15,
        cliente_id=f"demostracion-{oficio.id}",
    )


def _notice(oficio: Oficio, receptor: Receptor, when: datetime) -> Notificacion:
    sent = office_hours(when) + timedelta(minutes=12)
    text = f"El vehículo {oficio.vehiculo.patente} está ubicado: {oficio.direcciones[0].completa}."
    return Notificacion(
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
        tipo=TipoNotificacion.RECEPTOR_JUDICIAL,
        estado=EstadoNotificacion.ENVIADA,
        receptor_id=receptor.id,
        destinatario_nombre=receptor.nombre,
        destinatario_email=receptor.email,
        asunto=f"Vehículo ubicado: {oficio.vehiculo.patente} · {oficio.rol}",
        cuerpo_texto=text,
        cuerpo_html=f"<p>{text}</p>",
        message_id=f"<demostracion-{oficio.id}@demostracion.example>",
        clave=f"demostracion-{oficio.id}",
        usuario_id=oficio.investigador_id,
        enviando_at=sent,
        enviada_at=sent,
        created_at=sent,
    )


#: What a receptor of the demonstration did, by what he answered.
_ACTS = {
    TipoRespuesta.DILIGENCIADO: (
        Diligencia.EMBARGO,
        Diligencia.RETIRO,
        Diligencia.RETIRO_CON_FUERZA,
    ),
    TipoRespuesta.NO_ENCONTRADO: (Diligencia.BUSQUEDA_NEGATIVA,),
}


def _answers(random: Random, oficio: Oficio, notice: Notificacion) -> list[Respuesta]:
    """What the receptor pressed; one in seven never does, and the case is closed by telephone."""
    if random.random() < 1 / 7:
        return []
    sent = notice.enviada_at or notice.created_at
    left = oficio.estado_desde - sent
    # One of the two answers the same day, the other one takes a day.
    wait = timedelta(hours=random.lognormvariate(1.2 if oficio.id % 2 else 2.7, 0.7))
    first = sent + min(wait, left * 0.4)
    kinds = [TipoRespuesta.RECIBIDO if random.random() < 0.6 else TipoRespuesta.EN_CAMINO]
    if random.random() < 0.85:
        kinds.append(TipoRespuesta.DILIGENCIADO)
    elif random.random() < 0.5:
        kinds.append(TipoRespuesta.NO_ENCONTRADO)
    answers = []
    for number, kind in enumerate(kinds):
        moment = first if not number else first + (oficio.estado_desde - first) * 0.8
        acts = _ACTS.get(kind)
        answers.append(
            Respuesta(
                notificacion_id=notice.id,
                tipo=kind,
                diligencia=acts[oficio.id % len(acts)] if acts else None,
                fecha_diligencia=to_local(moment).date() if acts else None,
                clave=f"demostracion-{oficio.id}-{number}",
                created_at=moment,
            )
        )
    return answers


def _located(
    oficio: Oficio, place: Ubicacion, notice: Notificacion, answers: Sequence[Respuesta]
) -> list[Investigacion]:
    whose = oficio.investigador_id
    sent = notice.enviada_at or notice.created_at
    return [
        _entry(
            oficio,
            Actividad.TERRENO,
            f"Vehículo ubicado: {place.completa}",
            place.ubicado_at,
            of=whose,
            parte=Parte.DIRECCION,
            detalle={"ubicacion_id": place.id, "direccion_id": place.direccion_id},
        ),
        _entry(
            oficio,
            Actividad.NOTIFICACION,
            f"Aviso enviado a {notice.destinatario_nombre} ({notice.destinatario_email}).",
            sent,
            of=whose,
            detalle={"notificacion_id": notice.id, "estado": notice.estado.value},
        ),
        *(
            _entry(
                oficio,
                Actividad.NOTIFICACION,
                describe(notice, answer),
                answer.created_at,
                of=None,
                detalle={
                    "notificacion_id": notice.id,
                    "respuesta_id": answer.id,
                    "respuesta": answer.tipo.value,
                    "procedencia": "receptor",
                },
            )
            for answer in answers
        ),
    ]


def _lookups(
    random: Random, oficio: Oficio, life: VidaCerrada
) -> list[tuple[Consulta, Investigacion, list[dict[str, Any]]]]:
    """What was asked of the demonstration's provider during the search, and what it told."""
    until = life.ubicado or life.cierra
    made = []
    for number in range(random.randint(1, 3)):
        when = office_hours(life.empieza + (until - life.empieza) * (number + 0.5) / 4)
        seen = random.sample(_PLACES, random.choice((0, 0, 1, 2)))
        items: list[dict[str, Any]] = [
            {
                "fecha_hora": when - timedelta(hours=6 + 19 * index, minutes=oficio.id % 50),
                "ubicacion": ubicacion,
                "empresa": empresa,
                "monto": monto,
            }
            for index, (ubicacion, empresa, monto) in enumerate(seen)
        ]
        body = json.dumps({"avistamientos": items}, ensure_ascii=False, default=datetime.isoformat)
        digest = hashlib.sha256(body.encode()).hexdigest()
        text = _said(len(items))
        entry = _entry(
            oficio,
            Actividad.CONSULTA_API,
            text,
            when,
            of=oficio.investigador_id,
            detalle={
                "proveedor": _PROVIDER,
                "recibidos": len(items),
                "nuevos": len(items),
                "simulado": True,
            },
            respuesta=body,
            respuesta_estado=200,
            respuesta_sha256=digest,
        )
        lookup = Consulta(
            oficio_id=oficio.id,
            patente=oficio.vehiculo.patente,
            usuario_id=oficio.investigador_id,
            motivo="Búsqueda del vehículo",
            resultado=ResultadoConsulta.NUEVOS if items else ResultadoConsulta.SIN_NOVEDADES,
            detalle=text,
            proveedor=_PROVIDER,
            http_status=200,
            sha256=digest,
            recibidos=len(items),
            nuevos=len(items),
            pedida_at=when,
            respondida_at=when,
        )
        made.append((lookup, entry, items))
    oficio.ultima_consulta_at = made[-1][0].pedida_at
    return made


def _said(new: int) -> str:
    if not new:
        return "Consulta de pórticos sin novedades: la fuente no cuenta pasos de esta patente."
    return "1 avistamiento nuevo." if new == 1 else f"{new} avistamientos nuevos."


def _sighting(lookup: Consulta, item: dict[str, Any], matches: Any) -> Avistamiento:
    when: datetime = item["fecha_hora"]
    day = local_today(when)
    text, company, monto = item["ubicacion"], item["empresa"], item["monto"]
    return Avistamiento(
        oficio_id=lookup.oficio_id,
        fuente=Fuente.PORTICO,
        clave=sighting_key(Fuente.PORTICO, day, when, text, company, monto),
        simulado=True,
        investigacion_id=lookup.investigacion_id,
        created_at=lookup.respondida_at,
        fecha=day,
        fecha_hora=when,
        ubicacion=text,
        empresa=company,
        monto=monto,
        **gantry_values(matches[text, company]),
    )
