"""How an entry of the audit is told to another machine (RFC 5424), and how far it was told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

#: The name under which it is stored how far was told.
TOLD = "auditoria.enviada"
#: Entries younger than this wait: one with a smaller number may not have committed yet.
SETTLED = timedelta(minutes=2)
#: From when on *Estado* says that the other machine hears nothing.
LATE = timedelta(hours=1)
#: Entries of one connection, and the most of one run.
BATCH = 500
BATCHES = 40
# Facility 13 (log audit), severity 5 (notice).
_PRIORITY = 13 * 8 + 5
_NO_NAME = re.compile(r"[^!-~]+")


@dataclass(frozen=True)
class AvanceDeCopia:
    """Up to which entry of the audit and of the disclosures the other machine was told."""

    auditoria: int = 0
    divulgaciones: int = 0

    @classmethod
    def read(cls, stored: str | None) -> Self:
        """What ``write`` stored; from the beginning where nothing is stored."""
        found = re.fullmatch(r"(\d{1,18}) (\d{1,18})", stored or "")
        return cls(int(found[1]), int(found[2])) if found else cls()

    def write(self) -> str:
        """As it is stored."""
        return f"{self.auditoria} {self.divulgaciones}"


def write_line(name: str, when: datetime, facts: Mapping[str, Any], *, host: str) -> bytes:
    """One message of syslog, with its length before it as TLS wants it (RFC 5425).

    The facts are JSON in ASCII: no name of a field and no value ends a line.
    """
    said = json.dumps({key: value for key, value in facts.items() if value is not None})
    stamp = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = f"<{_PRIORITY}>1 {stamp} {_word(host, 255)} rastro - {_word(name, 32)} -"
    message = f"{head} {said}".encode()
    return b"%d %s" % (len(message), message)


def _word(text: str, longest: int) -> str:
    return _NO_NAME.sub("", text)[:longest] or "-"
