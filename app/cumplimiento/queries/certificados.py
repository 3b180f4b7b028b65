"""What a certificate says of a return or an erasure."""

from __future__ import annotations

from typing import Any

from app.ajustes.queries import current_office, text_setting
from app.core.dates import format_fecha_hora
from app.core.rut import format_rut
from app.cumplimiento.models.encargados import TerminoEncargo
from app.cumplimiento.models.retencion import LoteRetencion
from app.cumplimiento.queries.retencion import commitments_of, tell_rules
from app.cumplimiento.rules.encargados import (
    ModoTermino,
    tell_duration,
    tell_subprocessor,
)
from app.cumplimiento.rules.retencion import tell_closed_cases
from app.supresion.service import count_rows
from app.titulares.rules.solicitudes import LAW


def certificate_facts(termino: TerminoEncargo) -> dict[str, Any]:
    """The facts that ``certificado.typ`` prints: numbers and hashes, and no person of a case."""
    contract, buffet, oficina = termino.encargo, termino.buffet, current_office()
    is_return = termino.modo is ModoTermino.DEVOLUCION
    who = termino.decidido_por.nombre if termino.decidido_por else oficina.nombre
    facts = [
        ["Buffet", f"{buffet.nombre}, RUT {format_rut(buffet.rut)}"],
        [
            "Contrato",
            f"Versión {contract.numero}. {tell_duration(contract.desde, contract.hasta)}.",
        ],
        ["Objeto", _one_line(contract.objeto)],
        ["Finalidad", _one_line(contract.finalidad)],
        ["Clases de datos", _one_line(contract.categorias)],
    ]
    hashes = []
    if is_return:
        paragraphs = [
            f"{oficina.nombre} certifica que, terminado el contrato de encargo con "
            f"{buffet.nombre}, el {format_fecha_hora(termino.decidido_at)} {who} bajó de Rastro "
            "los datos personales tratados por encargo, para devolverlos al buffet."
        ]
        facts += [
            ["Entrega", termino.entrega or ""],
            ["Casos devueltos", str(len(termino.casos))],
            ["Filas de las tablas", _grouped(termino.filas)],
            ["Archivos", _grouped(termino.archivos)],
        ]
        if termino.manifiesto_sha256:
            hashes.append(
                ["SHA-256 de SHA256SUMS, la lista del paquete", termino.manifiesto_sha256]
            )
        note = (
            "Quien recibe el paquete comprueba sus archivos con la lista SHA256SUMS que trae. Este "
            "certificado no dice que los datos se borraran en la oficina: eso lo certifica una "
            "supresión."
        )
    else:
        paragraphs = [
            f"{oficina.nombre} certifica que, terminado el contrato de encargo con "
            f"{buffet.nombre}, suprimió los datos personales de "
            f"{tell_closed_cases(len(termino.casos))} que trataba por encargo."
        ]
        supresion = termino.supresion
        facts += [
            ["Casos suprimidos", str(len(termino.casos))],
            ["Ordenada", f"{format_fecha_hora(termino.decidido_at)}, por {who}"],
        ]
        if supresion is not None:
            if supresion.hecha_at is not None:
                facts.append(["Terminada", format_fecha_hora(supresion.hecha_at)])
            facts.append(["Supresión", supresion.numero])
            if supresion.huella:
                hashes.append(["SHA-256 de la prueba de la supresión", supresion.huella])
        note = (
            "Los respaldos hechos antes conservan estos datos hasta que cumplan su plazo; si uno "
            "se restaura, se vuelven a borrar antes de iniciar."
        )
    if termino.conservados:
        facts.append(
            [
                "Casos que no se incluyen" if is_return else "Casos que se conservan",
                f"{len(termino.conservados)}. {termino.porque or ''}",
            ]
        )
    return {
        "oficina": oficina.nombre,
        "titulo": "Certificado de devolución" if is_return else "Certificado de supresión",
        "numero": termino.numero,
        "parrafos": paragraphs,
        "hechos": facts,
        "subencargados": [tell_subprocessor(each) for each in contract.subencargados],
        "huellas": hashes,
        "nota": f"{note} Texto legal que se sigue: {text_setting(LAW)}.",
    }


def batch_facts(lote: LoteRetencion) -> dict[str, Any]:
    """The facts of a batch whose time was over, as ``certificado.typ`` prints them."""
    oficina, supresion = current_office(), lote.supresion
    who = lote.confirmado_por.nombre if lote.confirmado_por else oficina.nombre
    count, commitments = commitments_of([each["id"] for each in supresion.casos])
    facts = [
        ["Casos", _grouped(lote.casos)],
        *(["Regla", text] for text in tell_rules(lote)),
        ["Confirmada", f"{format_fecha_hora(lote.confirmado_at)}, por {who}"],
    ]
    if supresion.hecha_at is not None:
        facts.append(["Terminada", format_fecha_hora(supresion.hecha_at)])
    facts += [
        ["Supresión", supresion.numero],
        ["Filas", _grouped(sum(count_rows(supresion.hechos).values()))],
        ["Eslabones de custodia sin contenido", _grouped(count)],
    ]
    hashes = [["SHA-256 sobre los compromisos de esos eslabones", commitments]]
    if supresion.huella:
        hashes.append(["SHA-256 de la prueba de la supresión", supresion.huella])
    return {
        "oficina": oficina.nombre,
        "titulo": "Certificado de retención cumplida",
        "numero": lote.numero,
        "parrafos": [
            f"{oficina.nombre} certifica que los datos personales de "
            f"{tell_closed_cases(lote.casos)}, con su plazo de conservación cumplido, se borraron "
            "o anonimizaron según la regla que se indica. Este certificado no nombra casos ni "
            "personas."
        ],
        "hechos": facts,
        "subencargados": [],
        "huellas": hashes,
        "nota": "Anonimizar quita lo que identifica y deja hechos como marca, color, tribunal y "
        "región. Los respaldos hechos antes conservan estos datos hasta que cumplan su plazo; si "
        "uno se restaura, se vuelven a borrar antes de iniciar. Texto legal que se sigue: "
        f"{text_setting(LAW)}.",
    }


def _one_line(text: str) -> str:
    return "; ".join(line.strip().rstrip(";.") for line in text.splitlines() if line.strip())


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", ".")
