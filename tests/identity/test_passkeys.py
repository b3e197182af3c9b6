"""What a browser brings is believed only from our own site, to our own challenge, by a person who was verified."""

from __future__ import annotations

import json

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authenticator import PRESENT, VERIFIED, Authenticator, b64, unb64
from tocsin.identity import passkeys
from tocsin.identity.passkeys import NewPasskey, NotBelieved, PasskeySite, site_of

CHALLENGE, HANDLE = b"c" * 32, b"h" * 32
SITE = PasskeySite("localhost", "http://localhost:8000")


def asked_to_make() -> str:
    return passkeys.registration_options(
        SITE, handle=HANDLE, name="Noor", organisation="Alder", challenge=CHALLENGE, known=["AAAA"]
    )


def asked_to_sign(challenge: bytes = CHALLENGE) -> str:
    return passkeys.authentication_options(SITE, challenge=challenge)


def made(phone: Authenticator) -> NewPasskey:
    return passkeys.verified_registration(SITE, phone.made(asked_to_make()), CHALLENGE)


def count_of(key: NewPasskey, answer: str, *, handle: bytes = HANDLE, site: PasskeySite = SITE) -> int:
    return passkeys.verified_authentication(site, answer, CHALLENGE, public_key=key.public_key, handle=handle)


# Sites -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://Tocsin.Example.org", "tocsin.example.org", "https://tocsin.example.org"),
        ("https://tocsin.example.org:443/", "tocsin.example.org", "https://tocsin.example.org"),
        ("https://tocsin.example.org:8443/x", "tocsin.example.org", "https://tocsin.example.org:8443"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("http://localhost", "localhost", "http://localhost"),
        ("http://a.localhost:1", "a.localhost", "http://a.localhost:1"),
    ],
)
def test_a_site_with_a_name_may_have_passkeys(url: str, host: str, origin: str) -> None:
    assert site_of(url) == PasskeySite(host, origin)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        "https://192.0.2.7",
        "https://[2001:db8::1]",
        "http://tocsin.example.org",
        "",
        "https://",
        "ftp://localhost",
        "https://[bad",
        "https://a.example.org:port",
    ],
)
def test_an_address_or_a_site_without_https_may_not(url: str) -> None:
    assert site_of(url) is None


# What is asked ---------------------------------------------------------------------------------------------------


def test_a_browser_is_asked_for_a_key_that_needs_no_name_and_a_person_who_is_verified() -> None:
    asked = json.loads(asked_to_make())
    chosen = asked["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert asked["rp"] == {"id": "localhost", "name": "Alder"}
    assert unb64(asked["user"]["id"]) == HANDLE and unb64(asked["challenge"]) == CHALLENGE
    assert [one["id"] for one in asked["excludeCredentials"]] == ["AAAA"]
    signing = json.loads(asked_to_sign())
    assert signing["userVerification"] == "required" and not signing.get("allowCredentials")


def test_what_a_device_files_a_passkey_under_says_nothing_of_its_owner() -> None:
    handle = passkeys.handle_of("alder", "noor")
    assert len(handle) == 32 and b"noor" not in handle
    assert len({handle, passkeys.handle_of("alder", "bo"), passkeys.handle_of("birch", "noor")}) == 3


# What is believed ------------------------------------------------------------------------------------------------


def test_a_passkey_is_made_and_signs() -> None:
    phone = Authenticator()
    key = made(phone)
    assert (key.id, key.sign_count, key.transports) == (b64(phone.id), 0, ("hybrid", "internal"))
    answer = phone.signed(asked_to_sign())
    assert (passkeys.challenge_in(answer), passkeys.credential_in(answer)) == (CHALLENGE, key.id)
    assert count_of(key, answer) == 1


def test_a_count_that_goes_back_is_not_for_here_to_judge() -> None:
    phone = Authenticator()
    key = made(phone)
    phone.count = -1 + 2**31
    assert count_of(key, phone.signed(asked_to_sign())) == 2**31
    phone.count = 0
    assert count_of(key, phone.signed(asked_to_sign())) == 1


def test_a_device_that_says_no_user_handle_is_believed_and_one_that_says_anothers_is_not() -> None:
    phone = Authenticator()
    key = made(phone)
    assert count_of(key, phone.signed(asked_to_sign(), userHandle=None)) == 1
    with pytest.raises(NotBelieved):
        count_of(key, phone.signed(asked_to_sign()), handle=b"somebody else")


def test_another_site_another_challenge_or_another_key_is_not_believed() -> None:
    phone = Authenticator()
    key = made(phone)
    there = phone.copied()
    there.origin = "https://tocsin.example.net"
    other = Authenticator(2)
    other.handle = HANDLE
    for answer in (
        there.signed(asked_to_sign()),
        phone.signed(asked_to_sign(b"x" * 32)),
        phone.signed(asked_to_sign(), signature=b64(b"\x30\x00")),
        other.signed(asked_to_sign()),
    ):
        with pytest.raises(NotBelieved):
            count_of(key, answer)
    with pytest.raises(NotBelieved):
        count_of(key, phone.signed(asked_to_sign()), site=PasskeySite("example.org", SITE.origin))
    with pytest.raises(NotBelieved):
        passkeys.verified_registration(SITE, there.made(asked_to_make()), CHALLENGE)
    with pytest.raises(NotBelieved):
        passkeys.verified_registration(SITE, phone.made(asked_to_make()), b"x" * 32)


@pytest.mark.parametrize("flags", [0, PRESENT, VERIFIED])
def test_a_key_that_asked_nobody_is_not_believed(flags: int) -> None:
    phone = Authenticator()
    key = made(phone)
    phone.flags = flags
    with pytest.raises(NotBelieved):
        count_of(key, phone.signed(asked_to_sign()))
    with pytest.raises(NotBelieved):
        made(phone)


def test_an_answer_for_the_other_question_is_not_believed() -> None:
    phone = Authenticator()
    key = made(phone)
    with pytest.raises(NotBelieved):
        count_of(key, phone.made(asked_to_make()))
    with pytest.raises(NotBelieved):
        passkeys.verified_registration(SITE, phone.signed(asked_to_sign()), CHALLENGE)


def test_an_id_longer_than_there_is_is_not_kept() -> None:
    phone = Authenticator()
    phone.id = b"i" * 1_024
    with pytest.raises(NotBelieved):
        made(phone)


# What is hostile -------------------------------------------------------------------------------------------------


def must_be_refused_quietly(answer: str) -> None:
    """Whatever it is, it is not believed, and nothing else is raised."""
    key = made(Authenticator())
    for look in (
        lambda: passkeys.challenge_in(answer),
        lambda: passkeys.credential_in(answer),
        lambda: passkeys.verified_registration(SITE, answer, CHALLENGE),
        lambda: count_of(key, answer),
    ):
        try:
            look()
        except NotBelieved:
            continue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["id", "rawId", "type", "response", "clientExtensionResults", "authenticatorAttachment"])
