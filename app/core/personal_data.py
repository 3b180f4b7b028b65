"""What of a row is personal data, as its model declares it: whoever adds a column decides it there.

The search for a person, their block and the erasure of their data follow these declarations, so a
column that nobody declared fails ``tests/titulares/test_declared.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.core.labels import Labelled

#: What stands in a column that may not be empty after its words were erased.
EMPTIED = "(borrado)"


class Dato(Labelled):
    """What a column says of a person."""

    NOMBRE = "nombre", "Nombre"
    RUT = "rut", "RUT"
    PATENTE = "patente", "Patente"
    TELEFONO = "telefono", "Teléfono"
    CORREO = "correo", "Correo electrónico"
    #: A comuna, a street, the words for a place.
    LUGAR = "lugar", "Dirección o lugar"
    #: Coordinates, and how exact they are.
    POSICION = "posicion", "Posición"
    #: When a person or their vehicle was somewhere.
    MOMENTO = "momento", "Fecha u hora de un hecho"
    #: Whatever somebody wrote: it may name anybody.
    TEXTO = "texto", "Texto libre"
    #: JSON with texts or identifiers inside.
    ESTRUCTURA = "estructura", "Datos anexos"
    #: Bytes of an uploaded file, which are not searched: its rows are.
    CONTENIDO = "contenido", "Archivo recibido"
    #: Where a file is stored; the file goes with the key.
    ARCHIVO = "archivo", "Archivo guardado"
    #: A fingerprint of something personal: useless without it, equal for equal things.
    HUELLA = "huella", "Huella digital"
    #: Written anew from other columns whenever those change.
    DERIVADO = "derivado", "Índice de búsqueda"
    #: Another fact of the case or the vehicle, such as its colour.
    HECHO = "hecho", "Otro dato del caso"

    @property
    def is_searched(self) -> bool:
        """Whether the search for a person reads such a column."""
        return self in _SEARCHED


_SEARCHED = frozenset(
    {
        Dato.NOMBRE,
        Dato.RUT,
        Dato.PATENTE,
        Dato.TELEFONO,
        Dato.CORREO,
        Dato.LUGAR,
        Dato.TEXTO,
        Dato.ESTRUCTURA,
    }
)


class Titular(Labelled):
    """Whose data the rows of a table are, before anybody has read them."""

    CASO = "caso", "Personas de un caso"
    OFICINA = "oficina", "Personas de la oficina"
    BUFFET = "buffet", "Contactos de un buffet"
    RECEPTOR = "receptor", "Receptores judiciales"
    #: Nobody's: only what somebody wrote in a wrong place.
    NADIE = "nadie", "Nadie en particular"


class Borrado(Labelled):
    """What becomes of a row when the data of its person are erased."""

    #: The row stays and its personal columns are emptied: NULL, or words that say so.
    VACIAR = "vaciar", "Se vacían sus datos"
    #: The row goes.
    FILA = "fila", "Se elimina la fila"
    #: Content and salt of a sealed link are destroyed; the link stays in its chain.
    SELLO = "sello", "Se destruye lo sellado"
    #: It stays, for the reason that the declaration gives.
    GUARDAR = "guardar", "Se conserva"


@dataclass(frozen=True)
class Personal:
    """What of a table is personal data. Keys and yes-or-no columns need no word.

    Stands in a model as ``__personal__``; ``datos`` and ``otros`` name all other columns.
    """

    #: Of its rows, as people read it: «Visitas a direcciones».
    label: str
    datos: Mapping[str, Dato] = field(default_factory=lambda: MappingProxyType({}))
    #: Columns that say nothing of a person: counters, marks, when the row was written.
    otros: tuple[str, ...] = ()
    titular: Titular = Titular.CASO
    #: The reference through which a row without ``oficio_id`` belongs to a case.
    via: str = ""
    borrado: Borrado = Borrado.VACIAR
    #: Why its rows stay although the data of a person are erased; with ``Borrado.GUARDAR``.
    motivo: str = ""

    def columns(self, *kinds: Dato) -> list[str]:
        """The names of the columns of some kinds."""
        return [name for name, dato in self.datos.items() if dato in kinds]

    @property
    def searched(self) -> list[str]:
        """The columns in which a person is looked for."""
        return [name for name, dato in self.datos.items() if dato.is_searched]
