"""Which field a buffet's header names, told from its words: abbreviations, plurals, whose it is."""

from __future__ import annotations

import re

from app.core.process_memory import forgettable
from app.core.text import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: What a list may have beside the fields of an order: parts of a field, further persons, and what
#: goes to the notes as it is.
PARTES = {
    "patente_dv": "DV de la patente",
    "patente_letras": "Letras de la patente",
    "patente_medio": "Letras siguientes de la patente",
    "patente_digitos": "Números de la patente",
    "rut_dv": "DV del RUT",
    "rut_sin_dv": "RUT sin su dígito",
    "marca_modelo": "Marca y modelo",
    "rol_tribunal": "Rol y tribunal",
    "nombre_rut": "Nombre y RUT",
    "direccion_comuna": "Dirección y comuna",
    "direccion_numero": "Número de la dirección",
    "direccion_depto": "Departamento o casa",
    "apellido_paterno": "Apellidos o apellido paterno",
    "apellido_materno": "Apellido materno",
    "rol_letra": "Letra del rol",
    "rol_anio": "Año del rol",
    "patente_2": "Otra patente",
    "telefono_2": "Otro teléfono",
    "email_2": "Otro correo",
    "direccion_2": "Otra dirección",
    "comuna_2": "Comuna de la otra dirección",
    "otro_nombre": "Otra persona: nombre",
    "otro_rut": "Otra persona: RUT",
    "otro_telefono": "Otra persona: teléfono",
    "otro_email": "Otra persona: correo",
    "propietario_tipo": "Calidad de la persona",
    "propietario_notas": "Notas de la persona",
    "direccion_tipo": "Tipo de dirección",
    "direccion_notas": "Notas de la dirección",
    "direccion_lat": "Latitud",
    "direccion_lon": "Longitud",
    "direccion_exactitud_m": "Exactitud (m)",
    "direccion_verificada": "Verificada",
    "un_dato": "Un dato por celda",
}
#: What a list says of a person or a place beside the fields of a paper.
JUNTO = (
    "propietario_tipo",
    "propietario_notas",
    "direccion_tipo",
    "direccion_notas",
    "direccion_lat",
    "direccion_lon",
    "direccion_exactitud_m",
    "direccion_verificada",
)
#: A column whose cells go to the notes as «Encabezado: valor».
A_NOTAS = "a_notas"

