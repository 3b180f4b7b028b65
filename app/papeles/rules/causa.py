"""What a paper says of the case: what it is, its number, rol, court, parties, date and term."""

from __future__ import annotations

import re
from datetime import date
from itertools import islice

from app.core.comunas import find_comuna
from app.core.dates import MESES, parse_fecha
from app.core.errors import InvalidValue
from app.core.text import fold
from app.core.tribunales import find_tribunal, suggest_tribunal
from app.papeles.rules import ClasePapel, DatoHallado
from app.papeles.rules.codigos import RolHallado, find_plates, find_roles
from app.papeles.rules.documento import TextoDePapel
from app.papeles.rules.etiquetas import Trozo, labelled, trimmed
from app.papeles.rules.numerales import NUMERO, read_number

_HEAD = 1200
#: Characters at the top of a page in which the heading of another order stands.
_PAGE_HEAD = 700
#: Courts of a paper that are looked at; no paper of ours names ten.
_MOST = 60
#: The heading of a certificate; an order that names one in a sentence is none.
_CAV = re.compile(
    r"(?:^|[\n\t])[ ]*CERTIFICADO\s+DE\s+(?:INSCRIPCION\s+Y\s+)?ANOTACIONES\s+VIGENTES"
)
#: Before the number of a fine's case, or of what is no case at all.
_NO_CASE = re.compile(
    r"\bPOLICIA\s+LOCAL\b[^.;]*$|\bINGRESO\s+(?:DE\s+)?CORTE\b[^.;]*$"
    r"|\b(?:POLIZA|PAGARE|CREDITO|CONTRATO|OPERACION|FACTURA|BOLETA|ATENCION|FOLIO|LIQUIDACION|REPERTORIO|SINIESTRO)"
    r"\s*(?:N(?:°|RO\.?|UMERO)*\s?°?)?\s*[:.]?\s*$"
)
#: The words of an exhort at the head of a line or of a cell; an order may name one.
_EXHORT = re.compile(
    r"(?:^|[\n\t])[ ]*(?:(?:CARTA\s+|ROL\s+(?:DEL?\s+)?)?EXHORTO\b"
    r"|(?:TRIBUNAL|JUZGADO)\s+EXHORTA(?:NTE|DO))"
    r"|\bEXHORTO\s+(?:N°|NRO|NUMERO|ROL)"
)
#: The first line of a paper that needs no number.
_HEADING = re.compile(
    r"(?:^|\n)[ \t]*(?:EXHORTO|MANDAMIENTO(?:\s+DE[^\n]{0,40})?"
    r"|(?:CAUSA\s+)?ROL\s*:[^\n]{0,40})[ \t]*(?=\n|$)"
)
_NUMBER = re.compile(
    r"\b(?P<what>OFICIO|OF\.|ORD\.|ORDEN|SOLICITUD|MEMORANDUM|MEMO|ENCARGO)"
    r"(?:\s+(?:ORDINARIO|CIVIL|ORD\.|RESERVADO|DE\s+(?:BUSQUEDA|TRABAJO|RETIRO)))?"
    r"\s*(?:NRO\.?|NUMERO|NUM\.?|N[°º.]*\s?°?)\s*:?\s*(?P<n>[A-Z0-9][\w./-]*(?:\s[-/]\s?\d{4}(?!\d))?)"
)
_MONTH = "|".join([*(name.upper() for name in MESES), "SETIEMBRE"])
_DATE = re.compile(
    rf"(?P<words>(?P<d>\d{{1,2}}°?|PRIMERO|{NUMERO})\s+(?:DE\s+)?(?P<m>{_MONTH})"
    rf"(?:\s+DEL?)?(?:\s+ANO)?\s+(?P<y>\d{{4}}|DOS\s+MIL(?:\s+{NUMERO})?))"
    r"|(?<![\w.-])(?P<digits>\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?![\w-])"
)
_CITY = re.compile(
    r"(?:^|[\n\t])\"?(?:EN\s+(?=[A-Z ]{3,30},\s+A\s+$))?"
    r"(?:(?:DAD[OA]|FIRMAD[OA])\s+EN\s+)?(?P<city>[A-Z][A-Z ]{2,30}),?(?:\s+A)?\s+$"
)
_QUOTED = re.compile(r"\s*[:,]?\s*\"(?P<v>[^\"]{3,160})\"")
#: The name of a case without a word for it: a line of its own, or right after the rol.
_UNQUOTED_ALONE = re.compile(
    r"(?:ROL\b[^\n]{0,20}-\d{4})\.?\n(?P<v>[A-Z][A-Z .&'-]{3,60}/[A-Z .&'-]{3,60})(?=\n|$)"
)
_QUOTED_ALONE = re.compile(
    r"(?:^|\n)\"(?P<line>[^\"\n]{6,120})\"(?=\n|$)|-\d{4},?\s+\"(?P<after>[^\"]{6,120})\""
)
#: Of other words between quotes, those with the word between two parties.
_IN_QUOTES = re.compile(
    r"\"(?P<v>[A-Z][^\"\n;:]{2,60}(?:\s(?:CON|C/|V/S|VS\.?)\s|/)[^\"\n;:]{3,80})\""
)
_PARTIES = re.compile(
    r"\s*:?\s*(?P<v>[^\n;]{3,160}?)(?=,|;|\n|\.(?:\s+[A-Z]|\s*$)(?<!S\.A\.)|\s*$)"
)
#: The name of a case after «Juicio:».
_TRIAL = re.compile(
    r"\b(?:JUICIO|AUTOS)\s*:\s*\"?(?P<v>[A-Z][^,;:\n\"]{3,80}\s(?:CON|C/|/)\s?[^,;:\n\"]{3,80})(?=[,;\n\"])"
)
#: What stands between the parties of a case.
_VERSUS = re.compile(r"\bCON\b|/|\bC/|\bVS?\.|\bCONTRA\b")
_TERM = re.compile(
    rf"(?:\bPLAZO\b[^.\d;]{{0,28}}?|\bDENTRO\s+DE(?:L|\s+LOS)?\s+|\bTERMINO\s+DE\s+"
    rf"|\b(?:VIGENCIA|DURACION)\s+DE\s+|CUMPLIRSE\s+EN\s+)(?P<all>(?P<n>\d{{1,3}}|{NUMERO})\s*(?:\(\d+\)\s*)?DIAS"
    r"(?:\s+(?P<kind>HABILES|CORRIDOS))?)"
)
#: Without a word for a term, days are one where it is said how they are counted.
_FOR_DAYS = re.compile(
    rf"\bPOR\s+(?P<all>(?P<n>\d{{1,3}}|{NUMERO})\s*(?:\(\d+\)\s*)?DIAS\s+(?P<kind>HABILES|CORRIDOS))"
)
_COURT = re.compile(r"\b(?:JUZGADO|JDO\.?|JUZG\.?)\b(?:\s*:)?")
_ORDINAL = re.compile(
    r"(?:(?P<n>\d{1,2})\s?(?:°|ER\.?|DO\.?|TO\.?|MO\.?|VO\.?|O\.)*"
    r"|(?P<w>(?:(?:DECIMO|VIGESIMO|TRIGESIMO)\s*)?[A-Z]+))\s+$"
)
_ORDINALS = {
    **{
        word: n
        for n, word in enumerate(
            [
                "PRIMER",
                "SEGUNDO",
                "TERCER",
                "CUARTO",
                "QUINTO",
                "SEXTO",
                "SEPTIMO",
                "OCTAVO",
                "NOVENO",
                "DECIMO",
            ],
            1,
        )
    },
    "PRIMERO": 1,
    "TERCERO": 3,
    "UNDECIMO": 11,
    "DUODECIMO": 12,
    "VIGESIMO": 20,
    "TRIGESIMO": 30,
}
#: Courts that are named and did not order it.
_ADDRESSED = re.compile(
    r"(?:EXHORTAD[OA]\s*:?\s*(?:TRIBUNAL|JUZGADO)?|EXHORTESE\s+AL?|\bAL?\s+SENORA?S?\s+(?:JUEZ|JUEZA)"
    r"(?:\s+DEL)?|JUEZA?\s+DE\s+TURNO\s+DEL?|\bA\s+LA\s+SENORA\s+JUEZA?\s+DEL?"
    r"|(?<!\bEL\s)(?<!\bLA\s)\bSENORA?\s+JUEZA?\s+(?:DEL|DE)|\bANTE\s+EL)"
    r"\s*:?\s*(?:\d{1,2}\s?°?|[A-Z]+)?\s*$"
)
#: Where a case runs is the court that ordered.
_RUNS_BEFORE = re.compile(
    r"\b(?:TRAMITA|SIGUE|VENTILA|SUSTANCIA|CONOCE|SEGUID[OA]S?|SIGUEN|RADICAD[OA]|TRAMITAD[OA]|INICIAD[OA])"
    r"\s+ANTE\s+(?:EL|ESTE)\s*$"
    r"|\b(?:ORDEN|DECRET|DISPUS|DICT|RESOLVI|PROVEY|PRONUNCI)(?:O|AD[OA])\b[^.;]{0,40}\bJUEZA?\s+(?:\w+\s+)?DEL?\s*$"
)
#: «El 2º Juzgado de A al 1º Juzgado de B»: the first one writes.
_TO_ANOTHER = re.compile(
    r"[,\s]+AL\s+(?:(?:SENORA?\s+)?JUEZA?\s+DEL\s+)?(?:\d{1,2}\s?°?|[A-Z]+)?\s*JUZGADO\b"
)
_ORDERING = re.compile(
    r"(?:EXHORTANTE|DE\s+ORIGEN|JUZGADO|TRIBUNAL|JUEZA?\s+(?:TITULAR\s+)?DEL|^)\s*:?\s*$"
)


