"""The form of an answering sentence: dates, amounts, causes, the year asked for, and who gives to whom."""

from dataclasses import replace

import pytest

from bot.form import BONUS, ESSAY, form_bonus
from bot.question import read_question
from corpus.documents import ARTICLE
from tests.bot.made import sentence


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("When was the treaty signed?", "They signed the treaty on 16 July 2001.", "The treaty has 25 articles."),
        ("How much was trade?", "Trade was worth $244.81 billion.", "Trade grew five times."),
        ("How much was trade?", "Trade was worth 240 billion US dollars.", "Trade grew by 3%."),
        ("What share of oil goes to China?", "About 47% of the oil goes to China.", "Oil goes to China."),
        (
            "When will the reactor start?",
            "The reactor is due to start in 2027.",
            "The building of the reactor started in 2021.",
        ),
        (
            "When do the deliveries begin?",
            "Deliveries should begin in January 2027.",
            "Deliveries began in January 2020.",
        ),
        (
            "Russia's share of China's trade",
            "Trade with Russia was 2.4% of China's trade.",
            "China's share of Russia's trade was 18%.",
        ),
        (
            "share of China in Russian trade",
            "China's share of Russia's trade was 18%.",
            "Trade with Russia was 2.4% and Russia's share of China's trade small.",
        ),
        (
            "What percentage of Russian exports goes to China?",
            "China's share of Russian exports was 30%.",
            "Russia's share of Chinese exports was 3%.",
        ),
        ("Why did they quarrel?", "They quarrelled because of the border.", "They quarrelled in 1960."),
        (
            "Compare trade in 2022 with that of 2023",
            "Trade of China and Russia was $240.11 billion in 2023.",
            "Trade of China and Russia grew in 2023.",
        ),
        (
            "how much gas does russia sell to china",
            "Russia sold China 38.8 billion cubic metres of gas.",
            "Russia sold gas to China at $277 per 1,000 cubic metres of it.",
        ),
        (
            "How much oil did China buy?",
            "China bought 107 million tonnes of oil.",
            "China bought oil for $60.6 billion.",
        ),
        ("How much oil money did it pay?", "It paid $60.6 billion for oil.", "It bought 107 million tonnes of oil."),
        (
            "Who met Gorbachev in Beijing?",
            "Mikhail Gorbachev was met by Deng Xiaoping in Beijing.",
            "Soviet leader Mikhail Gorbachev came to Beijing.",  # says nobody whom the question does not
        ),
        ("Who owned the coast?", "The Russian Empire owned the coast.", "It was owned."),
        ("Why did Huawei stop?", "The stop was read as caution.", "Huawei has stopped since March 2022."),
        ("What limits the relationship?", "Mistrust limits the relationship.", "Friendship has no limits."),
        ("Who signed it?", "Foreign minister Zhou Enlai signed it.", "It was signed."),
        (
            "Does China supply weapons to Russia?",
            "China said it sent no weapons to Russia.",
            "Russia sold weapons to China.",
        ),
        ("Did Russia sell weapons to China?", "Russia sold weapons to China.", "China sent drones to Russia."),
    ],
)
def test_the_right_form_is_worth_more(question: str, better: str, worse: str) -> None:
    asked = read_question(question)
    assert form_bonus(asked, question, sentence(better)) > form_bonus(asked, question, sentence(worse))


