"""The demonstration's mailbox."""

from __future__ import annotations

from app.demo import pages
from app.feature import Feature

FEATURE = Feature(
    name="demo",
    pages=(pages,),
)
