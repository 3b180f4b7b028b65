"""The rows of a buffet's list: each field read, each problem in a sentence beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from app.core.comunas import find_comuna, find_region, suggest_comuna
from app.core.correo import parse_email
from app.core.errors import InvalidValue
from app.core.fechas import parse_fecha
from app.core.patente import parse_patente
from app.core.rol import parse_rol_causa
from app.core.rut import parse_rut
from app.core.telefono import parse_telefono
from app.core.texto import clean_text, fold, looks_like_formula
from app.core.tribunales import find_tribunal, suggest_tribunal
from app.oficios.rules.lectura import date_warnings
from app.planillas.rules.layout import FilaTexto, Lectura, read_texts
from app.planillas.rules.oficio_fields import ETIQUETAS, LAYOUT, OBLIGATORIOS
from app.planillas.rules.oficio_outcomes import INCLUIR, Dato, FilaOficio
from app.planillas.rules.rows import Review
from app.planillas.rules.sheets import Planilla

#: Longest text of each field, as the tables keep it.
_LARGOS = {
    "numero_oficio": 60,
    "tribunal": 160,
    "caratulado": 200,
    "marca": 60,
    "modelo": 60,
    "color": 40,
    "vin": 30,
    "propietario_nombre": 160,
    "direccion": 200,
    "comuna": 60,
    "region": 80,
    "notas": 5_000,
}
#: What people write into a cell that they leave empty.
_VACIOS = frozenset({"-", "--", "---", "s/i", "n/a", "s/d", "sin informacion", "no informa"})
_CELL_ERROR = re.compile(
    r"#[¡¿]?(REF|N/A|N/D|VALUE|VALOR|NAME|NOMBRE|DIV/0|NUM|NULL|NULO)[!?]?", re.I
)
_PRIORIDADES = {
    "baja": "baja",
    "media": "media",
    "normal": "media",
    "alta": "alta",
    "urgente": "urgente",
}
_FALTAN = {
    "numero_oficio": "Falta el número de oficio. Escríbalo aquí o pídalo al buffet.",
    "patente": "Falta la patente. Escríbala aquí o pídala al buffet.",
}
_FIRST_CAR = 1900
#: Of a text that a field could not take, letters that its warning keeps.
_LONGEST_KEPT = 500

#: What a reader answers: the values it found, by name, and a warning or None.
Leido = tuple[dict[str, Dato], str | None]


def read_oficios(planilla: Planilla, review: Review, *, today: date) -> Lectura[FilaOficio]:
    """Tell what the rows of an opened list mean.

    Raises:
        InvalidValue: as ``layout.read_texts``. Problems of a row stay with the row.
    """
    texts = read_texts(planilla, LAYOUT, review.mapeo)
    typed: dict[int, dict[str, str]] = {}
    for (numero, campo), text in review.correcciones.items():
        typed.setdefault(numero, {})[campo] = text
    filas = [_read_row(row, typed.get(row.numero_fila, {}), today) for row in texts.filas]
    return texts.judged(filas, *texts.totales)


def _read_row(row: FilaTexto, typed: Mapping[str, str], today: date) -> FilaOficio:
    corregidos = {campo: text for campo, text in typed.items() if campo != INCLUIR}
    fila = read_row(row.numero_fila, row.valores, today=today, corregidos=corregidos)
    return replace(fila, oculta=row.oculta, incluida=INCLUIR in typed)


def read_row(
    numero_fila: int,
    valores: Mapping[str, str],
    *,
    today: date,
    corregidos: Mapping[str, str] | None = None,
) -> FilaOficio:
    """Read one row from its fields' text.

    What cannot be read of a field without which there is no oficio is an error; of another one it
    becomes an advertencia that says what was written, for the order holds without it. What can be
    read but does not add up is kept with an advertencia.
    """
    corregidos = corregidos or {}
    datos: dict[str, Dato] = {}
    errores: dict[str, str] = {}
    advertencias: dict[str, str] = {}
    written = {**valores, **corregidos}
    for campo in ETIQUETAS:
        try:
            text = _text_of(campo, written.get(campo, ""))
            if text:
                found, warning = _READERS.get(campo, _plain(campo))(text)
                datos.update(found)
                if warning:
                    advertencias[campo] = warning
        except InvalidValue as refusal:
            if campo in OBLIGATORIOS:
                errores[campo] = str(refusal)
            else:
                raw = clean_text(written.get(campo, ""))[:_LONGEST_KEPT]
                advertencias[campo] = f"{refusal} El listado dice «{raw}»."
    _compare(datos, advertencias, today)
    return FilaOficio(
        numero_fila,
        dict(valores),
        corregidos=dict(corregidos),
        datos=datos,
        errores=errores,
        advertencias=advertencias,
    )


def _text_of(campo: str, raw: str) -> str:
    """Return the field's text, clean; empty where the cell says that there is nothing."""
    if looks_like_formula(raw):
        raise InvalidValue(
            f"El texto «{_short(raw)}» parece una fórmula de planilla y no se importa. "
            "Escriba el valor que corresponde."
        )
    text = clean_text(raw, multiline=campo == "notas")
    if _CELL_ERROR.fullmatch(text):
        raise InvalidValue(f"La celda tiene un error de planilla ({text}). Escriba el valor.")
    if fold(text) in _VACIOS:
        text = ""
    if not text and campo in OBLIGATORIOS:
        raise InvalidValue(_FALTAN[campo])
    if len(text) > (limit := _LARGOS.get(campo, 500)):
        raise InvalidValue(
            f"El texto tiene {len(text)} letras y caben {limit}. Acórtelo, o revise si la columna "
            f"es la de «{ETIQUETAS[campo]}»."
        )
    return text


