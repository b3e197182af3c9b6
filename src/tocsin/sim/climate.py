"""What goes wrong in one simulated history: each seed switches a random part of the mishaps on, at random rates.

Theory of operation
-------------------
Swarm testing: a history with everything at once hides what needs quiet elsewhere (a closing that is never reached
because somebody always objects), so every seed leaves most kinds out.  `happens` draws and counts; the counts say
whether a run has really put the system through what it claims.  Each kind has a stream of chance of its own, so that
a failing seed can be shrunk: with one kind left out, the others still happen as they did.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from enum import StrEnum

from tocsin.sim.disk import Weather, weather
from tocsin.sim.options import EVER, WHOLE, Options


class Mishap(StrEnum):
    """Every kind of fault and of human behaviour that can be switched on."""

    # The computer and its disk
    POWER_LOST = "power_lost"
    POWER_LOST_IN_COMMIT = "power_lost_in_commit"
    KILLED = "killed"
    KILLED_AFTER_COMMIT = "killed_after_commit"
    RESTARTED = "restarted"
    DISK_FULL = "disk_full"
    DISK_FAILED = "disk_failed"
    DISK_STALLED = "disk_stalled"
    WAL_PINNED = "wal_pinned"
    BACKUP_TAKEN = "backup_taken"
    WAKE_LOST = "wake_lost"
    # Time
    CLOCK_SET = "clock_set"
    CLOCK_LOST = "clock_lost"
    SUMMER_ENDS = "summer_ends"
    MACHINE_ASLEEP = "machine_asleep"
    PROCESS_PAUSED = "process_paused"
    PHONE_CLOCK_WRONG = "phone_clock_wrong"
    # The network in front of it
    REQUEST_LOST = "request_lost"
    REPLY_LOST = "reply_lost"
    REQUEST_LATE = "request_late"
    CONNECTION_RESET = "connection_reset"
    INBOUND_CUT = "inbound_cut"
    OUTBOUND_CUT = "outbound_cut"
    NETWORK_CLOGGED = "network_clogged"
    # Carriers
    SMS_LOST = "sms_lost"
    TIMEOUT_THOUGH_SENT = "timeout_though_sent"
    TIMEOUT_UNSENT = "timeout_unsent"
    RATE_LIMITED = "rate_limited"
    VENDOR_ERROR = "vendor_error"
    GARBAGE_REPLY = "garbage_reply"
    SLOW_DRIP = "slow_drip"
    NUMBER_BLOCKED = "number_blocked"
    CALLBACK_LOST = "callback_lost"
    CALLBACK_REPEATED = "callback_repeated"
    CALLBACK_REORDERED = "callback_reordered"
    CALLBACK_EARLY = "callback_early"
    CALLBACK_LATE = "callback_late"
    CALLBACK_DAYS_LATE = "callback_days_late"
    CALLBACK_FORGED = "callback_forged"
    LATE_UNDELIVERED = "late_undelivered"
    NUMBER_DEAD = "number_dead"
    PHONE_OFF = "phone_off"
    VENDOR_DOWN = "vendor_down"
    VENDOR_LOSING = "vendor_losing"
    VENDORS_DOWN = "vendors_down"
    SENDER_SUSPENDED = "sender_suspended"
    TEXT_REPEATED = "text_repeated"
    CALL_UNANSWERED = "call_unanswered"
    CALL_TO_VOICEMAIL = "call_to_voicemail"
    CALL_TO_FAX = "call_to_fax"
    CALL_CUT_OFF = "call_cut_off"
    MAIL_PUT_OFF = "mail_put_off"
    MAIL_ADDRESS_DEAD = "mail_address_dead"
    # People
    PRESS_AGAIN = "press_again"
    PRESS_TWO_DEVICES = "press_two_devices"
    PRESS_REPLAYED = "press_replayed"
    PRESS_HAMMERED = "press_hammered"
    PRESS_BY_SMS = "press_by_sms"
    PRESS_REVOKED = "press_revoked"
    PRESS_SILENT = "press_silent"
    ANSWER_BY_SMS = "answer_by_sms"
    ANSWER_BY_KEY = "answer_by_key"
    ANSWER_AFTER_CLOSE = "answer_after_close"
    ANSWER_FORGEABLE = "answer_forgeable"
    SLEEPS_AFTER_COMING = "sleeps_after_coming"
    CANNOT = "cannot"
    FRIEND_SAYS_WITH_THEM = "friend_says_with_them"
    FRIENDS_CLOSE = "friends_close"
    OBJECTS = "objects"
    CLOSES = "closes"
    STOP_TEXTED = "stop_texted"
    START_TEXTED = "start_texted"
    PIN = "pin"
    PIN_WRONG = "pin_wrong"
    PIN_DURESS = "pin_duress"
    DRILL = "drill"
    DRILL_INTERRUPTED = "drill_interrupted"
    # Changes in mid-alert
    SHIFT_CHANGED = "shift_changed"
    MEMBER_SUSPENDED = "member_suspended"
    MEMBER_TIED = "member_tied"
    SHIFT_EMPTIED = "shift_emptied"
    PLAN_CHANGED = "plan_changed"
    CONTACT_CHANGED = "contact_changed"
    PINS_CHANGED = "pins_changed"
    CREDENTIAL_REVOKED = "credential_revoked"
    SETTINGS_CHANGED = "settings_changed"
    UPGRADED = "upgraded"
    # Load
    CROWD = "crowd"
    MASS_DRILL = "mass_drill"
    # Access, of nights in which people sign in (`guarded`)
    GUARDED = "guarded"
    MEMBER_HIRED = "member_hired"
    MEMBER_PROMOTED = "member_promoted"
    ROLE_TAKEN = "role_taken"
    CONTACT_MUTED = "contact_muted"
    CONTACT_PUT_BACK = "contact_put_back"
    EDITED_BY_TWO = "edited_by_two"
    ROSTER_THINNED = "roster_thinned"
    TIE_SET = "tie_set"
    TIE_LIFTED = "tie_lifted"
    CUT_OFF = "cut_off"
    LET_BACK = "let_back"
    SIGNED_IN_ANEW = "signed_in_anew"
    SESSION_ENDED = "session_ended"
    DEVICE_ENDED = "device_ended"
    PERSON_ENDED = "person_ended"
    SCREEN_ENDED = "screen_ended"
    DESK_ENDED = "desk_ended"
    KEY_ENDED = "key_ended"
    LINK_TWICE = "link_twice"
    PINS_RESET = "pins_reset"
    RECOVERY_ASKED = "recovery_asked"
    CHANGE_AGREED = "change_agreed"
    CHANGE_REFUSED = "change_refused"
    CHANGE_WITHDRAWN = "change_withdrawn"
    THREE_AGREE = "three_agree"
    INSIDER_AGREES = "insider_agrees"
    AGREER_CUT_OFF = "agreer_cut_off"
    REFUSER_CUT_OFF = "refuser_cut_off"
    FRIEND_TRIES = "friend_tries"
    CLOCKED_IN = "clocked_in"
    CLOCKED_OUT = "clocked_out"
    CLOCKED_OUT_BY_ANOTHER = "clocked_out_by_another"
    SHIFT_GONE_HOME = "shift_gone_home"
    SHIFT_SWAPPED = "shift_swapped"
    # Walks, of nights in which people go on them (`walking`)
    WALKING = "walking"
    WALK_BY_SMS = "walk_by_sms"
    WALK_FOR_ANOTHER = "walk_for_another"
    WALK_REPEATED = "walk_repeated"
    WALK_OF_NO_TIME = "walk_of_no_time"
    WALKER_WATCHED = "walker_watched"
    WALK_PLACED = "walk_placed"
    WALK_CLOCK_WRONG = "walk_clock_wrong"
    WALK_EXTENDED = "walk_extended"
    WALK_EXTENDED_TOO_FAR = "walk_extended_too_far"
    WALK_CANCELLED = "walk_cancelled"
    WALK_FORGOTTEN = "walk_forgotten"
    WALK_HOME_IN_THE_LAST_SECOND = "walk_home_in_the_last_second"
    WALK_HOME_LATE = "walk_home_late"
    WALK_BY_TWO_PHONES = "walk_by_two_phones"
    WALK_PIN = "walk_pin"
    WALK_PIN_WRONG = "walk_pin_wrong"
    WALK_DURESS = "walk_duress"
    WALK_SOS = "walk_sos"
    WALKER_SUSPENDED = "walker_suspended"
    BUDDY_TIED = "buddy_tied"
    COVERAGE_LOST = "coverage_lost"
    BATTERY_DEAD = "battery_dead"
    WALK_WAKE_LOST = "walk_wake_lost"
    # Pushes, of nights in which phones take them (`pushing`)
    PUSHING = "pushing"
    PUSH_GONE = "push_gone"
    PUSH_KEY_REFUSED = "push_key_refused"
    PUSH_RATE_LIMITED = "push_rate_limited"
    PUSH_SERVICE_ERROR = "push_service_error"
    PUSH_TIMEOUT_UNSENT = "push_timeout_unsent"
    PUSH_TIMEOUT_THOUGH_TAKEN = "push_timeout_though_taken"
    PUSH_LOST = "push_lost"
    PUSH_RECEIPT_LOST = "push_receipt_lost"
    PUSH_RECEIPT_LATE = "push_receipt_late"
    PUSH_RECEIPT_REPEATED = "push_receipt_repeated"
    PUSH_SUBSCRIBED_ANEW = "push_subscribed_anew"
    PUSH_TAKEN_BACK = "push_taken_back"


_NAMES = list(Mishap)
ACCESS = frozenset(_NAMES[_NAMES.index(Mishap.GUARDED) : _NAMES.index(Mishap.WALKING)])
WALKS = frozenset(_NAMES[_NAMES.index(Mishap.WALKING) : _NAMES.index(Mishap.PUSHING)])
PUSHES = frozenset(_NAMES[_NAMES.index(Mishap.PUSHING) :])
# Of each, the kinds that are there only in its nights.
GATES = {Mishap.GUARDED: ACCESS, Mishap.WALKING: WALKS, Mishap.PUSHING: PUSHES}
RARE = frozenset({Mishap.CROWD, Mishap.MASS_DRILL, Mishap.CALLBACK_DAYS_LATE})  # They cost a second each.

NEEDS_ANOTHER = frozenset({Mishap.WALK_CLOCK_WRONG})  # They happen only where another kind does that very moment.

CHANCE_ON, CHANCE_RARE, CHANCE_GATE, CHANCE_NIGHT = 0.35, 0.08, 0.4, 0.5  # Of each kind, in each seed.
CHANCE_NEEDS = 0.9
CALM_SEEDS = 20  # One seed in so many has no mishaps at all: what fails there fails always.
RATES = (0.02, 0.1, 0.3, 0.6)


def chance_of(seed: int, name: str) -> Weather:
    """A stream of chance of its own for each actor, so that one more draw here changes nothing there."""
    return weather(int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big"))


class Climate:
    """The mishaps of one seed.  `calm` ends them all."""

    def __init__(self, seed: int, options: Options = WHOLE) -> None:
        self.seed, self.options, self.calm = seed, options, False
        self.counts: Counter[str] = Counter()
        self.rates: dict[Mishap, float] = {}
        self._chances: dict[Mishap, Weather] = {}
        self._most: dict[Mishap, int] = {}
        for mishap in Mishap:
            chance = chance_of(seed, f"climate/{mishap}")
            on, rate = chance.random() < _likely(mishap) and seed % CALM_SEEDS > 0, chance.choice(RATES)
            most = (EVER if on else 0) if options.only is None else options.only.get(mishap, 0)
            if most and self._let_in(mishap):
                self.rates[mishap], self._most[mishap], self._chances[mishap] = rate, most, chance

    def _let_in(self, mishap: Mishap) -> bool:
        """Is it of no gate's, or is that open?  (Each stands before its own in the list.)"""
        return all(mishap not in kinds - {gate} or gate in self.rates for gate, kinds in GATES.items())

    def on(self, mishap: Mishap) -> bool:
        """Is this kind part of the seed at all, and may it happen once more?"""
        return mishap in self.rates and not self.calm and self.counts[mishap] < self._most[mishap]

    def happens(self, mishap: Mishap, *, often: float = 1.0) -> bool:
        """Draw once; a yes is counted.  `often` scales the rate of what has many chances to happen, or few."""
        if not self.on(mishap) or self._chances[mishap].random() >= self.rates[mishap] * often:
            return False
        self.note(mishap)
        return True

    def note(self, mishap: Mishap) -> None:
        self.counts[mishap.value] += 1

    def acts(self, person: str) -> bool:
        """Does this person do anything in this history?"""
        return self.options.people is None or person in self.options.people

    def expanded(self) -> dict[str, float]:
        """The options of this seed, as a failing one prints them."""
        return {mishap.value: rate for mishap, rate in self.rates.items()}


def _likely(mishap: Mishap) -> float:
    if mishap in GATES:
        return CHANCE_GATE
    if mishap in NEEDS_ANOTHER:
        return CHANCE_NEEDS
    if mishap in WALKS or mishap in PUSHES:
        return CHANCE_NIGHT
    return CHANCE_RARE if mishap in RARE else CHANCE_ON


def without(seed: int, *kinds: frozenset[Mishap]) -> Options:
    """This seed as it was before these kinds were there: the rest of its weather comes as it did."""
    left_out = frozenset[Mishap]().union(*kinds)
    return Options({mishap.value: EVER for mishap in Climate(seed).rates if mishap not in left_out})


def without_access(seed: int) -> Options:
    """This seed as it was before people signed in at night, went on walks, or took pushes."""
    return without(seed, ACCESS, WALKS, PUSHES)
