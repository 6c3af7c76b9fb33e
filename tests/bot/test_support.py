"""The check of support by rules: corrupted claims are refused for the right reason, honest paraphrases are kept."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.roles import roles_changed
from bot.support import SHARE, Support, support, text_near

SIGNED = "China and Russia signed the Treaty of Good-Neighbourliness in Moscow on 16 July 2001."
OIL = "Russia sold 108.5 million tonnes of crude oil to China in 2024, worth $62.4 billion, 1.5% more than in 2023, Reuters reported."
GAS = "Gazprom and CNPC did not sign a contract for the Power of Siberia 2 pipeline during Putin's visit to Beijing in May 2026."
EXTENDED = "The 2001 treaty was extended by China and Russia for five years in June 2021."


def lacking(claim: str, text: str) -> tuple[str, ...]:
    found = support(claim, text)
    assert found.supported is (found.lacking == ())
    return found.lacking


@pytest.mark.parametrize("text", [SIGNED, OIL, GAS, EXTENDED])
def test_a_text_supports_itself_and_its_parts(text: str) -> None:
    assert support(text, text) == Support(supported=True)
    assert support(text.rstrip("."), f"Before. {text} After.") == Support(supported=True)
    assert support(text.replace(" ", "\u00a0\n").replace("'", "’"), text) == Support(supported=True)


@pytest.mark.parametrize(
    ("claim", "text", "details"),
    [
        (SIGNED.replace("16", "17"), SIGNED, ("figure 17 July",)),
        (SIGNED.replace("July", "June"), SIGNED, ("figure 16 June", "figure June")),
        (SIGNED.replace("2001", "2002"), SIGNED, ("figure 2002",)),
        (SIGNED.replace("Moscow", "Beijing"), SIGNED, ("name Beijing", "roles")),
        (SIGNED.replace("signed", "never signed"), SIGNED, ("negation",)),
        (SIGNED.replace("signed", "did not sign"), SIGNED, ("negation",)),
        (SIGNED.replace("signed", "cancelled"), SIGNED, ("act cancel",)),
        (OIL.replace("108.5", "185.0"), OIL, ("figure 185.0", "figure 185.0 million")),
        (OIL.replace("108.5 million", "108.5 billion"), OIL, ("figure 108.5 billion",)),
        (OIL.replace("$62.4 billion", "$62.4 million"), OIL, ("figure 62.4 million",)),
        (OIL.replace("1.5%", "1.5 million tonnes"), OIL, ("figure 1.5", "figure 1.5 million", "act tonne")),
        (OIL.replace("more", "less"), OIL, ("act less",)),
        (OIL.replace("$62.4 billion", "62.4 billion yuan"), OIL, ("act yuan",)),
        (OIL.replace("Reuters", "TASS"), OIL, ("name TASS",)),
        ("China sold 108.5 million tonnes of crude oil to Russia in 2024.", OIL, ("roles",)),
        (GAS.replace("did not sign", "signed"), GAS, ("negation",)),
        (GAS.replace("contract", "memorandum"), GAS, ("act memorandum",)),
        ("Gazprom and CNPC signed a contract for the Power of Siberia 2 pipeline.", GAS, ("negation",)),
        (EXTENDED.replace("extended", "cancelled"), EXTENDED, ("act cancel", "words 50%")),
        (EXTENDED.replace("treaty", "statement"), EXTENDED, ("act statement", "words 50%")),
        (EXTENDED.replace("five", "six"), EXTENDED, ("figure 6",)),
    ],
)
def test_one_change_is_named(claim: str, text: str, details: tuple[str, ...]) -> None:
    assert lacking(claim, text) == details


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        # an honest passive, active, and other order
        ("The Treaty of Good-Neighbourliness was signed in Moscow by Russia and China on 16 July 2001.", SIGNED),
        ("China and Russia extended the 2001 treaty for five years in June 2021.", EXTENDED),
        ("In 2024 China was sold 108.5 million tonnes of crude oil by Russia.", OIL),
        # one way of writing for another
        ("Russia and China signed the treaty of good-neighbourliness on July 16, 2001.", SIGNED),
        ("On July 16th, 2001, China and Russia signed the Treaty of Good-Neighbourliness.", SIGNED),
        ("Russia sold 108.5 million tonnes of crude to China, 1.5 per cent more than in 2023.", OIL),
        ("Russia sold crude worth 62.4 billion US dollars to China in 2024.", OIL),
        ("The crude that Russia sold to China in 2024 was worth US$62.4 billion.", OIL),
        ("Exports reached 12000 tonnes.", "Exports reached 12,000 tonnes."),
        ("The pipeline carries 38 bcm a year.", "The pipeline carries 38 billion cubic metres a year."),
        ("The US imposed sanctions on the EU.", "The United States imposed sanctions on the European Union."),
        ("American sanctions hit the bank.", "US sanctions hit the bank."),
        ("The USSR lent 300 million dollars.", "The Soviet Union lent $300 million."),
        ("The PRC joined the convention.", "The People's Republic of China joined the convention."),
        ("Settlements in rubles rose.", "Settlements in roubles rose."),
        ("The defense labor program continued.", "The defence labour programme continued."),
        # words of one row, of one beginning, of one country
        ("China and Russia prolonged the pact of 2001 for five years in June 2021.", EXTENDED),
        ("Exports grew by 5%.", "Exports rose by 5%."),
        ("Deliveries of gas began.", "Gas delivered to the border began to flow: deliveries began."),
        ("Kazakh and Mongolian firms joined.", "Firms of Kazakhstan and Mongolia joined."),
        ("Over 20 banks joined.", "More than 20 banks joined."),
        # what the text denies of something else may be left out
        ("Gas deliveries rose in 2024.", "Gas deliveries rose in 2024 but no contract for the second pipeline was signed."),
        # a denial in other words
        ("CNPC and Gazprom signed no contract for Power of Siberia 2 in May 2026.", GAS),
        ("The firm was unable to place its cargoes.", "The firm could not place its cargoes."),
        ("Neither the target of 2015 nor that of 2020 was met.", "The targets of 2015 and 2020 were not met."),
    ],
)  # fmt: skip
def test_an_honest_paraphrase_is_kept(claim: str, text: str) -> None:
    assert lacking(claim, text) == ()


def test_the_negation_of_another_sentence_is_none_of_the_claims() -> None:
    text = f"Sanctions were not lifted. {SIGNED} The border was never closed."
    assert text_near("China and Russia signed the treaty", text) == SIGNED
    assert lacking("The Treaty of Good-Neighbourliness was signed by China and Russia in Moscow.", text) == ()
    assert lacking("The Treaty of Good-Neighbourliness was not signed by China and Russia in Moscow.", text) == (
        "negation",
    )
    assert lacking("Sanctions were lifted.", text) == ("negation",)
    assert lacking("The border was closed.", text) == ("negation",)
    assert lacking("The sanctions were not lifted at all.", text) == ()


def test_two_denials_need_two() -> None:
    text = "China did not join the pact and Russia signed the protocol."
    assert lacking("China did not join the pact and Russia did not sign the protocol.", text) == ("negation",)


def test_words_that_the_text_lacks_are_too_many() -> None:
    assert SHARE == 0.8
    text = "The bridge at Heihe opened for lorries in June 2022."
    # bridge, Heihe, open, lorri: 4 of 5 with "slowly", 4 of 6 with "for cheap trade" on top.
    assert support("The bridge at Heihe opened slowly for lorries.", text) == Support(supported=True, share=0.8)
    found = support("The bridge at Heihe opened slowly for lorries carrying.", text)
    assert (found.lacking, found.share) == (("words 67%",), 4 / 6)


@pytest.mark.parametrize(
    "claim", ["", " ", "\u200b", ".", "...", "?!", "It was so.", "(", "[", "a*", "\\", "(?P<x>", "+", "^$"]
)
def test_an_empty_claim_is_not_supported(claim: str) -> None:
    assert not support(claim, SIGNED).supported
    assert not support(claim, "").supported


@pytest.mark.parametrize("text", ["", " ", "Nothing of it."])
def test_an_empty_text_supports_nothing(text: str) -> None:
    assert not support(SIGNED, text).supported


@pytest.mark.parametrize(
    "claim", ["Trade (in 2024) rose [by 5%]", "C++ *or* \\d+ rose?", "It cost $5 (more) | less ^ then"]
)
def test_characters_of_patterns_are_plain_text(claim: str) -> None:
    assert support(claim, f"They said: {claim}, and left.") == Support(supported=True)
    assert not support(claim, "aaaa 5").supported


def test_a_part_of_a_word_or_figure_is_not_word_for_word() -> None:
    assert not support("Exports rose by 1", "Exports rose by 15% in May.").supported
    assert not support("Exports rose by 1", "Exports rose by 1.5 in May.").supported
    assert not support("Exports rose by 1", "Exports rose by 1,500 in May.").supported
    assert not support("Exports rose by 1", "Exports rose by 1% in May.").supported
    assert support("Exports rose by 1", "Exports rose by 1. Then they fell.").supported


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("两国于2001年签署条约。", "中国和俄罗斯是邻国。两国于2001年签署条约。此后贸易增长。"),
        ("Договор подписан в Москве.", "Договор подписан в Москве. Он действует."),
    ],
)
def test_word_for_word_holds_in_every_language(claim: str, text: str) -> None:
    assert support(claim, text) == Support(supported=True)
    assert not support(claim.replace("2001", "2002").replace("Москве", "Пекине"), text).supported


@pytest.mark.parametrize(
    ("claim", "text", "changed"),
    [
        ("Russia leased Port Arthur to China.", "China leased Port Arthur to Russia.", True),
        ("China was invaded by Russia.", "Russia invaded China.", False),
        ("Russia was invaded by China.", "Russia invaded China.", True),
        ("China's exports to Russia rose.", "Russia's exports to China rose.", True),
        ("Exports from China to Russia", "Exports to Russia from China", False),
        ("Xi invited Putin.", "Vladimir Putin invited Xi Jinping.", True),
        ("Chinese president Vladimir Putin came.", "Russian president Vladimir Putin met Chinese president Xi Jinping.", True),
        ("Putin, the Russian president, met Xi.", "Russian president Vladimir Putin met Chinese president Xi Jinping.", False),
        ("Russia and China signed it.", "China and Russia signed it.", False),
        ("Russia–China trade grew.", "Trade between China and Russia grew.", False),
        ("8,200 Russian and 1,800 Chinese troops came.", "1,800 Russian and 8,200 Chinese troops came.", True),
        ("It was held in Urumqi, Russia.", "It was held in Urumqi, China, and Chelyabinsk, Russia.", True),
        ("The South China Sea is large.", "Russia is large.", False),
        ("India took 34 per cent of China's arms.", "India took 34 per cent of Russia's arms, China 21.", True),
        ("Nothing is said of them.", "Russia sold gas to China.", False),
        ("", "", False),
    ],
)  # fmt: skip
def test_roles(claim: str, text: str, changed: bool) -> None:
    assert roles_changed(claim, text) is changed


@given(claim=st.text(max_size=60), text=st.text(max_size=60))
def test_any_text_is_checked_without_error(claim: str, text: str) -> None:
    found = support(claim, text)
    assert found.supported is (found.lacking == ())
    assert 0.0 <= found.share <= 1.0


PARAPHRASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "paraphrases.jsonl").read_text(encoding="utf-8").split("\n")
    if line.strip()
]
KEPT = 0.95
"""Of 101 honest paraphrases of sentences of the corpus, 96 were kept in November 2026. The last 40 were written after the rules;
38 of them were kept at once."""


def test_honest_paraphrases_of_the_corpus_are_kept() -> None:
    assert len(PARAPHRASES) >= 100
    refused = [(p["claim"], support(p["claim"], p["text"]).lacking) for p in PARAPHRASES if not support(**p).supported]
    assert 1 - len(refused) / len(PARAPHRASES) >= KEPT, refused


def test_no_paraphrase_is_supported_by_the_text_of_another() -> None:
    texts = [p["text"] for p in PARAPHRASES]
    for i, p in enumerate(PARAPHRASES):
        others = [t for j, t in enumerate(texts) if j != i and support(p["claim"], t).supported]
        assert others == []
