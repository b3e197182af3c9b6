"""The site file: a whole organisation as text, read into a Directory or refused with every line that is wrong.

The file is read in one pass that notes each fault and goes on; then the rules of `core/planning.py` look at the whole.
Nothing is changed by reading: what comes back is a value, and a file with one fault gives none.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from msgspec import Struct

from tocsin.core.access.change_commands import contact_id
from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Rung, Script, Shift, Site
from tocsin.core.findings import Finding
from tocsin.core.limits import (
    FAULTS_TOLD_MAX,
    NAME_MAX_CHARS,
    SITE_FILE_MAX_BYTES,
    TEXT_MAX_CHARS,
    WALK_GRACE_S,
    WALK_REMIND_S,
)
from tocsin.core.place_problems import name_of
from tocsin.core.planning import DIALLED, problems, rung_name
from tocsin.core.words import Channel, Duty, Kind, Role
from tocsin.intake.phones import e164, is_emergency
from tocsin.intake.tomllines import Path, line_at
from tocsin.intake.tomltables import Fault, Table, Unreadable, nearest, parse, shown
from tocsin.wire.apprise_urls import NAME, URL_MAX_CHARS
from tocsin.wire.smtp import is_address

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
WEB = re.compile(r"https?://[!-~]+")
WRITTEN_KINDS = tuple(kind for kind in Channel if kind is not Channel.PUSH)
GROUPS = Rung(after_s=0, audience=()).channels


class SiteFileWrong(Exception):
    """The site file was refused as a whole; nothing has changed."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        told = [fault.told(name) for fault in self.faults[:FAULTS_TOLD_MAX]]
        if len(self.faults) > FAULTS_TOLD_MAX:
            told.append(f"{name}: {len(self.faults) - FAULTS_TOLD_MAX} more faults like these")
        self.lines = tuple(told)
        super().__init__("\n".join(told))


class SiteFile(Struct, frozen=True):
    """What a file says, and the lines of what is weak in it though not wrong."""

    directory: Directory
    warnings: tuple[str, ...]


def read(text: bytes, name: str = "site.toml") -> SiteFile:
    """The organisation that `text` describes; `name` is what messages call the file.  Raises SiteFileWrong."""
    if len(text) > SITE_FILE_MAX_BYTES:
        raise SiteFileWrong(name, [Fault(1, f"the file is larger than {SITE_FILE_MAX_BYTES} bytes", "split it")])
    try:
        values, lines = parse(text)
    except Unreadable as unreadable:
        raise SiteFileWrong(name, [unreadable.fault]) from None
    return _Reading(Table(values, (), lines, [])).site_file(name)


