"""Which passwords may be chosen: long enough, not common, and not about the person.

There are no rules of composition: they make people write «Clave.2026». The sentence says why a
password was refused and how to find a better one (ASVS 5.0, 6.2.1 to 6.2.12).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from app.core.errors import InvalidValue
from app.core.text import fold
from app.usuarios.rules import PASSWORD_MAX, PASSWORD_MIN

_DATA = Path(__file__).parent / "data"
#: Of the common ones few are long enough to be chosen at all; the second list has only such.
_COMMON = (_DATA / "contrasenas_comunes_10k.txt", _DATA / "contrasenas_largas.txt")
_ADVICE = "Sirve una frase de varias palabras que nadie más diría."
#: Of what an account says of its person, parts this long are looked for in the password.
_TELLING = 4
#: As many different characters and steps as a password has at least: «abababab…» has two.
_VARIED = 5
#: What stands around a common word without making it less common.
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_PARTS = re.compile(r"[^\W_]+")
#: How people disguise letters.
_DISGUISES = str.maketrans("01345@$!7", "oleasasit")
#: The product, and what everybody here works with.
_NEAR = ("rastro", "investigaciones", "contrasena", "password", "receptor")


class WeakPassword(InvalidValue):
    """The password is too short, too long, common, or about the person."""


def check_new_password(password: str, *, about: Iterable[str | None] = ()) -> None:
    """Refuse a password that others try first.

    Args:
        password: as typed; blanks count, any character may be used.
        about: what is known of the person: e-mail, name, telephone, the office's name.

    Raises:
        WeakPassword: with the sentence to show. It does not repeat the password.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise WeakPassword(
            f"La contraseña debe tener entre {PASSWORD_MIN} y {PASSWORD_MAX} caracteres. {_ADVICE}"
        )
    folded = fold(password)
    if _is_monotonous(password):
        raise WeakPassword(f"La contraseña repite o sigue una serie. {_ADVICE}")
    if _is_common(folded):
        raise WeakPassword(f"Esa contraseña es de las más usadas, y se prueba primero. {_ADVICE}")
    joined = "".join(_PARTS.findall(folded))
    plain = "".join(_PARTS.findall(folded.translate(_DISGUISES)))
    for part in _telling_parts(about):
        if part in joined or part in plain:
            raise WeakPassword(
                f"La contraseña contiene datos suyos, de la oficina o de Rastro. {_ADVICE}"
            )


def _is_monotonous(password: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return len(set(password)) < _VARIED or len(steps) < _VARIED


def _is_common(folded: str) -> bool:
    common = _common_passwords()
    candidates = {folded, folded.translate(_DISGUISES)}
    candidates |= {_AROUND.sub("", candidate) for candidate in {*candidates}}
    halves = {text[: len(text) // 2] for text in candidates if _is_doubled(text)}
    return not candidates.isdisjoint(common) or not halves.isdisjoint(common)


def _is_doubled(text: str) -> bool:
    return len(text) % 2 == 0 and text[: len(text) // 2] == text[len(text) // 2 :]


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(
        fold(line) for path in _COMMON for line in path.read_text(encoding="utf-8").splitlines()
    )


def _telling_parts(about: Iterable[str | None]) -> Iterable[str]:
    yield from _NEAR
    for text in about:
        folded = fold(text or "")
        parts = _PARTS.findall(folded.rpartition("@")[0] or folded)
        yield from (part for part in parts if len(part) >= _TELLING)
        digits = "".join(filter(str.isdigit, folded))
        if len(digits) >= 8:
            yield digits[-8:]
