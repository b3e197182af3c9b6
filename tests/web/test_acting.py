"""What the watch says of an act whose answer is late, lost or no, and of a close that comes to nothing."""

from __future__ import annotations

import pytest
from scripted_page import told

pytestmark = pytest.mark.slow  # Each bundles the scripts of a page.
WATCH = """
globalThis.localStorage = { getItem: () => null };
document.documentElement.lang = "en";
const { Acting, Api } = await scripts("acting", "api");
const looked = [];
const look = async (id) => {
  looked.push(id);
  if (said.lost) throw new Error("lost");
};
const acting = new Acting(new Api("token"), look, () => undefined);
"""


def test_what_was_done_is_not_called_undone_because_the_look_at_it_failed() -> None:
    seen = told(f"""{WATCH}
    said.answers = {{ "/api/v1/alerts/a/climb": [{{ id: "a" }}] }};
    said.lost = true;
    await acting.act("a", "climb", {{}});
    print([acting.said("a"), acting.busy, looked]);
    """)
    assert seen == ["", False, ["a"]]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("{}", "No answer came: it may be done or not. Look before you do it again."),
        ('"nobody"', "No answer came: it may be done or not. Look before you do it again."),
        ("502", "No answer came: it may be done or not. Look before you do it again."),
        ("403", "Not done. The server refused it (403)."),
    ],
)
def test_only_what_the_server_refused_is_called_not_done(answer: str, says: str) -> None:
    seen = told(f"""{WATCH}
    if ({answer} === "nobody") globalThis.fetch = async () => {{ throw new TypeError("lost"); }};
    said.answers = {{ "/api/v1/alerts/a/police": [{answer}] }};
    await acting.act("a", "police", {{}});
    print([acting.said("a"), acting.said("b"), looked]);
    """)
    assert seen == [says, "", ["a"]]  # And under no other alert; and what became of it is looked at.


def test_a_close_that_is_undone_says_so_and_one_that_came_to_pass_does_not() -> None:
    seen = told(f"""{WATCH}
    const one = (closing) => [{{ id: "a", state: "climbing", closing }}];
    acting.follow(one({{ outcome: "safe" }}));
    acting.follow(one({{ outcome: "safe" }}));
    const before = acting.said("a");
    acting.follow(one(null));
    acting.follow(one(null));
    const undone = acting.said("a");
    acting.follow(one({{ outcome: "safe" }}));
    const anew = acting.said("a");
    acting.follow([]);
    print([before, undone, anew, acting.said("a")]);
    """)
    sentence = "The close is undone: somebody objected or called again, or nobody confirmed in time. It rings on."
    assert seen == ["", sentence, "", ""]


def test_what_was_refused_stays_on_the_screen_while_a_close_is_proposed() -> None:
    seen = told(f"""{WATCH}
    const proposed = [{{ id: "a", state: "climbing", closing: {{ outcome: "safe" }} }}];
    acting.follow(proposed);
    said.answers = {{ "/api/v1/alerts/a/close/confirm": [403] }};
    await acting.act("a", "close/confirm", {{}});
    acting.follow(proposed);
    print(acting.said("a"));
    """)
    assert seen.startswith("Not done.")


LOST, NOT_OURS = 'throw new TypeError("lost")', 'return new Response("{}")'


@pytest.mark.parametrize("answer", [LOST, NOT_OURS], ids=["lost", "not ours"])
def test_a_walk_whose_beginning_nobody_heard_of_is_called_neither_undone_nor_begun(answer: str) -> None:
    """The timer may run, or not: whoever reads either would leave somebody alone."""
    seen = told(
        """
    document.documentElement.lang = "en";
    const { Walks, Api } = await scripts("walks", "api");
    const walks = new Walks(new Api("token"), () => undefined);
    const fields = new Map([["for_member", "maya"], ["minutes", "15"], ["destination", "car"]]);
    globalThis.fetch = async () => { ANSWER; };
    await walks.start(fields, { reset: () => undefined, closest: () => null });
    print(walks.said);
    """.replace("ANSWER", answer)
    )
    assert seen == "No answer came: it may be done or not. Look before you do it again."
