"""What is wrong with an organisation, in the reader's language: one sentence for each code of `core/findings.py`."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.findings import Finding, Wrong
from tocsin.web.speaking import Say, words

W = Wrong
SENTENCES: Mapping[Wrong, str] = {
    W.TOO_MANY_MEMBERS: words("The organisation has more than %(most)s members. Split it into two."),
    W.NO_ROLE: words("A member needs at least one role, such as worker."),
    W.LANGUAGE_OF_MEMBER: words(
        "%(language)s is none of the organisation's languages. Until it is, texts go out in the first of them."
    ),
    W.TOO_MANY_CONTACTS: words("No more than %(most)s ways are kept for one member."),
    W.TIED_TO_THEMSELF: words("Nobody can be kept from hearing of themself."),
    W.NOT_REACHABLE: words("This responder is not reachable. Give them two ways of different kinds."),
    W.HALF_REACHABLE: words("This responder is half reachable. Give them a second way of another kind."),
    W.EMERGENCY_NUMBER: words("This is an emergency number, and no machine may dial it. Give the person's own number."),
    W.NUMBER_TWICE: words("Two people have this number, and nobody could tell who answers. Give each their own."),
    W.UNKNOWN_SITE: words("There is no site %(name)s here."),
    W.UNKNOWN_MEMBER: words("There is no member %(name)s here."),
    W.UNKNOWN_ROLE: words("There is no role %(name)s."),
    W.WALK_TIME: words("A time of the site's walks is %(n)s s. Use %(least)s to %(most)s."),
    W.KIND_OF_PLACE: words("%(kind)s is no kind of place. Use one of these: %(kinds)s."),
    W.PLACE_TWICE: words("The site has two places that are known as %(place)s. Give each a name of its own."),
    W.PLACE_ELSEWHERE: words("This place is of another site. Change it there."),
    W.PLACE_ID: words("That is no short name of a place. Use up to %(most)s letters, digits, points and dashes."),
    W.PLACE_NAME: words("A place needs a name of at most %(most)s characters."),
    W.NAME_TWICE: words(
        "There is another place called %(name)s, and people would run to the wrong one. "
        "Give one of them another name, or say what each is in."
    ),
    W.UNKNOWN_PLACE: words("There is no place %(name)s at this site. Name what is inside it or drawn on it too."),
    W.INSIDE_KIND: words("%(name)s cannot be in that place. Say what else it is in, or nothing."),
    W.NO_SHEET: words("%(name)s cannot be drawn there. Draw it on a building, a floor, a lot or the site."),
    W.OUTLINE_HALF: words("%(name)s has an outline without a sheet, or a sheet without an outline. Draw it anew."),
    W.OUTLINE_TOO_FEW: words(
        "%(name)s has too few corners. Set three or more; a door may have two, and a point has one."
    ),
    W.OUTLINE_TOO_MANY: words("%(name)s has too many corners. Leave out those that change little."),
    W.OUTLINE_OUTSIDE: words("%(name)s leaves its sheet. Move the corners that lie outside."),
    W.OUTLINE_SAME_CORNER: words("%(name)s has a corner twice. Leave one of them out."),
    W.OUTLINE_NO_AREA: words("All corners of %(name)s lie on one line. Set one of them aside of it."),
    W.OUTLINE_CROSSES: words("The outline of %(name)s crosses or touches itself. Set its corners as you would walk."),
    W.DESK_THERE: words("The desk %(desk)s stands there. End that desk first, or keep the place."),
    W.TOO_MANY_PLACES: words("The site has more than %(most)s places. Leave out what nobody would name."),
    W.TOO_MUCH_AT_ONCE: words("So many corners cannot be drawn at once. Draw some of these places, then the others."),
    W.TOO_MANY_CORNERS: words("The outlines of the site have more than %(most)s corners. Draw them with fewer."),
    W.SHIFT_ENDS_FIRST: words("A shift ends before it starts. Look at the dates and the zone."),
    W.SHIFT_OF_NOBODY: words("Nobody is on a shift. Name its members, or take it out."),
    W.ROSTER_TOO_LONG: words("The roster names people more than %(most)s times. Split it into shorter stretches."),
    W.NO_PLAN: words("The site has no plan for calls for help. Add one with a last step."),
    W.PLAN_TWICE: words("The site has two plans for one kind of alert. Keep one."),
    W.NEEDED_TOO_FEW: words(
        "The climb would pause for %(n)s person. Use at least %(least)s: one may be the attacker's friend."
    ),
    W.NO_BACKSTOP: words("The plan has no last step. Add one of at least %(least)s people by name."),
    W.TOO_MANY_RUNGS: words("The plan has more than %(most)s steps. Ring more people in each."),
    W.AFTER_OUT_OF_RANGE: words("A step begins %(n)s s after the press. Use 0 to %(most)s."),
    W.REPEAT_OUT_OF_RANGE: words("A step rings again every %(n)s s. Use %(least)s to %(most)s."),
    W.STAGGER_OUT_OF_RANGE: words("The ways of a step are %(n)s s apart. Use 0 to %(most)s."),
    W.TIMES_IN_A_CYCLE: words(
        "A step at %(later)s s comes after one at %(earlier)s s. Each must begin later than the one before."
    ),
    W.NO_CHANNEL: words("This step has no way to ring by. Choose at least one, such as text messages."),
    W.WAKES_NOBODY: words(
        "This step wakes nobody. Mail, services and programs only tell besides: add the app, texts or calls."
    ),
    W.RUNG_OF_NOBODY: words("Nobody belongs to whom this step rings."),
    W.NO_AUDIENCE: words("%(word)s is nobody that a step could ring."),
    W.BACKSTOP_FEW: words("The last step names %(n)s people; it needs at least three by name."),
    W.BACKSTOP_FEW_LEFT: words("Besides those suspended the last step names %(n)s people; it needs three."),
    W.BACKSTOP_CLOSERS: words(
        "The last step names %(n)s who may close an alert; it needs two supervisors or coordinators."
    ),
    W.BACKSTOP_CLOSERS_LEFT: words(
        "Besides those suspended the last step names %(n)s who may close an alert; it needs two."
    ),
    W.BACKSTOP_ALWAYS_ON: words("Everybody in the last step is on every shift. Name somebody who is off shift."),
    W.BACKSTOP_ALL_ON: words(
        "At some hour everybody in the last step is on shift. Name one more who is off shift then."
    ),
    W.LANGUAGE_OF_SCRIPT: words(
        "A text is in %(language)s, which is none of the organisation's languages. Add it there, or take the text out."
    ),
    W.SCRIPT_EMPTY: words("A text says nothing. Write what this duty does, or take it out."),
}


def finding(say: Say, found: Finding) -> str:
    """In the reader's language."""
    return say(SENTENCES[found.code], **dict(found.values))
