"""Why a line of a roster was not read, or what was made of it, and what to do: as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.access.feed_record import FeedFault
from tocsin.runtime.rosters.shapes import No, Why
from tocsin.web.speaking import words

LINES: Mapping[Why, str] = {
    Why.NO_PERSON: words("The line names nobody. Put an id, name, e-mail address or number there."),
    Why.UNKNOWN_PERSON: words("Nobody here is called so. Write it as it stands on their page, or hire them first."),
    Why.TWO_OF_ONE_NAME: words("Two people are called so. Write the id or the e-mail address instead."),
    Why.NAMES_NOBODY: words("It names nobody who works here. Invite them to it, or put their names into its title."),
    Why.DECLINED: words("They declined. Ask them, or put somebody else there."),
    Why.NO_START: words("It has no start, or no day for it."),
    Why.NO_END: words("It has no end."),
    Why.NOT_A_TIME: words("That is no time. Write it like 2026-11-25 14:00."),
    Why.DAY_OR_MONTH: words("Which number is the day? Say so when you choose the file, or write it like 2026-11-25."),
    Why.NO_SUCH_DAY: words("There is no such day."),
    Why.ENDS_FIRST: words("It ends before it starts. Look at both days."),
    Why.TOO_LONG: words("It lasts longer than two weeks. Look at both days."),
    Why.TOO_FAR_AHEAD: words("It is more than a year ahead. Look at the year."),
    Why.OTHER_SITE: words("It is for another site. Import it there."),
    Why.LONG_LINE: words("The line is far too long for one shift."),
    Why.NOT_TEXT: words("The line has signs that are no text. Save the file anew as CSV."),
    Why.OPEN_QUOTE: words("A quotation mark in it is never closed."),
    Why.NOT_AN_EVENT: words("The event is broken. Save it anew in the calendar."),
    Why.UNKNOWN_ZONE: words("Nobody knows this time zone. Choose another one in the calendar."),
    Why.TOO_OFTEN: words("It repeats more often than shifts do."),
    Why.TOO_HARD: words("Its rule takes too long to work out. Make it simpler."),
    Why.NO_SUCH_RULE: words("Its rule of repeating makes no sense. Save it anew in the calendar."),
    Why.STARTS_TWICE: words("That time comes twice: the clock goes back. They are on from the first of the two."),
    Why.STARTS_NEVER: words("That time does not exist: the clock goes forward. They are on from an hour before."),
    Why.ENDS_TWICE: words("That time comes twice: the clock goes back. They are on until the second of the two."),
    Why.ENDS_NEVER: words("That time does not exist: the clock goes forward. They are on until an hour after."),
}
FILES: Mapping[No, str] = {
    No.EMPTY: words("There is nothing in it. Choose another file."),
    No.TOO_LARGE: words("It is larger than %(detail)s MB. Import a month at a time."),
    No.NOT_TEXT: words("It is no text. Save it as CSV, or as a calendar (.ics), and choose that."),
    No.NO_HEADING: words("Its first line names no columns. It needs one for the person, the start and the end."),
    No.NO_CALENDAR: words("It begins like a calendar and is none."),
    No.TOO_MANY: words("It has more than %(detail)s entries. Import a month at a time."),
    No.TOO_HARD: words("It takes too long to work out. Import less of it at a time."),
    No.NO_ZONE: words("The site's time zone is unknown. The operator sets it."),
}
FAULTS: Mapping[FeedFault, str] = {
    FeedFault.AWAY: words("Its server cannot be reached."),
    FeedFault.SLOW: words("Its server takes too long."),
    FeedFault.HUGE: words("It is far too large for a roster."),
    FeedFault.NOT_SAFE: words("Its server's certificate is not to be trusted."),
    FeedFault.PRIVATE: words("Its address is in a private network, where nothing is fetched from."),
    FeedFault.MOVED: words("It has moved. End this feed and add the new address."),
    FeedFault.REFUSED: words("Its server refuses. Perhaps the address has changed, or was taken back."),
    FeedFault.NO_ROSTER: words("What comes is no roster that can be used."),
    FeedFault.TOO_HARD: words("It takes too long to work out."),
    FeedFault.EMPTY: words("It has no shift to come any more."),
}
