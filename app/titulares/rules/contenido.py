"""What is written in the bytes of a file that came in."""

from __future__ import annotations

import io
import zipfile

#: Bytes that are unpacked of one file; a package that would be more is no spreadsheet.
_MOST = 64 * 1024 * 1024


def text_of(data: bytes) -> str:
    """What is written in an uploaded file, of a spreadsheet in each of its parts.

    Of a picture or a scanned page it is noise in which nobody is found.
    """
    if zipfile.is_zipfile(io.BytesIO(data)):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(each.file_size for each in archive.infolist()) > _MOST:
                    return ""
                return " ".join(
                    archive.read(each).decode("utf-8", "replace") for each in archive.namelist()
                )
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            return ""  # broken, or locked with a password
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
