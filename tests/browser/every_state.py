"""Every state that a page of the server's can be brought into: what is folded, what was refused, what is shown once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from every_page import NOBODY, Look
from office_site import CODE, OfficeSite
from playwright.sync_api import FilePayload, Page
from visitors import follow

Reach = Callable[[Page, OfficeSite], None]


class State(NamedTuple):
    """`shows`: what there is on the page once it is reached."""

    look: Look
    reach: Reach
    shows: str


def unfold(page: Page, site: OfficeSite) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def sends(form: str, typed: Mapping[str, str] = MappingProxyType({})) -> Reach:
    """Sends a form with this in its fields, past what the browser itself would ask for."""

    def reach(page: Page, site: OfficeSite) -> None:
        unfold(page, site)
        page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true; })")
        for name, value in typed.items():
            page.locator(f"{form} [name={name}]").fill(value)
        follow(page.locator(f"{form} button").last)

    return reach


def one_way_wrong(page: Page, site: OfficeSite) -> None:
    page.locator("[name=way-1-kind]").select_option("sms")
    sends("form.sheet", {"name": "", "way-1-to": "12"})(page, site)


def somebody_else_was_faster(page: Page, site: OfficeSite) -> None:
    page.locator("[name=seen]").evaluate("field => { field.value = 'another'; }")
    sends("form.sheet", {"name": "Noor Second"})(page, site)


def old_form(page: Page, site: OfficeSite) -> None:
    page.evaluate("document.querySelectorAll('[name=form_token]').forEach(field => { field.value = 'old'; })")
    sends("#call-code form")(page, site)


def worn_out_link(page: Page, site: OfficeSite) -> None:
    page.evaluate("location.hash = 'made-up'")
    page.locator("main form button").click()


def agreed(page: Page, site: OfficeSite) -> None:
    follow(page.locator("button.go").first)


def proven(page: Page, site: OfficeSite) -> None:
    sends("[action='/prove']", {"code": CODE})(page, site)


def proven_with_something_typed(page: Page, site: OfficeSite) -> None:
    follow(page.locator("#call-code button"))
    proven(page, site)


def provider_is_down(page: Page, site: OfficeSite) -> None:
    site.nearby.down = True
    follow(page.locator("[action='/sign-in/provider'] button"))
    site.nearby.down = False


def stale(reach: Reach) -> Reach:
    """As if somebody else had been faster."""

    def sent(page: Page, site: OfficeSite) -> None:
        page.evaluate("document.querySelectorAll('[name=seen]').forEach(field => { field.value = 'another'; })")
        reach(page, site)

    return sent


def sends_the_outline(corners: str) -> Reach:
    return sends("[action='/office/places/sheet']", {"outline": corners})


def chosen(name: str, content: str) -> Reach:
    def reach(page: Page, site: OfficeSite) -> None:
        page.locator("[type=file]").set_input_files(FilePayload(name=name, mimeType="", buffer=content.encode()))
        follow(page.locator("form .go"))

    return reach


DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400"><script>never()</script>
<rect x="40" y="40" width="300" height="200" fill="none" stroke="black" stroke-width="5"/></svg>"""
SHAPES = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "Yard", "kind": "lot"}, "geometry": {"type": "Polygon", "coordinates":
[[[-87.636, 41.879], [-87.635, 41.879], [-87.635, 41.878], [-87.636, 41.878], [-87.636, 41.879]]]}},
{"type": "Feature", "properties": {"name": "Bow tie"}, "geometry": {"type": "Polygon", "coordinates":
[[[-87.636, 41.879], [-87.635, 41.878], [-87.635, 41.879], [-87.636, 41.878], [-87.636, 41.879]]]}}]}"""
TABLE = Look("/office/places/sheet?site=centre&place=lot-b")
NOOR, NOORS_RECORD, STALE = (
    Look("/office/members/noor"),
    Look("/office/members/noor/edit"),
    Look("/account", stale=True),
)
SIGN_IN, PROVE = Look("/sign-in", NOBODY), Look("/account/pins", stale=True)
EVERY_STATE: Mapping[str, State] = {
    "a code that lets nobody in": State(
        SIGN_IN, sends("[action='/sign-in']", {"member": "ada", "code": "A-A"}), "#fault-code"
    ),
    "neither name nor code": State(SIGN_IN, sends("[action='/sign-in']", {"member": "", "code": ""}), "#fault-member"),
    "on the way to the provider": State(SIGN_IN, sends("[action='/sign-in/provider']"), "main a.go"),
    "the provider is down": State(SIGN_IN, provider_is_down, "main .board"),
    "a link that is worn out": State(Look("/link", NOBODY), worn_out_link, "[data-said]:not(:empty)"),
    "a code that proves nothing": State(PROVE, sends("[action='/prove']", {"code": "A-A"}), "#fault-code"),
    "proven": State(PROVE, proven, "main a.go"),
    "proven, and something was typed": State(STALE, proven_with_something_typed, "main form .go"),
    "one's account unfolded": State(Look("/account"), unfold, "details[open]"),
    "a passkey without a name": State(
        Look("/account"), sends("#passkeys li:last-child .tight", {"label": ""}), ".fault"
    ),
    "recovery codes": State(Look("/account/codes"), sends("main form"), ".codes"),
    "a call code": State(Look("/account"), sends("#call-code form"), ".secret"),
    "a link for a phone": State(Look("/account"), sends("#phones header form"), ".secret"),
    "an old form": State(Look("/account"), old_form, "main .board"),
    "PINs too much alike": State(
        Look("/account/pins"), sends("main form", {"pin": "4071", "duress_pin": "4072"}), ".fault"
    ),
    "a page of somebody's unfolded": State(NOOR, unfold, "details[open]"),
    "a link that lets somebody in": State(NOOR, sends("#invite"), ".secret"),
    "no reason to object": State(NOOR, sends("#pins-object", {"pins-object-why": ""}), "#fault-pins-object-why"),
    "no reason to suspend": State(NOOR, sends("#suspend", {"suspend-why": ""}), "#fault-suspend-why"),
    "somebody is suspended": State(
        Look("/office/members/piled"), sends("#suspend", {"suspend-why": "A badge was found."}), "[role=status] .note"
    ),
    "a record that is not right": State(NOORS_RECORD, one_way_wrong, "#fault-name"),
    "two who edit the same": State(NOORS_RECORD, somebody_else_was_faster, "#stale"),
    "somebody without a name": State(
        Look("/office/members/new"), sends("form.sheet", {"name": "", "id": ""}), "#fault-id"
    ),
    "a change that is agreed to": State(Look("/office/changes"), agreed, "[role=status] .note"),
    "a tie of nobody": State(
        Look("/office/ties"), sends(".wide form.stack", {"member": "x", "about": "y"}), "#fault-member"
    ),
    "a tie of several": State(
        Look("/office/ties"), sends(".wide form.stack", {"member": "Invented", "about": "Invented"}), "fieldset.ticked"
    ),
    "a page of a place unfolded": State(Look("/office/places/place?site=centre&place=lot-b"), unfold, "details[open]"),
    "a place without a name": State(
        Look("/office/places/place"), sends("[action='/office/places/place']", {"name": ""}), "#fault-name"
    ),
    "a place that two rename": State(
        Look("/office/places/place?site=centre&place=lot-b"),
        stale(sends("[action='/office/places/place']", {"name": "East lot"})),
        "#stale",
    ),
    "a place with a desk that is to go": State(
        Look("/office/places/place?site=centre&place=floor"),
        sends("[action='/office/places/remove']"),
        "main > [role=alert]",
    ),
    "an outline that crosses itself": State(TABLE, sends_the_outline("10 10\n30 30\n30 10\n10 30"), "#fault-outline"),
    "a place that two draw": State(TABLE, stale(sends_the_outline("50 50\n60 50\n60 60")), "#stale"),
    "a new place that is drawn and not named": State(
        Look("/office/places/sheet?site=centre&new=yes"), sends_the_outline("10 10"), "#fault-name"
    ),
    "the keys of the table": State(TABLE, unfold, "#table-keys"),
    "no file": State(Look("/office/places/upload"), sends("[action='/office/places/upload']"), "#fault-file"),
    "a plan that was read": State(
        Look("/office/places/upload"), chosen("plan.svg", DRAWING), "[action='/office/places/upload/confirm']"
    ),
    "shapes that were read": State(Look("/office/places/upload"), chosen("map.geojson", SHAPES), "#refused"),
    "known points that say nothing": State(
        Look("/office/places/known"), sends("[action='/office/places/known']", {"lat1": "north"}), "#fault-x1"
    ),
    "a wait that is too short": State(
        Look("/office/walks"), sends("[action='/office/walks']", {"grace": "14"}), "#fault-grace"
    ),
    "screens unfolded": State(Look("/office/screens"), unfold, "details[open]"),
    "a screen without a name": State(
        Look("/office/screens"), sends("details form[action$=wallboard]", {"wallboard-label": ""}), ".fault"
    ),
    "a link for a screen": State(
        Look("/office/screens"), sends("details form[action$=desk]", {"desk-label": "Console 4"}), ".secret"
    ),
    "a key without a name": State(Look("/office/keys"), sends("form.stack", {"label": ""}), "#fault-label"),
}