_ABBREVIATIONS = {
    **dict.fromkeys(("nro", "num", "no", "nr", "numero", "nº", "nros"), "n"),
    **dict.fromkeys(("of", "ofc", "ofic", "ofi", "oficio"), "oficio"),
    **dict.fromkeys(("fec", "fch", "fcha", "f", "fech"), "fecha"),
    **dict.fromkeys(("vcto", "vto", "venc", "vencim", "vcmto", "vence"), "vencimiento"),
    **dict.fromkeys(("ing", "ingr", "ingresado"), "ingreso"),
    **dict.fromkeys(("dir", "direc", "dire", "direcc"), "direccion"),
    **dict.fromkeys(("dom", "domic"), "domicilio"),
    **dict.fromkeys(("trib", "tribun"), "tribunal"),
    **dict.fromkeys(("juzg", "jdo", "juz", "jzdo"), "juzgado"),
    **dict.fromkeys(("fab", "fabric"), "fabricacion"),
    **dict.fromkeys(("ddo", "dda", "demandada", "ddos", "demdo"), "demandado"),
    **dict.fromkeys(("ejecutada", "ejdo", "ejec"), "ejecutado"),
    **dict.fromkeys(("deudora", "deud"), "deudor"),
    **dict.fromkeys(("prop", "propiet", "propietaria"), "propietario"),
    **dict.fromkeys(("tel", "tfno", "telef", "fono", "tlf", "fonos"), "telefono"),
    **dict.fromkeys(("cel", "celu"), "celular"),
    **dict.fromkeys(("pat", "ptte", "pte"), "patente"),
    **dict.fromkeys(("veh", "vehic", "vehi"), "vehiculo"),
    **dict.fromkeys(("obs", "observ"), "observacion"),
    **dict.fromkeys(("nom", "nomb", "nbre", "nombres"), "nombre"),
    **dict.fromkeys(("com", "comu"), "comuna"),
    **dict.fromkeys(("reg", "regi"), "region"),
    **dict.fromkeys(("recep", "rec", "recibido"), "recepcion"),
    **dict.fromkeys(("lim", "lte"), "limite"),
    **dict.fromkeys(("carat", "caratula"), "caratulado"),
    **dict.fromkeys(("asig", "asign"), "asignacion"),
    **dict.fromkeys(("mod",), "modelo"),
    **dict.fromkeys(("mca",), "marca"),
    **dict.fromkeys(("anio", "aa"), "ano"),
    **dict.fromkeys(("e", "mail", "email", "emails", "correo"), "correo"),
    **dict.fromkeys(("prior",), "prioridad"),
    **dict.fromkeys(("ap", "apell", "apellidos"), "apellido"),
    **dict.fromkeys(("cli", "clte", "clie"), "cliente"),
    **dict.fromkeys(("pat.",), "paterno"),
    **dict.fromkeys(("dig", "digito"), "digito"),
    **dict.fromkeys(("verif", "ver", "verificador"), "verificador"),
    **dict.fromkeys(("dpto", "depto", "dto", "departamento", "casa"), "depto"),
    # As banks and makers with systems in English export them.
    **dict.fromkeys(("number", "nbr"), "n"),
    **dict.fromkeys(("plate", "plates", "license", "licence", "registration"), "patente"),
    **dict.fromkeys(("order", "writ", "warrant"), "oficio"),
    **dict.fromkeys(("case", "lawsuit"), "causa"),
    **dict.fromkeys(("docket",), "rol"),
    **dict.fromkeys(("court", "tribunals"), "tribunal"),
    **dict.fromkeys(("make", "brand", "manufacturer"), "marca"),
    **dict.fromkeys(("model",), "modelo"),
    **dict.fromkeys(("year",), "ano"),
    **dict.fromkeys(("colour",), "color"),
    **dict.fromkeys(("engine",), "motor"),
    **dict.fromkeys(("vehicle", "car"), "vehiculo"),
    **dict.fromkeys(("type",), "tipo"),
    **dict.fromkeys(("owner", "holder"), "propietario"),
    **dict.fromkeys(("debtor", "borrower", "defendant"), "deudor"),
    **dict.fromkeys(("customer", "client"), "cliente"),
    **dict.fromkeys(("guarantor", "cosigner"), "aval"),
    **dict.fromkeys(("name", "fullname"), "nombre"),
    "taxid": "rut",
    **dict.fromkeys(("phone", "telephone", "mobile", "cellphone"), "telefono"),
    **dict.fromkeys(("address", "street"), "direccion"),
    **dict.fromkeys(("district", "commune", "city"), "comuna"),
    **dict.fromkeys(("date",), "fecha"),
    **dict.fromkeys(("due", "deadline", "expiry", "expiration"), "vencimiento"),
    **dict.fromkeys(("received", "entry", "assigned", "assignment"), "ingreso"),
    **dict.fromkeys(("issue", "issued", "emitido"), "emision"),
    **dict.fromkeys(("comment", "comments", "remark", "remarks", "note", "notes"), "observacion"),
    **dict.fromkeys(("priority",), "prioridad"),
    **dict.fromkeys(("lawyer", "attorney"), "abogado"),
    **dict.fromkeys(("plaintiff", "creditor", "lender"), "demandante"),
    **dict.fromkeys(("balance", "debt"), "deuda"),
    **dict.fromkeys(("amount",), "monto"),
    **dict.fromkeys(("status", "stage"), "estado"),
    **dict.fromkeys(("birth",), "nacimiento"),
    **dict.fromkeys(("contract", "loan", "policy"), "contrato"),
    **dict.fromkeys(("branch", "dealer"), "sucursal"),
    **dict.fromkeys(("purchase", "sale"), "compra"),
}
_STOP = _set("datos de del la el los las y en al por para con su sus o lo p of the s and full")
#: Whose a fact is that is not the vehicle's owner's, and dates of other acts: no field of ours.
_FOREIGN = _set(
    "abogado receptor demandante acreedor ejecutante martillero ejecutivo procurador "
    "banco sucursal patrocinante nacimiento nac empleador oficina financiera remate "
    "pagare mora castigo pago cuota suscripcion inscripcion compra notificacion "
    "sentencia demanda embargo contrato operacion carpeta interno interna "
    "representante legal conyuge vendedor anterior transferencia permiso circulacion "
    "revision tecnica seguro poliza gestion informe respuesta factura hora monto "
    "deuda saldo capital cuantia mandante solicitante cartera producto ultima ultimo "
    "credito tasacion avaluo juez secretario estado etapa item correlativo cuaderno "
    "tramite arancel boleta nacionalidad sexo edad profesion trabajo laboral "
    "comercial curso proxima"
)
_OWNER = _set(
    "deudor demandado ejecutado titular propietario dueno cliente persona requerido "
    "principal completo particular actual moroso contribuyente"
)
_OTHER = _set("aval codeudor fiador codemandado solidario")
_SECOND = _set("2 3 otro otra alternativo alternativa secundario adicional segundo")
_VEHICLE = _set("vehiculo auto automovil movil vehicular")
_RUT = _set("rut run cedula ci")
_NAME = _set("nombre razon social")
_PHONE = _set("telefono celular movil contacto whatsapp")
_STREET = _set("direccion domicilio calle")
_COURT = _set("tribunal juzgado corte")
_ROL = _set("rol rit")
_PLATE = _set("patente ppu placa")
_MAIL = _set("correo electronico")

