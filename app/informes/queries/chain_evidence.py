"""What the ZIP of an expediente brings, so that anybody checks it without Rastro."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.anclaje.outside.tsa import VERIFIER
from app.anclaje.outside.verificar_rastro import CHAIN, PROOF, STATEMENT
from app.anclaje.queries import InclusionProof, find_night, find_proof
from app.custodia.queries import list_links, newest_links
from app.custodia.queries.sealed_sources import row_label
from app.custodia.rules import ERASURE, GENESIS, Sello, link_text
from app.informes.models import Expediente


def read_evidence(expediente: Expediente) -> dict[str, bytes]:
    """The chain up to the anchor that covers the expediente, its proof, and the verifier.

    For a buffet only what came from the issue on, with the content of that one link alone. Nothing
    when the expediente was issued before expedientes were sealed.
    """
    links = list_links(expediente.oficio_id)
    sha256 = expediente.sha256 or ""
    issued = next((one for one in links if one.contenido and sha256 in one.contenido), None)
    if issued is None:
        return {}
    proof = find_proof(expediente.oficio_id, secuencia=issued.secuencia)
    end = proof.head.secuencia if proof else issued.secuencia
    start = 1 if expediente.variante.is_complete else issued.secuencia
    given = [link for link in links if start <= link.secuencia <= end]
    files = {
        CHAIN: _as_json(_chain(expediente, issued, given)),
        VERIFIER.name: VERIFIER.read_bytes(),
    }
    return files | (_proof(proof) if proof else {})


def list_nights(expedientes: Sequence[Expediente]) -> dict[int, date | None]:
    """The night whose anchor first covers each sealed expediente; None while there is none.

    One that was issued before expedientes were sealed is left out.
    """
    links = newest_links("expediente", [row.id for row in expedientes if row.sha256])
    return {
        pk: find_night(link.cadena, secuencia=link.secuencia)
        for pk, link in links.items()
        if link.contenido
    }


def _chain(expediente: Expediente, issued: Sello, given: list[Sello]) -> dict[str, Any]:
    erased = {
        number
        for link in given
        if link.tipo == ERASURE and link.contenido
        for number in json.loads(link.contenido)["eslabones"]
    }

    def is_told(link: Sello) -> bool:
        """Whether the copy brings the content, and not its hash alone."""
        if link.contenido is None:
            return link.secuencia in erased
        return link.secuencia <= issued.secuencia or link.tipo == ERASURE

    told = [link.contenido for link in given if link.contenido and is_told(link)]
    return {
        "cadena": issued.cadena,
        "expediente": expediente.filename,
        "sellados": [
            row["nombre"]
            for row in expediente.originales
            if any(f'"{row["sha256"]}"' in text for text in told)
        ],
        "lapida": ERASURE,
        "desde": given[0].secuencia,
        "anterior": given[0].anterior_hash if given[0].secuencia > 1 else GENESIS,
        "eslabones": [_link(link, told=is_told(link)) for link in given],
    }


def _link(link: Sello, *, told: bool) -> dict[str, Any]:
    return {
        "secuencia": link.secuencia,
        "tipo": link.tipo,
        "nombre": f"{row_label(link.tipo)} n.º {link.fila_id}",
        "texto": link_text(link, link.secuencia),
        "hash": link.hash,
        "contenido": link.contenido if told else None,
        "sal": link.sal if told else None,
        "reservado": not told,
    }


def _proof(proof: InclusionProof) -> dict[str, bytes]:
    stamps = {f"custodia/sello-{number}.tsr": sello for number, sello in enumerate(proof.sellos, 1)}
    told = {
        "hoja": proof.head.text,
        "indice": proof.indice,
        "camino": proof.camino,
        "sellos": [{"archivo": name, "tsa": sello.tsa} for name, sello in stamps.items()],
    }
    return {
        PROOF: _as_json(told),
        STATEMENT: proof.ancla.statement.encode(),
        **{name: sello.respuesta for name, sello in stamps.items()},
    }


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
