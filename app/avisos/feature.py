"""The bell."""

from __future__ import annotations

from app.avisos import pages
from app.avisos.jobs import send_digests, send_soon
from app.avisos.models import Aviso, HoraResumen, Preferencia
from app.avisos.pages.bell_stream import BELLS, BellSource
from app.avisos.service import tell_owner
from app.feature import Feature
from app.usuarios.service import ring_owner

FEATURE = Feature(
    name="avisos",
    models=(Aviso, HoraResumen, Preferencia),
    pages=(pages,),
    jobs=(send_soon, send_digests),
    streams={BELLS: BellSource},
    provides=(ring_owner.by(tell_owner),),
)