def tell_class(doc: TextoDePapel) -> ClasePapel:
    """Tell what a paper is by its words."""
    head = doc.prosa[:_HEAD]
    if _CAV.search(doc.plano):
        return ClasePapel.CAV
    if _EXHORT.search(doc.plano[:_HEAD]) or re.search(r"\bEXHORTA\s+Y\s+HACE\s+SABER", head):
        return ClasePapel.EXHORTO
    if re.search(r"(?:^|\n)\s*MANDAMIENTO\s*\n", doc.plano[:_HEAD]):
        return ClasePapel.MANDAMIENTO
    if re.search(r"\bMANDAMIENTO\s+DE\s+(?:EJECUCION|EMBARGO|RETIRO)", head[:300]):
        return ClasePapel.MANDAMIENTO
    number = _NUMBER.search(head)
    if number and number["what"] in {"OFICIO", "OF.", "ORD."}:
        return ClasePapel.OFICIO
    if any(labelled(doc.part({1}) if doc.medidas[1:] else doc, "numero")):
        return ClasePapel.ORDEN
    if number or re.search(r"\bORDEN\s+DE\s+(?:TRABAJO|BUSQUEDA|RETIRO)|\bASUNTO\s*:", head):
        return ClasePapel.ORDEN
    if re.search(
        r"\bNOMENCLATURA\b|\bSE\s+RESUELVE\b|\bCOMO\s+SE\s+PIDE\b|\bPROVEYENDO\b|\bHA\s+LUGAR\b",
        doc.prosa,
    ):
        return ClasePapel.RESOLUCION
    return ClasePapel.OTRO


