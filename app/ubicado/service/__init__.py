"""What happens when a vehicle is found: it is written down, looked at again, or taken back."""

from __future__ import annotations

from app.ubicado.service.locate import UbicacionData, check_locatable, locate
from app.ubicado.service.location_refusals import AlreadyLocated
from app.ubicado.service.look_again import remind
from app.ubicado.service.revisado import review
from app.ubicado.service.undo import undo

__all__ = [
    "AlreadyLocated",
    "UbicacionData",
    "check_locatable",
    "locate",
    "remind",
    "review",
    "undo",
]
