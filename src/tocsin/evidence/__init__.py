"""Merkle arithmetic: what lets somebody who does not trust us check that nothing was changed or left out."""

from tocsin.evidence.leaf import leaf_hash
from tocsin.evidence.proof import consistency_holds, inclusion_holds
from tocsin.evidence.tree import Frontier, consistency_proof, inclusion_proof, tree_root

__all__ = [
    "Frontier",
    "consistency_holds",
    "consistency_proof",
    "inclusion_holds",
    "inclusion_proof",
    "leaf_hash",
    "tree_root",
]
