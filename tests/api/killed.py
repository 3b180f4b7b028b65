"""A process that asks the application for one thing and is stopped while that is stored.

Arguments: where to stop, the bearer's token, the path below /api/v1, and the body as JSON. A
request has two commits: who answers the key, and then what was asked together with its answer.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import sqlalchemy as sa

from app.db import db
from tests.api.conftest import ApiClient

#: Seconds for which "slow" keeps what it did to itself.
SLOW = 2.0


def ask(where: str, token: str, path: str, body: str) -> int:
    """The status of the answer, if the process lives to have one."""
    from wsgi import app  # makes the application of the environment

    commits = 0

    def before_commit(_connection: sa.Connection) -> None:
        nonlocal commits
        commits += 1
        if commits == 2 and where == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        if commits == 2 and where == "slow":
            print("storing", flush=True)
            time.sleep(SLOW)

    def after_commit(_session: object) -> None:
        if commits == 2 and where == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        sa.event.listen(db.engine, "commit", before_commit)
        sa.event.listen(db.session, "after_commit", after_commit)
    headers = {"Idempotency-Key": "pedido-1"}
    return ApiClient(app, token)("POST", path, json.loads(body), headers=headers).status_code


if __name__ == "__main__":
    print(ask(*sys.argv[1:]))