#: Field, its words, and the words that may stand beside them.
_GRAMMAR: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("patente", _PLATE, _VEHICLE | {"unica", "unico", "n"}),
    ("rol", _ROL, _set("causa n judicial juicio expediente civil")),
    ("tribunal", _COURT, _set("origen causa nombre competente civil letras juzgado")),
    ("propietario_rut", _RUT, _OWNER | {"n", "identidad", "nacional", "tributario", "carnet"}),
    ("propietario_telefono", _PHONE, _OWNER | _PHONE | {"n"}),
    ("propietario_email", frozenset({"correo"}), _OWNER | _MAIL | {"contacto", "direccion"}),
    ("comuna", frozenset({"comuna"}), _OWNER | _STREET | {"ciudad", "residencia"}),
    ("region", frozenset({"region"}), _OWNER | _STREET),
    ("direccion", _STREET, _OWNER | _STREET | {"completa", "residencia", "conocido"}),
    ("marca", frozenset({"marca"}), _VEHICLE),
    ("modelo", frozenset({"modelo"}), _VEHICLE),
    ("anio", frozenset({"ano"}), _VEHICLE | {"fabricacion", "modelo"}),
    ("color", frozenset({"color"}), _VEHICLE),
    ("motor", frozenset({"motor"}), _VEHICLE | {"n", "serie"}),
    ("vin", frozenset({"vin", "chasis", "chassis"}), _VEHICLE | {"n", "serie"}),
    ("numero_oficio", frozenset({"oficio"}), _set("n codigo orden folio ref judicial")),
    ("caratulado", frozenset({"caratulado"}), _set("causa n")),
    ("fecha_oficio", _set("oficio emision"), _set("fecha emision")),
    (
        "fecha_limite",
        _set("vencimiento limite plazo termino tope maxima"),
        _set("fecha oficio encargo maximo retiro"),
    ),
    (
        "fecha_ingreso",
        _set("ingreso recepcion asignacion encargo envio"),
        _set("fecha oficio"),
    ),
    ("propietario_nombre", _NAME | _OWNER, _OWNER | _NAME | {"apellido"}),
    ("notas", _set("observacion nota comentario"), frozenset({"general"})),
    ("prioridad", _set("prioridad urgencia"), frozenset()),
)
_SECOND_FIELD = {
    "patente": "patente_2",
    "propietario_telefono": "telefono_2",
    "propietario_email": "email_2",
    "direccion": "direccion_2",
    "comuna": "comuna_2",
    "propietario_nombre": "otro_nombre",
    "propietario_rut": "otro_rut",
}
_OTHER_FIELD = {
    "propietario_nombre": "otro_nombre",
    "propietario_rut": "otro_rut",
    "propietario_telefono": "otro_telefono",
    "propietario_email": "otro_email",
    "direccion": "direccion_2",
    "comuna": "comuna_2",
}


