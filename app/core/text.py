"""Text as people write it: comparing, cleaning and handing it on without surprises."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

from app.core.process_memory import forgettable

T = TypeVar("T")

#: Marks that turn the reading direction round or that nobody sees: they make one name look like
#: another (file names, plates), and no word of the domain needs them.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
#: What nobody can have typed: a control, half a character, or one that never will be. What this
#: Python does not know yet, such as an emoji of this year, is kept. A list has 100,000 cells, so
#: that it is looked for by an expression.
_NOTHING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
#: Texts below so many characters are kept for a while once they were cleaned or folded.
_SHORT = 100
_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")
_UNSAFE_IN_FILENAME = re.compile(r"[^A-Za-z0-9._ -]+")
#: Windows opens a device instead of a file with these names.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SIGNED_NUMBER = re.compile(r"[+-][\d\s().,-]*")
_CALL = re.compile(r"\w\(|\||\w!\$?[A-Za-z]")


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold(text: str) -> str:
    """Return the text for comparing and searching: no case, no accents, single spaces.

    ``ÑUÑOA`` and ``nunoa`` fold to the same. Both databases compare folded text, because neither
    agrees with the other on accents.
    """
    return _folded_lately(text) if len(text) < _SHORT else _folded(text)


def _folded(text: str) -> str:
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(_without_marks(_without_marks(text).casefold()).split())


def join_once(parts: Iterable[str | None], separator: str = " · ") -> str:
    """Return the parts in one line, without what another one of them says in the same words.

    «Costanera Norte» beside «Costanera Norte P5» adds nothing; of two alike the first one stays.
    """
    given = [part for part in parts if part]
    words = [" ".join(["", *_WORD.findall(fold(part)), ""]) for part in given]
    said = [
        part
        for index, part in enumerate(given)
        if not any(
            words[index] in other and (words[index] != other or place < index)
            for place, other in enumerate(words)
            if place != index
        )
    ]
    return separator.join(said)


def clean_text(text: str, *, multiline: bool = False) -> str:
    """Return the text without what nobody typed on purpose.

    Drops control characters, NUL (PostgreSQL refuses it, SQLite keeps it), lone surrogates and
    invisible or direction-changing marks; composes accents; collapses spaces. With ``multiline``
    line breaks stay, at most one empty line in a row.
    """
    if text.isascii() and text.isprintable() and "  " not in text and text.strip() == text:
        return text  # most cells of a list, asked a dozen times each
    return _cleaned_lately(text, multiline) if len(text) < _SHORT else _cleaned(text, multiline)


def _cleaned(text: str, multiline: bool) -> str:
    if text.isprintable():
        # Nothing to drop, and no other white space than spaces: most cells of a list.
        return " ".join(unicodedata.normalize("NFC", text).split())
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", _NOTHING.sub("", text))
    if not multiline:
        return _SPACES.sub(" ", text).strip()
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# The rules of a list look at a cell a dozen times, and its columns repeat courts and comunas.
_cleaned_lately = forgettable(4_096)(_cleaned)
_folded_lately = forgettable(4_096)(_folded)


def shortened(text: str, limit: int = 40) -> str:
    """Return a text for quoting it in a sentence: in one line, cut with «…» where it is longer."""
    text = clean_text(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def safe_filename(name: str, *, default: str = "archivo", limit: int = 100) -> str:
    """Return a name fit for a disk, a header and an attachment, with its extension.

    Only the last part of a path, in ASCII: a line break or a quote in an attachment's name can
    become a header of the mail that carries it.
    """
    last = re.split(r"[/\\]", clean_text(name))[-1]
    plain = _UNSAFE_IN_FILENAME.sub("-", _without_marks(last))
    plain = _SPACES.sub(" ", plain).strip(" .-")
    if not plain or _RESERVED.match(plain):
        plain = f"{default}-{plain}".strip(" .-")
    stem, dot, extension = plain.rpartition(".")
    if not dot or len(extension) > 10:
        return plain[:limit].rstrip(" .-")
    return stem[: limit - len(extension) - 1].rstrip(" .-") + "." + extension


def unescape_formula(text: str) -> str:
    """Return a cell as it was before ``escape_formula``: what was exported may come back."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA_START) else text


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would compute this text instead of showing it.

    Anything that begins with ``=`` or ``@``; after ``+`` or ``-`` only what calls something
    (``+SUM(A1)``, ``-2+3|cmd``), so that ``+56 9 1234 5678`` and ``- sin numeración`` are text.
    """
    text = unicodedata.normalize("NFKC", text).lstrip(" \t\r\n\x00\ufeff")
    if text.startswith(("=", "@")):
        return True
    if not text.startswith(("+", "-")) or _SIGNED_NUMBER.fullmatch(text):
        return False
    return bool(_CALL.search(text))


def escape_formula(value: T) -> T | str:
    """Return a cell for an exported spreadsheet that no program will compute.

    Text that begins like a formula gets an apostrophe in front, as OWASP advises for CSV
    injection; other types pass as they are.
    """
    if isinstance(value, str) and value.startswith(_FORMULA_START):
        return "'" + value
    return value
