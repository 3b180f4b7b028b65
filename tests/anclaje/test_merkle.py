"""The tree of RFC 9162: known values, every proof of small logs, and what no proof may pass for."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.anclaje.outside.verificar_rastro import is_consistent, is_included
from app.anclaje.rules.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    new_nodes,
    node_hash,
    root_hash,
)

# The leaves and roots of the test vectors of Certificate Transparency's reference code
# (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc), which RFC 9162 did not
# change: sizes 0 to 8.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
#: Leaf (from 0), size, path: of the same tests.
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
#: First size, second size, path.
GROWTHS = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def grow(leaves):
    """A log of those leaves, as it keeps its nodes."""
    nodes = {}
    for size, data in enumerate(leaves):
        for level, place, digest in new_nodes(size, leaf_hash(data), lambda *at: nodes[at]):
            assert (level, place) not in nodes
            nodes[level, place] = digest
    return lambda *at: nodes[at]


def plain_root(leaves):
    """MTH as the RFC writes it down."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size):
    assert root_hash(size, grow(LEAVES[:size])).hex() == ROOTS[size]
    assert root_hash(size, grow(LEAVES)).hex() == ROOTS[size]
    assert EMPTY_ROOT.hex() == ROOTS[0]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_paths_to_the_root_are_those_of_the_reference(index, size, path):
    assert [step.hex() for step in inclusion_proof(index, size, grow(LEAVES))] == path


@pytest.mark.parametrize(("first", "second", "path"), GROWTHS)
def test_proofs_of_growth_are_those_of_the_reference(first, second, path):
    assert [step.hex() for step in consistency_proof(first, second, grow(LEAVES))] == path


def test_every_proof_of_a_small_log_holds_and_holds_for_nothing_else():
    leaves = [bytes([number]) for number in range(20)]
    node = grow(leaves)
    roots = [plain_root(leaves[:size]) for size in range(21)]
    for size in range(1, 21):
        assert root_hash(size, node) == roots[size]
        for index in range(size):
            path = inclusion_proof(index, size, node)
            leaf = leaf_hash(leaves[index])
            assert is_included(leaf, index, size, path, roots[size])
            assert not is_included(leaf_hash(b"another"), index, size, path, roots[size])
            assert not is_included(leaf, index, size, path, roots[size - 1])
            assert not is_included(leaf, index, size, [*path, leaf], roots[size])
            assert not is_included(leaf, size, size, path, roots[size])
            assert size == 1 or not is_included(leaf, index ^ 1, size, path, roots[size])
            assert not path or not is_included(leaf, index, size, path[:-1], roots[size])
        for first in range(1, size + 1):
            path = consistency_proof(first, size, node)
            old, new = roots[first], roots[size]
            assert is_consistent(first, size, path, old, new)
            assert not is_consistent(first, size, path, leaf_hash(b"another"), new)
            assert not is_consistent(first, size, path, old, leaf_hash(b"another"))
            assert not is_consistent(first, size, [*path, old], old, new)
            assert not path or not is_consistent(first, size, path[:-1], old, new)


@given(st.integers(1, 300), st.data())
def test_proofs_of_any_size_hold(size, data):
    leaves = [number.to_bytes(2, "big") for number in range(size)]
    node = grow(leaves)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root = root_hash(size, node)
    path = inclusion_proof(index, size, node)
    assert is_included(leaf_hash(leaves[index]), index, size, path, root)
    growth = consistency_proof(first, size, node)
    assert is_consistent(first, size, growth, root_hash(first, node), root)


@pytest.mark.parametrize("index_size", [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_path_from_a_leaf_that_is_not_there(index_size):
    with pytest.raises(ValueError, match="leaf"):
        inclusion_proof(*index_size, grow(LEAVES))


@pytest.mark.parametrize("sizes", [(0, 3), (4, 3)])
def test_no_log_grows_out_of_nothing_or_backwards(sizes):
    with pytest.raises(ValueError, match="grew"):
        consistency_proof(*sizes, grow(LEAVES))
    assert not is_consistent(*sizes, [], EMPTY_ROOT, EMPTY_ROOT)
