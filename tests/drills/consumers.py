"""(c) Two consumers on one ledger, of which one dies: all is done once, within the quota."""

from __future__ import annotations

import random
import time
from collections import Counter

import sqlalchemy as sa

from app.jobs.models import Trabajo
from app.jobs.registry import list_periodic
from app.jobs.rules import EstadoTrabajo
from app.oficios.rules import Estado
from tests.drills.stage import JOBS, Stage

QUOTA, WINDOW = 4, 1


def drill_consumers(stage: Stage) -> str:
    """Needs a stage with the quota above. Returns what happened, in a line."""
    moments: list[float] = []
    find = stage.provider.find_answer

    def note(path: str):
        moments.append(time.monotonic())
        return find(path)

    stage.provider.find_answer = note  # type: ignore[method-assign]
    swept = [stage.make_oficio(Estado.INVESTIGACION).id for _ in range(6)]
    both = [stage.start_consumer(), stage.start_consumer()]
    stage.wait(lambda: len(stage.ask(sa.select(Trabajo.id))) > 0, "the sweep at the start")
    stage.smtp.slowness = 0.2
    local, checks, mails = [], [], []
    for _ in range(10):
        local += [stage.put_local(pause=0.3) for _ in range(6)]
        checks.append(stage.put_check())
        mails += [stage.put_mail() for _ in range(3)]
    stage.wait(lambda: all(stage.has_begun(one) for one in both), "both work")
    time.sleep(random.uniform(0, 0.5))
    victim, survivor = random.sample(both, 2)
    victim.kill()
    seconds = stage.wait_done()

    uncertain = stage.judge_mails(mails)
    stage.judge_local(local)
    stage.judge_checks(swept + checks)
    states = stage.count_states(*JOBS)
    assert set(states) <= {EstadoTrabajo.HECHO, EstadoTrabajo.INCIERTA}, states
    keys = Counter(row.tipo for row in stage.ask(sa.select(Trabajo.tipo)))
    with stage.app.app_context():
        repeating = list_periodic()
    for periodic in repeating:
        assert keys[periodic.name] <= 2, "more than one row for a window"
    gaps = [later - earlier for earlier, later in zip(moments, moments[QUOTA:], strict=False)]
    assert min(gaps) >= WINDOW, f"{QUOTA + 1} calls in {min(gaps):.2f} s"
    assert survivor.stop() == 0
    return (
        f"{len(local) + len(checks) + len(mails)} jobs, {uncertain} mails uncertain, one consumer "
        f"killed, done {seconds:.1f} s later; {len(moments)} calls, never more than {QUOTA} in "
        f"{min(gaps):.2f} s"
    )
