"""The services that contacts of kind *other* may name: lines of NAME=URL, and what may not stand among them.

A contact names a service and never its URL, which is a secret; who may write contacts can therefore send nothing to an
address of their own.  Services that act on this machine (its log, its desktop, its files) reach nobody and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SCHEME = re.compile(r"[a-z][a-z0-9.+-]{0,31}")
TARGETS_MAX = 200
URL_MAX_CHARS = 2_000
# Act on this machine, or read its files.
LOCAL = frozenset(
    {"blink1", "dbus", "deltachat", "deltachats", "file", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog"}
    | {"windows"}
)


class BadTargets(ValueError):
    """Why these are no targets; names the line and never quotes a URL."""


def targets(lines: str) -> Mapping[str, str]:
    """URLs by name.  Blank lines and those that begin with # are passed over.  Raises BadTargets."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, url = _target(number, line)
        if name in found:
            raise BadTargets(f"line {number} has a name that an earlier line has")
        found[name] = url
    if not found or len(found) > TARGETS_MAX:
        raise BadTargets(f"it has {len(found)} targets; write 1 to {TARGETS_MAX} lines")
    return found


def _target(number: int, line: str) -> tuple[str, str]:
    name, equals, url = (part.strip() for part in line.partition("="))
    scheme, colon, rest = url.partition("://")
    if not equals or not NAME.fullmatch(name):
        raise BadTargets(f"line {number} is no NAME=URL")
    if not colon or not SCHEME.fullmatch(scheme.lower()) or not rest or len(url) > URL_MAX_CHARS:
        raise BadTargets(f"line {number} has no URL of a service")
    if scheme.lower() in LOCAL:
        raise BadTargets(f"line {number} is a service of this machine, which reaches nobody")
    return name, url
