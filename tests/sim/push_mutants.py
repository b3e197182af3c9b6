"""Mutants of pushes: what has ended is pushed to, looks alive, or nobody hears of it.  The table is in `mutants.py`."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from msgspec.structs import replace
from mutant import Mutant, Patch

from tocsin.core import push_words, reporting
from tocsin.core.access import new_ways, people_sight, pushing
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact
from tocsin.core.docket import Docket
from tocsin.core.reach import PROVABLE
from tocsin.core.words import Channel, Purpose, Reason
from tocsin.runtime import health

NIGHT = ("pushing",)


def a_subscription_that_is_gone_is_pushed_to(patch: Patch) -> None:
    real = reporting.mind_contact

    def forgetful(docket: Docket, delivery: Delivery, news: Any) -> None:
        if delivery.channel is not Channel.PUSH:
            real(docket, delivery, news)

    patch.setattr(reporting, "mind_contact", forgetful)


def an_ended_phone_is_pushed_to(patch: Patch) -> None:
    patch.setattr(pushing, "follow", lambda docket: None)


def gone_pushes_shown_as_reach(patch: Patch) -> None:
    real = people_sight.contact_view

    def rosy(contact: Contact) -> Any:
        return real(replace(contact, dead=None) if contact.kind is Channel.PUSH else contact)

    patch.setattr(people_sight, "contact_view", rosy)


def a_refused_key_is_nobody_s_business(patch: Patch) -> None:
    known = {reason: strikes for reason, strikes in health.STRIKES.items() if reason is not Reason.SENDER_SUSPENDED}
    patch.setattr(health, "STRIKES", MappingProxyType(known))


def pushes_say_it_all(patch: Patch) -> None:
    patch.setattr(push_words, "CALLS", frozenset(Purpose))


def a_phone_answers_for_its_owner(patch: Patch) -> None:
    """Towards a roster, where only a person's answer counts sooner than after a day."""
    patch.setattr(new_ways, "ANSWERABLE", PROVABLE)


ENDED = "nothing_is_pushed_to_what_has_ended"
PUSH_MUTANTS: tuple[Mutant, ...] = (
    Mutant(a_subscription_that_is_gone_is_pushed_to, ENDED, (5, 6), (*NIGHT, "push_gone")),
    Mutant(an_ended_phone_is_pushed_to, ENDED, (1, 7), (*NIGHT, "credential_revoked")),
    Mutant(gone_pushes_shown_as_reach, "what_looks_reachable_is", (7, 9), (*NIGHT, "guarded", "push_gone")),
    Mutant(
        a_refused_key_is_nobody_s_business,
        "whoever_runs_it_hears_that_our_key_is_refused",
        (1, 7),
        (*NIGHT, "push_key_refused"),
    ),
    Mutant(
        a_phone_answers_for_its_owner,
        "nobody_alone_weakens_anything",
        (1134, 1126),
        (*NIGHT, "guarded", "contact_changed", "shift_changed"),
    ),
    Mutant(pushes_say_it_all, "a_push_that_calls_nobody_names_nobody", (2, 3), (*NIGHT, "stop_texted", "closes")),
)
