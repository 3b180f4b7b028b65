"""The bell."""

from __future__ import annotations

from app.avisos import pages
from app.avisos.models import Aviso
from app.avisos.pages.bell_stream import BELLS, BellSource
from app.feature import Feature

FEATURE = Feature(
    name="avisos",
    models=(Aviso,),
    pages=(pages,),
    streams={BELLS: BellSource},
)