def split_papers(doc: TextoDePapel) -> list[tuple[bool, list[int]]]:
    """The papers of one file: whether each is a certificate, and its pages.

    A page begins another paper where it has the heading of a certificate, or of an order with
    another number or another rol than the pages before it.
    """
    parts: list[tuple[bool, list[int]]] = []
    key: tuple[str, str] | None = None
    plates: set[str] = set()
    for number in sorted({word.caja.pagina for word in doc.palabras}):
        page = doc.part({number})
        if _CAV.search(page.plano):
            own_plates = {one.patente.valor for one in find_plates(page)}
            if parts and parts[-1][0] and (not own_plates or own_plates & plates):
                # Each page of a certificate bears its heading.
                parts[-1][1].append(number)
                continue
            plates = own_plates
            parts.append((True, [number]))
            continue
        own = _heading_of(page)
        if not parts or (own and (parts[-1][0] or (key and _is_another(own, key)))):
            parts.append((False, [number]))
            key = own
        else:
            parts[-1][1].append(number)
            key = key or own
    return parts


def _heading_of(page: TextoDePapel) -> tuple[str, str] | None:
    """Number and rol that the head of a page names, where it has the head of an order."""
    head = page.plano[:_PAGE_HEAD]
    number = next(
        (
            found["n"].rstrip(".-")
            for found in _NUMBER.finditer(head)
            if (found.start() == 0 or head[found.start() - 1] in "\n\t")
            and re.match(r"[.\s-]*(?:[\n\t]|$)", head[found.end() :])
        ),
        "",
    )
    if not number and not _HEADING.search(head):
        return None
    rol = next((found.rol for found in find_roles(page) if found.start < _PAGE_HEAD), "")
    return number, rol


