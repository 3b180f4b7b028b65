"""Law firms and their links."""

from __future__ import annotations

from app.buffets import pages
from app.buffets.models import Buffet, Enlace
from app.feature import Feature

FEATURE = Feature(
    name="buffets",
    models=(Buffet, Enlace),
    pages=(pages,),
)
