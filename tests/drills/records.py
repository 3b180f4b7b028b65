"""What a drill left in the logs: no secret, nobody's data, and not too much."""

from __future__ import annotations

import re
from pathlib import Path

from tests.drills.stage import KEY, Stage
from tests.factories import PASSWORD

#: Bytes that all logs of one drill may have together, besides what its own size explains.
BOUND = 200_000
_FORBIDDEN = {
    "a plate": r"BBCL[-.·]?12",
    "an e-mail": r"[\w.+-]+@(?:oficina|estudio|receptor|poderjudicial)[\w.-]*\.example",
    "a RUT": r"\b\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]\b",
    "bound values": r"\[parameters: [^…]",
    "a bearer token": r"eyJ[\w-]{10,}",
    "the path of a secret link": (
        r"/(?:b|r|baja|invitacion|recuperar|publico/tablero)/(?!…)[\w-]{8,}"
    ),
    "the password": re.escape(PASSWORD),
    "the provider's key": re.escape(KEY),
}


def judge_logs(stage: Stage, bound: int = BOUND) -> int:
    """Look through everything that the processes of a drill wrote; returns its bytes.

    Raises:
        AssertionError: something in it is secret or personal, or it is more than ``bound``.
    """
    total = 0
    for path in sorted(Path(stage.folder).glob("*.log")):
        text = path.read_text(errors="replace")
        total += len(text)
        for what, pattern in _FORBIDDEN.items():
            found = re.search(f".*{pattern}.*", text)
            assert found is None, f"{what} in {path.name}: {found[0][:300]}"
    assert total <= bound, f"{total} bytes of logs:\n{stage.logs()}"
    return total