PARTS = st.sampled_from(
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle", "transports"]
)
FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(st.text() | JSON.map(json.dumps))
@FUZZ
@pytest.mark.slow
def test_anything_at_all_is_refused_without_a_fuss(answer: str) -> None:
    must_be_refused_quietly(answer)
    with pytest.raises(NotBelieved):
        passkeys.verified_registration(SITE, answer, CHALLENGE)


@given(field=FIELDS, part=PARTS, value=JSON | st.binary(max_size=200).map(b64), inside=st.booleans(), new=st.booleans())
@FUZZ
@pytest.mark.slow
def test_an_answer_with_one_thing_wrong_is_refused_without_a_fuss(
    field: str, part: str, value: object, inside: bool, new: bool
) -> None:
    phone = Authenticator()
    answer = json.loads(phone.made(asked_to_make()) if new else phone.signed(asked_to_sign()))
    if inside:
        answer["response"][part] = value
    else:
        answer[field] = value
    must_be_refused_quietly(json.dumps(answer))


@given(cut=st.integers(0, 400), flip=st.integers(0, 400), bit=st.integers(0, 7))
@FUZZ
@pytest.mark.slow
def test_truncated_and_bent_cbor_is_refused_without_a_fuss(cut: int, flip: int, bit: int) -> None:
    answer = json.loads(Authenticator().made(asked_to_make()))
    whole = bytearray(unb64(answer["response"]["attestationObject"]))
    whole[flip % len(whole)] ^= 1 << bit
    answer["response"]["attestationObject"] = b64(bytes(whole))
    must_be_refused_quietly(json.dumps(answer))
    answer["response"]["attestationObject"] = b64(bytes(whole[: cut % len(whole)]))
    with pytest.raises(NotBelieved):
        passkeys.verified_registration(SITE, json.dumps(answer), CHALLENGE)


@pytest.mark.parametrize(
    "cbor",
    [
        b"\x9b" + b"\xff" * 8,  # A list of more things than there are atoms.
        b"\xbb" + b"\xff" * 8,
        b"\x81" * 5_000,  # A list in a list in a list.
        b"\xd8\x1c" * 3_000,  # Shared values that share themselves.
        b"\x5b" + b"\x7f" + b"\xff" * 7,
        cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b"short"}),
        cbor2.dumps({"fmt": "packed", "attStmt": {"alg": -7, "sig": b"", "x5c": [b"x"]}, "authData": b"a" * 200}),
        cbor2.dumps(7),
    ],
)
def test_cbor_that_would_eat_memory_or_depth_is_refused(cbor: bytes) -> None:
    answer = json.loads(Authenticator().made(asked_to_make()))
    answer["response"]["attestationObject"] = b64(cbor)
    with pytest.raises(NotBelieved):
        passkeys.verified_registration(SITE, json.dumps(answer), CHALLENGE)


def test_a_nest_of_brackets_and_a_very_long_answer_are_refused() -> None:
    for answer in ("[" * 30_000, '{"a":' * 6_000, "x" * 40_000):
        with pytest.raises(NotBelieved):
            passkeys.challenge_in(answer)
        with pytest.raises(NotBelieved):
            passkeys.credential_in(answer)
