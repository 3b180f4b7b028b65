"""What a paper says: one judgement of its texts, whichever door they come through.

A text that can be read and does not add up (a check digit, an odd VIN, a court that is not on the
list) is kept with a warning at every door: the paper may say so, and a person can confirm it. What
cannot be (the year 3050, a comuna that does not exist, a RUT of letters) is a refusal. The policy
of the door says what becomes of a refusal: whoever types or programs is asked to mend it, while a
list that others wrote comes in with what it says, marked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

from app.core.dates import format_fecha
from app.core.errors import InvalidValue
from app.core.process_memory import forgettable
from app.core.text import clean_text, fold, looks_like_formula, shortened, unescape_formula
from app.oficios.rules.campos import CAMPOS, GrupoDeCampos, fields_of
from app.oficios.rules.field_readers import Dato, Judgement

#: Placeholders that people write into an empty cell.
_NOTHING = frozenset({"-", "--", "---", "s/i", "n/a", "s/d", "sin informacion", "no informa"})
#: Error values of a spreadsheet's formulas.
_CELL_ERROR = re.compile(
    r"#[¡¿]?(REF|N/A|N/D|VALUE|VALOR|NAME|NOMBRE|DIV/0|NUM|NULL|NULO)[!?]?", re.I
)
NOBODY = "Escriba el nombre o el RUT de la persona."
NO_STREET = "Escriba la calle y el número, o deje la comuna vacía."
#: Most characters of a refused text that its warning quotes.
_LONGEST_KEPT = 500


@dataclass(frozen=True)
class Policy:
    """What a door does with what cannot be."""

    #: Refuse the paper: the sender sees the error and can correct it at once.
    strict: bool
    #: Message for a required field that is empty.
    missing: Mapping[str, str]
    #: Whether the texts are cells of a spreadsheet, in which formulas are refused.
    cells: bool = False


#: A form of the office, and the API.
STRICT = Policy(
    strict=True,
    missing={
        "numero_oficio": "Escriba el número del oficio.",
        "patente": "Escriba la patente del vehículo.",
    },
)
#: A buffet's list: a whole order is not lost for one of its cells.
LIST = Policy(
    strict=False,
    missing={
        "numero_oficio": "Falta el número de oficio. Escríbalo aquí o pídalo al buffet.",
        "patente": "Falta la patente. Escríbala aquí o pídala al buffet.",
    },
    cells=True,
)


@dataclass(frozen=True)
class Papel:
    """A paper as read: what it says, and what is wrong with it, by field of :data:`CAMPOS`."""

    #: Only what could be read; also ``patente_dv`` and the ``region`` that follows from a comuna.
    valores: Mapping[str, Dato] = field(default_factory=dict)
    #: Warnings, by field: implausible values that are kept.
    advertencias: Mapping[str, str] = field(default_factory=dict)
    #: Errors, by field: the paper is refused until they are corrected.
    errores: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """What the paper says in a field, as text; None when it says nothing."""
        value = self.valores.get(name)
        return str(value) if value is not None else None

    def day(self, name: str) -> date | None:
        """The date in a field, if there is one."""
        value = self.valores.get(name)
        return value if isinstance(value, date) else None


# Courts, comunas, dates and makes repeat in the columns of a list.
@forgettable(4_096)
def judge(
    name: str, text: str, *, today: date, cells: bool = False, missing: str | None = None
) -> Judgement:
    """Say what a text means in a field of :data:`CAMPOS`; nothing where it says nothing.

    ``cells`` says that it is a spreadsheet's cell; ``missing`` is what to say where a field that
    must be filled in is not.
    """
    campo = CAMPOS[name]
    # A cell that a spreadsheet program keeps as text, as an export marks it, computes nothing.
    is_marked = cells and unescape_formula(text) != text
    if is_marked:
        text = unescape_formula(text)
    computes = cells and not is_marked
    is_formula = looks_like_formula(text) and (computes or not campo.multiline)
    if is_formula and computes:
        return Judgement(
            refusal=f"El texto «{shortened(text)}» parece una fórmula de planilla y no se importa. "
            "Escriba el valor que corresponde."
        )
    text = clean_text(text, multiline=campo.multiline)
    if _CELL_ERROR.fullmatch(text):
        return Judgement(
            refusal=f"El texto es un error de planilla ({text}). Escriba el valor que corresponde."
        )
    if not text or fold(text) in _NOTHING:
        return Judgement(refusal=missing or "Falta este dato." if campo.required else None)
    if len(text) > campo.limit:
        return Judgement(refusal=f"No puede tener más de {campo.limit} caracteres.")
    try:
        found = campo.read(text, today) if campo.read else Judgement({name: text})
    except InvalidValue as refusal:
        return Judgement(refusal=str(refusal))
    if is_formula and not found.refusal:
        sentence = (
            f"El texto «{shortened(text)}» parece una fórmula de planilla. Revise el documento."
        )
        return replace(found, doubt=found.doubt or sentence)
    return found


def read_papel(
    texts: Mapping[str, str],
    *,
    today: date,
    policy: Policy,
    stored: AbstractSet[str] = frozenset(),
) -> Papel:
    """Read the texts of a paper, by field; other names are left out.

    A field that must be filled in is asked for only where ``texts`` has its name. Fields of
    ``stored`` show what is stored already: what came in with a list and cannot be stays as it is
    while its neighbours are corrected.
    """
    valores: dict[str, Dato] = {}
    advertencias: dict[str, str] = {}
    errores: dict[str, str] = {}
    for name, campo in CAMPOS.items():
        if name not in texts:
            continue
        found = judge(
            name, texts[name], today=today, cells=policy.cells, missing=policy.missing.get(name)
        )
        if found.refusal is None:
            valores |= found.valores
            if found.doubt:
                advertencias[name] = found.doubt
        elif name in stored:
            valores |= found.valores or {name: texts[name]}
        elif policy.strict or campo.required:
            errores[name] = found.refusal
        else:
            valores |= found.valores
            advertencias[name] = _as_written(found, campo.label, texts[name])
    if policy.strict:
        _check_parts(texts, valores, errores)
    _compare(valores, advertencias)
    return Papel(valores, advertencias, errores)


def _as_written(found: Judgement, label: str, text: str) -> str:
    """The warning for what cannot be; with the text itself where no field can keep it."""
    if found.valores:
        return str(found.refusal)
    return f"{found.refusal} En «{label}» el listado dice «{clean_text(text)[:_LONGEST_KEPT]}»."


def _check_parts(
    texts: Mapping[str, str], valores: Mapping[str, Dato], errores: dict[str, str]
) -> None:
    """Refuse half a person and half an address, where nothing else is wrong with them.

    A list may name the comuna or the telephone alone: better than to lose it.
    """
    persona = set(fields_of(GrupoDeCampos.PERSONA))
    known = {"propietario_nombre", "propietario_rut"} & set(valores)
    if persona & set(valores) and not known and not persona & set(errores):
        errores["propietario_nombre"] = NOBODY
    place = (set(fields_of(GrupoDeCampos.DIRECCION)) - {"direccion"}) & set(valores)
    if "direccion" in texts and place and not {"direccion"} & {*valores, *errores}:
        errores["direccion"] = NO_STREET


def _compare(valores: dict[str, Dato], advertencias: dict[str, str]) -> None:
    """Flag what is readable by itself but does not fit its neighbours."""
    papel = Papel(valores)
    advertencias |= date_warnings(
        oficio=papel.day("fecha_oficio"),
        ingreso=papel.day("fecha_ingreso"),
        limite=papel.day("fecha_limite"),
    )
    written = valores.pop("region_escrita", None)
    if written is None:
        return
    deduced = valores.setdefault("region", written)
    if deduced != written and "region" not in advertencias:
        advertencias["region"] = (
            f"La comuna {valores['comuna']} es de la región {deduced}, no de {written}. "
            "Revise cuál está mal."
        )


def date_warnings(
    *, oficio: date | None, ingreso: date | None, limite: date | None
) -> dict[str, str]:
    """What does not add up between the dates of a paper, by field."""
    found = {}
    if oficio and ingreso and ingreso < oficio:
        found["fecha_oficio"] = (
            f"La fecha del oficio ({format_fecha(oficio)}) es posterior a la de ingreso "
            f"({format_fecha(ingreso)}). Revise cuál está mal."
        )
    if limite and ingreso and limite < ingreso:
        found["fecha_limite"] = (
            f"La fecha límite ({format_fecha(limite)}) es anterior a la de ingreso "
            f"({format_fecha(ingreso)}). Revise cuál está mal."
        )
    elif limite and oficio and limite < oficio:
        found["fecha_limite"] = (
            f"La fecha límite ({format_fecha(limite)}) es anterior a la del oficio "
            f"({format_fecha(oficio)}). Revise cuál está mal."
        )
    return found
