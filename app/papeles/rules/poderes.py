"""What a court granted and what it refused: a power that is refused is false, not missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from app.papeles.rules import DatoHallado
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.etiquetas import Trozo, labelled

#: Characters around a mention that decide on it, and mentions that one sentence may have.
_REACH = 700
_MOST = 20
#: Field to the words of a power.
_POWERS = {
    "fuerza_publica": r"FUERZA\s+PUBLICA",
    "descerrajamiento": r"DESCERRAJ(?:AMIENTO|AR|E)\b",
    "allanamiento": r"ALLANA(?:MIENTO|R)\b",
    "habilitacion": r"(?:DIAS?|HORAS?)\s+(?:Y\s+HORAS?\s+)?INHABIL(?:ES)?",
}
_SENTENCE = re.compile(
    r"\n\n|(?<!\bN)(?<!\bART)\.(?=\s+[A-Z\"])|;|(?=\bA?L?\s?(?:PRIMER|SEGUNDO|TERCER|CUARTO|QUINTO)\s+OTROSI)"
)
_NO = re.compile(
    r"\bNO\s+HA\s+LUGAR|\bTAMPOCO\s+HA\s+LUGAR|\bNO\s+SE\s+(?:AUTORIZA|CONCEDE|OTORGA|FACULTA|DA\s+LUGAR|HACE\s+LUGAR)"
    r"|\bDENI[EÉ]G\w+|\bDENEG\w+|\bRECHAZ\w+|\bNO\s+(?:SE\s+)?(?:LE\s+)?(?:HA\s+|HAN\s+)?(?:FUE(?:RON)?\s+)?(?:CONCED|AUTORIZ|OTORG|FACULT)\w+|\bDESESTIMA\w*"
    r"|\b(?:DEJ(?:A|E|ESE|ASE|ANDO|AR)|QUEDE?N?)\s+SIN\s+EFECTO|\bREVOC(?:A|ASE|ANDO|AN|ADO)\b|\bALZASE\b"
)
_REVOKED = re.compile(r"DEJ|QUED|REVOC|ALZ")
_WITHOUT = re.compile(
    r"\b(?:SIN|NI|NO\s+ASI|(?:MAS|PERO|AUNQUE)\s+NO|EXCEPTO|SALVO|(?:CON|A)\s+EXCEPCION|EXCEPTUAD[OA]S?|EXCLUID[OA]S?)\s+(?:(?:EL|LA|LAS|LOS|AUXILIO|DE|FACULTAD(?:ES)?|AUTORIZACION|PARA|NECESIDAD|ALLANAMIENTO|NI|O"
    r"|DERECHO|A|USO)\s+)*$"
)
#: Verbs that grant.
_GRANTS = (
    r"\bCONCED\w+|\bAUTORI(?:ZA|ZASE|ZAN|ZANDO|ZADO|ZADA|CESE)\b|\bFACULTA(?:SE|N|NDO|DO|DA)?\b"
    r"|\bOTORG\w+|(?<!NO\s)(?<!TAMPOCO\s)\bHA\s+LUGAR|\bCOMO\s+SE\s+PIDE|\bREQUERIR\b|\bDISPON\w+"
    r"|\bMANTENIENDO(?:SE)?\b|\bSE\s+MANTIENE\b|\bMANTENGASE\b|\bMANTIENESE\b|\bSUBSIST\w+"
    r"|\bORDENA(?:SE)?\b|\bPODRA|\bPROCEDASE"
)
#: Words that name a power together with another, in what is granted and in what is refused.
_NAMED_WITH = (
    r"\bPREST(?:E|EN|ARA|ARAN|AR|ANDO)\s+(?:EL\s+)?AUXILIO|\bCON\s+(?:LA\s+)?FACULTAD(?:ES)?"
    r"|\bCON\s+(?:EL\s+)?AUXILIO|\bCON\s+(?:LA\s+)?FUERZA"
)
_GRANTING = re.compile(_GRANTS)
_YES = re.compile(f"{_GRANTS}|{_NAMED_WITH}")
_PENDING = re.compile(
    r"\bAUN\s+NO|\bTODAVIA\s+NO|\bNO\s+TENEMOS|\bPENDIENTE|\bSOLICIT(?:A|AMOS|O|ARA|AREMOS)\b|\bFALTA\b|\bPIDE\s+QUE"
    r"|\b(?:RUEGO|PIDO|SUPLICO)\s+A\b"
    r"|\bEN\s+CASO\s+DE\s+QUE\s+SE\s+CONCEDA|\bSE\s+PEDIRA"
)
#: What a refusal names after itself: it is about that, and not about what stands before.
_OBJECT = re.compile(
    r"\s+(?:AL\b|A\s+L[AO]S?\b|(?:EL|LAS?|LOS)\s+(?:FACULTAD|AUXILIO|FUERZA|DESCERRAJ|ALLANA|SOLICITUD|PETICION"
    r"|HABILITACION))"
)
#: A writ of one of the parties, and what a court that decides on it says.
_FILING = re.compile(
    r"\b(?:RUEGO|PIDO|SUPLICO|SOLICITO)\s+A\s+(?:U\.?S|S\.?S|V\.?S|SSA|SU\s+SENORIA)\b"
)
_RULING = re.compile(
    r"\bPROVEYENDO\b|\bSE\s+RESUELVE\b|\bCOMO\s+SE\s+PIDE\b|\bHA\s+LUGAR\b|\bOFICIESE\b|\bDESPACHESE\b"
)
_TOPIC = re.compile(
    r"(?:\bEN\s+CUANTO\s+AL?|\bA\s+LA\s+(?:SOLICITUD|PETICION)|\bRESPECTO\s+(?:DE|A)L?|\bAL?\s+LO\s+(?:PRINCIPAL|PEDIDO))"
)


def find_powers(doc: TextoDePapel) -> dict[str, DatoHallado]:
    """Each power that the paper decides on, «sí» or «no»; one that it does not decide is absent."""
    found: dict[str, DatoHallado] = {}
    if _FILING.search(doc.prosa) and not _RULING.search(doc.prosa):
        # Whoever asks a court for a power has none.
        return found
    for power in _POWERS:
        decided = [*_beside_label(doc, power)] or [*_in_sentences(doc, power)]
        if not decided:
            continue
        answer, trozo, rule = decided[-1]
        is_torn = len({one[0] for one in decided}) > 1
        found[power] = DatoHallado(
            "sí" if answer else "no",
            rule,
            doc.boxes(*trozo),
            0.6 if is_torn else 0.9,
            "El papel la concede y la niega en distintas partes." if is_torn else "",
        )
    return found


def _beside_label(doc: TextoDePapel, power: str) -> Iterator[tuple[bool, Trozo, str]]:
    if power not in {"fuerza_publica", "descerrajamiento"}:
        return
    for trozo in labelled(doc, power):
        text = doc.plano[trozo.start : trozo.end]
        if re.match(r"(?:SI|CONCEDID[OA]|AUTORIZAD[OA]|OTORGAD[OA]|X)\b", text):
            yield True, trozo, "etiqueta"
        elif re.match(r"(?:NO\b|DENEGAD[OA]|RECHAZAD[OA]|SIN\b)", text):
            yield False, trozo, "etiqueta"


def _in_sentences(doc: TextoDePapel, power: str) -> Iterator[tuple[bool, Trozo, str]]:
    start = 0
    ends = [match.start() for match in _SENTENCE.finditer(doc.prosa)]
    for end in [*ends, len(doc.prosa)]:
        sentence = doc.prosa[start:end]
        for mention in islice(re.finditer(_POWERS[power], sentence), _MOST):
            answer = _decide(sentence, mention)
            if answer is not None:
                yield (
                    answer,
                    Trozo(start + mention.start(), start + mention.end()),
                    "concede" if answer else "niega",
                )
        start = end


def _decide(sentence: str, mention: re.Match[str]) -> bool | None:
    """What a sentence decides on what it mentions; None where it decides nothing."""
    before = sentence[max(0, mention.start() - _REACH) : mention.start()]
    after = sentence[mention.end() : mention.end() + _REACH]
    if re.match(r"\s*:\s*(?:SI|CONCEDID[OA]|AUTORIZAD[OA])\b", after):
        return True
    if re.match(r"\s*:\s*(?:NO|DENEGAD[OA])\b", after):
        return False
    if _PENDING.search(before):
        return None
    if _WITHOUT.search(before):
        return False
    nos = list(_NO.finditer(before))
    if nos:
        # What is revoked is named with its powers.
        again = _GRANTING if _REVOKED.match(nos[-1][0]) else _YES
        later = again.search(before, nos[-1].end())
        return later is not None
    yes = list(_YES.finditer(before))
    follows = _NO.search(after)
    is_topic = _TOPIC.search(before) is not None
    if follows and (
        is_topic or not (_GRANTING.search(before) or _OBJECT.match(after[follows.end() :]))
    ):
        between = after[: follows.start()]
        if not _GRANTING.search(between):
            return False
    if yes or _YES.match(after.lstrip(" :,-")):
        return True
    if re.match(r"[\s:,]*(?:(?!NO\b|NI\b)\w+\s+){0,4}(?:CONCEDID|AUTORIZAD|OTORGAD)[OA]", after):
        return True
    if re.match(r"[\s\w]{0,30}\b(?:SE\s+)?(?:CONCEDE|AUTORIZA|OTORGA)\b", after):
        return True
    return None
