"""The bell."""

from __future__ import annotations

from app.avisos import pages
from app.avisos.models import Aviso
from app.avisos.pages.bell_stream import BELLS, BellSource
from app.avisos.service import tell_owner
from app.feature import Feature
from app.usuarios.service import ring_owner

FEATURE = Feature(
    name="avisos",
    models=(Aviso,),
    pages=(pages,),
    streams={BELLS: BellSource},
    provides=(ring_owner.by(tell_owner),),
)
