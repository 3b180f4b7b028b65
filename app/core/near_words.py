"""Words that are alike up to one slip of a finger, and marking what of a text was typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.core.text import fold

#: Shorter words are taken as they are typed: with a slip, anything would be like them.
SHORTEST_NEAR = 4


def is_near(typed: str, word: str) -> bool:
    """Whether a word, or its beginning, is what was typed up to one letter.

    One letter is wrong, missing, too many, or has changed places with the next one. Both folded.
    """
    if word.startswith(typed):
        return True
    if len(typed) < SHORTEST_NEAR:
        return False
    at = 0
    for left, right in zip(typed, word, strict=False):
        if left != right:
            break
        at += 1
    rest, other = typed[at:], word[at:]
    return (
        other.startswith(rest[1:])  # a letter too many
        or other[1:].startswith(rest[1:])  # a wrong one
        or other[1:].startswith(rest)  # one is missing
        or (other[:2] == rest[1::-1] and other[2:].startswith(rest[2:]))  # two changed places
    )


def halves(word: str) -> tuple[()] | tuple[str, str]:
    """Two parts of a word of which a slip leaves one whole; none of a word that is too short.

    Two letters that changed places in the middle spoil both halves, so the outer parts are two
    letters shorter where the word is long enough.
    """
    if len(word) < SHORTEST_NEAR:
        return ()
    middle = len(word) // 2
    gap = 1 if len(word) >= 2 * SHORTEST_NEAR - 2 else 0
    return word[: middle - gap], word[middle + gap :]


def mark(text: str, words: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The parts of a text, each with whether it is one of the folded words."""
    folded = [fold(char) or " " for char in text]
    if any(len(char) != 1 for char in folded):  # a ligature: its letters have no place of their own
        yield text, False
        return
    plain = "".join(folded)
    marked = [False] * len(text)
    for word in words:
        at = plain.find(word)
        while word and at >= 0:
            marked[at : at + len(word)] = [True] * len(word)
            at = plain.find(word, at + len(word))
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or marked[at] != marked[start]:
            yield text[start:at], marked[start]
            start = at
