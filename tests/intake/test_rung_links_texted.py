"""Links in the replies to texts: behind an answer, and behind a call for help, whatever PIN came after."""

from __future__ import annotations

from linked import Held, Linked, pressed, told

from outside import DURESS_PIN, NUMBERS, PIN, PUBLIC_URL, Answer

# By text ----------------------------------------------------------------------------------------------------------


def path_in(answer: Answer) -> str:
    """The path of the link in a reply to a text."""
    text = answer.body.decode()
    assert f"{PUBLIC_URL}/r/" in text, text
    return "/r/" + text.partition(f"{PUBLIC_URL}/r/")[2][:16]


def test_an_answer_by_number_is_answered_with_the_link() -> None:
    async def story(centre: Linked) -> None:
        alert = await pressed(centre)
        number = centre.alert(alert).people["rafi"].numbers[0]
        answer = await centre.text(NUMBERS["rafi"], number)
        assert path_in(answer) == centre.link(alert, "rafi")
        again = await centre.text(NUMBERS["rafi"], number)  # The carrier calls twice.
        assert b"/r/" not in again.body

    told(story)


def test_whoever_texted_for_help_says_where_they_are_and_ends_nothing() -> None:
    async def story(centre: Linked) -> None:
        answer = await centre.tap(path_in(await centre.text(NUMBERS["noor"], "SOS")))
        assert (answer.status, answer.json["purpose"]) == (201, "own")
        held = Held(centre, answer.json["token"], answer.json["alert"])
        placed = await held.act("places", {"kind": "fix", "lat": 41.1, "lon": -87.9, "radius_m": 12})
        assert placed.status == 200 and placed.json["places"][0]["radius_m"] == 12
        assert placed.json["you"]["may"] == ["note", "place", "press"]
        for pin in (PIN, DURESS_PIN, "0000"):
            assert (await held.act("safe", {"pin": pin})).json["code"] == "not_allowed"
        assert centre.alert(held.alert).open

    told(story)


def test_after_the_duress_pin_it_shows_what_it_would_after_the_real_one() -> None:
    """The link was opened on her phone, which he now holds."""
    shown = []
    for pin in (PIN, DURESS_PIN):

        async def story(centre: Linked, pin: str = pin) -> None:
            answer = await centre.tap(path_in(await centre.text(NUMBERS["noor"], "SOS")))
            held = Held(centre, answer.json["token"], answer.json["alert"])
            await centre.act("noor", held.alert, "safe", {"pin": pin})
            seen = (await held.look()).json
            seen.pop("id")
            fresh = path_in(await centre.text(NUMBERS["noor"], "SOS", "SM2"))
            again = await centre.tap(fresh)
            other = Held(centre, again.json["token"], again.json["alert"])
            assert other.alert != held.alert
            more = (await other.look()).json
            more.pop("id")
            shown.append((seen, more, (await held.look(other.alert)).status, (await other.look(held.alert)).status))

        told(story)
    assert shown[0] == shown[1]
