"""The words of any file that came in."""

from __future__ import annotations

import re

from app.bandeja.rules import TipoIngreso
from app.bandeja.rules.formatos import tell_format
from app.core.errors import InvalidValue
from app.papeles.outside.papers import PDF, read_words
from app.titulares.rules.contenido import readable, text_of

#: A line that ends inside a paragraph: a name may go on in the next.
_WRAPPED = re.compile(r"(?<!\n)\n(?!\n)")


def read_file_words(data: bytes) -> str:
    """What is written in a file, a line for each line, cell or paragraph; nothing of a picture.

    A PDF is read in a process of its own, that of a scan by recognition where that is installed.
    """
    if tell_format(data).tipo is not TipoIngreso.PAPEL:
        return readable(text_of(data))
    try:
        texto = read_words(data, PDF).texto
    except InvalidValue:
        return ""  # damaged, or locked with a password
    return readable(_WRAPPED.sub(" ", texto))
