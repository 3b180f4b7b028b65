"""The ground of every map: streets of a file on this machine, or tiles of a configured host."""

from __future__ import annotations

from app.feature import Feature
from app.mapa import pages

FEATURE = Feature(name="mapa", pages=(pages,))
