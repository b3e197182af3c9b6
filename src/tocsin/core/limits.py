"""Every bound of the product, with its unit and the reason for the number."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.words import Role

SECOND_MS = 1_000

# The alert -------------------------------------------------------------------------------------------------------
WAKE_MAX_MS = 120_000  # I4: an open alert is looked at again at least this often.
SEEN_LOAN_MS = 60_000  # Somebody who has only read it owes us a decision within a minute.
LOAN_MAX_MS = 120_000  # Most attacks are over in five minutes: no silence of a helper may cost half of that.
COMING_GRACE_MS = 30_000  # On top of the eta a helper named.
NEEDED_MIN = 2  # One person may be the attacker's friend.
RUNG_AFTER_MAX_S = 600  # A rung ten minutes in would come after the end.
HANDOVER_RINGS_MS = 10_000  # Nobody is rung for handovers more often: handed to and fro, a phone would not rest.
REPEAT_MIN_S, REPEAT_MAX_S = 1, 120  # Faster floods the carrier; slower outlasts a loan.
PASS_MIN_MS = 30_000  # The ladder never starts over sooner than this after its last start.
NOBODY_COMING_MS = 60_000  # After this the worker is told to call 911 if they can.
CLOSE_OBJECTION_MS = 60_000  # Between the second person's word and the close.
CLOSE_UNCONFIRMED_MS = 120_000  # A proposal nobody confirms is forgotten.
PIN_MISSES_TOLD = 3  # Wrong PINs before the responders are told.
NUMBER_MISSES_TOLD = 5  # Wrong SMS answer numbers before the console shows it.
BACKSTOP_MIN = 3  # People in a site's backstop.
BACKSTOP_MAY_CLOSE_MIN = 2  # Of them supervisors or coordinators.
FIX_KEPT_MS = 24 * 3_600 * SECOND_MS  # Fixes are erased this long after the close.
LINKS_MAX = 8  # Alerts in one place that name each other: a crowd must not cost the square of itself.
NOTES_SHOWN_MAX = 200  # Kept in the snapshot; all of them stay in the record.

# Walks -----------------------------------------------------------------------------------------------------------
MINUTE_MS = 60 * SECOND_MS
WALK_MIN_MIN, WALK_MAX_MIN = 1, 240  # To the car is a minute; after four hours nobody remembers that somebody left.
WALK_EXTEND_MAX_MIN = 60  # Of one walk in all: whoever holds the phone must not put the alert off for a night.
WALK_GRACE_S, WALK_GRACE_MIN_S, WALK_GRACE_MAX_S = 60, 15, 300  # To find the phone in a bag; help must not wait longer.
WALK_REMIND_S, WALK_REMIND_MIN_S, WALK_REMIND_MAX_S = 180, 30, 900  # Before the end: time to say that it takes longer.
WALK_LATE_MS = 5 * SECOND_MS  # Looked at later than this, a walk that is overdue says that the service was down.
WALK_MESSAGE_VALID_MS = 240_000  # A reminder that comes later speaks of a time that is over.
WALK_TEXT_MIN, EXTEND_TEXT_MIN = 15, 10  # Of a text that says no minutes: to the far lot; once around the block.
WALKS_SHOWN_MAX = 200  # On one page, the first to end first: a floor that watches more watches none.
BUDDIES_SHOWN_MAX = 200  # Names to choose from at a time; whoever is not among them is found by typing.
FIX_FAR_M = 1_000_000  # A day's drive from the site: a position beyond it is the phone's mistake.
FIX_BEFORE_WALK_MS = 300_000  # One that is older than the walk by more is of elsewhere, or of a wrong clock.

# Deliveries ------------------------------------------------------------------------------------------------------
SENDS_MAX = 3  # I8: physical sends of one message over all vendors.
SMS_VALID_MS = 240_000  # An SOS text that arrives after this misleads more than it helps.
VOICE_VALID_MS = 240_000  # As a text; it may wait so long at a carrier that dials one call a second.
PUSH_VALID_MS = 300_000  # As long as a push service keeps it for a phone that is off (its TTL).
PUSH_TEST_EVERY_MS = 10_000  # A page that is loaded again and again sends no more tests than that.
PUSH_ENDPOINT_MAX_CHARS = 1_024  # The longest that a push service is known to give out has some 500.
PUSH_PAYLOAD_MAX_BYTES = 3_072  # A push service takes 4,096 with the encryption, and some fewer.
PUSH_TITLE_MAX_BYTES, PUSH_BODY_MAX_BYTES = 240, 1_600
CALL_HEARD_MS = 100_000  # From the dialling: by then it has rung out, or was read out twice.
LINE_FREES_MS = 15_000  # From the last key of a call, or a request for one that is taken back, to a line that is free.
CALL_LASTS_MAX_MS = 300_000  # After this we hang up; a key that comes later still is no answer any more.
REPLY_VALID_MS = 600_000
RETRY_AFTER_MS = (1_000, 4_000)  # Before the second and the third physical send.
RETRY_AFTER_MAX_MS = 15_000  # A vendor that asks for a longer wait is as good as down: the climb does not wait for it.
RETRY_BESIDES_MAX_MS = 90_000  # Of a mail that was put off: twice within its validity; no climb waits for it.
SEND_DEADLINE_MS = 10_000  # After this nobody knows whether the carrier took it.
UNDELIVERABLE_SHOWN_MS = 60_000  # I3.

# Rounds: drills of many people, and reach tests -------------------------------------------------------------------
ROUND_VALID_MS = 600_000  # A drill's text that comes later than this is about something long over.
ROUND_LISTEN_MS = 600_000  # So long an answer counts after the last message went out.
ROUND_NUMBERS_KEPT_MS = 24 * 3_600 * SECOND_MS  # So long a late number is still thanked for, not called wrong.
HOUR_MS = 3_600 * SECOND_MS
DAY_MS = 24 * HOUR_MS
REACH_SETTLES_MS = DAY_MS  # Somebody off shift answers when they see it; only then it counts as unanswered.
REACH_ANSWERED_MAX_MS = 90 * DAY_MS  # An answer older than this proves nothing any more.
STOPPED_STRANGERS_MAX = 1_000  # Numbers of nobody here, some 300 kB: of one that is pushed out the carrier tells us.
REACH_AGAIN_MS = 60 * SECOND_MS  # Nobody is asked again sooner: a button pressed twice is no second test.
REACH_LOOK_EVERY_S = 600.0  # Whom to ask next: fifty looks a day, so that each asks only a few.
ROLL_CALL_REMIND_MS = 120 * SECOND_MS  # Time to get behind a locked door and look at a phone, and no more.
ROLL_CALL_REMINDERS = 3  # Whoever is silent for eight minutes is looked for by people; a fourth text finds nobody.
ROLL_CALL_LASTS_MS = 60 * 60 * SECOND_MS  # By itself it is over then: nobody watches a list for longer than that.
ROLL_CALL_LOOK_S = 1.0  # How soon a message that is wanted is begun, after a restart too.
ROLL_CALLS_KEPT = 10  # Of each organisation, in memory with their reports; the older ones are in the store.
ROLL_SAID_CLEARED = 500  # Lines cleared away in one go after the close: no press waits behind ten thousand.
ROLL_WHY_MAX_CHARS = 200
DRILL_MAX_S = 60  # One that the operator watches: it ends with the first answer, or now.
REACH_FROM_HOUR, REACH_TO_HOUR = 9, 18  # Site time: nobody is tested out of their sleep.

# Changes that weaken protection -----------------------------------------------------------------------------------
CHANGE_DELAY_MS = DAY_MS  # From the asking: every supervisor has been at work, or asleep and awake again, once.
CHANGE_LAPSES_MS = 7 * DAY_MS  # After a week nobody remembers why it was asked for.

WAY_COUNTS_AFTER_MS = DAY_MS  # As for a person: a number that nobody has tested may be anybody's.
SAY_COUNTS_AFTER_MS = DAY_MS  # Whoever is new, every supervisor has been at work once since they were told of them.

# Being here besides the roster ------------------------------------------------------------------------------------
CLOCK_IN_EARLY_MS = 2 * 3_600 * SECOND_MS  # Whoever comes this long before their shift has come for it.
CLOCK_IN_LASTS_MS = 12 * 3_600 * SECOND_MS  # Nobody works longer without a break; whoever stays says so again.
CLOCK_OUT_MAX_MS = 72 * 3_600 * SECOND_MS  # The longest tour of duty; longer, a roster means *at any hour*.
SWAPS_MAX = 20  # Askings of one member at once: a month of night shifts.
CLOCK_IN_MAX_MS = 16 * 3_600 * SECOND_MS  # A double shift; an absent helper who counts is worse than one too few.

# Intake ----------------------------------------------------------------------------------------------------------
ADDRESSES_MAX = 8  # Of one server; a phone whose press is not taken tries all of them every two seconds.
BODY_MAX_BYTES = 65_536  # Read from a press; the rest is dropped with a warning.
TEXT_MAX_CHARS = 1_600  # Ten SMS segments; longer notes are cut with a warning.
NAME_MAX_CHARS = 120
LABEL_MAX_CHARS = 200
KEY_MAX_CHARS = 200  # Longer idempotency keys are hashed, never refused.
ETA_MAX_S = 24 * 3_600
PRESS_ANSWERED_MAX_S = 2.5  # I16: 3 s to the truth, the network's share included; then the phone says *not sent*.
HEAD_AND_BODY_MAX_S = 10  # A slower request is dropped.
CODE_MISSES_MAX = 3  # Wrong call codes after which a call that came in reads nothing out.
CODE_MISSES_HOUR_MAX = 9  # On all calls of one member in CODE_MISSES_WINDOW_MS: six digits are soon guessed otherwise.
CODE_MISSES_WINDOW_MS = 3_600 * SECOND_MS
READ_OUT_MAX = 5  # Open alerts read out on one call; nobody listens to more.
SOS_WORD_MIN_CHARS = 3  # As short as SOS; OK and NO are written by whoever is well.
SOS_WORD_MAX_CHARS = 20  # Nobody in need types more.
SOS_WORDS_ADDED_MAX = 20  # Of one installation; each is looked for in every text.
TEXT_RINGS_MS = 24 * 3_600 * SECOND_MS  # Who wrote a lost SOS longer ago has been missed at a change of shift.
FETCH_FIRST_MS = 72 * 3_600 * SECOND_MS  # How far back the carrier is first asked for texts we never got.
FETCH_OVERLAP_MS = 3_600 * SECOND_MS  # Lists lag, and clocks differ; what is known already changes nothing.
FETCH_FRESH_MS = 20 * SECOND_MS  # A carrier waits 15 s for its webhook: until then the text may still come by itself.
FETCH_AGAIN_MS = 45 * SECOND_MS  # After a start: what was fresh then, no webhook was there to take.
FETCH_EVERY_MS = 300 * SECOND_MS  # A lost SOS text waits this long at most.
FETCH_WHOLE_EVERY_MS = 24 * 3_600 * SECOND_MS
LATE_ANSWER_MS = 60_000  # A fetched answer older than the shortest loan says nothing of now: it is a note.
UNKNOWN_NUMBER_REPLY_MS = 3_600 * SECOND_MS  # One neutral reply an hour to a number nobody knows.
HOOK_FIELDS_MAX = 200  # Of one request of a carrier, which sends some twenty.
BACKUP_OLD_MS = 7 * DAY_MS  # What changed in a week somebody still remembers; readyz says it.
FETCH_LATE_MS = 3_600 * SECOND_MS  # Twelve lists in a row did not come: a lost SOS text may lie at the carrier.
BAD_SIGNATURES_RED, BAD_SIGNATURES_WINDOW_MS = 10, 600_000  # Turns readyz red: a wrong public URL mutes SMS.

# Floods, which never touch a press ---------------------------------------------------------------------------------
HEAD_MAX_BYTES = 65_536  # Of one request; browsers and proxies stay below half of that.
REQUESTS_EVERY_MS, REQUESTS_BURST = 10, 400  # Of one credential, or of strangers in one place: a page asks for a few.
ATTEMPTS_EVERY_MS, ATTEMPTS_BURST = 200, 60  # Of strangers in one place, as a whole shift that signs in behind a proxy.
ATTEMPTS_TOGETHER_EVERY_MS, ATTEMPTS_TOGETHER_BURST = 50, 200  # A slow hash takes 20 ms: less than half of one core.
STREAMS_MAX = 20  # Live streams of one credential: a browser has one, a phone one, and each keeps a descriptor.
BUCKETS_MAX = 20_000  # Some 4 MB; with more places than that, a flood is held by what is counted together.

# What readers get ------------------------------------------------------------------------------------------------
DELIVERIES_SHOWN_MAX = 200  # The newest; a night of repeats would make every change of a live view a megabyte.
RECORD_EVENTS_MAX = 1_000  # Of one alert on a page or in a report: a night of repeats; then it says that it ends.
RECORD_MESSAGES_MAX = 400  # The first are those of interest; the page and the report say that there are more.
LISTED_MAX = 50  # Alerts on one page of a list.
WATCHED_MAX = 40  # People on shift that a watch names, those who can be relied on least first; the rest are counted.
LIST_SCANNED_MAX = 2_000  # Closed alerts looked through to fill it: a reader of few must not hold the loop.
LOOKED_MAX = 10_000  # Lines of lists that one search reads: some twenty milliseconds, then it says where it stands.
UNLISTED_MAX = 500  # Alerts that one search looks through where there are no lists yet.
UNVERIFIED_SHOWN_MS = 12 * 3_600 * SECOND_MS  # An SOS text from nobody we know stays on the console for a shift.
LIVE_BEAT_MS = 1_000  # A page that hears nothing for longer says that it may be old.

# The organisation ------------------------------------------------------------------------------------------------
MEMBERS_MAX = 100_000
RUNGS_MAX = 20
CONTACTS_MAX = 20
SITE_FILE_MAX_BYTES = 64 * 1_048_576  # MEMBERS_MAX members, written out generously.
FAULTS_TOLD_MAX = 200  # Of one file; more help nobody.
NEEDED_MAX = 20  # Helpers who are to come before the climb pauses: more than any rung has at night.
SCRIPT_MAX_CHARS = 320  # What a duty does, typed: two segments, so that no word is lost before it is said to be long.
PIN_MIN_DIGITS, PIN_MAX_DIGITS = 4, 12
CALL_CODE_DIGITS = 6  # With CODE_MISSES_HOUR_MAX tries an hour, guessing it takes years.
PIN_DISTANCE_MIN = 2  # PIN and duress PIN are never neighbours: a slip must not be a duress call.

# Access ----------------------------------------------------------------------------------------------------------
FRESH_MS = 600 * SECOND_MS  # A proof of who one is: enough to fill in one form, too short for a screen left open.
LINK_FIRST_ADMINISTRATOR_MS = 3_600 * SECOND_MS  # From the server's console to a browser, with a proxy to set up.
LINK_INVITATION_MS = 3_600 * SECOND_MS  # It is sent; the one who gets it is at work.
LINK_ENROLMENT_MS = 600 * SECOND_MS  # The phone is in the hand.
LINK_SCREEN_MS = 900 * SECOND_MS  # The way from one's chair to the screen.
RUNG_LINKS_MAX = 16  # Devices bound for one person and alert: a phone, a desk, and again; more is somebody at play.
RUNG_LINK_LINGERS_MS = 60 * SECOND_MS  # After the close: a page whose line was just down still reads how it ended.
LINK_RECOVERY_MS = 1_800 * SECOND_MS  # It is handed over in person or on a call; another can be made.
RECOVERY_DELAY_MS = DAY_MS  # So long the person, and every supervisor, can notice that it is not they who ask.
RECOVERY_UNVOUCHED_MS = DAY_MS  # A second person is found on the next shift, or nobody knows them.
RECOVERY_READY_MS = 3 * DAY_MS  # Over a weekend; then it is asked for anew.
KEY_LIVES_MAX_MS = 365 * DAY_MS  # A program whose keeper has left is found out within the year.

# Announcements ---------------------------------------------------------------------------------------------------
ANNOUNCED_EVERY_MS = 600 * SECOND_MS  # One message to look covers all that is there; a flood of them is read by nobody.
ANNOUNCED_VALID_MS = 540 * SECOND_MS  # What became of it is known before the next may go.
ANNOUNCED_TEXT_EVERY_MS = 2 * SECOND_MS  # A number sends one segment a second: no text of an alert ever waits for two.
ANNOUNCED_TRIES_MAX = 144  # While no vendor takes any of it: for a day, as long as a recovery waits.
ANNOUNCED_SHOWN_MAX = 20  # Acts on one page: what one looks back on; the trail has them all.
ANNOUNCED_TOPICS_MAX = 50  # Ties that one message covers: more than a busy coordinator sets in that time.

# Signing in ------------------------------------------------------------------------------------------------------
SESSION_SEEN_EVERY_MS = 120_000  # A use is written down this often at most: a night of reading costs nothing.
SESSIONS_MAX = 20  # Of one member; the one that was used the longest ago makes room.
SESSION_IDLE_MS: Mapping[Role, int] = {  # The shortest of a member's roles counts, here and below.
    Role.ADMINISTRATOR: 900_000,  # May change who gets in: no desk of theirs stays open over a coffee.
    Role.COORDINATOR: 900_000,  # Reads what could kill if it were read by the wrong person.
    Role.AUDITOR: 900_000,  # Reads everything, and nobody waits for them.
    Role.SUPERVISOR: 3_600_000,  # Watches a console through a shift, and looks away from it for a round of the ward.
    Role.RESPONDER: 14_400_000,  # Sees the alerts that rang them, on a desk that they come back to.
    Role.WORKER: 14_400_000,
}
SESSION_LASTS_MS: Mapping[Role, int] = {
    Role.ADMINISTRATOR: 28_800_000,  # A working day.
    Role.COORDINATOR: 28_800_000,
    Role.AUDITOR: 28_800_000,
    Role.SUPERVISOR: 46_800_000,  # Twelve hours of shift and the handing over: it does not end in the middle.
    Role.RESPONDER: 86_400_000,  # One proof a day (NIST SP 800-63B, AAL2).
    Role.WORKER: 86_400_000,
}
SESSION_BY_LINK_LASTS_MS = 1_800_000  # Until the first passkey is made: the link alone is a weak proof.
PASSKEYS_MAX = 10  # Of one member: phone, computer, key fob, and what replaced them.
RECOVERY_CODES = 10  # In a set: one card in a drawer.
CODE_TRIES_MAX = 5  # Wrong recovery codes of one member in a row, until CODE_TRIES_REST_MS after the last of them.
CODE_TRIES_REST_MS = 3_600_000  # Fifty random bits need no more; but who guesses is to be seen, and to cost nothing.
RESTORE_SAID_MS = 7 * 24 * 3_600 * SECOND_MS  # So long doctor says what a restore has left to do.
PIN_MISSES_HOUR_MAX = 10  # Wrong PINs of one member; then either is answered as a wrong one until the alert closes.
PIN_MISSES_WINDOW_MS = 3_600 * SECOND_MS
PIN_RESET_ASKED_MS = 3_600 * SECOND_MS  # Both who vouch have seen the person: within the hour.
SUSPENSION_ASKED_MS = 24 * 3_600 * SECOND_MS  # So long the first of two people waits for a second.
SUSPENSIONS_MANY = 3  # More of them within SUSPENSIONS_MANY_MS and somebody may be emptying the roster.
SUSPENSIONS_MANY_MS = 600 * SECOND_MS
SUSPENSIONS_SHOWN_MS = 3_600 * SECOND_MS  # So long readyz says it.

# Pages ------------------------------------------------------------------------------------------------------------
FORM_FIELDS_MAX = 1_000  # A plan of twenty steps with its people by name; a form is 64 kB at the most anyway.
WHY_MAX_CHARS = 400  # Why somebody does something: two sentences, which stand on one line of the trail each.
CONTACT_MAX_CHARS = 200  # A number or an address, as somebody types it.
LABEL_TYPED_MAX_CHARS = 60  # Of a screen or a key: what fits on the sticker.
ASKED_OF_MAX_MS = 366 * DAY_MS  # An instant that is asked about: no roster is made further ahead, nor looked back on.
EXPORTED_MAX = 50_000  # Lines of one table; more than any spreadsheet scrolls through, and a bound.
REPORT_SHEETS_MAX = 6  # Plans in one report: one for each report of a place, generously.

# SMS -------------------------------------------------------------------------------------------------------------
GSM7_SEGMENT = 160  # Septets in one segment.

# Rosters from outside --------------------------------------------------------------------------------------------
ROSTER_FILE_MAX_BYTES = 16 * 1_048_576  # Ten thousand people for a month, one line for each time they are on.
ROSTER_FORM_MAX_BYTES = ROSTER_FILE_MAX_BYTES + 1_048_576  # With the form around it.
ROSTER_PLACES_MAX = 400_000  # One person on one shift is one; the same month, generously.
ROSTER_AHEAD_MAX_MS = 400 * DAY_MS  # A year that is planned in its last month; later than that is a slip of the year.
ROSTER_SHIFT_MAX_MS = 14 * DAY_MS  # A fortnight on call; longer is a slip of the month.
ROSTER_UNREAD_SHOWN_MAX = 500  # Lines; whoever has more has the wrong file.
ROSTER_READ_MAX_S = 30  # Of a processor, in a process of its own; a month of ten thousand people takes a third.
FEED_MAX_BYTES = 8 * 1_048_576  # Two months of a large hospital as a calendar, unpacked.
FEED_MAX_S = 30  # For all of it: a server that drips is down.
FEEDS_MAX = 50  # Of one organisation: one for each site and ward, and a bound.
FEED_AHEAD_MS = 62 * DAY_MS  # Two months: as far as the readiness of the coming weeks looks, and a series has an end.
FEED_SEEN_EVERY_MS = 3_600 * SECOND_MS  # A reading that says nothing new is written down this often at most.
FEED_LATE_MS = DAY_MS  # So long a feed may fail before readyz says it: a night's maintenance is no alarm.
FEED_LINES_SHOWN_MAX = 20
FEED_URL_MAX_CHARS = 2_000  # An address with a token in it; some calendars' take three hundred.
SHIFT_BY_HAND_MAX_MS = 2 * DAY_MS  # A tour of two days; a longer one is a slip of the day.
PEOPLE_ADDED_MAX = 50  # Names typed at once to one shift: a whole ward; more come by a file.
GAPS_FRESH_MS = 300_000  # Gaps of the coming days are counted anew this often: it takes long, and they move by hours.

# Places ----------------------------------------------------------------------------------------------------------
PLACES_MAX = 2_000  # Of one site: every room and bay of a large hospital, and still weighed while a press waits.
CORNERS_MAX = 200  # Of one outline: a star-shaped ward has fewer; whether it crosses itself is asked of each pair.
CORNERS_SITE_MAX = 20_000  # Of all outlines of one site: ten for each place; they are part of every edit's record.
OUTLINES_AT_ONCE_MAX = 1_000_000  # Corners squared, of one edit: a half second at the worst, and a press waits.
SHEETS_MAX = 60  # Of one site: the floors of the tallest hospital, and its lots.
SHEET_UNITS = 10_000  # Across a sheet, whatever its picture: a corner is exact to a centimetre on a hundred metres.
SHEET_TALL_UNITS = 7_000  # Down blank paper: about as a page that lies on its side.
SHEET_TALL_MAX_UNITS = 100_000  # Down any sheet: ten times its width; taller is no plan but a slip.
PICTURE_MAX_BYTES = 2 * 1_048_576  # Of one sheet, as it is kept: sharp at four thousand pixels, and soon on a phone.
PICTURE_MAX_PX = 8_192  # Of each side, as it says of itself; browsers refuse larger ones.
KNOWN_APART_MIN_UNITS = 500  # Between two known points: a twentieth of the sheet, or a slip of the hand turns it.
KNOWN_APART_MIN_M = 2  # On the ground; closer together is the same spot, measured twice.
KNOWN_APART_MAX_M = 50_000  # A site is smaller; farther apart is a slip in a digit.
PLACE_CODE_LETTERS = 10  # Of 31: nobody guesses one of some thousands, and a person can still type it.

# Drawings from outside -------------------------------------------------------------------------------------------
DRAWING_FILE_MAX_BYTES = 8 * 1_048_576  # A floor as an architect sends it, without the furniture.
DRAWING_FORM_MAX_BYTES = DRAWING_FILE_MAX_BYTES + 1_048_576  # With the form around it.
DRAWING_PIXELS_MAX = 40_000_000  # A scan of a large sheet; unpacked it takes four bytes for each.
DRAWING_SIDE_MAX_PX = 4_096  # Of the picture that is made of it: what every phone can show, and sharp on a wall.
DRAWING_PARTS_MAX = 200_000  # Elements of a drawing made of lines.
DRAWING_DEPTH_MAX = 100  # Of its groups; drawing programs make ten.
DRAFT_KEPT_MS = 3_600 * SECOND_MS  # A drawing that was read and not confirmed; whoever was called away is back by then.
DRAFTS_MAX = 16  # Of all, in memory; a picture is two megabytes at the most.
DRAFTS_OF_ONE_MAX = 4  # So that nobody pushes out what everybody else has chosen.
DRAWING_READ_MAX_S = 20  # Of a processor, in a process of its own; a large plan takes a tenth of it.
