"""When descriptors run short, whoever asks for nothing gives way, and a press comes in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
from collections.abc import Iterator

from tocsin.intake.crowd import Crowd, descriptors_short, take_every_descriptor
from tocsin.intake.lanes import Receive, Scope, Send, answer
from tocsin.intake.serving import Listener, bind

SHORT_REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    await answer(send, 200, b"{}", "application/json")


async def connected(port: int, first: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    return reader, writer


def test_idle_connections_and_half_requests_are_hung_up_and_a_whole_request_is_answered() -> None:
    async def story() -> None:
        bound = bind("127.0.0.1", 0)
        listener = Listener(fine, bound, Crowd(lambda: True, patience_s=0, look_every_s=0.01))
        await listener.listen()
        port = bound.getsockname()[1]
        idle = [await connected(port, first) for first in (b"", b"POST /api", b"GET / HTTP/1.1\r\nX-Slow: ")]
        reader, writer = await connected(port, SHORT_REQUEST)
        answered = await reader.read()  # To the end: in a crowd an answer is the last one on its connection.
        assert answered.startswith(b"HTTP/1.1 200") and b"connection: close" in answered.lower()
        assert [await reader.read() for reader, _ in idle] == [b"", b"", b""]
        for each in (writer, *(writer for _, writer in idle)):
            each.close()
        await listener.stop()

    asyncio.run(story())


def test_nobody_is_hung_up_while_there_is_room_and_a_connection_may_be_used_again() -> None:
    async def story() -> None:
        bound = bind("127.0.0.1", 0)
        crowd = Crowd(lambda: False, patience_s=0, look_every_s=0.01)
        listener = Listener(fine, bound, crowd)
        await listener.listen()
        reader, writer = await connected(bound.getsockname()[1], SHORT_REQUEST)
        for _ in range(3):
            assert (await reader.readuntil(b"{}")).startswith(b"HTTP/1.1 200")
            writer.write(SHORT_REQUEST)
        assert not crowd.pressing
        writer.close()
        await listener.stop()

    asyncio.run(story())


class Guest:
    """A connection that notes whether it was hung up."""

    def __init__(self) -> None:
        self.hung_up = asyncio.Event()

    def hang_up(self) -> None:
        self.hung_up.set()


def test_the_crowd_is_looked_at_again_although_nobody_can_come_any_more() -> None:
    """With the last descriptor gone there is no new connection that could set anything off."""

    async def story() -> None:
        crowd, early, late = Crowd(lambda: True, patience_s=0.02, look_every_s=0.01), Guest(), Guest()
        crowd.came(early)
        crowd.waits(late)
        await early.hung_up.wait()
        await late.hung_up.wait()
        assert not crowd.pressing, "an empty crowd is not looked at"

    asyncio.run(story())


def test_a_crowd_is_left_alone_as_soon_as_there_is_room_again() -> None:
    async def story() -> None:
        answers = iter([True, False])
        looked = asyncio.Event()

        def short() -> bool:
            told = next(answers)
            if not told:
                looked.set()
            return told

        crowd, guest = Crowd(short, patience_s=0, look_every_s=0.01), Guest()
        crowd.came(guest)
        assert crowd.pressing
        await looked.wait()
        assert not crowd.pressing and not guest.hung_up.is_set()

    asyncio.run(story())


@contextlib.contextmanager
def limited(soft: int) -> Iterator[None]:
    """So many descriptors for this process, the hard limit as it is."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_descriptors_are_short_before_they_are_gone_and_when_they_are() -> None:
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    found = []
    for soft in (4 * free, free + 1, free):  # Room for most; room for one; none.
        with limited(soft):
            found.append(descriptors_short())
    assert found == [False, True, True]


def test_the_server_takes_every_descriptor_that_it_may_have() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with limited(most // 2):
        take_every_descriptor()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
