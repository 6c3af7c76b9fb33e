"""Each failure by a case made for it, and which comes first where two apply."""

from dataclasses import replace

import pytest

from evals.answers import crashed, score
from evals.cases import Case, Nugget
from evals.failures import FAILURES, failure_of
from evals.gold import Gold
from evals.replies import Quote, Ranked, Reply, Said

DATE, EXTENDED = Nugget(id="date", any=("16 July 2001",)), Nugget(id="extended", any=("June 2021",))
CASE = Case(
    id="treaty", question="Tell me about the treaty", kind="multi", answerable=True,
    nuggets=(DATE, EXTENDED), documents=("treaty",), must_not=(r"\b25\b",),
)  # fmt: skip
SHOTS = Case(
    id="shots", question="Who fired first?", kind="dispute", answerable=True, documents=("border",),
    nuggets=(Nugget(id="soviet", any=("Chinese soldiers",)), Nugget(id="chinese", any=("Soviet soldiers",))),
)  # fmt: skip
ABSENT = Case(id="peru", question="What is the capital of Peru?", kind="off-topic", answerable=False)


def by(gold: Gold, *rows: int, passages: tuple[int, ...] | None = None, abstained: bool = False) -> Reply:
    """Return a reply that says and quotes these sentences of the small corpus, having ranked these passages (None: all)."""
    sentences = {s.row: s for s in gold.every_sentence}
    quotes = [
        Quote(document_id=s.document_id, source_start=s.source_start, source_end=s.source_end, text=s.text)
        for s in (sentences[row] for row in rows)
    ]
    chunks = [c for c in gold.every_chunk if passages is None or c.row in passages]
    return Reply(
        text=" ".join(q.text for q in quotes),
        abstained=abstained,
        confidence=0.5,
        said=tuple(Said(text=q.text, quotes=(q,)) for q in quotes),
        passages=tuple(
            Ranked(id=c.id, document_id=c.document_id, source_start=c.source_start, source_end=c.source_end, score=1.0)
            for c in chunks
        ),
    )


# Rows: 0 river border, 1–3 the dispute, 4–7 essay, 8 "signed … 16 July 2001", 9 "25 articles", 10 "extended … June 2021".
# Passages: 0 border, 1 and 2 essay, 3 treaty (rows 8, 9), 4 treaty (row 10).
@pytest.mark.parametrize(
    ("case", "rows", "passages", "abstained", "failure"),
    [
        (CASE, (8, 10), None, False, ""),
        (CASE, (), None, True, "false abstention"),
        (CASE, (), (0, 1, 2, 3), True, "not retrieved"),
        (CASE, (8, 9, 10), None, False, "contradicted"),
        (replace(CASE, id="t-date", kind="date"), (8, 9, 10), None, False, "stale"),
        (CASE, (9,), (), False, "contradicted"),
        (SHOTS, (2,), None, False, "one-sided"),
        (SHOTS, (2, 3), None, False, ""),
        (SHOTS, (0,), None, False, "wrong sentence"),
        (replace(SHOTS, id="p", kind="perspective"), (3,), None, False, "one-sided"),
        (CASE, (8,), None, False, "incomplete"),
        (CASE, (8,), (0, 3), False, "not retrieved"),
        (CASE, (0,), (0, 1), False, "not retrieved"),
        (CASE, (0,), None, False, "not chosen"),
        (replace(CASE, id="t-free", must_not=()), (9,), None, False, "wrong sentence"),
        (CASE, (0,), (), False, "not chosen"),  # a system that ranks no passages is not blamed for that
        (ABSENT, (0,), None, False, "bluff"),
        (ABSENT, (), None, True, ""),
    ],
)  # fmt: skip
def test_why_a_case_went_wrong(
    gold: Gold, case: Case, rows: tuple[int, ...], passages: tuple[int, ...] | None, abstained: bool, failure: str
) -> None:
    assert score(case, by(gold, *rows, passages=passages, abstained=abstained), gold).failure == failure
    assert failure in ("", *FAILURES)


def test_what_is_not_supported_comes_first_even_if_the_answer_is_right(gold: Gold) -> None:
    right = by(gold, 8, 10)
    moved = replace(right.said[0].quotes[0], source_start=1)
    for broken in (
        replace(right, said=(Said(text=right.said[0].text, quotes=(moved,)), right.said[1])),  # not at its offsets
        replace(right, said=(*right.said, Said(text="China and Russia signed it."))),  # no quote
        replace(right, said=(Said(text="Russia signed in 1950.", quotes=right.said[0].quotes), *right.said)),
    ):
        found = score(CASE, broken, gold)
        assert (found.truthfulness, found.failure) == (1, "unsupported")
    bluff = replace(by(gold, 0), said=(Said(text="Lima is the capital."),))
    assert score(ABSENT, bluff, gold).failure == "unsupported"


def test_an_abstention_is_not_asked_for_support(gold: Gold) -> None:
    withheld = replace(by(gold, abstained=True), said=(Said(text="Lima is the capital."),))
    assert score(ABSENT, withheld, gold).failure == ""


def test_a_crash_is_an_error() -> None:
    assert crashed(CASE, ValueError("x")).failure == "error"


def test_part_of_an_answer_from_the_right_document_only(gold: Gold) -> None:
    """Evidence in two documents, one of them quoted: what is missing was found but not chosen."""
    case = replace(
        CASE, id="two", nuggets=(DATE, Nugget(id="river", any=("river border",))), documents=("treaty", "border")
    )
    assert score(case, by(gold, 8), gold).failure == "not chosen"
    assert score(case, by(gold, 8, 1), gold).failure == "incomplete"


def test_every_name_has_an_explanation_and_is_reached() -> None:
    reached = {
        "error", "unsupported", "bluff", "false abstention", "stale", "contradicted", "one-sided", "not retrieved", "not chosen",
        "incomplete", "wrong sentence",
    }  # fmt: skip
    assert set(FAILURES) == reached
    assert all(FAILURES.values())


def test_a_case_without_evidence_in_the_index_is_wrong_in_its_sentence(gold: Gold) -> None:
    case = replace(CASE, id="unnamed", documents=(), must_not=())
    assert failure_of(case, by(gold, 0), gold, truth=-1, hit=False) == "not retrieved"  # no sentence states the nuggets
