"""Reading typed values from environment variables, and saying in sentences what is wrong."""

from __future__ import annotations

import base64
import ipaddress
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from email.utils import parseaddr
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

QUEUES = ("sqlite:///", "postgresql://", "postgres://", "redis://", "rediss://")
#: A host of a URL with its port; nothing that a security policy would read as something else.
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")
_MACHINE = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_REGION = re.compile(r"[a-z0-9-]+")
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

#: The order of the curve P-256: a private key is a number below it.
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
#: A key of 128 random bits, written as 32 hexadecimal digits, measures at least 90.
_KEY_BITS = 80.0
#: Words that stand in keys that people think up; one in a million random keys has one of them.
_WORDS = re.compile(
    r"secret|clave|contrase|passw|change|cambi|example|ejemplo|rastro|oficina|admin|default|prueba",
    re.IGNORECASE,
)


def _is_p256(text: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", text):
        return False
    number = int.from_bytes(base64.urlsafe_b64decode(f"{text[:43]}="), "big")
    return 0 < number < _P256_ORDER


class Reader:
    """Reads typed values and collects what is wrong instead of stopping at the first."""

    def __init__(
        self,
        env: Mapping[str, str],
        secrets: Iterable[str] = (),
        former_names: Mapping[str, str] | None = None,
    ) -> None:
        self.env = dict(env)
        self.problems: list[str] = []
        for former, name in (former_names or {}).items():
            for suffix in ("", "_FILE"):
                self._read_former(former + suffix, name + suffix)
        #: Of each secret that is there, what it was read from: a variable, a file or a credential.
        self.sources: dict[str, str] = {}
        folder = self._credentials()
        for name in secrets:
            self._read_secret(name, folder)

    def _read_former(self, former: str, name: str) -> None:
        """Take what stands under the name that a variable had before."""
        value = self.text(former)
        if value and self.text(name, value) != value:
            self.problems.append(
                f"{former} es el nombre anterior de {name} y dice otra cosa: quite una."
            )
        elif value:
            self.env[name] = value

    def _credentials(self) -> Path | None:
        """The folder with one file for each secret: of systemd, or one that containers mount."""
        path = self.text("CREDENTIALS_DIRECTORY")
        if path and not Path(path).is_dir():
            self.problems.append(
                f"CREDENTIALS_DIRECTORY nombra una carpeta que no se puede leer: «{path}»."
            )
            return None
        return Path(path) if path else None

    def _read_secret(self, name: str, folder: Path | None) -> None:
        """Take a secret from its variable, the file that ``<name>_FILE`` names, or a credential.

        Only one of them may say it: which of two keys is used would be a guess.
        """
        found = {"variable": name} if self.text(name) else {}
        path = self.text(f"{name}_FILE")
        value = self.text(name)
        if path:
            found["archivo"] = f"{name}_FILE"
            value = self._read_file(path, f"{name}_FILE nombra un archivo", may_be_empty=False)
        if folder is not None and (folder / name).exists():
            words = f"La credencial {name} es un archivo"
            credential = self._read_file(str(folder / name), words, may_be_empty=True)
            if credential:  # one that a list of all of them leaves empty is none
                found["credencial"] = f"la credencial {name}"
                value = credential
        if len(found) > 1:
            self.problems.append(f"{' y '.join(found.values())} están las dos: deje una.")
            return
        self.env[name] = value
        self.sources |= dict.fromkeys([name] if value else [], next(iter(found), ""))

    def _read_file(self, path: str, words: str, *, may_be_empty: bool) -> str:
        try:
            value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError, ValueError):
            self.problems.append(f"{words} que no se puede leer: «{path}».")
            return ""
        if not value.strip() and not may_be_empty:
            self.problems.append(f"{words} vacío: «{path}».")
        return value

    def text(self, name: str, default: str = "") -> str:
        """What is written, without blanks around it; an empty variable is one that is not set."""
        return self.env.get(name, "").strip() or default

    def secret(self, name: str, shortest: int) -> str:
        """A secret of some length. The sentence about a wrong one does not repeat it."""
        value = self.text(name)
        if value and len(value) < shortest:
            self.problems.append(f"{name} debe tener al menos {shortest} caracteres al azar.")
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number between two others."""
        raw = self.text(name)
        if not raw:
            return default
        try:
            value = int(raw)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            self.problems.append(f"{name} debe ser un número entre {low} y {high}; dice «{raw}».")
            return default
        return value

    def boolean(self, name: str, default: bool) -> bool:
        """Yes or no, in the ways that people write it."""
        raw = self.text(name).lower()
        if not raw:
            return default
        if raw in {"1", "true", "yes", "si", "sí", "on"}:
            return True
        if raw in {"0", "false", "no", "off"}:
            return False
        self.problems.append(f"{name} debe ser true o false; dice «{raw}».")
        return default

    def choice(self, name: str, options: tuple[str, ...], default: str) -> str:
        """One of some words, whatever its capitals."""
        value = self.text(name, default).lower()
        if value not in options:
            self.problems.append(f"{name} debe ser {' o '.join(options)}; dice «{value}».")
            return default
        return value

    def url(self, name: str, default: str = "") -> str:
        """A whole address of HTTP, without a slash at its end."""
        value = self.text(name, default).rstrip("/")
        if value and (
            urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc
        ):
            self.problems.append(f"{name} debe ser una dirección http(s) completa.")
            return default
        return value

    def urls(self, name: str) -> tuple[str, ...]:
        """Whole addresses of HTTP, with spaces or commas between them."""
        found = tuple(dict.fromkeys(self.text(name).replace(",", " ").split()))
        for value in found:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                self.problems.append(
                    f"{name} debe tener direcciones http(s) completas, separadas por espacios; "
                    f"«{value}» no lo es."
                )
                return ()
        return found

    def tiles(self, name: str) -> str:
        """The address of the map's pictures, with the three places that say which one.

        One host only: the security policy of every page names it, and nothing else is let in.
        """
        value = self.text(name)
        parts = urlsplit(value)
        is_own = value.startswith("/") and not value.startswith("//")
        is_elsewhere = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.netloc)
        is_whole = all(mark in parts.path + parts.query for mark in ("{z}", "{x}", "{y}"))
        if value and not (is_whole and (is_own or is_elsewhere)):
            self.problems.append(
                f"{name} debe ser una dirección http(s) con {{z}}, {{x}} e {{y}}, de un solo "
                "servidor: por ejemplo https://mapas.ejemplo.cl/{z}/{x}/{y}.png."
            )
            return ""
        return value

    def queue(self, default: str) -> str:
        """HUEY_URL; without it REDIS_URL, which means a Redis; without both, a file."""
        redis = self.text("REDIS_URL")
        if redis and not redis.startswith(("redis://", "rediss://")):
            self.problems.append("REDIS_URL debe empezar con redis:// o rediss://.")
            redis = ""
        default = redis or default
        value = self.text("HUEY_URL", default).replace("postgresql+psycopg://", "postgresql://", 1)
        if not value.startswith(QUEUES):
            self.problems.append(f"HUEY_URL debe empezar con {', '.join(QUEUES)}.")
            return default
        return value

    def database(self, default: str) -> str:
        """DATABASE_URL, as SQLAlchemy takes it."""
        value = sqlalchemy_url(self.text("DATABASE_URL", default))
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems.append("DATABASE_URL debe empezar con sqlite:/// o postgresql://.")
            return default
        return value

    def origins(self, name: str) -> tuple[str, ...]:
        """A JSON list of sites, each as a browser names it: scheme and host, without a path."""
        raw = self.text(name)
        if not raw:
            return ()
        try:
            value = json.loads(raw)
        except ValueError:
            value = None
        if not isinstance(value, list) or not all(_is_origin(item) for item in value):
            self.problems.append(
                f"{name} debe ser una lista JSON de sitios sin camino, por ejemplo "
                '["https://intranet.ejemplo.cl"].'
            )
            return ()
        return tuple(value)

    def host(self, name: str) -> str:
        """The name or number of a machine."""
        return self._shaped(name, "", _MACHINE, "el nombre de un servidor, sin https:// ni puerto")

    def hosts(self, name: str) -> tuple[str, ...]:
        """Names or numbers of machines, with spaces or commas between them."""
        found = tuple(self.text(name).lower().replace(",", " ").split())
        if all(map(_MACHINE.fullmatch, found)):
            return found
        self.problems.append(
            f"{name} debe tener nombres de servidores separados por espacios, sin https:// ni "
            "puerto."
        )
        return ()

    def sender(self, name: str, default: str) -> str:
        """An address of mail, alone or as «Name <address>»."""
        value = self.text(name, default)
        if not _ADDRESS.fullmatch(parseaddr(value)[1]):
            self.problems.append(
                f"{name} debe ser una casilla, por ejemplo avisos@oficina.cl; dice «{value}»."
            )
            return default
        return value

    def scanner(self, name: str) -> str:
        """``tcp://host:port`` or ``unix:///path``; empty: none."""
        words = "una dirección como tcp://127.0.0.1:3310 o unix:///run/clamav/clamd.ctl"
        shape = re.compile(r"tcp://[\w.:\[\]-]+|unix:///[\w./-]+")
        return self._shaped(name, "", shape, words)

    def log_target(self, name: str) -> str:
        """``syslog+tls://host:port``, the port being 6514 where it is left out; empty: none."""
        words = "una dirección como syslog+tls://registros.oficina.cl:6514"
        shape = re.compile(r"syslog\+tls://[A-Za-z0-9.-]+(:[1-9]\d{0,4})?")
        return self._shaped(name, "", shape, words)

    def region(self, name: str, default: str) -> str:
        """A region of Amazon, or what another provider calls so."""
        return self._shaped(name, default, _REGION, "una región, por ejemplo us-east-1")

    def header(self, name: str, default: str) -> str:
        """The name of a header of HTTP."""
        return self._shaped(name, default, _HEADER, "el nombre de un encabezado, como X-API-KEY")

    def bucket(self, name: str) -> str:
        """The name of a bucket, not its address."""
        return self._shaped(
            name,
            "",
            _BUCKET,
            "el nombre de un bucket: letras minúsculas, números, puntos y guiones",
        )

    def vapid_key(self, name: str) -> str:
        """A private key of P-256: its 32 bytes in base64url. What is wrong with one is not said
        with the key.
        """
        value = self.text(name)
        if value and not _is_p256(value):
            self.problems.append(
                f"{name} debe ser una clave privada de «flask avisos vapid»: 43 caracteres."
            )
            return ""
        return value

    def contact(self, name: str) -> str:
        """Whom somebody turns to: ``mailto:`` and a mailbox, or an address of the web."""
        shape = re.compile(r"mailto:[^@\s]+@[^@\s]+|https://[\w.-]+(/\S*)?")
        return self._shaped(name, "", shape, "una casilla como mailto:rastro@oficina.cl o una web")

    def dsn(self, name: str) -> str:
        """An address of Sentry: a public key before the host, and the project's number."""
        value = self.text(name)
        parts = urlsplit(value)
        is_whole = parts.scheme in {"http", "https"} and parts.username and parts.hostname
        if value and not (is_whole and parts.path.rpartition("/")[2].isdigit()):
            self.problems.append(
                f"{name} debe ser el DSN que muestra Sentry: https://clave@servidor/número."
            )
            return ""
        return value

    def _shaped(self, name: str, default: str, shape: re.Pattern[str], words: str) -> str:
        value = self.text(name, default)
        if value and not shape.fullmatch(value):
            self.problems.append(f"{name} debe ser {words}; dice «{value}».")
            return default
        return value


