"""The Merkle arithmetic against the definition written out, and against the vectors of the older RFC 6962."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.evidence import (
    Frontier,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    leaf_hash,
    tree_root,
)

# The inputs and roots that Certificate Transparency implementations have tested each other with since 2013.
VECTOR_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
VECTOR_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

hashes = st.binary(min_size=32, max_size=32)
logs = st.integers(0, 40).map(lambda size: [leaf_hash(b"s" * 16, bytes([at])) for at in range(size)])


def root_by_definition(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = max(2**power for power in range(8) if 2**power < len(leaves))
    left, right = root_by_definition(leaves[:split]), root_by_definition(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_every_other_implementation_computes(size: int) -> None:
    leaves = [leaf_hash(b"", bytes.fromhex(text)) for text in VECTOR_INPUTS[:size]]
    assert tree_root(leaves).hex() == VECTOR_ROOTS[size - 1]


def test_a_leaf_commits_to_salt_and_body_and_is_no_inner_node() -> None:
    assert leaf_hash(b"salt", b"body") == hashlib.sha256(b"\x00saltbody").digest()
    assert leaf_hash(b"salt", b"body") != leaf_hash(b"SALT", b"body") != hashlib.sha256(b"\x01saltbody").digest()


@given(logs)
def test_a_root_grown_leaf_by_leaf_is_the_root_of_the_definition(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.appended(leaf)
    assert frontier.size == len(leaves)
    assert frontier.root == tree_root(leaves) == root_by_definition(leaves)


@given(logs.filter(bool), st.data())
def test_every_leaf_can_be_shown_to_be_where_it_is_and_nowhere_else(leaves: list[bytes], data: st.DataObject) -> None:
    index, wrong = data.draw(st.integers(0, len(leaves) - 1)), data.draw(st.integers(-1, len(leaves)))
    proof, root = inclusion_proof(index, leaves), tree_root(leaves)
    assert inclusion_holds(index, len(leaves), leaves[index], proof, root)
    assert inclusion_holds(wrong, len(leaves), leaves[index], proof, root) is (wrong == index)


@given(logs, st.data())
def test_every_beginning_of_a_log_can_be_shown_to_be_one(leaves: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(0, len(leaves)))
    roots = tree_root(leaves[:old]), tree_root(leaves)
    assert consistency_holds(old, len(leaves), *roots, consistency_proof(old, leaves))


@given(logs.filter(bool), st.data())
def test_a_log_with_a_changed_beginning_is_caught(leaves: list[bytes], data: st.DataObject) -> None:
    old = data.draw(st.integers(1, len(leaves)))
    changed = list(leaves)
    changed[data.draw(st.integers(0, old - 1))] = leaf_hash(b"", b"changed")
    roots = tree_root(leaves[:old]), tree_root(changed)
    assert not consistency_holds(old, len(leaves), *roots, consistency_proof(old, changed))
    assert not consistency_holds(old, len(leaves), *roots, consistency_proof(old, leaves))


@given(st.integers(-2, 50), st.integers(-2, 50), hashes, hashes, st.lists(hashes, max_size=9))
def test_a_made_up_proof_never_holds_and_never_raises(
    index: int, size: int, leaf: bytes, root: bytes, proof: list[bytes]
) -> None:
    assert not inclusion_holds(index, size, leaf, proof, root) or (size == 1 and leaf == root)
    assert not consistency_holds(index, size, leaf, root, proof) or (index == size and leaf == root)


@given(logs.filter(bool), st.data())
def test_a_proof_with_a_hash_too_many_or_too_few_does_not_hold(leaves: list[bytes], data: st.DataObject) -> None:
    size, index = len(leaves), data.draw(st.integers(0, len(leaves) - 1))
    roots = tree_root(leaves[: index + 1]), tree_root(leaves)
    for proof in _misfits(inclusion_proof(index, leaves)):
        assert not inclusion_holds(index, size, leaves[index], proof, roots[1])
    for proof in _misfits(consistency_proof(index + 1, leaves)):
        assert not consistency_holds(index + 1, size, *roots, proof)


def _misfits(proof: list[bytes]) -> list[list[bytes]]:
    return [[*proof, b"x" * 32], [b"x" * 32, *proof], *([proof[1:], proof[:-1]] if proof else [])]


def test_the_empty_log_is_a_beginning_of_every_log_and_has_one_root() -> None:
    leaves = [leaf_hash(b"", b"one")]
    assert consistency_holds(0, 1, tree_root([]), tree_root(leaves), [])
    assert not consistency_holds(0, 1, b"x" * 32, tree_root(leaves), [])
    assert not consistency_holds(0, 1, tree_root([]), tree_root(leaves), [b"x" * 32])


def test_a_proof_of_what_the_log_never_had_is_an_index_error() -> None:
    for index in (-1, 2):
        with pytest.raises(IndexError):
            inclusion_proof(index, [b"a" * 32, b"b" * 32])
    for size in (-1, 3):
        with pytest.raises(IndexError):
            consistency_proof(size, [b"a" * 32, b"b" * 32])
