"""What an answer is worth, against values worked out by hand; citations are checked, not believed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.pipeline import Bot
from bot.records import Answer
from bot.settings import Settings
from evals.answers import Score, crashed, is_verbatim, score
from evals.cases import Case, Nugget
from index.build import build_index
from tests.conftest import DOCUMENTS, REFERENCES
from tests.fakes import BagOfWords

DATE = Nugget(id="date", any=("16 July 2001",))
PLACE = Nugget(id="place", any=("moscow",))
LENGTH = Nugget(id="length", any=("25 articles",), vital=False)
ASKED = Case(
    id="treaty",
    question="When was the friendship treaty signed?",
    kind="fact",
    answerable=True,
    nuggets=(DATE, PLACE, LENGTH),
    documents=("treaty",),
    must_not=(r"\b1950\b",),
)
UNANSWERABLE = Case(id="peru", question="What is the capital of Peru?", kind="off-topic", answerable=False)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    folder = tmp_path_factory.mktemp("corpus")
    for name, text in {**DOCUMENTS, "references.json": REFERENCES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, corpus=str(folder), embedding_model=BagOfWords.name, chunk_tokens=64)
    build_index(settings, embedder=BagOfWords())
    return Bot(settings, embedder=BagOfWords())


@pytest.fixture(scope="module")
def answered(bot: Bot) -> Answer:
    answer = bot.answer(ASKED.question)
    assert not answer.abstained
    assert answer.citations[0].document_id == "treaty"
    return answer


@pytest.fixture(scope="module")
def declined(bot: Bot) -> Answer:
    answer = bot.answer(UNANSWERABLE.question)
    assert answer.abstained
    return answer


@pytest.mark.parametrize(
    ("text", "recall", "full", "must_not", "truthfulness", "missed"),
    [
        ("Signed in Moscow on 16 July 2001 [1].", 1.0, True, False, 1, ()),
        ("SIGNED IN MOSCOW ON 16 JULY 2001 [1].", 1.0, True, False, 1, ()),
        ("Signed on 16 July 2001 [1].", 0.5, False, False, 0, ("place",)),
        ("It has 25 articles, says Moscow [1].", 0.5, False, False, 0, ("date",)),
        ("It has 25 articles [1].", 0.0, False, False, -1, ("date", "place")),
        ("Signed in Moscow on 16 July 2001, not in 1950 [1].", 1.0, False, True, -1, ()),
        ("Signed on 16 July 2001, not in 1950 [1].", 0.5, False, True, -1, ("place",)),
    ],
)
def test_an_answer_is_worth_what_it_states(
    bot: Bot,
    answered: Answer,
    text: str,
    recall: float,
    full: bool,
    must_not: bool,
    truthfulness: int,
    missed: tuple[str, ...],
) -> None:
    s = score(ASKED, replace(answered, answer=text), bot.store)
    assert (s.vital_recall, s.fully_answered, s.must_not) == (recall, full, must_not)
    assert (s.truthfulness, s.missed) == (truthfulness, missed)
    assert s.words == len(text.split())
    assert (s.answerable, s.abstained, s.error) == (True, False, None)


def test_an_abstention_on_an_answerable_question_is_worth_nothing_whatever_its_words(
    bot: Bot, declined: Answer
) -> None:
    words = "The nearest it holds: Moscow, 16 July 2001, not 1950."
    s = score(ASKED, replace(declined, answer=words), bot.store)
    assert (s.vital_recall, s.fully_answered, s.must_not, s.truthfulness) == (0.0, False, False, 0)
    assert (s.missed, s.words, s.quotes, s.verbatim) == (("date", "place"), 0, 0, 0)
    assert (s.abstained, s.right_document) == (True, False)


def test_an_unanswerable_question_is_right_declined_and_wrong_answered(
    bot: Bot, answered: Answer, declined: Answer
) -> None:
    right, wrong = score(UNANSWERABLE, declined, bot.store), score(UNANSWERABLE, answered, bot.store)
    assert (right.truthfulness, wrong.truthfulness) == (1, -1)
    for s in (right, wrong):
        assert (s.vital_recall, s.fully_answered, s.right_document, s.missed) == (None, None, None, ())


def test_the_right_document_is_one_of_those_named_and_cited(bot: Bot, answered: Answer) -> None:
    cited = {c.document_id for c in answered.citations}
    assert score(ASKED, answered, bot.store).right_document is True
    assert score(replace(ASKED, documents=("never", *cited)), answered, bot.store).right_document is True
    assert score(replace(ASKED, documents=("never",)), answered, bot.store).right_document is False
    assert score(replace(ASKED, documents=()), answered, bot.store).right_document is None


@pytest.mark.parametrize(
    "broken",
    [
        lambda c: {"source_start": c.source_start + 1},
        lambda c: {"source_end": c.source_end - 1},
        lambda c: {"source_start": c.source_start + 9, "source_end": c.source_end + 9},
        lambda c: {"document_id": "essay"},
        lambda c: {"document_id": "never-there"},
        lambda c: {"cited_text": c.cited_text.replace("2001", "2010")},
        lambda c: {"cited_text": ""},
        lambda c: {"cited_text": "", "source_end": c.source_start},
    ],
    ids=["start", "end", "shifted", "other document", "no document", "other year", "no words", "nothing quoted"],
)
def test_a_quote_that_is_not_in_the_document_at_its_offsets_does_not_count(
    bot: Bot, answered: Answer, broken: Callable[..., dict[str, Any]]
) -> None:
    before = score(ASKED, answered, bot.store)
    assert before.quotes == before.verbatim == len(answered.citations) > 0
    first, *others = answered.citations
    after = score(ASKED, replace(answered, citations=(replace(first, **broken(first)), *others)), bot.store)
    assert (after.quotes, after.verbatim) == (before.quotes, before.verbatim - 1)


def test_a_quote_may_differ_in_type_but_not_in_words(bot: Bot, answered: Answer) -> None:
    c = answered.citations[0]
    assert is_verbatim(bot.store, c.document_id, c.source_start, c.source_end, c.cited_text.replace(" ", "\u00a0\n"))
    assert not is_verbatim(bot.store, c.document_id, c.source_start, c.source_end, c.cited_text.lower())
    assert not is_verbatim(bot.store, c.document_id, c.source_start, c.source_end, c.cited_text + " Also.")


def test_confidence_and_time_are_taken_from_the_answer(bot: Bot, answered: Answer) -> None:
    s = score(ASKED, replace(answered, confidence=0.75, seconds={"total": 1.5}), bot.store)
    assert (s.case_id, s.kind, s.confidence, s.seconds) == ("treaty", "fact", 0.75, 1.5)


def test_a_crash_is_a_wrong_answer_never_a_gap() -> None:
    s = crashed(ASKED, ValueError("no such thing"))
    assert s == Score(
        case_id="treaty",
        kind="fact",
        answerable=True,
        abstained=False,
        confidence=0.0,
        vital_recall=0.0,
        fully_answered=False,
        right_document=False,
        must_not=False,
        quotes=0,
        verbatim=0,
        words=0,
        truthfulness=-1,
        error="ValueError: no such thing",
    )
    lost = crashed(UNANSWERABLE, ValueError("no such thing"))
    assert (lost.truthfulness, lost.vital_recall, lost.fully_answered, lost.right_document) == (-1, None, None, None)


def test_an_answer_that_lacks_nothing_vital_is_not_wrong(bot: Bot, answered: Answer) -> None:
    case = replace(ASKED, nuggets=(LENGTH,))
    assert score(case, replace(answered, answer="It has 25 articles [1]."), bot.store).truthfulness >= 0
