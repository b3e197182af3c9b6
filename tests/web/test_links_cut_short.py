"""A link that was cut short on its way: its page says that it is not right, and never dies of it."""

from __future__ import annotations

import pytest
from scripted_page import told

pytestmark = pytest.mark.slow  # Each bundles the scripts of a page.
NO_STORE = "{ getItem: () => null, setItem: () => undefined }"


@pytest.mark.parametrize(("carried", "is_read"), [("a%2Fb", "a/b"), ("ab%2", "ab%2"), ("%C3", "%C3"), ("%", "%")])
def test_a_token_that_cannot_be_read_is_an_unknown_one(carried: str, is_read: str) -> None:
    """The server is asked by it, and knows it not."""
    seen = told(f"""
    globalThis.location = {{ hash: "#{carried}", pathname: "/phone" }};
    globalThis.history = {{ replaceState: (state, title, path) => {{ said.address = path; }} }};
    globalThis.sessionStorage = globalThis.localStorage = {NO_STORE};
    const {{ token }} = await scripts("api");
    print([token(), said.address]);
    """)
    assert seen == [is_read, "/phone"]


def test_a_link_of_a_message_that_cannot_be_read_is_asked_for_as_it_is() -> None:
    seen = told(f"""
    globalThis.location = {{ pathname: "/r/ab%2" }};
    const {{ open, remembered, why, Api }} = await scripts("responder-link", "api");
    const store = {NO_STORE};
    const [known, door] = [remembered(store), await open(new Api(null), store).catch(why)];
    print([known, door, said.asked]);
    """)
    assert seen == [None, "unsure", ["/r/ab%252"]]
