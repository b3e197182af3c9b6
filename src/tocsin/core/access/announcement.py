"""What is kept of an announcement: to whom, because of what, and what waits to be told with the next.

The rules are in `announcing.py`; kept like every other record of access (`record.py`).
"""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.words import Told


class Topic(Struct, frozen=True, gc=False, kw_only=True):
    """Why somebody is told to look, as far as it decides whether they still may be: see `announcing.tells`.

    `warns`: somebody may be about to come in in their name, and they are told by every way at once.
    """

    told: Told
    about: str = ""
    subject: str = ""
    warns: bool = False


class Announcement(Struct, frozen=True, gc=False, kw_only=True):
    """`member` is told that there is something to look at, because of `topics`; its `messages` are deliveries.

    Until `ends_ms` whatever else there is for them waits (`waiting`).  `tries`: how often nobody took any of it before.
    `text_ms`: when the last of them goes, of somebody whose texts have no turn.
    """

    id: str
    member: str
    made_ms: int
    ends_ms: int
    topics: tuple[Topic, ...]
    messages: tuple[str, ...] = ()
    waiting: tuple[Topic, ...] = ()
    warns: bool = False
    tries: int = 0
    text_ms: int = 0
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over
