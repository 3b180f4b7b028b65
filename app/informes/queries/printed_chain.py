"""What an expediente prints of the chain of custody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from app.anclaje.queries import find_newest_proof
from app.core.dates import format_fecha, format_fecha_hora
from app.custodia.queries.sealed_sources import row_label
from app.custodia.rules import Sello
from app.custodia.service import verify

#: Of a kind with more links than this the document tells how many there are, the ZIP has each.
_PRINTED_OF_A_KIND = 200


@dataclass(frozen=True)
class PruebaImpresa:
    """The printed proof that a chain's end was a leaf of an anchor."""

    #: How far the chain was anchored and what that leaves open, in sentences.
    texto: str
    #: What and its value: enough to make the root again by hand (RFC 9162).
    renglones: list[tuple[str, str]]


@dataclass(frozen=True)
class Cadena:
    """A chain as it was found when the expediente was issued."""

    #: Number and hash of its last link.
    cabeza: tuple[int, str]
    #: Number, what was sealed, when, hash.
    eslabones: list[tuple[int, str, str, str]]
    #: What was altered behind the application's back, in sentences.
    problemas: list[str]
    #: Of the kinds that are told by their number: «Avistamiento: 5000 eslabones, del 7 al 5006».
    resumidos: list[str]
    #: None when nothing of the chain is anchored yet.
    prueba: PruebaImpresa | None


def read_chain(oficio_id: int) -> Cadena | None:
    """Verify and read the chain of an oficio; None when nothing was ever sealed.

    It looks at the database as it is at one moment: call it before anything else is loaded.
    """
    found = verify(oficio_id)
    problems = [f"{problem.hallazgo.label}: {problem.texto}" for problem in found.problemas]
    if not found.links:
        return Cadena((0, ""), [], problems, [], None) if problems else None
    last = found.links[-1]
    printed, told = _shorten(found.links)
    return Cadena(
        (last.secuencia, last.hash),
        [
            (link.secuencia, _name(link), format_fecha_hora(link.created_at), link.hash)
            for link in printed
        ],
        problems,
        told,
        _prove(oficio_id, found.links),
    )


def _shorten(links: list[Sello]) -> tuple[list[Sello], list[str]]:
    """The links that are printed one by one, and what is said of the others."""
    kinds: dict[str, list[Sello]] = defaultdict(list)
    for link in links:
        kinds[link.tipo].append(link)
    many = {tipo: of for tipo, of in kinds.items() if len(of) > _PRINTED_OF_A_KIND}
    told = [
        f"{_kind(tipo)}: {len(of)} eslabones, entre el {of[0].secuencia} y el {of[-1].secuencia}."
        for tipo, of in many.items()
    ]
    return [link for link in links if link.tipo not in many], told


def _prove(oficio_id: int, links: list[Sello]) -> PruebaImpresa | None:
    proof = find_newest_proof(oficio_id)
    if proof is None or all(link.hash != proof.head.hash for link in links):
        return None  # a chain that was made anew is told as a finding
    ancla = proof.ancla
    text = (
        f"Hasta el eslabón {proof.head.secuencia} la cadena estaba anclada en la noche del "
        f"{format_fecha(ancla.fecha)} (ancla {ancla.id})."
    )
    if proof.head.secuencia < links[-1].secuencia:
        text += " La prueba de lo que sigue viene en el ZIP que se descargue desde mañana."
    stamps = ", ".join(sello.tsa for sello in proof.sellos) or "ninguno"
    return PruebaImpresa(
        text,
        [
            ("Hoja", proof.head.text),
            ("Lugar de la hoja", f"{proof.indice} de {ancla.tamano}"),
            *((f"Camino {number}", step) for number, step in enumerate(proof.camino, 1)),
            ("Raíz", ancla.raiz),
            ("Sellos de tiempo", stamps),
        ],
    )


def _kind(tipo: str) -> str:
    """«Entrada de la bitácora»: the label without its article."""
    label = row_label(tipo).partition(" ")[2] or tipo
    return f"{label[:1].upper()}{label[1:]}"


def _name(link: Sello) -> str:
    return f"{_kind(link.tipo)} n.º {link.fila_id}"
