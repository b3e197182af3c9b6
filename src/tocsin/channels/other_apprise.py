"""Every other service, through Apprise: chat rooms, pagers, push gateways.

Theory of operation
-------------------
Apprise blocks, so each post runs in a thread with a deadline (`workers.py`), and the package is imported there, with
the first post: a start after a crash does not wait for it.  It says only whether it worked.  *True* is accepted, which
says that the service took it and no more; *false* is refused; an exception or the deadline leaves it unknown.

The URL of a service is its password.  Apprise and what it is made of write URLs into their logs, so their loggers are
cut off from ours and silenced.  No attachments, no templates, no store on disk, no redirects, no plug-ins but its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import structlog

from tocsin.channels.workers import NotBegun, Workers
from tocsin.core.limits import SECOND_MS, SEND_DEADLINE_MS
from tocsin.core.mailing import parted
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown

WORKERS_MAX = 8  # Posts at once.
LOUD = ("apprise", "urllib3", "requests", "charset_normalizer", "markdown", "MARKDOWN", "paho", "slixmpp")
Post = Callable[[str, str, str], bool]
log = structlog.get_logger("tocsin.channels")


def apprise_post(url: str, title: str, body: str) -> bool:
    """Post by Apprise; blocks.  False: it did not work, or Apprise knows no such service."""
    import apprise

    asset = apprise.AppriseAsset(
        app_id="Tocsin",
        app_desc="Tocsin",
        async_mode=False,
        http_redirects=False,
        secure_logging=True,
        storage_mode="memory",
        allow_templates=False,
        service_timeout=SEND_DEADLINE_MS / SECOND_MS,
    )
    service = apprise.Apprise.instantiate(url, asset=asset)
    return service is not None and bool(service.notify(body=body, title=title, body_format="text"))


class AppriseOther:
    """A Channel.  `targets`: URLs by the names that contacts use.  `post` takes URL, title and body."""

    def __init__(self, targets: Mapping[str, str], post: Post = apprise_post) -> None:
        self._targets, self._post = targets, post
        self._workers = Workers(WORKERS_MAX, "post")
        for name in LOUD:
            _silence(logging.getLogger(name))

    async def send(self, message: Message) -> Accepted | Refused | Unknown:
        """Send once.  Ends within SEND_DEADLINE_MS; raises nothing but cancellation."""
        url = self._targets.get(message.to)
        if url is None:
            return Refused(Reason.NO_CONTACT, "the settings have no target of this name")
        title, body = parted(message.text)
        try:
            worked = await self._workers.run(lambda: self._post(url, title, body), SEND_DEADLINE_MS / SECOND_MS)
        except NotBegun:
            log.error("posts_stuck", count=self._workers.stuck)
            return Refused(Reason.VENDOR_DOWN, "no worker came free")
        except Exception as error:  # Whatever it was, the post may have left.
            return Unknown(type(error).__name__)
        return Accepted(message.reference) if worked else Refused(Reason.VENDOR_REFUSED, "it did not take it")

    async def close(self) -> None:
        """Nothing is kept open; a stuck post ends with the process."""


def _silence(logger: logging.Logger) -> None:
    """No record of it, nor of its children, reaches a handler of ours."""
    logger.propagate = False
    logger.setLevel(logging.CRITICAL)
    logger.handlers = [logging.NullHandler()]
