"""Whose word a sentence is: voices are found in the shapes of the corpus, and a claim that drops or exchanges one is told."""

import pytest

from bot.attribution import brought_in, left_out, voices

TRIP = "US House Speaker Nancy Pelosi landed in Taipei on 2 August 2022, and Russia's Foreign Ministry called the trip a provocation."


def names(text: str) -> set[frozenset[str]]:
    return {voice.names for voice in voices(text) if voice.needed}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("China said in July 2026 that the claim was baseless.", {"china"}),
        ("The claim was baseless, Mao Ning said in July 2026.", {"mao", "ning"}),
        ("Trade fell by 9.1%, according to Reuters.", {"reuters"}),
        ("China was named an enabler of the war by NATO in July 2024.", {"nato"}),
        ("Vladimir Putin, asked at the Valdai Club in 2020, called an alliance unneeded.", {"putin", "vladimir", "valdai", "club"}),
        ("In the judgement of SIPRI exports fell.", {"sipri"}),
        ("Alexander Novak gave deliveries in 2022 as 15.5 billion cubic metres.", {"alexander", "novak"}),
        ("The Chinese newspaper China Daily reported the handover.", {"china", "chinadaily"}),
        ("Moscow denied the report.", {"russia"}),
    ],
)  # fmt: skip
def test_a_voice_is_found_with_its_names(text: str, wanted: set[str]) -> None:
    assert names(text) == {frozenset(wanted)}


@pytest.mark.parametrize(
    "text",
    [
        "China and Russia signed the treaty in Moscow on 16 July 2001.",
        "Chinese and Soviet forces fought on Zhenbao Island, called Damansky in Russian.",
        "The aircraft was named CR929 in September 2017.",
        "Each must give military help if the other is attacked.",
        "Peskov gave no timetable.",
        "",
    ],
)
def test_what_is_nobodys_word_has_no_voice(text: str) -> None:
    assert names(text) == set()


@pytest.mark.parametrize(
    ("claim", "text", "told"),
    [
        ("Pelosi's trip of 2 August 2022 was a provocation.", TRIP, "it is the word of russia"),
        ("Russia called Pelosi's trip a provocation.", TRIP, ""),
        ("Moscow described Pelosi's trip as a provocation.", TRIP, ""),
        # what a medium passes on may come without the medium, but not without who said it first
        ("China says that it supplies no lethal aid.", "China says that it supplies no lethal aid, AP noted in 2024.", ""),
        ("China supplies no aid, AP noted.", "China says that it supplies no aid, AP noted in 2024.", "it is the word of china"),
        # an analyst's word is not passed on by him
        ("Moscow refused a junior role.", "Moscow refused a junior role, Dmitri Trenin held in 2012.", "it is the word of dmitri, trenin"),
        ("Moscow refused a junior role, argued Trenin.", "Moscow refused a junior role, Dmitri Trenin held in 2012.", ""),
        ("Trade fell.", "Trade fell, The Bell found.", "it is the word of bell"),
        ("The price was about 2 billion dollars.", "The price was estimated at about 2 billion dollars.", "it is the word of somebody"),
        ("The price was put at about 2 billion dollars.", "The price was estimated at about 2 billion dollars.", ""),
        ("Trade rose by half.", "The consultants TeDo estimate that trade rose by half.", "it is the word of tedo"),
        ("TeDo estimates trade rose by half.", "The consultants TeDo estimate that trade rose by half.", ""),
        ("It was an attack.", "The Great Encyclopedia presents the fighting as an attack.", "it is the word of encyclopedia, great"),
        ("A panel was against it.", "Robert Hamilton advised a panel against it.", "it is the word of hamilton, robert"),
        ("It was Putin who asked for the call.", "The Xi-Putin telephone call was made at Putin's request.", ""),
        ("The aid was small.", "Press reports said that the aid was small.", "it is the word of press, report"),
        ("The aid was small, according to press reports.", "Press reports said that the aid was small.", ""),
    ],
)  # fmt: skip
def test_a_voice_that_is_left_out_is_told(claim: str, text: str, told: str) -> None:
    assert left_out(claim, text) == told


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("China's Foreign Ministry called the trip a provocation.", "it is not the word of china"),
        ("Russia's Foreign Ministry called the trip a provocation.", ""),
        ("Russia's Foreign Ministry confirmed that the trip was a provocation.", "'confirmed' is not the text's word"),
        ("Russia rightly called the trip a provocation.", "'rightly' is not the text's word"),
        ("Pelosi landed in Taipei.", ""),
    ],
)
def test_a_voice_or_a_taking_of_sides_that_the_text_has_not_is_told(claim: str, told: str) -> None:
    assert brought_in(claim, TRIP) == told
