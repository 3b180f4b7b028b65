"""Anchoring each night, and having each anchor stamped."""

from __future__ import annotations

from app.anclaje.models import Ancla
from app.anclaje.outside.tsa import StampFailed, ask_for_stamp, list_authorities
from app.anclaje.queries import has_sello
from app.anclaje.rules import STAMP_JOB
from app.anclaje.service import anchor, keep_stamp
from app.core.dates import format_fecha
from app.db import db, release
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun

#: Hourly, so that a machine that was off at night anchors in the morning.
_HOUR = 3600


@job("anclaje.anclar", "Anclar las cadenas de custodia", every_seconds=_HOUR)
def anchor_chains(run: JobRun) -> None:
    """Make the anchor that is due; in every other hour there is none to make."""
    with run.finish():
        anchor(run.clock())


@job(STAMP_JOB, "Pedir el sello de tiempo de un ancla", max_attempts=8)
def stamp(run: JobRun) -> None:
    """Ask one authority about one anchor.

    Asking twice does no harm: the authority keeps nothing, and the first answer that is stored
    stays. When all attempts fail, the next night's root covers this one's leaves.
    """
    ancla = db.session.get_one(Ancla, run.args["ancla"])
    tsa = str(run.args["tsa"])
    url = list_authorities().get(tsa)
    if url is None:
        raise JobError(f"{tsa} ya no está en TSA_URLS.", retry=False)
    numero, fecha, imprint = ancla.id, ancla.fecha, ancla.imprint
    is_stamped = has_sello(numero, tsa)
    release()
    if is_stamped:
        with run.finish():
            return
    try:
        answer = ask_for_stamp(url, imprint)
    except StampFailed as error:
        raise JobError(str(error)) from None
    with run.finish(f"{tsa} selló el ancla {numero} del {format_fecha(fecha)}."):
        keep_stamp(db.session.get_one(Ancla, numero), tsa, answer, run.clock())