def _is_another(own: tuple[str, str], key: tuple[str, str]) -> bool:
    return any(one and other and one != other for one, other in zip(own, key, strict=True))


def find_number(doc: TextoDePapel) -> DatoHallado | None:
    """The number that the sender gave to the order."""
    for trozo in labelled(doc, "numero"):
        text = doc.texto[trozo.start : trozo.end]
        if re.search(r"\d", text) and len(text) < 30:
            return _told(doc, trozo, _plain_number(text), "etiqueta")
    for found in _NUMBER.finditer(doc.prosa):
        text = doc.texto[found.start("n") : found.end("n")]
        if re.search(r"\d", text):
            end = found.start("n") + len(text.rstrip(".,;"))
            number, duda = _first_digit(_plain_number(text.rstrip(".,;")))
            trozo = Trozo(found.start("n"), end)
            return _told(doc, trozo, number, "N° de oficio", duda=duda)
    return None


def _first_digit(text: str) -> tuple[str, str]:
    """A number whose first digit a scan shows as a letter, with the doubt that this leaves."""
    number = re.sub(r"^[lI|](?=\d{2})", "1", text)
    return number, "" if number == text else f"El papel dice «{text}»."


def _plain_number(text: str) -> str:
    return re.sub(r"(?<=\d)\.(?=\d{3}(?!\d))|\s", "", text)


def find_rol(doc: TextoDePapel) -> DatoHallado | None:
    """The number of the case at the court that ordered it; of an exhort, at the exhorting one."""
    ranked: dict[str, tuple[int, RolHallado, int]] = {}
    for order, found in enumerate(find_roles(doc)):
        before = doc.prosa[max(0, found.start - 60) : found.start]
        if _NO_CASE.search(before):
            continue
        score = 0 if found.rol.startswith("E") else 10
        score += 3 if re.search(r"\b(?:ROL|R\.?I\.?T\.?|CAUSA|AUTOS)\b[^.;]{0,25}$", before) else 0
        score += 4 if re.search(r"EXHORTANTE|DE\s+ORIGEN", before) else 0
        score -= 6 if re.search(r"ACUMULAD|DOC\.?\s+O\s+ROL|ARCHIVAD", before) else 0
        known = ranked.get(found.rol)
        ranked[found.rol] = (
            max(score, known[0]) if known else score,
            known[1] if known else found,
            (known[2] if known else 0) + 1,
        )
        if order > 200:
            break
    if not ranked:
        return None
    best = max(ranked.values(), key=lambda one: (one[0], one[2], -one[1].start))
    others = [
        rol
        for rol, one in ranked.items()
        if rol != best[1].rol and rol[0] == best[1].rol[0] and one[0] >= best[0]
    ]
    duda = f"El papel nombra también el rol {others[0]}." if others else ""
    return _told(
        doc,
        Trozo(best[1].start, best[1].end),
        best[1].rol,
        "dos veces" if best[2] > 1 else "rol",
        confianza=0.99 if best[2] > 1 else 0.95,
        duda=duda,
    )


def find_court(doc: TextoDePapel) -> DatoHallado | None:
    """The court that ordered it, by its name in the list."""
    best: tuple[int, Trozo, str, str] | None = None
    counts: dict[str, int] = {}
    for found in islice(_COURT.finditer(doc.prosa), _MOST):
        read = _read_court(doc, found)
        if read is None:
            continue
        trozo, name, duda = read
        counts[name] = counts.get(name, 0) + 1
        before = doc.prosa[max(0, trozo.start - 70) : trozo.start]
        score = 0 if duda else 5
        runs_there = _RUNS_BEFORE.search(before) is not None
        score -= 20 if _ADDRESSED.search(before) and not runs_there else 0
        score += 4 if runs_there or _ORDERING.search(before) else 0
        score += 6 if _TO_ANOTHER.match(doc.prosa, trozo.end) else 0
        score += 2 if trozo.start < 400 else 0
        if best is None or score > best[0]:
            best = (score, trozo, name, duda)
    if best is None or best[0] < 0:
        return None
    _, trozo, name, duda = best
    again = counts[name] > 1
    return _told(
        doc,
        trozo,
        name,
        "dos veces" if again else "lista de tribunales",
        confianza=0.99 if again else 0.95,
        duda=duda,
    )


