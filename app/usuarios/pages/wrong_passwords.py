"""How often passwords may be tried, and links that nobody made.

A device on which the account was signed in to before counts for itself, and so does an open
session: whatever strangers do, the owner gets in. All other devices share one count for each
account, whatever their address, and wait ever longer. The count of an address is for who tries
many accounts; it does not touch known devices, and is wide enough for an office behind one address.

An attempt takes its place before the password is looked at and gives it back unless the password
was wrong. So many attempts at the same moment, in however many processes, are answered no more
often than one after the other, and an error of ours locks nobody out. Of an address without an
account the same is counted, so that a refusal tells nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from limits import RateLimitItem, parse_many

from app.extensions import asking_network, limiter
from app.usuarios.pages.known_devices import find_known_device
from app.usuarios.pages.refusals import find_asker, note_happened
from app.usuarios.queries import find_id_by_email
from app.usuarios.rules.guessing import (
    ANSWERED_AT_ONCE,
    ENLACE_MUERTO,
    FRENADO,
    INTENTO,
    LONGEST_WAIT,
    REMEMBERED,
    say_seconds,
    wait_after,
)
from app.usuarios.rules.known_devices import account_key
from app.web.error_pages import HeldBack

#: The page and the API count together, or each further door would give a guesser as many tries.
_PER_DEVICE = parse_many("5 per minute;20 per hour")
_PER_ADDRESS = parse_many("300 per hour")
#: Links to dashboards that are asked for from one address.
_PER_ASKER = parse_many("5 per minute;30 per hour")
#: Seconds by which two machines may see the time differently.
_SLACK = 15

_FROM_UNKNOWN = (
    "Hubo varios intentos equivocados de entrar a esta cuenta desde equipos nuevos. Espere {wait} "
    "y vuelva a intentarlo. Mientras tanto puede entrar desde un equipo que ya usó antes, o elegir "
    "otra contraseña con «¿Olvidó su contraseña?»."
)
_FROM_KNOWN = (
    "Se escribió mal la contraseña demasiadas veces en este equipo. Espere {wait} y vuelva a "
    "intentarlo, o elija otra con «¿Olvidó su contraseña?» en la página de entrada."
)
_FROM_ADDRESS = (
    "Desde esta conexión a internet hubo demasiados intentos equivocados. Espere {wait} y vuelva "
    "a intentarlo. Mientras tanto puede entrar desde un equipo que ya usó antes, o por otra "
    "conexión."
)
_AT_STEP = (
    "Hubo varios intentos equivocados de confirmar que es usted. Espere {wait} y vuelva a "
    "intentarlo. Si perdió su teléfono o su llave, pida a un administrador que quite su segundo "
    "factor."
)
_DEAD_LINKS = (
    "Desde esta conexión a internet se abrieron demasiados enlaces que no sirven. Espere {wait} y "
    "abra otra vez el suyo."
)
_ASKED_TOO_OFTEN = (
    "Se pidieron demasiados enlaces. Espere {wait} y vuelva a intentarlo; si ya pidió uno, mire "
    "también en el correo no deseado."
)

#: How a place is given back that an attempt took.
_Undo = Callable[[], None]
Found = TypeVar("Found")


class WrongPassword(Exception):
    """Raise it, or a subclass, inside ``counted_attempt``: the attempt counts."""


@contextmanager
def counted_attempt(email: str, *, session: str = "", is_step: bool = False) -> Iterator[None]:
    """Let a password be tried; the attempt counts only if ``WrongPassword`` is raised inside.

    ``session`` names an open session of the account, which counts for itself. ``is_step``: what is
    tried comes after the right password, and is counted for the account whatever the device. The
    audit is told of wrong passwords and of refusals. Call it outside a transaction.

    Raises:
        HeldBack: with the seconds to wait.
    """
    try:
        taken = []
        if limiter.enabled:
            taken = _take_of_step(email) if is_step else _take(email, session)
    except HeldBack:
        _note(FRENADO, email)
        raise
    try:
        yield
    except WrongPassword:
        _note(INTENTO, email)
        raise
    except BaseException:
        _give_back(taken)
        raise
    _give_back(taken)


def open_link(find: Callable[[], Found | None]) -> Found | None:
    """What a link opens, by ``find``; it counts for the address only if that finds nothing.

    A link that finds something bears our signature of 256 bits, which is no guess: it opens however
    many dead ones were tried from the same address, as a whole office may be behind it.

    Raises:
        HeldBack: it opens nothing, and there were too many of these; with the seconds to wait.
    """
    taken: list[_Undo] = []
    held: HeldBack | None = None
    if limiter.enabled:
        try:
            taken = _hit(_PER_ADDRESS, "dead links", asking_network(), _DEAD_LINKS)
        except HeldBack as error:
            held = error
    try:
        found = find()
    except BaseException:
        _give_back(taken)
        raise
    if found is not None:
        _give_back(taken)
        return found
    note_happened(ENLACE_MUERTO, find_asker)
    if held is not None:
        raise held
    return None


def note_wrong_key() -> None:
    """Tell the audit of a passkey that opened nothing: nothing is to be guessed there."""
    note_happened(INTENTO, lambda: None)


def count_recovery(email: str) -> None:
    """Count that somebody asks for a link because they forgot the password.

    Call it outside a transaction.

    Raises:
        HeldBack: with the seconds to wait.
    """
    if not limiter.enabled:
        return
    device = find_known_device(email)
    if device:
        _hit(_PER_DEVICE, "recovery on a device", device, _ASKED_TOO_OFTEN)
    else:
        _hit(_PER_ADDRESS, "recovery from an address", asking_network(), _ASKED_TOO_OFTEN)


def count_asked_link() -> None:
    """Count that somebody asks for the link to a dashboard, whose address nobody may guess.

    Call it outside a transaction.

    Raises:
        HeldBack: with the seconds to wait.
    """
    if limiter.enabled:
        _hit(_PER_ASKER, "links from an address", asking_network(), _ASKED_TOO_OFTEN)


def _take(email: str, session: str) -> list[_Undo]:
    if session:
        return _hit(_PER_DEVICE, "password in a session", session, _FROM_KNOWN)
    device = find_known_device(email)
    if device:
        return _hit(_PER_DEVICE, "sign in on a device", device, _FROM_KNOWN)
    taken = _hit(_PER_ADDRESS, "sign in from an address", asking_network(), _FROM_ADDRESS)
    try:
        return [*taken, *_take_of_account(account_key(email))]
    except HeldBack:
        _give_back(taken)
        raise


def _take_of_step(email: str) -> list[_Undo]:
    """Only who knows the password gets here, so strangers cannot hold the owner back."""
    return _take_of_account(f"step {account_key(email)}", _AT_STEP)


def _take_of_account(key: str, sentence: str = _FROM_UNKNOWN) -> list[_Undo]:
    """Take the place of an unknown device at an account.

    The first ones are counted alone. Each one after them closes a gate for the time that a wrong
    password costs; of several at the same moment one finds it open.
    """
    storage = limiter.storage
    tries, waits, gate = (f"guesses/{name}/{key}" for name in ("tries", "waits", "gate"))
    wait = _seconds_closed(gate)
    if wait > 0:
        raise _held_back(sentence, wait)
    if storage.incr(tries, REMEMBERED) < ANSWERED_AT_ONCE:
        return [lambda: _decrement(tries, REMEMBERED)]
    _decrement(tries, REMEMBERED)
    seconds = wait_after(storage.get(waits))
    if storage.incr(gate, seconds) > 1:
        raise _held_back(sentence, _seconds_closed(gate))
    storage.incr(waits, REMEMBERED)
    return [lambda: _decrement(waits, REMEMBERED), lambda: storage.clear(gate)]


def _seconds_closed(gate: str) -> float:
    """How long a gate stays closed; 0 too for one that was closed by a clock that ran ahead."""
    if limiter.storage.get(gate) <= 0:
        return 0
    left = limiter.storage.get_expiry(gate) - time.time()
    return left if left <= LONGEST_WAIT + _SLACK else 0


def _hit(limits: list[RateLimitItem], scope: str, who: str, sentence: str) -> list[_Undo]:
    """Take a place under each limit, or none.

    Raises:
        HeldBack: under one of them there is none left.
    """
    taken: list[_Undo] = []
    for limit in limits:
        taken.append(_undo_hit(limit, scope, who))
        if not limiter.limiter.hit(limit, scope, who):
            reset = limiter.limiter.get_window_stats(limit, scope, who).reset_time
            _give_back(taken)
            # The wall clock may have been set back since the window began.
            raise _held_back(sentence, min(reset - time.time(), limit.get_expiry()))
    return taken


def _undo_hit(limit: RateLimitItem, scope: str, who: str) -> _Undo:
    return lambda: _decrement(limit.key_for(scope, who), limit.get_expiry())


def _decrement(key: str, expiry: int) -> None:
    if limiter.storage.get(key) > 0:
        limiter.storage.incr(key, expiry, -1)


def _give_back(taken: list[_Undo]) -> None:
    for undo in taken:
        undo()


def _held_back(sentence: str, seconds: float) -> HeldBack:
    whole = max(1, math.ceil(seconds))
    return HeldBack(sentence.format(wait=say_seconds(whole)), whole)


def _note(accion: str, email: str) -> None:
    note_happened(accion, lambda: find_id_by_email(email))
