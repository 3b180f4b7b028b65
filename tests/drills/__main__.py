"""``make drill``: every drill on SQLite and PostgreSQL, as a table. Exit code 1 if one failed.

``python -m tests.drills --database sqlite --queue redis --times 10 --only kills``
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.drills.consumers import QUOTA, WINDOW, drill_consumers
from tests.drills.downtime import drill_downtime
from tests.drills.kills import drill_kills
from tests.drills.lists import drill_import
from tests.drills.machines import drill_clocks
from tests.drills.outages import (
    drill_bucket,
    drill_connections,
    drill_full_disk,
    drill_read_only,
    drill_redis_away,
    drill_refused_mail,
    small_disk,
)
from tests.drills.records import judge_logs
from tests.drills.servers import KINDS, Servers, servers
from tests.drills.soak import drill_soak
from tests.drills.stage import Stage
from tests.drills.supervision import (
    drill_alone,
    drill_orphans,
    drill_replacement,
    drill_stop,
    drill_stubborn_job,
)
from tests.drills.wakes import drill_wakes
from tests.drills.writers import drill_writers


@dataclass(frozen=True)
class Drill:
    """A drill, and what its stage needs."""

    letter: str
    name: str
    run: Callable[[Stage], str]
    settings: dict[str, str] = field(default_factory=dict)
    #: Megabytes of a disk of its own for the installation's folder; 0: that of the machine.
    disk: int = 0


DRILLS = (
    Drill("a", "kills", drill_kills),
    Drill("b", "wakes", drill_wakes),
    Drill(
        "c",
        "consumers",
        drill_consumers,
        {"PROVIDER_QUOTA": str(QUOTA), "PROVIDER_QUOTA_SECONDS": str(WINDOW)},
    ),
    Drill("d", "downtime", drill_downtime),
    Drill("e", "stop", drill_stop),
    Drill("e", "stubborn-job", drill_stubborn_job),
    Drill("e", "orphans", drill_orphans),
    Drill("e", "replacement", drill_replacement),
    Drill("e", "alone", drill_alone),
    Drill("f", "full-disk", drill_full_disk, disk=64),
    Drill("f", "read-only", drill_read_only),
    Drill("f", "redis-away", drill_redis_away),
    Drill("f", "refused-mail", drill_refused_mail),
    Drill("f", "connections", drill_connections),
    Drill("f", "bucket", drill_bucket),
    Drill("g", "clocks", drill_clocks),
    Drill("h", "writers", drill_writers),
    Drill("i", "soak", drill_soak),
    Drill("j", "import", drill_import),
)


def main() -> int:
    options = _parse()
    drills = [drill for drill in DRILLS if not options.only or drill.name in options.only]
    failed = passed = 0
    with servers() as running:
        for time_number in range(1, options.times + 1):
            for database in options.database:
                for drill in drills:
                    if drill.name == "kills":
                        run = partial(drill_kills, jobs=options.jobs, kills=options.kills)
                        drill = Drill(drill.letter, drill.name, run)
                    ok = _play(drill, running, database, options.queue or database, time_number)
                    passed, failed = passed + ok, failed + (not ok)
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _play(drill: Drill, running: Servers, database: str, queue: str, number: int) -> bool:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rastro-drill-", ignore_cleanup_errors=True) as folder:
        url = running.database(database)
        disk = small_disk(Path(folder) / "instance", drill.disk) if drill.disk else nullcontext()
        disk.__enter__()
        stage = Stage(Path(folder), url, running.queue(queue, url), **drill.settings)
        try:
            told, ok = drill.run(stage), True
            judge_logs(stage, 5_000_000)
        except Exception:
            told, ok = traceback.format_exc() + stage.logs(), False
        finally:
            stage.close()
            disk.__exit__(None, None, None)
    print(
        f"{number:>3}  ({drill.letter}) {drill.name:<13} {database + '/' + queue:<22} "
        f"{'ok' if ok else 'FAILED':<7}{time.monotonic() - began:6.1f} s  "
        f"load {os.getloadavg()[0]:4.1f}  {told}",
        flush=True,
    )
    return ok


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("--database", nargs="+", choices=KINDS[:2], default=list(KINDS[:2]))
    parser.add_argument("--queue", choices=KINDS, help="by default, where the database is")
    parser.add_argument("--only", nargs="+", choices=[drill.name for drill in DRILLS])
    parser.add_argument("--times", type=int, default=1, help="how often, one after the other")
    parser.add_argument("--jobs", type=int, default=500, help="of the drill (a)")
    parser.add_argument("--kills", type=int, default=15, help="of the drill (a)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
