"""The check of a model's sentences: false ones refused for the right reason, honest ones kept, in English and across scripts."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.amounts import amounts
from bot.check import Checked, Cited, check_sentence
from bot.nametable import names_lacking
from bot.scripts import CODES, words, words_pattern
from corpus.documents import load_corpus
from corpus.glossary import Entry, load_glossary
from corpus.settings import SHIPPED_TEXTS
from evals.perturb import names_in, perturb_all
from tests.bot.mutating import mutate

HERE = Path(__file__).parent
GLOSSARY = tuple(load_glossary([SHIPPED_TEXTS]))
SIGNED = "China and Russia signed the Treaty of Good-Neighbourliness in Moscow on 16 July 2001."
TRADE = "Trade between China and Russia was worth $244.8 billion in 2024, 1.9% more than in 2023."
NOTHING = "Gazprom and CNPC did not sign a contract for the Power of Siberia 2 pipeline in Beijing in May 2026."


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def check(sentence: str, *texts: str) -> Checked:
    return check_sentence(sentence, [Cited(text=text) for text in texts], GLOSSARY)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        (SIGNED, "verbatim"),
        (SIGNED.replace(" ", "\u00a0").replace("-", "–").rstrip("."), "verbatim"),
        ("On 16 July 2001 Russia and China signed the Treaty of Good-Neighbourliness in Moscow.", "supported"),
        ("China and Russia signed the Treaty of Good-Neighbourliness in Moscow", "supported"),
        ("16 июля 2001 года Китай и Россия подписали в Москве договор.", "translated"),
        ("2001年7月16日，中国和俄罗斯在莫斯科签署条约。", "translated"),
    ],
)
def test_the_verdict_says_what_was_checked(sentence: str, verdict: str | None) -> None:
    assert check(sentence, SIGNED).verdict == verdict


def test_a_part_of_a_denied_or_attributed_sentence_is_not_verbatim() -> None:
    assert check("China joined the war.", "Neither side said that China joined the war.").verdict is None
    assert check("The trip was a provocation.", "Moscow called the trip a provocation.").kind == "unattributed"
    assert check("Russia will build two reactors.", "Russia plans to build two reactors.").verdict == "supported"
    assert check("Russia builds two reactors.", "Russia plans to build two reactors.").kind == "overstated"


def test_no_span_and_no_language() -> None:
    assert check(SIGNED).kind == "no-citation"
    assert check("Der Vertrag wurde von den beiden nicht unterzeichnet.", SIGNED).kind == "unchecked-language"
    assert check("条約は2001年に署名された。", SIGNED).verdict is None
    assert check_sentence(SIGNED, [Cited(text="Der Vertrag ist vom 16. Juli 2001.", language="de")]).verdict is None


def test_of_several_spans_those_that_bear_the_sentence_are_cited() -> None:
    other = "Trade fell in 2020."
    assert check(SIGNED, other, SIGNED).rests_on == (1,)
    longer = "On 16 July 2001 China and Russia signed the Treaty of Good-Neighbourliness in Moscow."
    assert check(longer, SIGNED, other, SIGNED + " It has 25 articles.").rests_on == (0, 2)
    both = "The Treaty of Good-Neighbourliness was signed on 16 July 2001, and trade fell in 2020."
    assert check(both, SIGNED, other) == Checked(verdict="supported", rests_on=(0, 1))


def test_details_of_two_spans_are_not_put_together() -> None:
    one, two = "Trade reached 190 billion dollars in 2022.", "Trade reached 240 billion dollars in 2023."
    assert check("Trade reached 190 billion dollars in 2023.", one, two).kind == "combined"
    assert (
        check("Trade reached 190 billion dollars in 2022 and 240 billion dollars in 2023.", one, two).verdict
        == "supported"
    )
    assert check("В 2023 году торговля достигла 190 млрд долларов.", one, two).kind == "combined"
    assert check("В 2022 году торговля достигла 190 млрд долларов.", one, two).rests_on == (0,)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("В 2024 году торговля Китая и России составила 244,8 млрд долларов, на 1,9 % больше, чем в 2023 году.", ""),
        ("В 2024 году торговля Китая и России составила 244,9 млрд долларов.", "unsupported-figure"),
        ("В 2024 году торговля Китая и России составила 244,8 млн долларов.", "unsupported-figure"),
        ("В 2024 году торговля Китая и России составила 244,8 млрд юаней.", "unsupported-act"),
        ("В 2024 году торговля Китая и России не достигла 244,8 млрд долларов.", "unsupported-negation"),
        ("В 2024 году торговля Китая и Японии составила 244,8 млрд долларов.", "unsupported-name"),
        ("2024年中俄贸易额为2448亿美元，比2023年增长1.9%。", ""),
        ("2024年中俄贸易额为2448万美元。", "unsupported-figure"),
        ("2025年中俄贸易额为2448亿美元。", "unsupported-figure"),
        ("2024年中俄贸易额为2448亿美元，比2023年下降1.9%。", "unsupported-act"),
        ("2024年中日贸易额没有达到2448亿美元。", "unsupported-negation"),
    ],
)
def test_one_change_across_scripts_is_named(sentence: str, kind: str) -> None:
    found = check(sentence, TRADE)
    assert (found.kind, found.verdict) == (kind, None if kind else "translated")


def test_a_denial_is_kept_across_scripts() -> None:
    assert (
        check("В мае 2026 года «Газпром» и КННК не подписали контракт на «Силу Сибири — 2».", NOTHING).verdict
        == "translated"
    )
    assert (
        check("В мае 2026 года «Газпром» и КННК подписали контракт на «Силу Сибири — 2».", NOTHING).kind
        == "unsupported-negation"
    )
    assert check("2026年5月，俄气与中石油签署了西伯利亚力量2号的合同。", NOTHING).kind == "unsupported-negation"
    assert check("2026年5月，俄气与中石油没有签署西伯利亚力量2号的合同。", NOTHING).verdict == "translated"


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("244.8 billion", "en", {"244800000000"}), ("244,8 млрд", "ru", {"244800000000"}), ("2448亿", "zh", {"244800000000"}),
        ("1亿2000万", "zh", {"120000000"}), ("1,023 tonnes", "en", {"1023"}), ("1 023 тонны", "ru", {"1023"}), ("3.6万", "zh", {"36000"}),
        ("12 per cent", "en", {"12%"}), ("12 процентов", "ru", {"12%"}), ("百分之十二", "zh", {"12%"}),
        ("19–23%", "en", {"19%", "23%"}),
        ("two sides, five years, the sixth", "en", {"2", "5", "6"}), ("пять лет, шестой раз", "ru", {"5", "6"}), 
        ("五年，第六次，两国", "zh", {"5", "6"}),
        ("2019–23", "en", {"2019", "2023"}), ("20世纪50年代", "zh", {"1950"}), ("1950-е годы", "ru", {"1950"}), ("XIX век", "ru", {"19"}),
        ("报道，2023年", "zh", {"2023"}), ("二〇二四年", "zh", {"2024"}), ("", "en", set()),
    ],
)  # fmt: skip
def test_numbers_have_one_form_in_every_script(text: str, language: str, numbers: set[str]) -> None:
    assert amounts(text, language).numbers == numbers


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("on 9–13 August 2021 and in May 2022", "en"), ("on August 9–13, 2021 and in May 2022", "en"),
        ("с 9 по 13 августа 2021 года и в мае 2022 года", "ru"),
        ("2021年8月9日至13日，2022年5月", "zh"),
    ],
)  # fmt: skip
def test_dates_have_one_form_in_every_script(text: str, language: str) -> None:
    found = amounts(text, language)
    assert (found.days, found.months) == ({(8, 9), (8, 13)}, {5, 8})
    assert {"2021", "2022"} <= found.numbers
    assert (5, "2022") in found.dated


def test_names_across_scripts() -> None:
    def lacking(claim: str, language: str, text: str) -> list[str]:
        return names_lacking(claim, language, text, "en", GLOSSARY)

    assert lacking("习近平会见普京", "zh", "Xi Jinping met Vladimir Putin.") == []
    assert lacking("习近平会见普京", "zh", "Xi met Putin in Russia.") == []
    assert lacking("李强访问", "zh", "Li Hui visited.") == ["Li Qiang"]
    assert lacking("на встрече Лаврова с Ван И", "ru", "Sergei Lavrov met Wang Yi.") == []
    assert lacking("на встрече Медведева с Ван И", "ru", "Sergei Lavrov met Wang Yi.") == ["Медведева"]
    assert lacking("из Саратова", "ru", "from Saratov") == []
    assert lacking("弗拉基米尔·塔季", "zh", "Putin") == ["弗拉基米尔·塔季"]
    assert (
        names_lacking(
            "Китай или Россия", "ru", "China and Russia", "en", [Entry(term="Ili region", ru=("Или",), kind="place")]
        )
        == []
    )


def test_the_words_of_every_language_are_patterns() -> None:
    found = words()
    said = [
        *found.states.values(),
        found.denials,
        found.no_denials,
        *(s for group in found.opposites for s in group.values()),
    ]
    for by_language in said:
        assert set(by_language) == set(CODES)
        for code, pattern in by_language.items():
            assert not words_pattern(pattern, code).search("")
    assert all(len(group) > 1 for group in found.opposites)


def test_of_200_mutants_none_is_verbatim_and_hardly_any_supported() -> None:
    corpus = load_corpus((SHIPPED_TEXTS,))
    sentences = [d.quote(s.start, s.end) for d in corpus.documents if d.language == "en" for s in d.sentences]
    made = perturb_all(sentences, seed=6, each=34, names=names_in(sentences))[:200]
    assert len(made) == 200
    verdicts = [check(m.text, m.original).verdict for m in made]
    assert verdicts.count("verbatim") == 0
    assert verdicts.count("supported") <= 4


def test_honest_paraphrases_are_kept() -> None:
    found = [(p["claim"], check(p["claim"], p["text"])) for p in lines("paraphrases.jsonl")]
    refused = [(claim, c.kind) for claim, c in found if c.verdict != "supported"]
    assert len(found) >= 100
    assert len(refused) <= 0.08 * len(found), refused  # 6 of 101 in November 2026


def test_honest_translations_are_kept_and_mutants_of_them_are_not() -> None:
    """99 of 100 translations were kept and 8 of 1,065 mutants passed in November 2026; of the last 30 translations, which were written
    after the rules, 26 at once, and 3 of their 252 mutants passed."""
    random = Random(6)
    kept, passed, mutants = [], [], 0
    translations = lines("translations.jsonl")
    for t in translations:
        kept.append(check(t["claim"], t["text"]).verdict)
        for sort, mutant in mutate(t["claim"], t["language"], random):
            mutants += 1
            if check(mutant, t["text"]).verdict is not None:
                passed.append((sort, mutant))
    assert len(kept) == 100
    assert kept.count("translated") >= 95
    assert mutants > 300
    assert len(passed) <= 0.02 * mutants, passed


def test_sentences_as_models_write_them() -> None:
    """Written by hand on spans of the corpus: of 178 that change something (the attribution, the year, a "not", the actor, how sure, how
    general) five passed in November 2026, none of them without its attribution; 84 of 92 honest ones were kept."""
    found = [(s, check(s["claim"], *s["texts"]).verdict is not None) for s in lines("written.jsonl")]
    passed = [s["claim"] for s, kept in found if kept and not s["honest"]]
    lost = [s["claim"] for s, kept in found if not kept and s["honest"]]
    assert not [
        s["claim"]
        for s, kept in found
        if kept and s["sort"] in ("attribution", "mixed", "both sides") and not s["honest"]
    ]
    assert len(passed) <= 5, passed
    assert len(lost) <= 10, lost


@pytest.mark.parametrize(
    ("claim", "kept"),
    [
        ("Министерство иностранных дел Китая назвало обвинения в обучении российских солдат необоснованными.", True),
        ("Обвинения в обучении российских солдат в Китае необоснованны.", False),
        ("中国称关于俄罗斯士兵在中国受训的指控毫无根据。", True),
        ("俄罗斯士兵在中国受训一事毫无根据。", False),
    ],
)
def test_an_attribution_is_kept_across_scripts(claim: str, kept: bool) -> None:
    text = "China's Foreign Ministry called the allegations that Russian soldiers were trained in China baseless."
    found = check(claim, text)
    assert (found.verdict, found.kind) == (("translated", "") if kept else (None, "unattributed"))


def test_each_side_of_two_spans_stays_that_sides() -> None:
    one = "South Korea said that a Russian aircraft entered its airspace."
    two = "Russia denied that its aircraft had violated the airspace of South Korea."
    both = "South Korea said that a Russian aircraft entered its airspace, while Russia denied it."
    assert check(both, one, two) == Checked(verdict="supported", rests_on=(0, 1))
    assert check("A Russian aircraft entered South Korean airspace, while Russia denied it.", one, two).verdict is None
    assert check("Russia said that a Russian aircraft entered its airspace.", one, two).verdict is None
