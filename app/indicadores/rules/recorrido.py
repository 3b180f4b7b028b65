"""The way of a case through its states, day by day, from what its bitácora says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.oficios.rules import Estado


@dataclass(frozen=True)
class CambioEstado:
    """One change of state, on a day of Santiago's calendar."""

    dia: date
    de: Estado
    a: Estado
    #: It takes the one before it back at once: a slip of the finger.
    deshace: bool = False


@dataclass(frozen=True)
class Estadia:
    """A stay in a state; without an end the case is there now."""

    estado: Estado
    desde: date
    hasta: date | None

    @property
    def dias(self) -> int:
        """Whole days; none of a state that was left on the day on which it was entered."""
        return 0 if self.hasta is None else (self.hasta - self.desde).days


@dataclass(frozen=True)
class Recorrido:
    """The stays of a case, and the days that reports count it by."""

    estadias: tuple[Estadia, ...]

    @property
    def recibido(self) -> date:
        """The day of its entry."""
        return self.estadias[0].desde

    @property
    def iniciado(self) -> date | None:
        """When the search began: the first day on which it had left *Pendiente*."""
        return next(
            (one.desde for one in self.estadias if one.estado is not Estado.PENDIENTE), None
        )

    @property
    def ubicado(self) -> date | None:
        """When it was located last, unless it went back to the search since."""
        found = None
        for one in self.estadias:
            if one.estado is Estado.NOTIFICACION:
                found = one.desde
            elif not one.estado.is_final:
                found = None
        return found

    @property
    def cerrado(self) -> date | None:
        """When it was closed; None while it is open."""
        last = self.estadias[-1]
        return last.desde if last.estado.is_final else None

    def dias_en(self, estado: Estado) -> int | None:
        """The days of all its stays in a state that are over; None if it never was there."""
        stays = [one.dias for one in self.estadias if one.estado is estado]
        return sum(stays) if stays else None


def follow_states(
    recibido: date, pasos: Sequence[CambioEstado], estado: Estado, estado_desde: date
) -> Recorrido:
    """Follow a case from its entry, by its steps in the order in which they were written.

    What was undone at once never was. A day before the one of the step before it, which only a
    wrong clock writes, is taken for that day. The row has the last word: in which state a case is
    that was loaded without steps, or whose last step says another one.
    """
    held = _that_hold(pasos)
    current = held[0].de if held else estado
    stays: list[Estadia] = []
    since = recibido
    changes = [(paso.a, paso.dia) for paso in held]
    if held and held[-1].a is not estado:
        changes.append((estado, estado_desde))
    for target, day in changes:
        moment = max(day, since)
        stays.append(Estadia(current, since, moment))
        current, since = target, moment
    return Recorrido((*stays, Estadia(current, since, None)))


def _that_hold(pasos: Sequence[CambioEstado]) -> list[CambioEstado]:
    """The steps without those that were taken back at once, nor what took them back."""
    held: list[CambioEstado] = []
    for paso in pasos:
        if paso.deshace and held and (held[-1].de, held[-1].a) == (paso.a, paso.de):
            held.pop()
        else:
            held.append(paso)
    return held
