"""The tree of RFC 9162 (2.1) over a log that only grows: its root and its proofs.

A node is named by its level (0: leaves) and its place in that level. The log keeps the nodes whose
leaves are all there, which never change again; every other hash follows from at most as many of
them as a number of that size has bits. So root and proofs of any size are made of few nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

#: Level and place of a node, to its hash.
Node = Callable[[int, int], bytes]
Coordinates = tuple[int, int]

#: The root of a log without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps it from being taken for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def full_nodes(start: int, end: int) -> list[Coordinates]:
    """The fewest full nodes that cover the leaves from ``start`` until before ``end``.

    ``start`` is a multiple of the smallest power of two that is not below ``end - start``, as it is
    wherever the RFC divides a tree.
    """
    size = end - start
    found = []
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def range_hash(start: int, end: int, node: Node) -> bytes:
    """MTH(D[start:end]) of the RFC; see ``full_nodes`` for which ranges there are."""
    if start == end:
        return EMPTY_ROOT
    covering = [node(*where) for where in full_nodes(start, end)]
    digest = covering.pop()
    while covering:
        digest = node_hash(covering.pop(), digest)
    return digest


def root_hash(size: int, node: Node) -> bytes:
    """The root of the log when it had that many leaves."""
    return range_hash(0, size, node)


def new_nodes(size: int, leaf: bytes, node: Node) -> Iterator[tuple[int, int, bytes]]:
    """Level, place and hash of the nodes that become full with one more leaf (its hash)."""
    level, digest = 0, leaf
    yield level, size, digest
    while size >> level & 1:
        digest = node_hash(node(level, (size >> level) - 1), digest)
        level += 1
        yield level, size >> level, digest


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D[size]): the hashes that lead from a leaf to the root.

    Raises:
        ValueError: there is no such leaf in a log of that size.
    """
    if not 0 <= index < size:
        raise ValueError(f"a log of {size} has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, node: Node) -> list[bytes]:
    """PROOF(first, D[second]): that the larger log begins with the smaller one.

    Raises:
        ValueError: the first size is nothing, or larger than the second.
    """
    if not 0 < first <= second:
        raise ValueError(f"no log of {second} grew out of one of {first}")
    start, end, path = 0, second, []
    # Whether the part that is looked at is the smaller log itself, whose root the asker has.
    is_whole = True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start, is_whole = middle, False
    if not is_whole:
        path.append(range_hash(start, end, node))
    return path[::-1]


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1
