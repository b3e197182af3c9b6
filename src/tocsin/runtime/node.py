"""A running node as whoever works on one sees it: each asks for as much of it as it needs."""

from __future__ import annotations

from typing import Protocol

from tocsin.core.commands import Command, Reply
from tocsin.ports import Clock, Store
from tocsin.runtime.world import World


class HasWorld(Protocol):
    @property
    def world(self) -> World:
        """Committed truth."""
        ...

    @property
    def clock(self) -> Clock: ...


class HasStore(HasWorld, Protocol):
    @property
    def store(self) -> Store:
        """Where everything is that has left memory."""
        ...


class Takes(Protocol):
    """Whatever takes commands."""

    async def submit(self, command: Command) -> Reply:
        """The reply, once it is durable.  Raises `runtime.loop.Unavailable` when nothing was stored."""
        ...


class Node(HasWorld, Takes, Protocol):
    """What is so, and a way to have it changed."""
