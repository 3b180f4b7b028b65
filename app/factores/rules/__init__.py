"""What counts as a second step, who must have one, and how codes on paper look."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.ajustes.rules import Setting
from app.core.clock import is_within
from app.core.labels import Labelled
from app.usuarios.rules import Rol

#: How many codes on paper somebody gets.
PAPER_CODES = 10
#: The digits of one code, 125 bits, and of its groups (ASVS 5.0, 6.5.2: 112 bits need no salt).
_PAPER_DIGITS = 25
_GROUP = 5
#: How long somebody may take between the password and the second step.
STEP_LIFE = timedelta(minutes=10)
#: How long a proof counts for what is asked for after it.
FRESH = timedelta(minutes=10)
#: The job that mails somebody what was changed about how they sign in.
TELL_JOB = "factores.avisar"

REQUIRED = Setting(
    "factores.exigir_admin",
    "Segundo factor",
    "A quién se exige un segundo factor",
    "no",
    "Quien no tiene uno lo activa la próxima vez que entra, y hasta entonces no puede hacer otra "
    "cosa.",
    opciones=(
        ("no", "A nadie"),
        ("si", "A quienes administran"),
        ("personal", "A todo el personal de la oficina"),
        ("todas", "A todas las cuentas, también las de los buffets"),
    ),
    place=61,
)
#: Whose accounts each choice means.
REQUIRED_OF: dict[str, frozenset[Rol]] = {
    "si": frozenset({Rol.ADMIN}),
    "personal": frozenset({Rol.ADMIN, Rol.INVESTIGADOR}),
    "todas": frozenset(Rol),
}


class Comprobacion(Labelled):
    """How an admin made sure who asks to have a lost factor taken off (ASVS 5.0, 6.4.4)."""

    EN_PERSONA = "en_persona", "La vi en persona"
    LLAMADA = "llamada", "La llamé a un número que la oficina ya tenía"
    VIDEO = "video", "La vi por videollamada"
    OTRA_PERSONA = "otra_persona", "Lo confirmó en persona su jefe o un colega que la conoce"


class CambioFactor(Labelled):
    """What happened to how somebody signs in, and what they are told of it."""

    APP = "app", "Se activó una aplicación de códigos en su cuenta"
    LLAVE = "llave", "Se agregó una llave de acceso a su cuenta"
    QUITADO = "quitado", "Se quitó una forma de confirmar que es usted"
    CODIGOS = "codigos", "Se hicieron códigos de respaldo nuevos para su cuenta"
    REINICIADO = "reiniciado", "Un administrador quitó el segundo factor de su cuenta"


@dataclass(frozen=True)
class Factors:
    """What an account has, beside its password."""

    app: bool = False
    keys: int = 0
    #: Codes on paper that were not used.
    paper: int = 0

    @property
    def has_any(self) -> bool:
        """Whether a password alone does not open the account. Paper only stands in for the rest."""
        return self.app or self.keys > 0

    @property
    def has_one(self) -> bool:
        """Whether what it has is the last of it."""
        return self.app + self.keys == 1


def new_paper_code() -> str:
    """A code on paper, in groups that people can copy."""
    digits = base64.b32encode(secrets.token_bytes(16)).decode().lower()[:_PAPER_DIGITS]
    return "-".join(digits[at : at + _GROUP] for at in range(0, _PAPER_DIGITS, _GROUP))


def read_code(typed: str) -> str:
    """What somebody typed, without the spaces and hyphens of its groups."""
    return "".join(typed.split()).replace("-", "").lower()


def is_paper_code(code: str) -> bool:
    """Whether ``read_code`` gave what has the length of a code on paper."""
    return len(code) == _PAPER_DIGITS


def hash_paper_code(code: str) -> str:
    """What its row keeps; ``code`` as ``read_code`` gives it."""
    return hashlib.sha256(code.encode()).hexdigest()


def is_fresh(proved_at: datetime | None, now: datetime) -> bool:
    """Whether a proof still counts."""
    return proved_at is not None and is_within(proved_at, now, FRESH)
