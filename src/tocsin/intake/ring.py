"""What the outside needs of the bell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tocsin.runtime.node import HasStore, Takes

Watcher = Callable[[str, frozenset[str], int], None]  # Organisation, alerts that changed, position of the commit.


class Ring(HasStore, Takes, Protocol):
    """The running node, as its edges see it."""

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """Be called after each commit; what is returned ends that."""
        ...

    def subscribe_walks(self, watcher: Watcher) -> Callable[[], None]:
        """The same of commits that touched walks, with their ids."""
        ...