def _read_court(doc: TextoDePapel, found: re.Match[str]) -> tuple[Trozo, str, str] | None:
    before = doc.prosa[max(0, found.start() - 40) : found.start()]
    start, ordinal = found.start(), ""
    if (match := _ORDINAL.search(before)) and (number := _ordinal_of(match)):
        start, ordinal = found.start() - len(match[0]), f"{number}º "
    rest = doc.prosa[found.end() : found.end() + 90].split("\n\n")[0]
    middle = "Juzgado"
    if own := re.match(
        r"\s*(?P<w>(?:(?:DECIMO|VIGESIMO|TRIGESIMO)\s+)?[A-Z]+|\d{1,2}\s?°)\s+", rest
    ):
        number = _ordinal_of(own) if own["w"][0].isalpha() else int(re.sub(r"\D", "", own["w"]))
        if number and not ordinal:
            ordinal = f"{number}º "
            rest = " " * own.end() + rest[own.end() :]
    words = list(re.finditer(r"[A-Z0-9.°]+", rest))[:12]
    guess = ""
    for count in range(len(words), 1, -1):
        end = words[count - 1].end()
        name = f"{ordinal}{middle} {' '.join(word[0] for word in words[:count])}"
        tribunal = find_tribunal(name.rstrip(".,"))
        if tribunal is not None and not _is_of(ordinal, tribunal.nombre):
            # «1º Juzgado de Letras de Talca», and below it the court's street: «4 Norte».
            continue
        if tribunal is not None:
            return Trozo(start, found.end() + end), tribunal.nombre, ""
    for count in range(min(len(words), 8), 2, -1):
        name = f"{ordinal}{middle} {' '.join(word[0] for word in words[:count])}"
        hint = suggest_tribunal(name) if ordinal else None
        if hint is not None and hint.nombre.startswith(ordinal) and _has_city(name, hint.nombre):
            guess = hint.nombre
            end = found.end() + words[count - 1].end()
            text = doc.texto[start:end]
            return Trozo(start, end), guess, f"El papel dice «{text}». Compárelo con la lista."
    return None


def _is_of(ordinal: str, court: str) -> bool:
    """Whether a court may be the one with an ordinal; one alone in its city bears none."""
    own = re.match(r"\d+º ", court)
    return not ordinal or own is None or own[0] == ordinal


def _has_city(text: str, court: str) -> bool:
    """Whether the city of a court stands in a text: another city's is no guess at all."""
    city = fold(re.split(r"\bde\s+", court)[-1])
    return re.search(rf"\b{re.escape(city)}\b", fold(text)) is not None


