"""What somebody who does not trust us computes (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

Nothing here ever raises on a hostile proof: a proof holds or it does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.evidence.leaf import EMPTY_ROOT, node_hash


def inclusion_holds(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Is `leaf` at `index` (from 0) of the log that had `size` leaves and this root?"""
    if not 0 <= index < size:
        return False
    own, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if own & 1 or own == last:
            computed = node_hash(sibling, computed)
            own, last = _to_left_child(own, last)
        else:
            computed = node_hash(computed, sibling)
        own, last = own >> 1, last >> 1
    return last == 0 and computed == root


def consistency_holds(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Is the log of `old_size` leaves with `old_root` a beginning of the one of `new_size` leaves with `new_root`?"""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    return bool(path) and _both_roots(old_size, new_size, path) == (old_root, new_root)


def _both_roots(old_size: int, new_size: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """The old and the new root as this path computes them; None if its length does not fit the sizes."""
    own, last = old_size - 1, new_size - 1
    while own & 1:
        own, last = own >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if own & 1 or own == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            own, last = _to_left_child(own, last)
        else:
            new = node_hash(new, sibling)
        own, last = own >> 1, last >> 1
    return (old, new) if last == 0 else None


def _to_left_child(own: int, last: int) -> tuple[int, int]:
    """Climb past the levels at which this node, the last of its row, has no sibling."""
    while own and not own & 1:
        own, last = own >> 1, last >> 1
    return own, last
