"""The next step and the milestones of a case, for everything that can have happened to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.notificaciones.rules.avance import Caso, Hecho, Situacion, Suceso, follow
from app.oficios.rules import OPEN_STATES, Estado, allowed_moves
from app.usuarios.rules import Rol

START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
P, I, N, E, X = Estado  # noqa: E741


def history(*what: Suceso | tuple[Estado, Estado] | str) -> list[Hecho]:
    """Deeds one after the other; a pair is a step, «deshace» marks the next step as an undo."""
    found: list[Hecho] = []
    undo = False
    for number, one in enumerate(what):
        moment = START + timedelta(hours=number)
        if isinstance(one, str):
            undo = True
        elif isinstance(one, tuple):
            found.append(Hecho(moment, Suceso.PASO, str(number), paso=one, deshace=undo))
            undo = False
        else:
            found.append(Hecho(moment, one, str(number)))
    return found


def case(estado: Estado, *what, has_investigador: bool = True) -> Caso:
    return Caso(
        estado=estado,
        has_investigador=has_investigador,
        recibido=date(2026, 11, 18),
        created_at=START,
        hechos=history(*what),
    )


BEGIN, FOUND, BACK = (P, I), (I, N), (N, I)
PLACE, GONE, STILL = Suceso.UBICADO, Suceso.PERDIDO, Suceso.VISTO_OTRA_VEZ
TOLD, DOUBT = Suceso.AVISADO, Suceso.ENVIO_INCIERTO
DONE, NOT_THERE = Suceso.DILIGENCIADO, Suceso.NO_ENCONTRADO

ASSIGN = "Asignar a un investigador"
START_IT = "Comenzar la búsqueda"
FIND = "Ubicar el vehículo"
FIND_AGAIN = "Ubicar otra vez el vehículo"
TELL = "Notificar al receptor judicial"
CONFIRM = "Confirmar que el receptor judicial recibió el aviso"
WAIT = "Diligencia del receptor judicial"
CLOSE = "Cerrar el caso: la diligencia está realizada"
IS_TOLD = "Receptor judicial notificado"
IS_FOUND = "Vehículo ubicado"
IS_DONE = "Diligencia realizada"
RECEIVED = "Oficio recibido"
CLOSED_FOUND = "Caso cerrado: vehículo encontrado"
CLOSED_NOT = "Caso cerrado sin encontrar el vehículo"
REOPENED = "El caso se reabre"

#: State, investigator, what happened → next step, newest milestone.
TABLE = [
    (P, False, [], ASSIGN, RECEIVED),
    (P, True, [], START_IT, RECEIVED),
    (P, True, [TOLD], WAIT, IS_TOLD),
    (P, True, [BEGIN, (I, P)], START_IT, "La búsqueda queda en espera"),
    (I, False, [BEGIN], ASSIGN, "Comienza la búsqueda"),
    (I, True, [BEGIN], FIND, "Comienza la búsqueda"),
    (I, True, [BEGIN, TOLD], WAIT, IS_TOLD),
    (I, True, [TOLD, BEGIN], WAIT, IS_TOLD),
    (I, True, [BEGIN, FOUND, BACK], FIND, "La búsqueda continúa"),
    (I, True, [BEGIN, PLACE, FOUND, TOLD, BACK], FIND, "La búsqueda continúa"),
    (N, True, [BEGIN, TOLD, DONE, FOUND], CLOSE, IS_DONE),
    (I, True, [BEGIN, FOUND, TOLD, BACK, DONE], CLOSE, IS_DONE),
    (I, True, [BEGIN, PLACE, FOUND, "deshace", BACK], FIND, "Comienza la búsqueda"),
    (N, False, [BEGIN, FOUND], TELL, IS_FOUND),
    (N, True, [], TELL, RECEIVED),
    (N, True, [BEGIN, FOUND], TELL, IS_FOUND),
    (N, True, [PLACE, BEGIN, FOUND], TELL, IS_FOUND),
    (N, True, [BEGIN, FOUND, PLACE], TELL, IS_FOUND),
    (N, True, [BEGIN, TOLD, FOUND], WAIT, IS_FOUND),
    (N, True, [PLACE, BEGIN, FOUND, DOUBT], CONFIRM, IS_FOUND),
    (N, True, [PLACE, BEGIN, FOUND, TOLD], WAIT, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, DOUBT], WAIT, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, NOT_THERE], FIND_AGAIN, IS_TOLD),
    (N, False, [PLACE, BEGIN, FOUND, TOLD, NOT_THERE], ASSIGN, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, NOT_THERE, STILL], TELL, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, NOT_THERE, TOLD], WAIT, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, GONE], FIND_AGAIN, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, GONE, PLACE], TELL, "Vehículo ubicado otra vez"),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, GONE, PLACE, TOLD], WAIT, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, DONE], CLOSE, IS_DONE),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, DONE, DONE], CLOSE, IS_DONE),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, DONE, GONE], CLOSE, IS_DONE),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, DONE, TOLD], WAIT, IS_TOLD),
    (N, True, [PLACE, BEGIN, FOUND, TOLD, DONE, NOT_THERE], FIND_AGAIN, IS_DONE),
    (N, True, [BEGIN, FOUND, TOLD, DONE, (N, E), (E, N)], TELL, REOPENED),
    (N, True, [BEGIN, FOUND, TOLD, DONE, (N, E), "deshace", (E, N)], CLOSE, IS_DONE),
    (I, True, [BEGIN, FOUND, TOLD, (N, X), (X, I)], FIND, REOPENED),
    (P, False, [(P, X), (X, P)], ASSIGN, REOPENED),
    (
        E,
        True,
        [BEGIN, FOUND, TOLD, DONE, (N, E)],
        CLOSED_FOUND,
        "Vehículo encontrado, caso cerrado",
    ),
    (E, True, [], CLOSED_FOUND, RECEIVED),
    (X, True, [BEGIN, (I, X)], CLOSED_NOT, CLOSED_NOT),
    (X, False, [], CLOSED_NOT, RECEIVED),
]


@pytest.mark.parametrize(("estado", "has_investigador", "what", "step", "milestone"), TABLE)
def test_next_step_and_newest_milestone(estado, has_investigador, what, step, milestone):
    avance = follow(case(estado, *what, has_investigador=has_investigador))

    assert (avance.proximo_paso, avance.hitos[0].texto) == (step, milestone)


@pytest.mark.parametrize(("other", "step"), [(1, FIND_AGAIN), (2, CLOSE)])
def test_only_who_did_the_diligencia_takes_it_back(other, step):
    told = case(N, PLACE, BEGIN, FOUND, TOLD, TOLD)
    done = Hecho(START + timedelta(days=30), DONE, "respuesta:1", notificacion_id=1)
    not_there = Hecho(START + timedelta(days=31), NOT_THERE, "respuesta:2", notificacion_id=other)

    avance = follow(replace(told, hechos=[*told.hechos, done, not_there]))

    assert (avance.proximo_paso, avance.hitos[0].texto) == (step, IS_DONE)


def test_a_diligencia_told_twice_is_one_milestone():
    avance = follow(case(N, PLACE, BEGIN, FOUND, TOLD, DONE, DONE))

    assert [hito.texto for hito in avance.hitos] == [
        "Diligencia realizada",
        "Receptor judicial notificado",
        "Vehículo ubicado",
        "Comienza la búsqueda",
        "Oficio recibido",
    ]


def test_the_order_was_received_on_its_day_and_no_hour_is_told():
    received = follow(case(P)).hitos[-1]

    assert received.momento == "18-11-2026"
    assert received.solo_dia
    assert received.sabido_at == START


def test_the_order_received_is_the_last_milestone_also_when_its_day_was_written_too_late():
    late = replace(case(I, BEGIN), recibido=date(2026, 11, 27))

    assert [hito.texto for hito in follow(late).hitos] == [
        "Comienza la búsqueda",
        "Oficio recibido",
    ]


@dataclass
class World:
    """A case as the rules let it go: which deeds are possible next."""

    estado: Estado = P
    has_investigador: bool = False
    what: list = field(default_factory=list)
    has_place: bool = False
    has_link: bool = False

    def after(self) -> list[World]:
        """Every case that one more deed makes of this one."""
        found = [self._step(target) for target in allowed_moves(self.estado, Rol.ADMIN)]
        if not self.has_investigador:
            found.append(replace(self, has_investigador=True))
        if self.estado not in OPEN_STATES:
            return found
        found += [self._did(TOLD, has_link=True), self._did(DOUBT)]
        if self.has_link:
            found += [self._did(DONE), self._did(NOT_THERE)]
        if self.has_place:
            found += [self._did(STILL), self._did(GONE, has_place=False)]
        else:
            steps = {P: [BEGIN, FOUND], I: [FOUND], N: []}[self.estado]
            found.append(self._did(PLACE, *steps, estado=N, has_place=True))
        return found

    def _did(self, *what, **values) -> World:
        return replace(self, what=[*self.what, *what], **values)

    def _step(self, target: Estado) -> World:
        return self._did(
            (self.estado, target),
            estado=target,
            has_place=self.has_place and target is N,
            has_link=self.has_link and not target.is_final,
        )


def test_no_case_that_can_be_says_what_is_not_so():
    worlds, seen = [World()], 0
    for _depth in range(6):
        for world in worlds:
            check(world)
            seen += 1
        worlds = list(itertools.chain.from_iterable(world.after() for world in worlds))

    assert seen > 10_000


#: What may stand beside each newest milestone in an open case.
BESIDE = {
    "Oficio recibido": {"sin_investigador", "por_comenzar", "aviso_incierto", "perdido"},
    "Comienza la búsqueda": {
        *("sin_investigador", "buscando", "aviso_incierto", "perdido"),
    },
    "La búsqueda queda en espera": {
        *("sin_investigador", "por_comenzar", "aviso_incierto", "perdido"),
    },
    "La búsqueda continúa": {
        *("sin_investigador", "buscando", "perdido", "aviso_incierto"),
    },
    "Vehículo ubicado": {
        *("ubicado", "avisado", "aviso_incierto", "perdido", "sin_investigador"),
    },
    "Vehículo ubicado otra vez": {
        *("ubicado", "aviso_incierto", "perdido", "sin_investigador"),
    },
    # A second notice may be the doubtful one.
    "Receptor judicial notificado": {
        *("avisado", "perdido", "sin_investigador", "ubicado", "aviso_incierto"),
    },
    "Diligencia realizada": {
        *("diligenciado", "perdido", "sin_investigador", "ubicado", "aviso_incierto"),
    },
    "El caso se reabre": {
        *("sin_investigador", "por_comenzar", "buscando", "ubicado", "aviso_incierto", "perdido"),
    },
}


def check(world: World) -> None:
    avance = follow(case(world.estado, *world.what, has_investigador=world.has_investigador))
    newest = avance.hitos[0].texto
    where = avance.situacion
    told = f"{world}: «{newest}» beside «{avance.proximo_paso}»"
    if world.estado.is_final:
        assert where.value == world.estado.value.removeprefix("finalizado_"), told
        return
    assert where not in (Situacion.ENCONTRADO, Situacion.NO_ENCONTRADO), told
    assert where.value in BESIDE[newest], told
    if world.has_investigador:
        assert where is not Situacion.SIN_INVESTIGADOR, told
    if where is Situacion.BUSCANDO:
        assert world.estado is I, told
    if where is Situacion.UBICADO:
        assert world.estado is N, told
    if where is Situacion.DILIGENCIADO:
        assert DONE in world.what, told
    if where is Situacion.AVISADO:
        assert TOLD in world.what, told