def _is_origin(value: object) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    is_bare = value == f"{parts.scheme}://{parts.netloc}"
    return is_bare and parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(parts.netloc))


def is_guessable(secret: str) -> bool:
    """Whether a key was thought up by a person or copied from a guide, and not made at random."""
    return guessing_bits(secret) < _KEY_BITS or bool(_WORDS.search(secret))


def guessing_bits(secret: str) -> float:
    """How many bits somebody has to guess who sees what a secret is made of; never too many.

    How evenly its characters are used, or the steps from one to the next («abcdef» has one step),
    less what is said twice («secretsecret» is one word). Random text loses little by any of them.
    """
    steps = [after - before for before, after in pairwise(map(ord, secret))]
    triples = list(zip(secret, secret[1:], secret[2:], strict=False))
    share_said_once = len(set(triples)) / len(triples) if triples else 1.0
    return min(_evenness(secret), _evenness(steps)) * share_said_once


def _evenness(items: Sequence[object]) -> float:
    """Shannon's entropy of what occurs, over all that occurs, in bits."""
    counts = Counter(items).values()
    return -sum(count * math.log2(count / len(items)) for count in counts)


#: Endings of names that no public DNS resolves: those of a private network, often encrypted itself.
_PRIVATE_NAMES = (".internal", ".local", ".localhost", ".lan", ".home.arpa")
#: What makes libpq encrypt, or fail.
_SSL_MODES = frozenset({"require", "verify-ca", "verify-full"})


def is_own_network(host: str) -> bool:
    """Whether a machine is this one, a container beside it, or of a private network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.lower().rstrip(".").endswith(_PRIVATE_NAMES)


def missing_encryption(url: str) -> str:
    """What an address of another network lacks to be encrypted; empty when it lacks nothing."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = parts.hostname or query.get("host", [""])[0]
    if not host or host.startswith("/") or is_own_network(host):
        return ""
    if parts.scheme == "http":
        return "debe empezar con https://"
    if parts.scheme == "redis":
        return "debe empezar con rediss://"
    if parts.scheme.startswith("postgres") and query.get("sslmode", [""])[-1] not in _SSL_MODES:
        return "agregue ?sslmode=require al final, o verify-full con su certificado"
    return ""


def sqlalchemy_url(url: str) -> str:
    """Accept the ``postgres://`` spelling of hosting services and name the psycopg 3 driver."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
