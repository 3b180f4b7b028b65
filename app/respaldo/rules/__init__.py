"""Names of backups, their manifest, and which backups the rotation removes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

from app.core.clock import is_ahead_of

#: A backup is made every day; after this long, one was missed.
BACKUP_LIMIT = timedelta(hours=36)
#: How often it is told again that there is none.
TOLD_AGAIN = timedelta(days=7)
#: Format version; raise it when an older Rastro could not read the archive.
FORMAT = 2
_NAME = re.compile(r"rastro-(\d{8}T\d{6})Z\.tar(\.cifrado)?")
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Manifest:
    """The last member of every archive: without it the archive was cut short.

    ``rows`` counts each table, ``sequences`` says where PostgreSQL's numbering went on, and
    ``files`` gives the SHA-256 of every member. ``missing`` and ``altered`` name files that were
    wrong in the storage already when the backup was made.
    """

    created_at: str
    kind: str
    revision: str
    version: str
    rows: dict[str, int]
    files: dict[str, str]
    sequences: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    format: int = FORMAT

    def to_json(self) -> str:
        """As it is written into the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read it back.

        Raises:
            ValueError: it is none, or of a newer format.
        """
        try:
            manifest = cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(str(error)) from None
        if not 1 <= manifest.format <= FORMAT:
            raise ValueError(f"format {manifest.format}")
        return manifest

    @property
    def row_count(self) -> int:
        """All rows of all tables."""
        return sum(self.rows.values())

    @property
    def stored_files(self) -> dict[str, str]:
        """The SHA-256 of each stored file, by its storage and key: ``local/originales/...``."""
        return {
            name.removeprefix(FILES): digest
            for name, digest in self.files.items()
            if name.startswith(FILES)
        }

    def home_of(self, member: str) -> tuple[str, str]:
        """The storage and the key of a stored file.

        Format 1 named no storage: all files were those of the one in use.
        """
        if self.format == 1:
            return "", member
        storage, _, key = member.partition("/")
        return storage, key


FILES = "archivos/"
#: The list of erasures by law, which goes where the archives go; ``app.supresion`` writes it.
ERASURES = "supresiones.json"
#: Folders inside the archive.
DATABASE = "base/"


def backup_name(now: datetime, *, encrypted: bool) -> str:
    """The file's name: it sorts by time, and says whether a passphrase is needed."""
    stamp = now.astimezone(UTC).strftime(_STAMP)
    return f"rastro-{stamp}Z.tar{'.cifrado' if encrypted else ''}"


def made_at(name: str) -> datetime | None:
    """When a backup of that name was made; None when it is not the name of one."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)


def is_encrypted(name: str) -> bool:
    """Whether opening it takes the passphrase."""
    return name.endswith(".cifrado")


def order_by_age(names: Iterable[str], now: datetime) -> list[str]:
    """The names of backups, the newest first; last those dated ahead of ``now``.

    A clock that ran ahead dated those, so nobody knows how old they are.
    """
    dated = [(not is_ahead_of(made, now), made, name) for name in names if (made := made_at(name))]
    return [name for *_, name in sorted(dated, reverse=True)]


def names_to_remove(
    names: Iterable[str], *, now: datetime, keep_days: int, keep_months: int
) -> list[str]:
    """Which backups may go: older than ``keep_days``, and not the newest of its month in the last
    ``keep_months`` months that have one. The newest of all always stays, however old it is.

    One that a clock which ran ahead dated stays as well, and takes no other one's place: nobody
    knows how old it is.
    """
    dated = sorted(
        (
            (made, name)
            for name in names
            if (made := made_at(name)) is not None and not is_ahead_of(made, now)
        ),
        reverse=True,
    )
    newest_of_month: dict[tuple[int, int], str] = {}
    for made, name in dated:
        newest_of_month.setdefault((made.year, made.month), name)
    kept = set(list(newest_of_month.values())[:keep_months])
    return [
        name
        for position, (made, name) in enumerate(dated)
        if position and made < now - timedelta(days=keep_days) and name not in kept
    ]
