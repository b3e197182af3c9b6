"""What the world finds at once, and what it forgets: whose number it is, and numbers of nobody."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG
from town import START_MS, Town

from tocsin.core.directory import Contact, Directory
from tocsin.core.limits import SECOND_MS, UNKNOWN_NUMBER_REPLY_MS, UNVERIFIED_SHOWN_MS
from tocsin.core.words import Channel
from tocsin.runtime.phonebook import Phonebook
from tocsin.runtime.world import World


def scanned(directory: Directory, number: str) -> set[str]:
    phones = (Channel.SMS, Channel.VOICE)
    members = directory.members.values()
    return {m.id for m in members if any(c.to == number and c.kind in phones for c in m.contacts)}


def known(world: World, number: str) -> set[str]:
    return {member.id for member in world.known_by_number(ORG, number)}


def moved(directory: Directory, name: str, *numbers: str, kind: Channel = Channel.SMS) -> Directory:
    contacts = tuple(Contact(f"{name}/{n}", kind, number, verified=True) for n, number in enumerate(numbers))
    return replace(directory, members={**directory.members, name: replace(directory.members[name], contacts=contacts)})


def test_a_number_is_found_as_if_everybody_had_been_looked_through_whatever_changes() -> None:
    town, number, other = Town(), NUMBERS["noor"], "+12025550180"
    world, first = town.world, town.directory
    changes = [
        moved(first, "teo", number, other),
        moved(first, "noor"),
        moved(first, "noor", other, other, kind=Channel.VOICE),
        moved(first, "noor", number, kind=Channel.EMAIL),
        replace(first, members={id: m for id, m in first.members.items() if id != "noor"}),
        replace(first, devices={}),
        first,
    ]
    for directory in [first, *changes, *reversed(changes)]:
        world.directories[ORG] = directory
        for asked in (number, other, NUMBERS["teo"], "+12025550199"):
            assert known(world, asked) == scanned(directory, asked)


def test_a_layer_knows_its_own_people_and_the_world_below_still_those_that_are_true() -> None:
    town, other = Town(), "+12025550180"
    layer = World(town.world)
    layer.directories[ORG] = moved(town.directory, "noor", other)
    assert known(layer, other) == {"noor"} and known(town.world, other) == set()
    assert known(layer, NUMBERS["noor"]) == set() and known(town.world, NUMBERS["noor"]) == {"noor"}


def test_people_who_did_not_change_are_not_looked_at_again() -> None:
    book, directory = Phonebook(), Town().directory
    assert book.members_of(directory, NUMBERS["teo"]) == ("teo",)
    looked = book.looked_at
    book.members_of(replace(directory, name="Renamed"), NUMBERS["teo"])
    book.members_of(moved(directory, "noor", "+12025550180"), NUMBERS["teo"])
    assert book.looked_at == looked + 1


@pytest.mark.parametrize("restarts", [False, True])
def test_unknown_numbers_are_forgotten_in_time_and_answered_once_an_hour_all_the_same(restarts: bool) -> None:
    town = Town(restarts=restarts)
    for hour in range(4):
        town.at(hour * UNKNOWN_NUMBER_REPLY_MS / SECOND_MS)
        for number in range(20):
            assert town.text(f"+1202555{number:04}", "who is this") is not None
            assert town.text(f"+1202555{number:04}", "hello") is None
        for number in range(20):
            town.text(f"+1303555{hour:02}{number:02}", "hello")
    assert len(town.world.callers) <= 60
    assert sum(stream.startswith("caller/") for _, stream in town.world.versions) <= 60


def test_an_unverified_sos_is_remembered_for_as_long_as_it_is_shown() -> None:
    town = Town()
    town.text("+12025550190", "SOS")
    town.at(UNVERIFIED_SHOWN_MS / SECOND_MS - 1)
    town.text("+12025550191", "SOS")
    assert [one.sender for one in town.world.strangers_of(ORG, START_MS - 1)] == ["+12025550190", "+12025550191"]
    town.at(UNVERIFIED_SHOWN_MS / SECOND_MS + 1)
    town.text("+12025550192", "SOS")
    assert [one.sender for one in town.world.strangers.values()] == ["+12025550191", "+12025550192"]
    assert sum(stream.startswith("stranger/") for _, stream in town.world.versions) == 2
    assert not town.world.strangers_of("elsewhere", START_MS)
