"""What is wrong, or will be: the record against its snapshots, people who cannot be reached, holes in the roster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.announcement import Announcement
from tocsin.core.access.announcing import ways
from tocsin.core.access.record import Restored
from tocsin.core.access.words import Told
from tocsin.core.alert import Alert, IllegalTransition
from tocsin.core.directory import Directory, Member
from tocsin.core.escalation import plan_for
from tocsin.core.limits import ANNOUNCED_EVERY_MS, RESTORE_SAID_MS, SECOND_MS
from tocsin.core.reach import Proof, Shown, proofs
from tocsin.core.reading import SOS_WORDS, sos_word
from tocsin.core.roster import may_close, on_shift
from tocsin.core.words import Channel, Kind
from tocsin.evidence.leaf import leaf_hash
from tocsin.ports import Snapshot, Store
from tocsin.runtime import ledger
from tocsin.runtime.world import World

WEEK_MS = 7 * 24 * 3_600 * SECOND_MS
PAGE = 1_000  # Facts read at once.


# Every finding has one of these; docs/operating/doctor.md says of each what it means and what to do.
CODES = frozenset(
    {
        "announcement_untaken",
        "backup_old",
        "bad_signatures",
        "certificate_expiring",
        "certificate_invalid",
        "certificate_unseen",
    }
    | {"clock_jumped", "disk_low", "fact_torn", "feed_late", "help_reply", "key_exposed", "member_half_reachable"}
    | {
        "member_opted_out",
        "member_unannounced",
        "member_unreachable",
        "no_organisation",
        "not_ready",
        "part_off",
        "shift_cannot_close",
    }
    | {"reach_old", "reach_unanswered", "reach_untested", "restored", "sos_word_in_name"}
    | {"shift_empty", "site_without_plan", "snapshot_differs", "store_damaged", "texts_unfetched", "vendor_down"}
)
LEVELS = ("error", "warning", "check")


class Finding(Struct, frozen=True):
    """`level`: error (it will fail people), warning (it may), or check (only you can see whether it is right)."""

    code: str
    level: str
    what: str
    remedy: str


def record_findings(store: Store, org: str) -> Iterator[Finding]:
    """Every fact hashes to its leaf, and the snapshot of every alert and walk is what its facts tell."""
    for position in _torn_leaves(store, org):
        what = f"fact {position} does not hash to its leaf"
        yield Finding("fact_torn", "error", what, "Restore a backup and keep this file.")
    for snapshot in chain(store.snapshots(org, "alert"), store.snapshots(org, "walk")):
        if not _told_in_the_end(store, org, snapshot):
            what = f"{snapshot.stream}: the snapshot is not what its facts tell"
            remedy = "Keep this data directory and report it: this is a fault of Tocsin."
            yield Finding("snapshot_differs", "error", what, remedy)


def _told_in_the_end(store: Store, org: str, snapshot: Snapshot) -> bool:
    """Beside a server that writes, facts may be read that came after the snapshot: then that is read again."""
    while not _told(store, org, snapshot):
        fresh = store.snapshot(org, snapshot.stream)
        if fresh is None or fresh.version == snapshot.version:
            return False
        snapshot = fresh
    return True


def _told(store: Store, org: str, snapshot: Snapshot) -> bool:
    """Is this state what its facts tell?  Facts or a state that cannot be read tell nothing."""
    facts = store.stream(org, snapshot.stream)
    try:
        if snapshot.kind == "walk":
            return ledger.replayed_walk(facts) == ledger.read_walk(snapshot)
        told, kept = ledger.replayed(facts), ledger.read_alert(snapshot)
    except (msgspec.DecodeError, IllegalTransition, AssertionError, LookupError):
        return False
    return told is not None and _unlooked(told) == _unlooked(kept)


def _unlooked(alert: Alert) -> Alert:
    return replace(alert, looked_ms=0)


def _torn_leaves(store: Store, org: str) -> Iterator[int]:
    after = 0
    while facts := store.facts(org, after, PAGE):
        for fact in facts:
            if fact.salt is not None and fact.body is not None and leaf_hash(fact.salt, fact.body) != fact.leaf:
                yield fact.position
        after = facts[-1].position


def people_findings(directory: Directory, channels: frozenset[Channel], now_ms: int) -> Iterator[Finding]:
    """Who cannot be reached, who only half, and when a site would ring nobody."""
    for member in (member for member in directory.members.values() if not member.seat):
        yield from _reach(member, channels)
    yield from (_unannounced(member) for member in directory.members.values() if _hears_of_nothing(member, channels))
    yield from (_proof(one) for one in proofs(directory, now_ms) if one.proof is not Proof.PROVEN)
    for site in directory.sites.values():
        if plan_for(directory, site.id, Kind.SOS).version == 0:
            remedy = "Write a [[plan]] with a backstop and apply it."
            yield Finding("site_without_plan", "error", f"site {site.id} has no plan", remedy)
        yield from _holes(directory, site.id, now_ms)


def word_findings(directory: Directory, words: tuple[str, ...]) -> Iterator[Finding]:
    """Whoever quotes a text of ours rings everybody, where a name in it is a word that was added to call for help."""
    added = tuple(word for word in words if word not in SOS_WORDS)
    named = {"the organisation": directory.name, **{f"site {site.id}": site.name for site in directory.sites.values()}}
    for whose, name in named.items():
        if sos_word(name, added) is not None:
            what = f"the name of {whose} has one of sms.sos_words in it"
            yield Finding("sos_word_in_name", "warning", what, "Choose another word: texts that we send say this name.")


def _reach(member: Member, channels: frozenset[Channel]) -> Iterator[Finding]:
    usable = [contact for contact in member.contacts if contact.reaches and contact.kind in channels]
    if any(contact.opted_out for contact in member.contacts):
        remedy = "Ask them to text START to the site's number."
        yield Finding("member_opted_out", "warning", f"member {member.id} has sent STOP", remedy)
    if not usable:
        what = f"member {member.id} cannot be reached"
        yield Finding("member_unreachable", "error", what, "Give them a verified contact.")
    elif len({contact.kind for contact in usable}) < 2:
        what = f"member {member.id} is half reachable"
        yield Finding("member_half_reachable", "warning", what, "Give them a second, independent channel.")


def _hears_of_nothing(member: Member, channels: frozenset[Channel]) -> bool:
    return may_close(member) and not member.suspended and not ways(member, channels, every=False)


def _unannounced(member: Member) -> Finding:
    what = f"member {member.id} watches over others, and no announcement reaches them"
    return Finding("member_unannounced", "warning", what, "Give them a verified mail address, or a number for texts.")


def _untaken(world: World, org: str, now_ms: int) -> Iterator[Finding]:
    """Somebody was to be told to look, and no vendor has taken it.  Of ties alone nobody learns here."""
    for announcement in world.all_kept(org, Announcement).values():
        if announcement.tries and any(topic.told is not Told.COORDINATORS for topic in announcement.topics):
            minutes = (now_ms - announcement.made_ms + announcement.tries * ANNOUNCED_EVERY_MS) // (60 * SECOND_MS)
            what = f"member {announcement.member} was to be told of something {minutes} min ago, and nobody took it"
            yield Finding("announcement_untaken", "warning", what, "Tell them yourself, and see what vendor is down.")


def _proof(one: Shown) -> Finding:
    """Of a contact whose reach no test has proven, where tests are made at all."""
    what = f"member {one.member}, {one.contact.kind}: "
    match one.proof:
        case Proof.UNANSWERED:
            remedy = "Ask them whether it came; if not, find out why, and give them a second channel."
            return Finding(
                "reach_unanswered", "warning", f"{what}a reach test of {one.days} days ago is unanswered", remedy
            )
        case Proof.OLD:
            remedy = "Run tocsin reach, or set reach.every_days."
            return Finding("reach_old", "warning", f"{what}last answered a reach test {one.days} days ago", remedy)
    return Finding("reach_untested", "warning", f"{what}never tested", "Run tocsin reach, or set reach.every_days.")


def _holes(directory: Directory, site: str, now_ms: int) -> Iterator[Finding]:
    """The instants of the coming week at which the shift changes, and how many people would be on."""
    edges = {now_ms, *(shift.ends_ms for shift in directory.shifts if shift.site == site)}
    for at_ms in sorted(edge for edge in edges if now_ms <= edge < now_ms + WEEK_MS):
        on = on_shift(directory, site, at_ms)
        if not on:
            hours = (at_ms - now_ms) // (3_600 * SECOND_MS)
            yield Finding("shift_empty", "warning", f"site {site}: nobody is on shift in {hours} h", "Fill the roster.")
        elif not any(may_close(directory.members[member]) for member in on):
            hours = (at_ms - now_ms) // (3_600 * SECOND_MS)
            what = f"site {site}: nobody on shift in {hours} h may close an alert"
            yield Finding("shift_cannot_close", "warning", what, "Put a supervisor or coordinator on that shift.")


def findings(record: Iterable[Finding], world: World, now_ms: int) -> list[Finding]:
    """What the record and the file showed, and what the organisation shows now: worst first."""
    found = list(record)
    if not world.directories:
        found.append(Finding("no_organisation", "warning", "there is no organisation yet", "Run tocsin apply FILE."))
    for directory in world.directories.values():
        found.extend(people_findings(directory, world.channels, now_ms))
        found.extend(word_findings(directory, world.sos_words))
        found.extend(_untaken(world, directory.id, now_ms))
        found.extend(_restored(world, directory.id, now_ms))
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def _restored(world: World, org: str, now_ms: int) -> Iterator[Finding]:
    """A backup was put in place of late."""
    for restored in world.all_kept(org, Restored).values():
        if now_ms - restored.at_ms > RESTORE_SAID_MS:
            return
        what = "a backup was restored, and every session, link and key in it was ended"
        if restored.replayed:
            yield Finding("restored", "check", what, "Ask people to sign in, and make new keys.")
        else:
            remedy = "Suspend again whoever was suspended since, and revoke what was revoked since."
            yield Finding("restored", "warning", f"{what}; who was suspended after it is not known", remedy)
