"""What a law firm sees through its link."""

from __future__ import annotations

from app.feature import Feature
from app.portal import pages

FEATURE = Feature(
    name="portal",
    pages=(pages,),
)
