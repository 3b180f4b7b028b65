"""The demonstration: invented buffets, people and cases, so that every page has something to show.

Everything is made up from a fixed seed; no person, vehicle or court order here is real. The mark
``demo`` is set in the same transaction: a database is a demo from its first row on, or not at all.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from app.adjuntos.queries import list_images, list_visitas
from app.adjuntos.rules import TipoAdjunto
from app.adjuntos.service import Upload, add_adjuntos, set_approval
from app.ajustes.queries import is_demo
from app.ajustes.rules import OFFICE_COLOR, OFFICE_EMAIL, OFFICE_NAME, OFFICE_PHONE
from app.ajustes.service import set_setting
from app.anclaje.service import anchor
from app.avisos.models import Aviso
from app.consultas.rules.alcance import DEMO, settings_of
from app.core.clock import utcnow
from app.db import db, transaction
from app.demo.rules.additions import add_compliance
from app.demo.rules.photos import draw_photo
from app.demo.service.invented_cases import (
    ask_colleague,
    give_routine,
    locate_vehicle,
    make_case,
    promise,
)
from app.demo.service.invented_messages import exchange_messages
from app.demo.service.invented_people import ACCOUNTS, make_buffets, make_people, make_receptores
from app.demo.service.invented_promises import keep_some_promises, promise_terms
from app.demo.service.invented_requests import make_requests
from app.demo.service.invented_troubles import fail_check, leave_mail_uncertain
from app.demo.service.invented_year import make_year
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.porticos.service import load_seed
from app.usuarios.models import Usuario
from config import Config

#: Whose dashboards, mails and papers these are.
_OFFICE = {
    OFFICE_NAME: "Búsquedas Cordillera",
    OFFICE_PHONE: "+56225550100",
    OFFICE_EMAIL: "oficios@cordillera.example",
    OFFICE_COLOR: "#2f3e63",
}
#: Whole pesos of one look-up, so that the reports can say what they cost.
_PRICE = "180"
#: How many cases stand in each state.
_PLAN = (
    (Estado.PENDIENTE, 10),
    (Estado.INVESTIGACION, 14),
    (Estado.NOTIFICACION, 5),
    (Estado.ENCONTRADO, 5),
    (Estado.NO_ENCONTRADO, 2),
)


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
    searched_id = 0
    with transaction():
        set_setting("demo", "1")
        for setting, value in _OFFICE.items():
            set_setting(setting.clave, value)
        set_setting(settings_of(DEMO.fuente)["precio"].clave, _PRICE)
        people = make_people(now)
        buffets = make_buffets(people.admin, now)
        make_receptores(now)
        add_compliance(buffets, people.admin, now)
        load_seed(now)
        promise_terms(buffets, people.admin, now)
        for estado, amount in _PLAN:
            for _ in range(amount):
                oficio = make_case(random, estado, random.choice(buffets), people, now)
                if estado is Estado.INVESTIGACION and not has_routine:
                    has_routine = True
                    give_routine(oficio, now)
                if estado is Estado.INVESTIGACION and oficio.id % 3 == 0:
                    promise(oficio, oficio.id // 3 % 3, now)
                if estado is Estado.INVESTIGACION:
                    if not searched_id:
                        ask_colleague(oficio, people.admin, now)
                    searched_id = oficio.id
                if estado in {Estado.NOTIFICACION, Estado.ENCONTRADO}:
                    vehiculo = oficio.vehiculo
                    photographed.append((oficio.id, vehiculo.patente, vehiculo.color or "gris"))
        keep_some_promises(buffets, people.admin, now)
        make_requests(oficio, people.admin, now)
        # After the others, so that those keep their ids, and with chances of its own.
        make_year(Random(2025), buffets, people, now)
        investigador_id, admin_id = people.investigadores[0].id, people.admin.id
        # What the bell told days ago was seen.
        db.session.execute(
            sa.update(Aviso).where(Aviso.created_at < now - timedelta(days=2)).values(leido_at=now)
        )
    with transaction():
        # Invented like the rest: that page, too, has something to show.
        for days in (3, 2):
            anchor(now - timedelta(days=days))
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
        locate_vehicle(photographed[0][0], investigador_id, now)
        approved = list_images(photographed[0][0])[0]
        set_approval(
            approved,
            aprobado=True,
            actor=db.session.get_one(Usuario, investigador_id),
            now=now,
        )
    with transaction():
        actor = db.session.get_one(Usuario, investigador_id)
        fail_check(db.session.get_one(Oficio, searched_id), actor, now)
        exchange_messages(admin_id, investigador_id, now)
        # Not the one that was just located: that one waits for its notice.
        leave_mail_uncertain(db.session.get_one(Oficio, photographed[1][0]), actor, now)
    with transaction():
        anchor(now - timedelta(days=1))
        # Nobody is mailed what was invented: the mailbox begins with what somebody does there.
        db.session.execute(sa.update(Aviso).values(correo_at=Aviso.created_at))