#: Letters of two words at least.
_TWO_WORDS = 8


@forgettable(10_000)
def field_of_header(text: str) -> str | None:
    """The field that a header names; empty when it names something that is none of ours, None
    when its words are not known.
    """
    # «nombreDeudor» is two words.
    text = re.sub(r"(?<=[a-zñ])(?=[A-ZÑ][a-zñ])", " ", text)
    whole = fold(re.sub("[°ºª]", " ", text))
    inside = re.findall(r"\(([^)]*)\)", whole)
    outside = re.sub(r"\([^)]*\)", " ", whole)
    found = _read(whole)
    if found is None and inside and outside.strip():
        found = _read(outside)
    return found


def _read(text: str) -> str | None:
    words = _words(text)
    if not words or len(words) > 7:
        return None
    if "id" in words and words & (_OWNER | _OTHER | {"tax"}):
        # «Owner ID», «Tax ID»: alone it only counts the rows.
        words = (words - {"id", "tax"}) | {"rut"}
    ordinals = words & _SECOND
    is_numbered = bool(words & {"1", "2", "3"})
    others = words & _OTHER
    words -= _SECOND | _OTHER | {"1"}
    if not words:
        words = {"nombre"} if others else set()
    if composite := _composite(words):
        return composite
    if "fecha" in words:
        # «Fecha/hora encargo»: the hour is kept beside the day.
        words.discard("hora")
    if not ordinals and not others and (campo := _plain_field(words)):
        return campo
    if words & _FOREIGN:
        return ""
    for campo, heads, beside in _GRAMMAR:
        if not words & heads or words - heads - beside:
            continue
        if campo == "fecha_oficio" and not words & {"fecha", "emision"}:
            continue
        if campo == "fecha_ingreso" and words == {"encargo"}:
            continue
        if is_numbered and campo not in _SECOND_FIELD:
            # «OF-1» is a number and no header.
            return None
        if others:
            return _OTHER_FIELD.get(campo, "")
        return _SECOND_FIELD.get(campo, "") if ordinals else campo
    return None


def _plain_field(words: set[str]) -> str | None:
    """The field of words that are elsewhere those of something else."""
    if words <= _STREET | {"ultimo", "ultima", "conocido", "registrado"} and words & _STREET:
        return "direccion"
    if words <= _VEHICLE | {"ano", "comercial"} and "ano" in words:
        return "anio"
    if words & {"tipo", "clase"} and words & _VEHICLE and words <= _VEHICLE | {"tipo", "clase"}:
        return "tipo_vehiculo"
    if words in ({"n", "causa"}, {"id", "causa"}):
        return "rol"
    if words in ({"orden"}, {"orden", "n"}):
        return "numero_oficio"
    if words == {"nombre", "causa"}:
        return "caratulado"
    if words == {"id", "oficio"}:
        return "numero_oficio"
    return "propietario_rut" if words == {"c", "identidad"} else None


