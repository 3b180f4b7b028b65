"""Tabler's style sheet is shipped with what our files name; nothing that they name is missing."""

from __future__ import annotations

import re
from itertools import chain

from fontTools.ttLib import TTFont

from config import ROOT

SHEET = ROOT / "static/vendor/tabler/tabler.min.css"
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
#: What the build takes for the name of a class (frontend/build.mjs).
WORD = re.compile(r"[A-Za-z0-9_-]+")
VARIABLE = re.compile(r"--tblr-[\w-]+")
#: Every page loads the two fonts; both were 70 kB when all weights and ligatures were in them.
MOST_FONT_BYTES = 36_000


def our_words() -> set[str]:
    paths = chain(
        (ROOT / "templates").rglob("*.html"),
        (ROOT / "static/js").rglob("*.js"),
        (ROOT / "app").rglob("*.py"),
    )
    return set(chain.from_iterable(WORD.findall(path.read_text("utf-8")) for path in paths))


def test_every_class_of_tabler_that_a_page_may_name_is_shipped():
    """Else run ``make vendor`` and commit what it made."""
    known = set((ROOT / "frontend/tabler-classes.txt").read_text("utf-8").split())
    shipped = set(CLASS.findall(SHEET.read_text("utf-8")))
    named = our_words() & known
    assert {"btn-primary", "card-header", "form-control", "visually-hidden"} <= named & shipped
    assert named - shipped == set()


def test_every_variable_of_tabler_that_we_ask_for_is_set():
    sheet = SHEET.read_text("utf-8")
    set_there = set(re.findall(r"(--tblr-[\w-]+)\s*:", sheet))
    ours = [path.read_text("utf-8") for path in (ROOT / "static/css").glob("*.css")]
    asked = set(re.findall(r"var\((--tblr-[\w-]+)\)", "\n".join([*ours, sheet])))
    set_by_us = set(re.findall(r"(--tblr-[\w-]+)\s*:", "\n".join(ours)))
    assert len(asked) > 20
    assert asked - set_there - set_by_us == set()


def test_the_fonts_are_small_and_have_all_letters_weights_and_licences():
    inter = ROOT / "static/vendor/inter/inter-latin.woff2"
    mono = ROOT / "static/vendor/jetbrains-mono/jetbrains-mono-latin-700.woff2"
    assert inter.stat().st_size + mono.stat().st_size < MOST_FONT_BYTES
    for path in (inter, mono):
        font = TTFont(path)
        assert set(map(ord, "áéíóúüñÁÉÍÓÚÜÑ¿¡«»–—…·•°ºª€$0aZ")) <= set(font.getBestCmap())
        assert re.search("openfontlicense|OFL", font["name"].getDebugName(14))
        assert (path.parent / "LICENSE").read_text("utf-8").count("SIL OPEN FONT LICENSE")
    font = TTFont(inter)
    (axis,) = font["fvar"].axes
    assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", 400, 700)
    assert {one.FeatureTag for one in font["GSUB"].table.FeatureList.FeatureRecord} == {"tnum"}
