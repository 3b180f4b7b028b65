"""What an expediente prints of the chain of custody."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.dates import format_fecha_hora
from app.custodia.queries.sealed_sources import row_label
from app.custodia.rules import Sello
from app.custodia.service import verify


@dataclass(frozen=True)
class Cadena:
    """A chain as it was found when the expediente was issued."""

    #: Number and hash of its last link.
    cabeza: tuple[int, str]
    #: Number, what was sealed, when, hash.
    eslabones: list[tuple[int, str, str, str]]
    #: What was altered behind the application's back, in sentences.
    problemas: list[str]


def read_chain(oficio_id: int) -> Cadena | None:
    """Verify and read the chain of an oficio; None when nothing was ever sealed.

    It looks at the database as it is at one moment: call it before anything else is loaded.
    """
    found = verify(oficio_id)
    problems = [f"{problem.hallazgo.label}: {problem.texto}" for problem in found.problemas]
    if not found.links:
        return Cadena((0, ""), [], problems) if problems else None
    last = found.links[-1]
    return Cadena(
        (last.secuencia, last.hash),
        [
            (link.secuencia, _name(link), format_fecha_hora(link.created_at), link.hash)
            for link in found.links
        ],
        problems,
    )


def _name(link: Sello) -> str:
    """«Entrada de la bitácora n.º 12»: the label without its article."""
    label = row_label(link.tipo).partition(" ")[2] or link.tipo
    return f"{label[:1].upper()}{label[1:]} n.º {link.fila_id}"