def test_a_sentence_about_the_year_beats_one_that_only_mentions_it() -> None:
    asked = read_question("How much was trade in 2016?")
    about = sentence("Trade was $69.5 billion in 2016.", "2016")
    mentions = sentence("Trade was $84 billion in 2017, more than in 2016.", "2017")
    undated = sentence("Trade was $69.5 billion in 2016.")
    values = [form_bonus(asked, "How much was trade in 2016?", s) for s in (about, undated, mentions)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 3


def test_no_limits_is_what_a_question_about_that_phrase_asks_for() -> None:
    question = "Who called it a friendship without limits?"
    said = sentence("Friendship has no limits.")
    assert form_bonus(read_question(question), question, said) == 0.0
    question = "What limits the friendship?"  # "limits" looks like a cause, 2, and costs 6
    assert form_bonus(read_question(question), question, said) == pytest.approx(-4 * BONUS)


@pytest.mark.parametrize(
    ("question", "told", "worth"),
    [
        ("What did each side claim?", "China said the island was Chinese.", 2.5),
        ("What did each side claim?", "Chinese sources give 72 killed.", 1.0),
        ("How many dead did each side claim?", "China said the island was Chinese.", 2.5),
        ("How many dead did each side claim?", "Chinese sources give 72 killed.", 2.5),
    ],
)
def test_a_count_of_the_dead_is_no_account_of_a_dispute(question: str, told: str, worth: float) -> None:
    asked = read_question(question)
    assert form_bonus(asked, question, sentence(told, dispute=0)) == pytest.approx(worth * BONUS)


# What the question expressly wants


@pytest.mark.parametrize(
    ("question", "dispute", "kind", "text", "bonus"),
    [
        ("What does each side say of the border?", 0, "brief", "The accounts of the border differ.", 2.5),
        ("What does each side say of the border?", None, "brief", "The accounts of the border differ.", 0),
        ("What is said of the border?", 0, "brief", "The accounts of the border differ.", 0),
        ("What does the essay say of trust?", None, ARTICLE, "Mistrust has old roots.", ESSAY / BONUS),
        ("What does the essay say of trust?", None, "brief", "Mistrust has old roots.", 0),
        ("What is said of trust?", None, ARTICLE, "Mistrust has old roots.", 0),
        ("What was the earliest treaty?", None, "brief", "The first treaty was signed at Nerchinsk.", 0.5),
        ("What was the earliest treaty?", None, "brief", "A treaty was signed at Nerchinsk.", 0),
        ("What treaty is in force?", None, "brief", "The first treaty was signed at Nerchinsk.", 0),
        (
            "What does each side say of the first shot in the essay?",
            0,
            ARTICLE,
            "Each side said the other began.",
            3 + ESSAY / BONUS,
        ),
    ],
)
def test_what_is_expressly_wanted_is_worth_more(
    question: str, dispute: int | None, kind: str, text: str, bonus: float
) -> None:
    found = form_bonus(read_question(question), question, sentence(text, dispute=dispute), kind)
    assert found == pytest.approx(bonus * BONUS)


@pytest.mark.parametrize(
    ("question", "date", "bonus"),
    [
        ("Tell me of exercises in the 1990s", "1990-01-01", 1),
        ("Tell me of exercises in the 1990s", "1999-12-31", 1),
        ("Tell me of exercises in the 1990s", "2000-01-01", -2),
        ("Tell me of exercises in the 1990s", "1989", -2),
        ("Tell me of exercises in the 1990s", None, 0),
        ("Tell me of exercises since 2014", "2014-05-20", 1),
        ("Tell me of exercises after 2014", "2014-05-20", -2),
        ("Tell me of exercises after 2014", "2015-05-20", 1),
        ("Tell me of exercises before 2014", "2014-05-20", -2),
        ("Tell me of exercises before 2014", "2013-05-20", 1),
        ("Tell me of exercises by 2014", "2014-05-20", 1),
        ("Tell me of exercises", "2014-05-20", 0),
    ],
)
def test_an_event_counts_by_whether_it_falls_into_the_years_asked_for(
    question: str, date: str | None, bonus: float
) -> None:
    found = form_bonus(read_question(question), question, sentence("They held exercises.", date))
    assert found == pytest.approx(bonus * BONUS)


@pytest.mark.parametrize(
    ("text", "itself"),
    [
        ("Amur's list of visits holds 20 summits.", True),
        ("Amur’s sources name no other treaty.", True),
        ("The Amur texts hold no figure for 2025.", True),
        ("Selected events are listed below.", True),
        ("Summits, visits and calls are listed by date.", True),
        ("Only part of the visits are listed.", True),
        ("Of the visits this list holds ten.", True),
        ("The Amur is a border river.", False),
        ("China and Russia bridged the Amur in 2022.", False),
        ("They selected events for the year of culture.", False),
        ("The sanctions list has grown.", False),
    ],
)
def test_a_sentence_about_the_list_itself_is_not_preferred(text: str, itself: bool) -> None:
    question = "Tell me of visits"
    found = form_bonus(read_question(question), question, sentence(text))
    assert found == pytest.approx(-2 * BONUS if itself else 0.0)


@pytest.mark.parametrize(
    ("question", "text", "bonus"),
    [
        ("How much gas is sold?", "Russia sold gas to China.", 0.75),
        ("How much gas is sold?", "Russia sold gas to Japan.", 0),
        ("How much gas does Vietnam get?", "Russia sold gas to China.", 0),  # it names somebody else
        ("Tell me of gas", "Russia sold gas to China.", 0),
    ],
)
def test_a_figure_about_the_two_is_worth_more_where_nobody_else_is_named(
    question: str, text: str, bonus: float
) -> None:
    assert form_bonus(read_question(question), question, sentence(text)) == pytest.approx(bonus * BONUS)


@pytest.mark.parametrize(
    ("question", "section", "bonus"),
    [
        ("Tell me about the border", 0, 1),
        ("Can you summarise the border talks?", 0, 1),
        ("Give me an overview of the border", 0, 1),
        ("Tell me about the border", 1, 0),
        ("Where is the border?", 0, 0),
    ],
)
def test_the_opening_of_a_text_is_worth_more_where_nothing_in_particular_is_asked(
    question: str, section: int, bonus: float
) -> None:
    opening = replace(sentence("Rivers divide them."), section=section)
    assert form_bonus(read_question(question), question, opening) == pytest.approx(bonus * BONUS)
