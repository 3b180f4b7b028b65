"""What features above the demonstration add to it.

They answer by ``Feature.provides``; without them the demonstration has nothing of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.feature import asked_above

if TYPE_CHECKING:
    from app.buffets.models import Buffet
    from app.usuarios.models import Usuario


@asked_above
def add_compliance(buffets: Sequence[Buffet], admin: Usuario, now: datetime) -> None:
    """Invent what the pages about the office's own compliance show."""
