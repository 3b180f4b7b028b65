"""Runs typst in a process: ``python app/informes/outside/typst_process.py FOLDER FONTS TIME``.

Setting a long case takes hundreds of megabytes that a long-lived worker would never give back, and
what breaks in a compiled library should break alone. It imports nothing of the application, so
that it starts at once.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typst

#: How the process ends when typst refuses the page; its reason is on the standard error.
REFUSED = 3


def main(folder: Path, fonts: Path, moment: datetime) -> int:
    """Set the page of the folder as a PDF/A-2b beside it, with the given faces only."""
    faces = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )
    try:
        typst.compile(
            folder / "expediente.typ",
            output=folder / "expediente.pdf",
            root=folder,
            font_paths=faces,
            pdf_standards=["a-2b"],
            timestamp=moment,
        )
    except typst.TypstError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    _note_peak(folder)
    return 0


def _note_peak(folder: Path) -> None:
    """Leave the most memory that this took, in bytes, beside the PDF, where the system tells."""
    status = Path("/proc/self/status")
    if status.exists():
        kilobytes = int(status.read_text().partition("VmHWM:")[2].split()[0])
        (folder / "memoria").write_text(str(kilobytes * 1024))


if __name__ == "__main__":
    sys.exit(
        main(
            Path(sys.argv[1]),
            Path(sys.argv[2]),
            datetime.fromtimestamp(int(sys.argv[3]), tz=UTC),
        )
    )
