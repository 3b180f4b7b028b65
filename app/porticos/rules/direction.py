"""The direction of traffic, to tell the gantries apart that share a code on both roadways."""

from __future__ import annotations

import re

from app.porticos.rules.place_text import plain

_OPPOSITE = {"norte": "sur", "sur": "norte", "oriente": "poniente", "poniente": "oriente"}
_SHORT = {"nte": "norte", "ote": "oriente", "pnte": "poniente"}
_SIDE = "(norte|nte|sur|oriente|ote|poniente|pnte)"
_FROM_TO = re.compile(rf"\b{_SIDE}\s*(?:-|–|→|>|\ba\b|\bal\b|\bhacia\b)\s*(?:el\s+)?{_SIDE}\b")
#: «calzada norte» is the side of the road and not where it leads.
_TOWARDS = re.compile(rf"\b(?:sentido|al|hacia|direccion)\s+(?:el\s+|al\s+)?{_SIDE}\b")
#: A road that is told by its ends and not by the compass.
_ENDS = re.compile(r"[^→:()]*[^→:()\s]\s*→\s*([^→:()\s][^→:()]*)")


def find_way(text: str | None) -> str | None:
    """Where the traffic goes, «norte», «sur», «oriente» or «poniente»; None if nothing says so."""
    here = plain(text or "")
    for start, end in _FROM_TO.findall(here):
        if _OPPOSITE[_side(start)] == _side(end):
            return _side(end)
    towards = {_side(found) for found in _TOWARDS.findall(here)}
    return towards.pop() if len(towards) == 1 else None


def find_end(text: str | None) -> str | None:
    """The end of the road that the traffic goes to, of «Príncipe de Gales→El Salto»; else None."""
    found = _ENDS.fullmatch((text or "").strip())
    return found[1] if found else None


def _side(word: str) -> str:
    return _SHORT.get(word, word)
