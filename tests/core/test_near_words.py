"""Words that are one slip of a finger apart, and marking what was typed."""

from __future__ import annotations

import pytest

from app.core.near_words import halves, is_near, mark


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ("suzuki", "suzuki", True),
        ("suz", "suzuki", True),
        ("suzuky", "suzuki", True),
        ("suzki", "suzuki", True),
        ("suzzuki", "suzuki", True),
        ("szuuki", "suzuki", True),
        ("xuzuki", "suzuki", True),
        ("gonsal", "gonzalez", True),
        ("syzuky", "suzuki", False),
        ("kia", "fia", False),
        ("bbci12", "bbcl12", True),
        ("perez", "lopez", False),
    ],
)
def test_a_slip_is_one_letter(typed, word, expected):
    assert is_near(typed, word) is expected
    first, last = halves(typed) or ("", "")
    whole = word.startswith(first) or last in word
    assert whole or not expected, "a half is left whole, by which the database finds it"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Ñusta Muñoz", ["munoz"], "Ñusta [Muñoz]"),
        ("Suzuki Swift", ["suz", "sw"], "[Suz]uki [Sw]ift"),
        ("Kia Rio", ["mazda"], "Kia Rio"),
        ("ﬁat Uno", ["uno"], "ﬁat Uno"),
        ("", ["x"], ""),
    ],
)
def test_what_was_typed_is_marked_without_accents_and_case(text, words, expected):
    parts = mark(text, words)
    assert "".join(f"[{part}]" if is_hit else part for part, is_hit in parts) == expected
