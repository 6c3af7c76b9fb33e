"""What a reply is worth for a case, against values worked out by hand; quotes are checked, not believed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.pipeline import Bot
from evals.answers import Score, crashed, score
from evals.cases import Case, Nugget
from evals.gold import Gold
from evals.metrics import METRICS
from evals.replies import Quote, Ranked, Reply, Said, reply_of
from evals.trace import trace

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
SENTENCE = "China and Russia signed the friendship treaty in Moscow on 16 July 2001."
QUOTE = Quote(document_id="treaty", source_start=0, source_end=72, text=SENTENCE)
DECLINED = Reply(text="", abstained=True, confidence=0.25)


def answering(text: str = SENTENCE, **changed: Any) -> Reply:
    reply = Reply(
        text=text, abstained=False, confidence=0.75, said=(Said(text=SENTENCE, quotes=(QUOTE,)),), seconds=1.5
    )
    return replace(reply, **changed)


@pytest.mark.parametrize(
    ("text", "recall", "whole", "full", "hit", "truthfulness", "missed"),
    [
        ("Signed in Moscow on 16 July 2001.", 1.0, 2 / 3, 1.0, 0.0, 1, ()),
        ("SIGNED IN MOSCOW ON 16 JULY 2001.", 1.0, 2 / 3, 1.0, 0.0, 1, ()),
        ("Signed in Moscow on 16 July 2001, it has 25 articles.", 1.0, 1.0, 1.0, 0.0, 1, ()),
        ("Signed on 16 July 2001.", 1 / 2, 1 / 3, 0.0, 0.0, 0, ("place",)),
        ("It has 25 articles, says Moscow.", 1 / 2, 2 / 3, 0.0, 0.0, 0, ("date",)),
        ("It has 25 articles.", 0.0, 1 / 3, 0.0, 0.0, -1, ("date", "place")),
        ("", 0.0, 0.0, 0.0, 0.0, -1, ("date", "place")),
        ("Signed in Moscow on 16 July 2001, not in 1950.", 1.0, 2 / 3, 0.0, 1.0, -1, ()),
        ("Signed on 16 July 2001, not in 1950.", 1 / 2, 1 / 3, 0.0, 1.0, -1, ("place",)),
    ],
)
def test_an_answer_is_worth_what_it_states(
    gold: Gold,
    text: str,
    recall: float,
    whole: float,
    full: float,
    hit: float,
    truthfulness: int,
    missed: tuple[str, ...],
) -> None:
    found = score(ASKED, answering(text), gold)
    values = found.values
    assert (values["nuggets"], values["all nuggets"], values["full"]) == pytest.approx((recall, whole, full))
    assert (values["must_not"], values["truthfulness"], found.truthfulness) == (hit, truthfulness, truthfulness)
    assert (found.missed, found.right) == (missed, truthfulness == 1)
    assert (values["words"], values["characters"], values["abstained"]) == (len(text.split()), len(text), 0.0)
    assert (found.answerable, found.abstained, found.error) == (True, False, None)


def test_an_abstention_on_an_answerable_question_is_worth_nothing_whatever_its_words(gold: Gold) -> None:
    found = score(ASKED, replace(DECLINED, text="The nearest: Moscow, 16 July 2001, not 1950."), gold)
    assert found.truthfulness == 0
    assert found.values == {
        "truthfulness": 0.0,
        "abstained": 1.0,
        "must_not": 0.0,
        "nuggets": 0.0,
        "all nuggets": 0.0,
        "full": 0.0,
        "right document": 0.0,
        "gold recall": 0.0,
    }
    assert (found.missed, found.stated, found.abstained, found.right) == (("date", "place"), (), True, None)


def test_an_unanswerable_question_is_right_declined_and_wrong_answered(gold: Gold) -> None:
    right, wrong = score(UNANSWERABLE, DECLINED, gold), score(UNANSWERABLE, answering(), gold)
    assert (right.truthfulness, right.right, right.failure) == (1, None, "")
    assert right.values == {"truthfulness": 1.0, "abstained": 1.0, "must_not": 0.0}
    assert (wrong.truthfulness, wrong.right, wrong.failure) == (-1, False, "bluff")
    assert (right.missed, wrong.missed, wrong.stated) == ((), (), ())
    assert set(wrong.values) == {
        "truthfulness", "abstained", "must_not", "words", "characters", "verbatim", "citation recall", "citation precision",
    }  # fmt: skip


def test_what_would_answer_a_near_miss_is_no_merit(gold: Gold) -> None:
    case = replace(UNANSWERABLE, kind="near-miss", nuggets=(DATE,))
    assert score(case, answering(), gold).truthfulness == -1
    assert score(case, answering(), gold).stated == ()


@pytest.mark.parametrize(
    ("text", "right"),
    [(SENTENCE, True), ("Signed in Moscow.", False), (SENTENCE + " Not in 1950.", False)],
)
def test_a_withheld_answer_tells_whether_declining_was_wise(gold: Gold, text: str, right: bool) -> None:
    found = score(ASKED, DECLINED, gold, withheld=answering(text))
    assert (found.right, found.truthfulness, found.confidence) == (right, 0, 0.25)
    assert score(UNANSWERABLE, DECLINED, gold, withheld=answering(text)).right is False
    assert score(ASKED, DECLINED, gold, withheld=DECLINED).right is None
    assert (
        score(ASKED, answering(), gold, withheld=answering("Never.")).right is True
    )  # it did answer: the answer counts


def test_the_right_document_is_one_of_those_named_and_cited(gold: Gold) -> None:
    def right_document(*documents: str) -> float | None:
        return score(replace(ASKED, id=str(documents), documents=documents), answering(), gold).values.get(
            "right document"
        )

    assert (right_document("treaty"), right_document("never", "treaty"), right_document("never")) == (1.0, 1.0, 0.0)
    assert right_document() is None


@pytest.mark.parametrize(
    "broken",
    [
        lambda q: {"source_start": q.source_start + 1},
        lambda q: {"source_end": q.source_end - 1},
        lambda q: {"source_start": q.source_start + 9, "source_end": q.source_end + 9},
        lambda q: {"document_id": "essay"},
        lambda q: {"document_id": "never-there"},
        lambda q: {"text": q.text.replace("2001", "2010")},
        lambda q: {"text": ""},
        lambda q: {"text": "", "source_end": q.source_start},
    ],
    ids=["start", "end", "shifted", "other document", "no document", "other year", "no words", "nothing quoted"],
)
def test_a_quote_that_is_not_in_the_document_at_its_offsets_does_not_count(
    gold: Gold, broken: Callable[[Quote], dict[str, Any]]
) -> None:
    assert score(ASKED, answering(), gold).values["verbatim"] == 1.0
    second = replace(QUOTE, **broken(QUOTE))
    found = score(ASKED, answering(said=(Said(text=SENTENCE, quotes=(QUOTE, second)),)), gold)
    assert (found.values["verbatim"], found.failure) == (0.5, "unsupported")


def test_citations_and_retrieval_are_measured_too(gold: Gold) -> None:
    chunks = [gold.every_chunk[row] for row in (0, 4, 3)]
    ranked = tuple(
        Ranked(id=c.id, document_id=c.document_id, source_start=c.source_start, source_end=c.source_end, score=1.0)
        for c in chunks
    )
    values = score(ASKED, answering(passages=ranked), gold).values
    assert (values["citation recall"], values["citation precision"]) == (1.0, 1.0)
    # "date" and "place" stand in row 8, which the quote holds; it bears a nugget.
    assert (values["gold recall"], values["gold precision"]) == (1.0, 1.0)
    # Passages: border, then the treaty's second (nothing), then its first (both vital nuggets).
    assert (values["evidence recall@1"], values["evidence recall@5"], values["evidence recall@10"]) == (0.0, 1.0, 1.0)
    assert (values["passage RR"], values["passage success@1"], values["passage success@5"]) == (1 / 3, 0.0, 1.0)
    assert values["passage recall@5"] == 1.0
    # One relevant passage at rank 3: 1/log2(4) of 1.
    assert values["passage nDCG@10"] == 0.5
    # Documents: border, treaty.
    assert (values["document RR"], values["document success@1"], values["document recall@5"]) == (1 / 2, 0.0, 1.0)


def test_systems_that_rank_no_passages_have_no_values_of_retrieval_but_the_bot_has(gold: Gold, bot: Bot) -> None:
    assert not any(
        name.startswith(("evidence", "passage", "document")) for name in score(ASKED, answering(), gold).values
    )
    found_nothing = replace(reply_of(trace(bot, ASKED)), passages=())
    values = score(ASKED, found_nothing, gold).values
    assert (values["evidence recall@10"], values["passage RR"], values["document nDCG@10"]) == (0.0, 0.0, 0.0)


def test_likeness_to_the_reference(gold: Gold) -> None:
    case = replace(ASKED, reference="Signed in Moscow on 16 July 2001.")
    # Answer of 5 words "signed in moscow in july"; reference of 7. Longest common subsequence signed in moscow july: 4.
    # p = 4/5, r = 4/7, F1 = 8/12 = 2/3. Tokens shared: the same 4: "in" stands once in the reference.
    values = score(case, answering("Signed in Moscow in July"), gold).values
    assert (values["ROUGE-L"], values["token F1"]) == pytest.approx((2 / 3, 2 / 3))
    declined = score(case, DECLINED, gold).values
    assert (declined["ROUGE-L"], declined["token F1"]) == (0.0, 0.0)
    assert "ROUGE-L" not in score(ASKED, answering(), gold).values


@pytest.mark.parametrize(
    ("kind", "voices", "expected"),
    [("dispute", ("a", "b"), 1.0), ("perspective", ("a",), 0.0), ("dispute", (), 0.0), ("fact", ("a", "b"), None)],
)
def test_contested_questions_want_two_voices(
    gold: Gold, kind: str, voices: tuple[str, ...], expected: float | None
) -> None:
    case = replace(ASKED, kind=kind)
    assert score(case, answering(voices=voices), gold).values.get("two voices") == expected
    assert "two voices" not in score(case, replace(DECLINED, voices=voices), gold).values


def test_confidence_and_time_are_taken_from_the_reply(gold: Gold) -> None:
    found = score(ASKED, answering(), gold)
    assert (found.case_id, found.kind, found.confidence, found.seconds) == ("treaty", "fact", 0.75, 1.5)


def test_an_answer_that_lacks_nothing_vital_is_right(gold: Gold) -> None:
    case = replace(ASKED, id="easy", nuggets=(LENGTH,))
    found = score(case, answering("It is short."), gold)
    assert (found.truthfulness, found.right) == (1, True)
    assert "nuggets" not in found.values
    assert "full" not in found.values
    assert found.values["all nuggets"] == 0.0


def test_a_crash_is_a_wrong_answer_never_a_gap(gold: Gold) -> None:
    case = replace(ASKED, reference="It was signed in Moscow.")
    assert crashed(case, ValueError("no such thing")) == Score(
        case_id="treaty",
        kind="fact",
        answerable=True,
        abstained=False,
        confidence=0.0,
        truthfulness=-1,
        right=False,
        failure="error",
        error="ValueError: no such thing",
        values={
            "truthfulness": -1.0, "abstained": 0.0, "must_not": 0.0, "all nuggets": 0.0, "nuggets": 0.0, "full": 0.0,
            "right document": 0.0, "ROUGE-L": 0.0, "token F1": 0.0,
        },
    )  # fmt: skip
    # What makes no sense for the case is not 0 because of the crash.
    bare = replace(ASKED, nuggets=(LENGTH,), documents=())
    assert set(crashed(bare, ValueError("x")).values) == {"truthfulness", "abstained", "must_not", "all nuggets"}
    lost = crashed(UNANSWERABLE, ValueError("x"))
    assert (lost.truthfulness, lost.values) == (-1, {"truthfulness": -1.0, "abstained": 0.0, "must_not": 0.0})


def test_the_bot_itself_is_scored(gold: Gold, bot: Bot) -> None:
    found = score(ASKED, reply_of(trace(bot, ASKED)), gold)
    assert (found.truthfulness, found.failure, found.values["verbatim"]) == (1, "", 1.0)
    declined = score(UNANSWERABLE, reply_of(trace(bot, UNANSWERABLE)), gold)
    assert (declined.abstained, declined.truthfulness) == (True, 1)
    assert set(found.values) | set(declined.values) <= set(METRICS)