class _Reading:
    """One file being read: where each entry stands, by the name that findings use."""

    def __init__(self, top: Table) -> None:
        self.top, self.faults, self.lines = top, top.faults, top.lines
        self.entries: dict[str, Path] = {}
        self.zones: dict[str, zoneinfo.ZoneInfo] = {}

    def site_file(self, name: str) -> SiteFile:
        directory = self.organisation()
        wrong = {fault.line for fault in self.faults}
        findings = [(self._line(finding), finding) for finding in problems(directory, is_emergency)]
        fatal = [Fault(line, told.what, told.remedy) for line, told in findings if told.fatal and line not in wrong]
        if self.faults or fatal:
            raise SiteFileWrong(name, self.faults + fatal)
        weak = [Fault(line, told.what, told.remedy, "weak, not wrong") for line, told in findings]
        return SiteFile(directory, tuple(fault.told(name) for fault in weak))

    def _line(self, finding: Finding) -> int:
        return line_at(self.lines, self.entries.get(finding.where, ()))

    def organisation(self) -> Directory:
        head = self.top.table("organisation") or Table({"id": "-", "name": "-"}, (), self.lines, self.faults)
        languages = tuple(head.texts("languages", ["en"])) or ("en",)
        for index, language in enumerate(languages):
            if not LANGUAGE.fullmatch(language):
                head.fault(f"{shown(language)} is no language", "use a code such as en or es", "languages", index)
        sites = {site.id: site for site in map(self.site, self.top.tables("site"))}
        directory = Directory(
            id=self.id_of(head),
            name=head.text("name"),
            languages=languages,
            sites=sites,
            members={m.id: m for m in (self.member(t, languages) for t in self.top.tables("member"))},
            places=tuple(map(self.place, self.top.tables("place"))),
            shifts=tuple(map(self.shift, self.top.tables("shift"))),
            plans=tuple(map(self.plan, self.top.tables("plan"))),
        )
        head.finish()
        self.top.finish()
        if not sites:
            self.top.fault("the organisation has no site", "add a [[site]]")
        return directory

    def id_of(self, table: Table, noun: str = "") -> str:
        """The id of an entry; with a noun, one that no other entry of that noun has."""
        id = table.text("id")
        if id and not ID.fullmatch(id):
            table.fault(f"{shown(id)} is no id", "use up to 64 letters, digits, points and dashes", "id")
        if noun:
            other = self.entries.setdefault(f"{noun} {id}", table.path)
            if id and other != table.path:
                what = f"two {noun}s have the id {shown(id)}, the other on line {line_at(self.lines, other)}"
                table.fault(what, "give each an id of its own", "id")
        return id

    def site(self, table: Table) -> Site:
        id = self.id_of(table, "site")
        zone, phone = table.text("time_zone"), table.text("phone", "")
        if zone:
            try:
                self.zones[id] = zoneinfo.ZoneInfo(zone)
            except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
                close = nearest(zone, sorted(zoneinfo.available_timezones())).partition("; ")[0]
                remedy = close if close.startswith("did") else "use a name such as America/Chicago"
                table.fault(f"{shown(zone)} is no time zone", remedy, "time_zone")
        number = self.number(table, "phone", phone) if phone else None
        waits_s = table.whole("walk_grace_s", WALK_GRACE_S), table.whole("walk_remind_s", WALK_REMIND_S)
        site = Site(id, table.text("name"), zone, number, *waits_s)
        table.finish()
        return site

    def number(self, table: Table, key: str, text: str) -> str:
        number = e164(text)
        if is_emergency(text):
            table.fault(f"{key} is an emergency number; no machine may dial it", "give an ordinary number", key)
        elif number is None:
            table.fault(f"{shown(text)} is no telephone number", "write it with + and the country code", key)
        return number or text

    def place(self, table: Table) -> Place:
        place = Place(
            table.text("site"),
            self.id_of(table),
            table.text("name"),
            table.text("kind"),
            inside=table.text("inside", ""),
            on=table.text("on", "") if table.has("on") or table.has("outline") else None,
            outline=table.pairs("outline"),
        )
        self.entries[name_of(place.site, place.id)] = table.path
        table.finish()
        return place

    def member(self, table: Table, languages: tuple[str, ...]) -> Member:
        id = self.id_of(table, "member")
        member = Member(
            id=id,
            name=table.text("name"),
            roles=table.words("roles", Role, ["worker"]),
            language=table.text("language", languages[0]),
            duties=table.words("duties", Duty, []),
            contacts=tuple(self.contact(entry, id) for entry in table.tables("contacts")),
            not_told_about=tuple(table.texts("not_told_about", [])),
        )
        table.finish()
        return member

    def contact(self, table: Table, member: str) -> Contact:
        self.entries[f"member {member} contact {table.path[-1] + 1}"] = table.path  # type: ignore[operator]
        kind = table.word("kind", Channel)
        to = table.text("to", longest=URL_MAX_CHARS if kind is Channel.WEBHOOK else NAME_MAX_CHARS)
        if kind not in WRITTEN_KINDS:
            table.fault(f"a {kind} contact cannot be written here", "it is enrolled from the phone itself", "kind")
        elif to:
            to = self.reachable_at(table, kind, to)
        contact = Contact(contact_id(member, kind, to), kind, to, table.flag("verified", False))
        table.finish()
        return contact

    def reachable_at(self, table: Table, kind: Channel, to: str) -> str:
        """Where a contact of this kind is reached, as it is kept."""
        if kind is Channel.EMAIL and not is_address(to):
            table.fault(f"{shown(to)} is no e-mail address", "write it as name@example.org", "to")
        elif kind is Channel.OTHER and not NAME.fullmatch(to):
            remedy = "write the name that other.targets of the settings has, never the URL itself"
            table.fault("to is no name of a service", remedy, "to")  # It may be a URL, and that a secret.
        elif kind is Channel.WEBHOOK and not _is_web(to):
            table.fault("to is no web address that could be posted to", "write it as https://host/path", "to")
        elif kind in DIALLED:
            return self.number(table, "to", to)
        return to

    def shift(self, table: Table) -> Shift:
        self.entries[f"shift {table.path[-1] + 1}"] = table.path  # type: ignore[operator]
        site = table.text("site")
        members = tuple(table.texts("members"))
        starts, ends = (self.instant(table, key, site) for key in ("starts", "ends"))
        table.finish()
        return Shift(site, members, starts, ends)

    def instant(self, table: Table, key: str, site: str) -> int:
        """Milliseconds since 1970; a time without a zone is read at the site, if it exists there exactly once."""
        moment = table.moment(key)
        if moment is None:
            return 0
        if moment.tzinfo is None:
            moment = self._placed(table, key, moment, site)
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    def _placed(self, table: Table, key: str, moment: datetime, site: str) -> datetime:
        zone = self.zones.get(site, UTC)
        early, late = moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)
        if early.utcoffset() != late.utcoffset():
            what = f"{key} falls where the clocks change, so it names no moment or two"
            table.fault(what, "write the offset after the time, such as -06:00", key)
        return early

    def plan(self, table: Table) -> Plan:
        site, kind, needed = table.text("site"), table.word("kind", Kind), table.whole("needed", 2)
        rungs = [(inner.path, self.rung(inner)) for inner in table.tables("rung")]
        backstop = table.table("backstop")
        if backstop is not None:
            rungs.append((backstop.path, self.rung(backstop)))
        scripts = tuple(self.script(inner, site) for inner in table.tables("script"))
        table.finish()
        plan = Plan(site, kind, needed, tuple(rung for _, rung in rungs), scripts)
        self._note_plan(plan, table.path, [path for path, _ in rungs])
        return plan

    def _note_plan(self, plan: Plan, path: Path, rungs: list[Path]) -> None:
        where = f"plan {plan.site} {plan.kind}"
        self.entries[where] = path
        self.entries |= {rung_name(plan, index): path for index, path in enumerate(rungs)}
        for index, script in enumerate(plan.scripts):
            self.entries[f"{where} script {script.duty} {script.language}"] = (*path, "script", index)

    def rung(self, table: Table) -> Rung:
        groups = table.lists("channels", lambda inner: inner.words("channels", Channel))
        rung = Rung(
            after_s=table.whole("after_s"),
            audience=tuple(table.texts("audience")),
            channels=groups if table.has("channels") else GROUPS,
            repeat_s=table.whole("repeat_s", 30),
            stagger_s=table.whole("stagger_s", 0),
        )
        table.finish()
        return rung

    def script(self, table: Table, site: str) -> Script:
        if table.text("site", site) != site:
            table.fault("the script names another site than its plan", "move it under that site's plan", "site")
        text = table.text("text", longest=TEXT_MAX_CHARS, allowed="\n")
        script = Script(table.word("duty", Duty), table.text("language"), text)
        table.finish()
        return script


def _is_web(text: str) -> bool:
    """A host, no sign-in and no part of a page; where it leads is looked at when something is sent."""
    try:
        parts = urlsplit(text)
        return bool(WEB.fullmatch(text) and parts.hostname and "@" not in parts.netloc and parts.port != 0) and (
            "#" not in text
        )
    except ValueError:
        return False