def _plain(campo: str) -> Callable[[str], Leido]:
    return lambda text: ({campo: text}, None)


def _rol(text: str) -> Leido:
    return {"rol": parse_rol_causa(text)}, None


def _tribunal(text: str) -> Leido:
    if tribunal := find_tribunal(text):
        return {"tribunal": tribunal.nombre}, None
    hint = suggest_tribunal(text)
    what = f"¿Será «{hint.nombre}»?" if hint else "Revise el nombre en el documento."
    return {"tribunal": text}, f"El tribunal «{_short(text)}» no está en la lista. {what}"


def _patente(text: str) -> Leido:
    patente = parse_patente(text)
    found: dict[str, Dato] = {"patente": patente.valor}
    if patente.dv:
        found["patente_dv"] = patente.dv
    return found, " ".join(patente.advertencias) or None


def _anio(text: str) -> Leido:
    if not re.fullmatch(r"[0-9]{4}", text):
        raise InvalidValue(
            f"«{_short(text)}» no es un año. Escríbalo con cuatro cifras, como 2015."
        )
    return {"anio": int(text)}, None


def _vin(text: str) -> Leido:
    vin = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{3,30}", vin):
        raise InvalidValue(f"«{_short(text)}» no es un VIN. Use solo letras y números.")
    if len(vin) != 17:
        return {"vin": vin}, f"El VIN tiene {len(vin)} signos; los de hoy tienen 17. Revíselo."
    if set(vin) & set("IOQ"):
        return {"vin": vin}, "Un VIN no lleva las letras I, O ni Q. Revise si son 1 o 0."
    return {"vin": vin}, None


def _rut(text: str) -> Leido:
    rut = parse_rut(text)
    return {"propietario_rut": rut.valor}, " ".join(rut.advertencias) or None


def _email(text: str) -> Leido:
    return {"propietario_email": parse_email(text)}, None


def _telefono(text: str) -> Leido:
    return {"propietario_telefono": parse_telefono(text)}, None


def _comuna(text: str) -> Leido:
    if comuna := find_comuna(text):
        return {"comuna": comuna.nombre, "region": comuna.region_corta}, None
    hint = suggest_comuna(text)
    what = f"¿Será «{hint.nombre}»?" if hint else "Revise el nombre en el documento."
    return {"comuna": text}, f"La comuna «{_short(text)}» no existe. {what}"


def _region(text: str) -> Leido:
    if region := find_region(text):
        return {"region_escrita": region}, None
    return {"region_escrita": text}, f"La región «{_short(text)}» no existe. Revise el nombre."


def _fecha(campo: str) -> Callable[[str], Leido]:
    return lambda text: ({campo: parse_fecha(text)}, None)


def _prioridad(text: str) -> Leido:
    if (prioridad := _PRIORIDADES.get(fold(text))) is None:
        raise InvalidValue(
            f"«{_short(text)}» no es una prioridad. Escriba baja, media, alta o urgente."
        )
    return {"prioridad": prioridad}, None


_READERS: dict[str, Callable[[str], Leido]] = {
    "rol": _rol,
    "tribunal": _tribunal,
    "patente": _patente,
    "anio": _anio,
    "vin": _vin,
    "propietario_rut": _rut,
    "propietario_email": _email,
    "propietario_telefono": _telefono,
    "comuna": _comuna,
    "region": _region,
    "fecha_oficio": _fecha("fecha_oficio"),
    "fecha_ingreso": _fecha("fecha_ingreso"),
    "fecha_limite": _fecha("fecha_limite"),
    "prioridad": _prioridad,
}


def _compare(datos: dict[str, Dato], advertencias: dict[str, str], today: date) -> None:
    """Flag what is readable by itself but does not fit its neighbours or the calendar."""
    advertencias |= date_warnings(
        oficio=_day(datos.get("fecha_oficio")),
        ingreso=_day(datos.get("fecha_ingreso")),
        limite=_day(datos.get("fecha_limite")),
    )
    anio = datos.get("anio")
    if isinstance(anio, int) and not _FIRST_CAR <= anio <= today.year + 1:
        advertencias["anio"] = f"El año {anio} no es creíble para un vehículo. Revíselo."
    escrita = datos.pop("region_escrita", None)
    if escrita is not None:
        deducida = datos.setdefault("region", escrita)
        if deducida != escrita and "region" not in advertencias:
            advertencias["region"] = (
                f"La comuna {datos['comuna']} es de la región {deducida}, no de {escrita}. "
                "Revise cuál está mal."
            )


def _day(value: Dato | None) -> date | None:
    return value if isinstance(value, date) else None


def _short(text: str) -> str:
    text = clean_text(text)
    return text if len(text) <= 40 else text[:39] + "…"
