"""The form of an answering sentence: dates, amounts, causes, the year asked for, and who gives to whom."""

import pytest

from bot.form import form_bonus
from bot.question import read_question
from index.lexical import tokenise
from index.texts import StoredSentence


def sentence(text: str, date: str | None = None) -> StoredSentence:
    return StoredSentence(
        row=0, document_id="d", chunk=0, source_start=0, source_end=len(text), paragraph=0, section=0, references=(), date=date,
        dispute=None, who=None, text=text, tokens=tuple(tokenise(text)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("When was the treaty signed?", "They signed the treaty on 16 July 2001.", "The treaty has 25 articles."),
        ("How much was trade?", "Trade was worth $244.81 billion.", "Trade grew five times."),
        ("How much was trade?", "Trade was worth 240 billion US dollars.", "Trade grew by 3%."),
        (
            "What share of oil goes to China?",
            "About 47% of the oil goes to China.",
            "Oil worth $60 billion goes to China.",
        ),
        ("How many Su-35 did China buy?", "China bought 24 Su-35 fighters.", "China bought Su-35 fighters in 2015."),
        ("Why did they quarrel?", "They quarrelled because of the border.", "They quarrelled in 1960."),
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


def test_a_year_is_no_count() -> None:
    asked = read_question("How many treaties were signed?")
    assert form_bonus(asked, "How many treaties were signed?", sentence("In 1950 treaties were signed.")) == 0.0
