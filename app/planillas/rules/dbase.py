"""Telling a table of dBase (DBF), which old systems still export, from a text."""

#: The kinds of tables, by their first byte: dBase III and IV, FoxPro, with memos and without.
_KINDS = (0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5)
#: Bytes of the head and of one column at least, and of what FoxPro writes behind the columns.
_SHORTEST, _BEHIND = 65, 263


def is_dbf(data: bytes) -> bool:
    """Whether a file begins as one: its kind, the day of its change, the end of its columns."""
    if len(data) < _SHORTEST or data[0] not in _KINDS:
        return False
    length = int.from_bytes(data[8:10], "little")
    if not (1 <= data[2] <= 12 and 1 <= data[3] <= 31 and _SHORTEST <= length <= len(data)):
        return False
    return b"\r" in (data[length - 1 : length], data[length - 1 - _BEHIND : length - _BEHIND])