def _ordinal_of(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("n"):
        return int(groups["n"])
    words = (groups.get("w") or "").split()
    numbers = [_ORDINALS.get(word) for word in words]
    if len(words) == 2 and numbers[0] in {10, 20, 30} and numbers[1] and numbers[1] < 10:
        return (numbers[0] or 0) + numbers[1]
    if numbers and numbers[-1]:
        return numbers[-1]
    joined = re.fullmatch(r"(DECIMO|VIGESIMO|TRIGESIMO)([A-Z]+)", words[-1]) if words else None
    if joined and (unit := _ORDINALS.get(joined[2])):
        return _ORDINALS[joined[1]] + unit
    return None


def find_parties(doc: TextoDePapel) -> DatoHallado | None:
    """The name of the case (carátula)."""
    for trozo in labelled(doc, "caratulado"):
        whole = _with_other_party(doc, trozo)
        value = " ".join(doc.texto[whole.start : whole.end].split())
        return _told(doc, whole, value.strip('"“”«» -'), "etiqueta")
    for cue in re.finditer(r"\bCARATULAD[OA]S?\b|\bCARATULA\b", doc.prosa):
        rest = doc.prosa[cue.end() : cue.end() + 200].split("\n\n")[0]
        found = _QUOTED.match(rest) or _PARTIES.match(rest)
        if found is None:
            continue
        trozo = trimmed(doc, Trozo(cue.end() + found.start("v"), cue.end() + found.end("v")))
        value = " ".join(doc.texto[trozo.start : trozo.end].split())
        if len(value) > 5:
            return _told(doc, trozo, value.strip('"“”«» '), "caratulado")
    if found := _TRIAL.search(doc.prosa):
        trozo = Trozo(*found.span("v"))
        value = " ".join(doc.texto[trozo.start : trozo.end].split())
        return _told(doc, trozo, value, "juicio")
    if found := _UNQUOTED_ALONE.search(doc.plano[:_HEAD]):
        trozo = Trozo(*found.span("v"))
        value = " ".join(doc.texto[trozo.start : trozo.end].split())
        return _told(doc, trozo, value, "bajo el rol")
    if found := _QUOTED_ALONE.search(doc.plano[:_HEAD]):
        trozo = Trozo(*found.span("line" if found["line"] else "after"))
        value = " ".join(doc.texto[trozo.start : trozo.end].split())
        return _told(doc, trozo, value, "entre comillas")
    for found in islice(_IN_QUOTES.finditer(doc.prosa), _MOST):
        if _VERSUS.search(found["v"]):
            trozo = Trozo(*found.span("v"))
            value = " ".join(doc.texto[trozo.start : trozo.end].split())
            return _told(doc, trozo, value, "entre comillas")
    return None


def _with_other_party(doc: TextoDePapel, trozo: Trozo) -> Trozo:
    """The name of a case with its next line, where that has the word between the parties."""
    below = re.match(r"\n([^\n\t:]{3,90})(?=\n|$)", doc.plano[trozo.end : trozo.end + 100])
    if below is None or _VERSUS.search(doc.plano[trozo.start : trozo.end]):
        return trozo
    return Trozo(trozo.start, trozo.end + below.end()) if _VERSUS.search(below[1]) else trozo


def find_date(doc: TextoDePapel, clase: ClasePapel) -> DatoHallado | None:
    """The day of the paper itself, not of what it tells."""
    best: tuple[int, Trozo, date] | None = None
    for found in islice(_DATE.finditer(doc.prosa), 10 * _MOST):
        day = _read_date(found)
        if day is None:
            continue
        score = _rank_date(doc, found.start(), clase)
        if score > 0 and (best is None or score > best[0]):
            best = (score, Trozo(found.start(), found.end()), day)
    if best is None:
        return None
    return _told(doc, best[1], best[2].isoformat(), "fecha", confianza=0.95)


def _rank_date(doc: TextoDePapel, start: int, clase: ClasePapel) -> int:
    before = doc.plano[max(0, start - 60) : start]
    if re.search(r"EMISION\s*:?\s*$", before):
        return 9
    if clase is ClasePapel.CAV:
        return 0
    label = (
        r"(?:^|[\n\t])[-*\s]*(?:FECHA(?:\s+(?:DE\s+|DEL?\s+)?(?:SOLICITUD|OFICIO|ORDEN))?"
        r"|ENVIADO(?:\s+EL)?)"
    )
    if re.search(label + r"\s*[:\t\n]\s*(?:[A-Z]+,\s*)?$", before):
        return 8
    if city := _CITY.search(before):
        name = re.sub(r"\s+A$", "", city["city"].strip())
        if name != "EN" and find_comuna(name) and not name.startswith("EN "):
            return 7
    return 0


def _read_date(found: re.Match[str]) -> date | None:
    try:
        if found["digits"]:
            return parse_fecha(found["digits"])
        day, year = read_number(found["d"].rstrip("°")), read_number(found["y"])
        return parse_fecha(f"{day} de {fold(found['m'])} de {year}")
    except InvalidValue:
        return None


def find_term(doc: TextoDePapel) -> DatoHallado | None:
    """The days that the paper gives, as a number, with their kind in the rule."""
    found = _TERM.search(doc.prosa) or _FOR_DAYS.search(doc.prosa)
    if found is None:
        return None
    number = read_number(found["n"])
    if not number:
        return None
    kind = {"HABILES": "días hábiles", "CORRIDOS": "días corridos"}.get(found["kind"] or "", "días")
    return _told(doc, Trozo(found.start("all"), found.end("all")), str(number), kind)


def _told(
    doc: TextoDePapel,
    trozo: Trozo,
    value: str,
    regla: str,
    *,
    confianza: float = 0.9,
    duda: str = "",
) -> DatoHallado:
    return DatoHallado(value, regla, doc.boxes(trozo.start, trozo.end), confianza, duda)
