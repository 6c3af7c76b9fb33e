"""Where the evidence of a case is, in the small corpus; rows and offsets as it is indexed (see the comments)."""

import pytest

from evals.cases import Case, Nugget
from evals.gold import Evidence, Gold, evidence_recall, holds
from evals.replies import Quote, Ranked

# treaty: chunk 3 is 0–119 with rows 8 (0–72) "China and Russia signed … on 16 July 2001." and 9 (73–119) "… of 2001 has 25 articles.";
# chunk 4 is 132–208 with row 10 "China and Russia extended … in June 2021." border: chunk 0 is 0–323.
CASE = Case(
    id="treaty",
    question="Tell me about the treaty",
    kind="multi",
    answerable=True,
    nuggets=(
        Nugget(id="date", any=("16 July 2001",)),
        Nugget(id="year", any=(r"\b2001\b",)),
        Nugget(id="extended", any=("June 2021",)),
        Nugget(id="length", any=("25 articles",), vital=False),
    ),
    documents=("treaty", "border"),
)


def ranked(gold: Gold, *rows: int) -> list[Ranked]:
    chunks = {c.row: c for c in gold.every_chunk}
    return [
        Ranked(
            id=chunks[row].id,
            document_id=chunks[row].document_id,
            source_start=chunks[row].source_start,
            source_end=chunks[row].source_end,
            score=-float(n),
        )
        for n, row in enumerate(rows)
    ]


def test_the_whole_index_is_read_in_order(gold: Gold) -> None:
    assert [s.row for s in gold.every_sentence] == list(range(11))
    assert [c.row for c in gold.every_chunk] == list(range(5))
    assert [s.row for s in gold.sentences_of("treaty")] == [8, 9, 10]
    assert gold.sentences_of("never") == []


def test_evidence_is_the_sentences_that_state_a_vital_nugget(gold: Gold) -> None:
    evidence = gold.evidence(CASE)
    rows = {name: [s.row for s in found] for name, found in evidence.sentences.items()}
    assert rows == {"date": [8], "year": [8, 9], "extended": [10]}


def test_a_passage_counts_for_each_nugget_it_holds_once(gold: Gold) -> None:
    chunks = {c.row: c.id for c in gold.every_chunk}
    # The first passage of the treaty holds "date" and "year" (the latter twice), the second "extended".
    assert gold.evidence(CASE).passages == {chunks[3]: 2, chunks[4]: 1}
    assert gold.evidence(CASE).documents == {"treaty": 1, "border": 1}


def test_only_the_named_documents_hold_evidence(gold: Gold) -> None:
    case = Case(
        id="china", question="?", kind="fact", answerable=True, documents=("essay",),
        nuggets=(Nugget(id="china", any=("china",)), Nugget(id="peru", any=("Peru",))),
    )  # fmt: skip
    found = gold.evidence(case)
    assert {name: [s.row for s in stated] for name, stated in found.sentences.items()} == {"china": [5], "peru": []}


def test_an_unanswerable_case_has_no_evidence(gold: Gold) -> None:
    case = Case(
        id="peru", question="?", kind="near-miss", answerable=False, documents=("treaty",),
        nuggets=(Nugget(id="n", any=("2001",)),),
    )  # fmt: skip
    assert gold.evidence(case) == Evidence(sentences={}, passages={}, documents={})


@pytest.mark.parametrize(
    ("rows", "k", "expected"),
    [
        ((4, 3), 1, 1 / 3),  # "extended" only
        ((4, 3), 2, 1.0),
        ((3, 4), 1, 2 / 3),  # "date" and "year"
        ((0, 1, 2), 3, 0.0),
        ((), 5, 0.0),
        ((3, 3, 4), 2, 2 / 3),  # the same passage again takes a place
    ],
)
def test_evidence_recall_is_the_share_of_nuggets_inside_a_passage(
    gold: Gold, rows: tuple[int, ...], k: int, expected: float
) -> None:
    assert evidence_recall(gold.evidence(CASE), ranked(gold, *rows), k) == pytest.approx(expected)


def test_a_passage_that_cuts_the_sentence_does_not_hold_it(gold: Gold) -> None:
    evidence = gold.evidence(CASE)
    part = Ranked(id="x", document_id="treaty", source_start=1, source_end=119, score=1.0)
    # Row 8 starts at 0, so only row 9 ("year") is inside.
    assert evidence_recall(evidence, [part], 1) == pytest.approx(1 / 3)
    other = Ranked(id="x", document_id="border", source_start=0, source_end=323, score=1.0)
    assert evidence_recall(evidence, [other], 1) == 0.0


def test_without_evidence_there_is_no_recall() -> None:
    assert evidence_recall(Evidence(sentences={}, passages={}, documents={}), [], 5) is None


@pytest.mark.parametrize(
    ("document", "start", "end", "held"),
    [
        ("treaty", 73, 119, True),
        ("treaty", 0, 208, True),
        ("treaty", 74, 119, False),
        ("treaty", 73, 118, False),
        ("border", 0, 323, False),
    ],
)
def test_a_quote_holds_a_sentence_whole_or_not_at_all(
    gold: Gold, document: str, start: int, end: int, held: bool
) -> None:
    sentence = gold.sentences_of("treaty")[1]
    assert (sentence.source_start, sentence.source_end) == (73, 119)
    assert holds(Quote(document_id=document, source_start=start, source_end=end, text=""), sentence) is held
