"""A mail as Outlook keeps it (MSG): a compound file, as MS-CFB and MS-OXMSG describe it."""

from __future__ import annotations

import struct

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_TEXT, _BINARY, _NUMBER = 0x001F, 0x0102, 0x0003
_SUBJECT, _HEADERS, _BODY = 0x0037, 0x007D, 0x1000
_FILE_NAME, _CONTENT, _METHOD = 0x3707, 0x3701, 0x3705
_ROOT_ENTRY, _STORAGE, _STREAM = 5, 1, 2

_FROM = "Ana Rojas <ana@estudio.example>"

#: A storage: its name to a stream or to another storage.
Storage = dict[str, "bytes | Storage"]


def make_msg(subject: str, *attachments: tuple[str, bytes], body: str = "") -> bytes:
    """A mail with attachments."""
    root: Storage = _properties(
        struct.pack("<8xIIII8x", 0, len(attachments), 0, len(attachments)),
        {
            (_SUBJECT, _TEXT): subject,
            (_HEADERS, _TEXT): f"From: {_FROM}\r\n",
            **({(_BODY, _TEXT): body} if body else {}),
        },
    )
    for number, (name, data) in enumerate(attachments):
        root[f"__attach_version1.0_#{number:08X}"] = _properties(
            bytes(8),
            {(_FILE_NAME, _TEXT): name, (_CONTENT, _BINARY): data, (_METHOD, _NUMBER): 1},
        )
    return _compound(root)


def _properties(head: bytes, values: dict[tuple[int, int], str | bytes | int]) -> Storage:
    found: Storage = {}
    entries = head
    for (name, kind), value in values.items():
        if isinstance(value, int):
            entries += struct.pack("<HHIQ", kind, name, 6, value)
            continue
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        found[f"__substg1.0_{name:04X}{kind:04X}"] = data
        size = len(data) + 2 * (kind == _TEXT)
        entries += struct.pack("<HHIII", kind, name, 6, size, 0)
    found["__properties_version1.0"] = entries
    return found


class _File:
    """The sectors of a compound file, and who follows whom."""

    def __init__(self) -> None:
        self.sectors = b""
        self.fat: list[int] = []
        self.mini = b""
        self.mini_fat: list[int] = []
        self.entries: list[list[int | str]] = []

    def add(self, data: bytes) -> int:
        """Keep some data in whole sectors; returns the first."""
        return self._chain(data, _SECTOR, "sectors", self.fat)

    def keep(self, data: bytes) -> int:
        """Keep a stream: a small one among the small ones."""
        if not data:
            return _END
        if len(data) >= _CUTOFF:
            return self.add(data)
        return self._chain(data, _MINI, "mini", self.mini_fat)

    def _chain(self, data: bytes, size: int, where: str, chain: list[int]) -> int:
        first, count = len(chain), -(-len(data) // size)
        chain += [*range(first + 1, first + count), _END]
        setattr(self, where, getattr(self, where) + data.ljust(count * size, b"\0"))
        return first

    def enter(self, name: str, kind: int, start: int, size: int) -> int:
        """An entry of the directory."""
        self.entries.append([name, kind, _FREE, _FREE, start, size])
        return len(self.entries) - 1

    def fill(self, parent: int, storage: Storage) -> None:
        """Put what a storage holds below its entry, each the right sibling of the one before."""
        before = None
        for name, one in sorted(storage.items(), key=lambda item: (len(item[0]), item[0])):
            if isinstance(one, bytes):
                entry = self.enter(name, _STREAM, self.keep(one), len(one))
            else:
                entry = self.enter(name, _STORAGE, 0, 0)
                self.fill(entry, one)
            if before is None:
                self.entries[parent][3] = entry
            else:
                self.entries[before][2] = entry
            before = entry


def _compound(root: Storage) -> bytes:
    file = _File()
    file.enter("Root Entry", _ROOT_ENTRY, _END, 0)
    file.fill(0, root)
    file.entries[0][4:] = [file.add(file.mini), len(file.mini)]
    mini_fat = file.add(b"".join(struct.pack("<I", one) for one in file.mini_fat))
    mini_sectors = -(-len(file.mini_fat) * 4 // _SECTOR)
    directory = file.add(b"".join(_entry(*one) for one in file.entries))  # type: ignore[arg-type]
    # The table of the sectors itself takes one sector: enough for 64 kB.
    fat = len(file.fat)
    file.fat.append(_FAT)
    assert len(file.fat) <= _SECTOR // 4
    table = struct.pack("<128I", *file.fat, *[_FREE] * (128 - len(file.fat)))
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack(
        "<IIIIIIIIII", 0, 1, directory, 0, _CUTOFF, mini_fat, mini_sectors, _END, 0, fat
    )
    head += struct.pack("<108I", *[_FREE] * 108)
    return head + file.sectors + table


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
