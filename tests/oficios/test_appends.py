"""Who adds something to a case is never refused because somebody else edits it."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from app.adjuntos.models import Adjunto
from app.avistamientos.models import Avistamiento
from app.core.clock import local_today, utcnow
from app.direcciones.models import Visita
from app.notificaciones.models import Notificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData
from tests.adjuntos.files import jpeg
from tests.factories import make_oficio
from tests.oficios.acting import stored

#: How often each of them does it.
ROUNDS = 5


@pytest.fixture
def case(app, buffet, usuario_investigador) -> Oficio:
    place = DireccionData(direccion="Los Aromos 12", comuna="Ñuñoa", region="Metropolitana")
    return make_oficio(app, buffet, usuario_investigador, direccion=place)


def run_together(*deeds: Callable[[int], None]) -> None:
    """Every deed ``ROUNDS`` times, all deeds at once; what one raises fails the test."""
    errors: list[BaseException] = []

    def repeat(deed: Callable[[int], None]) -> None:
        try:
            for number in range(ROUNDS):
                deed(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=repeat, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_appends_conflict_with_nothing(app, sign_in, usuario_investigador, case, rows):
    """On PostgreSQL 25 of 50 were refused: each compared the version of the case that it read."""
    url = f"/oficios/{case.id}"
    (direccion,) = stored(app, case).direcciones
    answers: Counter[tuple[str, int]] = Counter()

    def send(name: str, path: str, data: Mapping[str, object]) -> None:
        response = sign_in(usuario_investigador).post(path, data=data)
        answers[name, response.status_code] += 1

    def edit(number: int) -> None:
        version = stored(app, case).version
        data = {"numero_oficio": case.numero_oficio, "prioridad": "media", "version": str(version)}
        send("edit", f"{url}/datos", {**data, "caratulado": f"BANCO/N {number}"})

    def note(number: int) -> None:
        send("note", f"{url}/bitacora", {"tipo": "nota", "descripcion": f"nota {number}"})

    def call(number: int) -> None:
        send("call", f"{url}/bitacora", {"tipo": "llamada", "descripcion": f"llamada {number}"})

    def visit(number: int) -> None:
        path = f"{url}/direcciones/{direccion.id}/visitas"
        send("visit", path, {"resultado": "no_encontrado", "notas": f"visita {number}"})

    def sight(number: int) -> None:
        today = local_today(utcnow()).isoformat()
        data = {"fuente": "manual", "fecha": today, "hora": "", "ubicacion": f"Calle {number}"}
        send("sighting", f"{url}/avistamientos", data)

    def photograph(number: int) -> None:
        file = (io.BytesIO(jpeg((64 + number, 48))), f"foto{number}.jpg")
        send("photo", f"{url}/fotos", {"tipo": "foto_vehiculo", "archivos": file})

    def person(number: int) -> None:
        send("person", f"{url}/personas", {"tipo": "usuario", "nombre": f"Ana {number}"})

    run_together(edit, note, note, call, visit, visit, sight, photograph, person)

    # An edit of a copy that is not the newest any more is refused, as a person added means.
    allowed = {("edit", 409)}
    refused = {key: count for key, count in answers.items() if key[1] != 303}
    assert set(refused) <= allowed, answers
    edit(ROUNDS)
    assert answers["edit", 303] >= 1, "an edit that nobody disturbs is taken"
    assert len(rows(Investigacion, tipo=Actividad.NOTA)) >= 2 * ROUNDS
    assert len(rows(Investigacion, tipo=Actividad.LLAMADA)) == ROUNDS
    assert len(rows(Visita)) == 2 * ROUNDS
    assert len(rows(Avistamiento)) == ROUNDS
    assert len(rows(Adjunto)) == ROUNDS


def test_a_notice_conflicts_with_nothing(app, sign_in, usuario_investigador, case, rows):
    """Two people write to receptores while a third edits the case."""
    url = f"/oficios/{case.id}"
    answers: Counter[tuple[str, int]] = Counter()

    def edit(number: int) -> None:
        version = stored(app, case).version
        data = {"numero_oficio": case.numero_oficio, "prioridad": "media", "version": str(version)}
        data["caratulado"] = f"BANCO/N {number}"
        response = sign_in(usuario_investigador).post(f"{url}/datos", data=data)
        answers["edit", response.status_code] += 1

    def notify(who: str, number: int) -> None:
        data = {
            "clave": f"un-formulario-de-{who}-{number}",
            "receptor": "",
            "nombre": "Ema Soto",
            "email": f"{who}{number}@receptores.example",
            "mensaje": "",
            "confirmar_incompleto": "y",
        }
        response = sign_in(usuario_investigador).post(f"{url}/notificaciones", data=data)
        answers["notice", response.status_code] += 1

    run_together(edit, partial(notify, "ema"), partial(notify, "luis"))

    refused = {key for key in answers if key[1] != 303}
    assert refused <= {("edit", 409)}, answers
    assert answers["notice", 303] == len(rows(Notificacion)) == 2 * ROUNDS
    assert answers["edit", 303] >= 1
