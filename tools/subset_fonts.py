"""Leave out of the vendored fonts what no page shows: ``make vendor`` runs it after the build.

A phone loads the fonts with its first page, so each kilobyte counts. All characters stay; what goes
are the weights that no style sheet asks for and ligatures. The same files go in and the same come
out, byte by byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"


@dataclass(frozen=True)
class Face:
    """A font, and what of it is used."""

    path: str
    #: OpenType features: kerning, figures of one width.
    features: tuple[str, ...] = ()
    #: The lightest and the boldest that the style sheets ask for; of a variable font alone.
    weights: tuple[int, int] | None = None


FACES = (
    Face("inter/inter-latin.woff2", ("kern", "tnum"), (400, 700)),
    Face("jetbrains-mono/jetbrains-mono-latin-700.woff2"),
)


def subset(face: Face) -> int:
    """Write a font without what is not used; return its bytes."""
    path = VENDOR / face.path
    font = TTFont(path, recalcTimestamp=False)
    options = Options()
    options.layout_features = list(face.features)
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = ["*"]  # whose it is and under which licence
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    if face.weights and "fvar" in font:
        font = instantiateVariableFont(font, {"wght": face.weights})
    font.flavor = "woff2"
    font.save(path)
    return path.stat().st_size


if __name__ == "__main__":
    for one in FACES:
        print(f"{one.path} {subset(one) / 1000:.1f} kB")
