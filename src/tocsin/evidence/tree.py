"""What the keeper of the log computes: roots and proofs (RFC 9162, sections 2.1.1, 2.1.3.1 and 2.1.4.1).

Theory of operation
-------------------
A tree over n > 1 leaves is split at the largest power of two below n; the left side is then complete and never
changes again, whatever is appended.  That is why an old root can be shown to be a beginning of a new one.

All functions take leaf *hashes*, in order of position.  `Frontier` is for the writer: it holds the roots of the
complete subtrees only, so that a root after each append costs log2(n) hashes and not n.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from msgspec import Struct

from tocsin.evidence.leaf import EMPTY_ROOT, node_hash


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes; SHA-256 of nothing where there are none."""
    if not leaves:
        return EMPTY_ROOT
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.appended(leaf)
    return frontier.root


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that lead from leaf `index` (from 0) to the root, lowest first.  IndexError if there is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a log of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), tree_root(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), tree_root(leaves[:split])]


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that show the first `old_size` leaves to be a beginning of these; empty for none and for all.

    IndexError if the log never had that size.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError(f"size {old_size} of a log of {len(leaves)}")
    return _subproof(old_size, leaves, whole=True) if old_size else []


def _subproof(old_size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """`whole`: the old tree's own root is what the reader holds already, so it is left out."""
    if old_size == len(leaves):
        return [] if whole else [tree_root(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(old_size, leaves[:split], whole=whole), tree_root(leaves[split:])]
    return [*_subproof(old_size - split, leaves[split:], whole=False), tree_root(leaves[:split])]


def _split(size: int) -> int:
    """The largest power of two below `size` (which is at least 2)."""
    return 1 << (size - 1).bit_length() - 1


class Frontier(Struct, frozen=True):
    """A log of `size` leaves, as the roots of its complete subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def appended(self, leaf: bytes) -> Frontier:
        """The log with one leaf hash more."""
        peaks, carry = list(self.peaks), self.size
        while carry & 1:
            leaf, carry = node_hash(peaks.pop(), leaf), carry >> 1
        return Frontier(self.size + 1, (*peaks, leaf))

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self.peaks))
