"""How the core says no, where more than one decider says it: each of them has changed nothing."""

from __future__ import annotations

from tocsin.core.because import Because
from tocsin.core.commands import Declined, Problem

ALERT_CLOSED = Declined(problem=Problem.ALERT_CLOSED)
LINK_WORN_OUT = Declined(problem=Problem.LINK_WORN_OUT)
NO_SUCH_ALERT = Declined(problem=Problem.NO_SUCH_ALERT)
NO_SUCH_MEMBER = Declined(problem=Problem.NO_SUCH_MEMBER)
NO_SUCH_RECORD = Declined(problem=Problem.NO_SUCH_RECORD)
OVER = Declined(problem=Problem.CONFLICT)
RAISE_ONLY = Declined(problem=Problem.RAISE_ONLY)
STALE = Declined(problem=Problem.STALE)
WRONG_PIN = Declined(problem=Problem.WRONG_PIN)
NO_SITE = Declined(problem=Problem.CONFLICT, because=Because.NO_SUCH_SITE)
NO_SUCH_SITE = Declined(problem=Problem.NO_SUCH_RECORD, because=Because.NO_SUCH_SITE)