def _composite(words: set[str]) -> str | None:
    plain = words - _OWNER - _VEHICLE
    if "sindv" in plain:
        rest = plain - {"sindv"}
        return "patente" if rest and rest <= _PLATE else "rut_sin_dv" if rest <= _RUT else None
    if "digito" in plain and plain & _PLATE and plain <= _PLATE | {"digito", "n"}:
        return "patente_dv"
    if plain & {"dv", "digito", "verificador"} and not plain - {"dv", "digito", "verificador", "n"}:
        return "rut_dv"
    if "dv" in plain or {"digito", "verificador"} <= plain:
        rest = plain - {"dv", "digito", "verificador"}
        if rest <= _PLATE | {"unica"} and rest:
            return "patente_dv" if len(words) < 4 else "patente"
        return "rut_dv" if rest <= _RUT else None
    if {"marca", "modelo"} <= plain and plain <= {"marca", "modelo", "ano", "color"}:
        return "marca_modelo"
    if plain & _ROL and plain & _COURT and len(plain) == 2:
        return "rol_tribunal"
    if "nombre" in plain and plain & _RUT and len(plain) == 2:
        return "nombre_rut"
    if plain & _STREET and "comuna" in plain and len(plain) == 2:
        return "direccion_comuna"
    if plain & {"paterno", "materno"} and plain <= {"a", "paterno", "materno"}:
        # «A. Paterno», «Materno».
        return "apellido_materno" if "materno" in plain else "apellido_paterno"
    if "apellido" in plain and plain <= {"apellido", "paterno", "materno"}:
        return "apellido_materno" if "materno" in plain else "apellido_paterno"
    if "depto" in plain and plain <= {"depto", "n", "block"}:
        return "direccion_depto"
    if "n" in plain and plain & _STREET and plain <= _STREET | {"n"}:
        return "direccion_numero"
    if "ano" in plain and plain & (_ROL | {"causa"}) and plain <= _ROL | {"ano", "causa"}:
        return "rol_anio"
    if plain & {"letra", "tipo"} and plain & (_ROL | {"causa"}) and len(plain) == 2:
        return "rol_letra"
    return None


def _words(text: str) -> set[str]:
    text = re.sub(r"\be-?\s?mails?\b", " correo ", text)
    # «RUT s/DV», «RUT con DV».
    text = re.sub(r"\b(?:sin |s/\s?)(?:dv|digito)\b(?: verificador)?", " sindv ", text)
    # «Date of order»; of a number, «Of.» is the order's.
    text = re.sub(r"\b(name|date|number|year|type|make|model) of\b", r"\1 ", text)
    # «Calle y número» is the whole of an address.
    text = re.sub(
        r"\b(calle|direccion|domicilio)\s*(?:y|/|con)\s*(?:numero|nro|num|n)\b", r"\1", text
    )
    text = re.sub(r"^comuna (?:de |de la |del )?(?:direccion|domicilio|calle)$", "comuna", text)
    text = re.sub(r"\brol\s*(?:y|/|-)\s*ano\b", "rol", text)
    text = re.sub(r"\b(?:con |c/\s?)(?:dv|digito)\b(?: verificador)?", " ", text)
    # «P.P.U.», «R.U.T.»: letters with dots are one word.
    text = re.sub(r"\b(?:[a-z]\.)+[a-z]\b\.?", lambda one: one[0].replace(".", "") + " ", text)
    tokens = re.sub(r"[^a-z0-9]+", " ", text).split()
    joined = re.sub(r"\b([a-z]) ([a-z]) ([a-z])\b", r"\1\2\3", " ".join(tokens)).split()
    found = set()
    for token in (part for whole in joined for part in _apart(whole)):
        token = _ABBREVIATIONS.get(token, token)
        if token in _STOP:
            continue
        found.add(_singular(token))
    return found


_KNOWN = (
    _OWNER
    | _OTHER
    | _FOREIGN
    | _VEHICLE
    | frozenset().union(*(heads | beside for _, heads, beside in _GRAMMAR))
    | _set("clase dv sindv digito verificador apellido paterno materno depto letra tipo")
    | frozenset(_ABBREVIATIONS.values())
)


def _apart(token: str) -> list[str]:
    """The two known words that were written as one, as in «NOMBREDEUDOR»; else the word itself."""
    if len(token) < _TWO_WORDS or _singular(token) in _KNOWN or token in _ABBREVIATIONS:
        return [token]
    for place in range(3, len(token) - 2):
        parts = [token[:place], token[place:]]
        if all(_singular(one) in _KNOWN or one in _ABBREVIATIONS for one in parts):
            return parts
    return [token]


def _singular(token: str) -> str:
    if token in _KNOWN:
        return token
    for end in ("s", "es"):
        stem = token.removesuffix(end)
        if stem != token and stem in _KNOWN:
            return stem
        if stem != token and stem in _ABBREVIATIONS:
            return _ABBREVIATIONS[stem]
    return token
