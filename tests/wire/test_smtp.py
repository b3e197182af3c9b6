"""Where mail is handed in, to whom it may go, and what a server's code says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.wire.smtp import BadServer, MailServer, Tls, Verdict, is_address, mail_server, sender_of, verdict

GOOD = [
    ("smtp://mail.example.org", MailServer("mail.example.org", 587, Tls.STARTTLS)),
    ("smtps://u:p@mail.example.org", MailServer("mail.example.org", 465, Tls.FROM_THE_START, "u", "p")),
    ("smtp://tocsin%40example.org:a%2Fb%3A@h:25/", MailServer("h", 25, Tls.STARTTLS, "tocsin@example.org", "a/b:")),
    ("smtp://localhost:25", MailServer("localhost", 25, Tls.IF_OFFERED)),
    ("smtp://u:p@127.0.0.1:1025", MailServer("127.0.0.1", 1025, Tls.IF_OFFERED, "u", "p")),
    ("smtp://[::1]:25", MailServer("::1", 25, Tls.IF_OFFERED)),
    ("smtp://mail.example.org:25?tls=none", MailServer("mail.example.org", 25, Tls.IF_OFFERED)),
]


@pytest.mark.parametrize(("url", "server"), GOOD)
def test_a_server_is_read_as_it_is_written(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


BAD = [
    "",
    "mail.example.org",
    "http://mail.example.org",
    "smtp://",
    "smtp://h:0",
    "smtp://h:99999",
    "smtp://h:x",
    "smtp://[::1",
    "smtp://h/path",
    "smtp://h#x",
    "smtp://h?tls=some",
    "smtp://user@h",
    "smtp://:password@h",
    "smtp://u:p%0d%0aRSET@h",
    "smtp://u:p@mail.example.org?tls=none",
    "smtp://h st",
]


@pytest.mark.parametrize("url", BAD)
def test_what_is_no_server_is_said_without_quoting_the_password(url: str) -> None:
    with pytest.raises(BadServer) as bad:
        mail_server(url)
    assert "password@" not in str(bad.value) and "u:p" not in str(bad.value)


@given(st.text())
def test_no_text_for_a_server_ends_in_another_error(text: str) -> None:
    for url in (text, "smtp://" + text, "smtps://u:p@" + text):
        try:
            server = mail_server(url)
        except BadServer:
            continue
        assert server.host and 0 < server.port < 65_536


@pytest.mark.parametrize("text", ["teo@example.org", "t.e+o@mail.example.org", "O'Hara@example.org"])
def test_an_address_is_one(text: str) -> None:
    assert is_address(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_no_address_holds_what_could_end_a_header_or_a_command(text: str) -> None:
    for address in (text, text + "@example.org", "a@" + text):
        assert not is_address(address) or not set(address) & set('\r\n\0 <>,;:()[]\\"')


SENDERS = [
    ("tocsin@example.org", "tocsin@example.org"),
    ("Tocsin <tocsin@example.org>", "Tocsin <tocsin@example.org>"),
    ('"Bell, the" <tocsin@example.org>', '"Bell, the" <tocsin@example.org>'),
]


@pytest.mark.parametrize(("text", "shown"), SENDERS)
def test_a_sender_may_have_a_name(text: str, shown: str) -> None:
    assert str(sender_of(text)) == shown


@pytest.mark.parametrize("text", ["", "tocsin", "Tocsin <tocsin>", "a <b@c.de", "a\nb <c@d.ef>", "<>", "a <b@c.de> c"])
def test_what_is_no_sender_is_none(text: str) -> None:
    assert sender_of(text) is None


VERDICTS = [
    (451, "", True, Verdict.LATER),
    (550, "5.1.1 unknown", True, Verdict.NOBODY_THERE),
    (550, "5.1.1 unknown", False, Verdict.NO),
    (550, "unknown", True, Verdict.NOBODY_THERE),
    (550, "listed in a blacklist", True, Verdict.NO),
    (550, "5.7.1", True, Verdict.NO),
    (552, "full", True, Verdict.NO),
    (554, "5.1.2 no such domain", True, Verdict.NOBODY_THERE),
    (299, "", True, Verdict.NO),
]


@pytest.mark.parametrize(("code", "said", "of_recipient", "expected"), VERDICTS)
def test_only_an_answer_about_the_person_ends_the_address(
    code: int, said: str, of_recipient: bool, expected: Verdict
) -> None:
    assert verdict(code, said, of_recipient=of_recipient) is expected
