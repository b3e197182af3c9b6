"""What a change would do, in a heading; what it was and what it would be stand under it."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.web.speaking import words

HEADINGS: Mapping[str, str] = {
    "member_added": words("%(name)s would join"),
    "member_removed": words("%(name)s would leave"),
    "name_changed": words("%(name)s would be called otherwise"),
    "language_changed": words("%(name)s would get messages in another language"),
    "roles_changed": words("%(name)s would have other roles"),
    "duties_changed": words("%(name)s would have other duties"),
    "contact_added": words("%(name)s would be reached in one more way"),
    "contact_removed": words("%(name)s would be reached in one way fewer"),
    "contact_changed": words("%(name)s would be reached in another way"),
    "tie_set": words("%(name)s would not be told about %(other)s"),
    "tie_lifted": words("%(name)s would again be told about %(other)s"),
    "suspended": words("%(name)s would be suspended"),
    "reinstated": words("The suspension of %(name)s would be lifted"),
    "watch_opened": words("A closer watch over %(name)s would begin"),
    "watch_ended": words("The closer watch over %(name)s would end"),
    "shift_added": words("%(site)s would have one more shift"),
    "shift_removed": words("%(site)s would have one shift fewer"),
    "shift_changed": words("Other people would be on a shift at %(site)s"),
    "shifts_changed": words("%(count)s shifts at %(site)s would change"),
    "plan_added": words("%(site)s would have another plan"),
    "plan_removed": words("%(site)s would lose a plan"),
    "plan_changed": words("The plan of %(site)s would change"),
    "place_added": words("%(site)s would have one more place"),
    "place_removed": words("%(site)s would have one place fewer"),
    "place_changed": words("A place at %(site)s would change"),
    "place_drawn": words("A place at %(site)s would be drawn anew"),
    "place_moved": words("A place at %(site)s would be in another place, or of another kind"),
    "site_added": words("There would be one more site: %(site)s"),
    "site_removed": words("The site %(site)s would be gone"),
    "site_changed": words("The site %(site)s would change"),
    "grace_changed": words("%(site)s would wait another time after the end of a walk"),
    "reminder_changed": words("%(site)s would remind at another time of a walk"),
    "organisation_changed": words("The organisation would be called otherwise, or speak other languages"),
    "order_changed": words("Things would stand in another order"),
    "desk_off": words("The desk %(name)s at %(site)s would be turned off"),
}
NOUNS: Mapping[str, str] = {
    "member": words("Member"),
    "name": words("Name"),
    "language": words("Language"),
    "roles": words("Roles"),
    "duties": words("Duties"),
    "contact": words("Way to reach them"),
    "shift": words("On shift"),
    "plan": words("Plan"),
    "place": words("Place"),
    "site": words("Site"),
    "grace": words("After its end help is called in"),
    "reminder": words("Reminded before its end"),
    "organisation": words("Organisation"),
    "order": words("Order"),
}
