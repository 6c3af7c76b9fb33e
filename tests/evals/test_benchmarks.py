"""Benchmarks: matching, passages, figures and tables, by hand."""

from pathlib import Path

import pytest

from corpus.documents import parse_document
from corpus.text import normalise
from evals.benchmarks import ramdocs
from evals.benchmarks.asking import ranking_values
from evals.benchmarks.clapnq import sentence_scores
from evals.benchmarks.common import DataSet, Item, Outcome, Pool, Source
from evals.benchmarks.indexing import as_document
from evals.benchmarks.matching import answer_words, covered, holds_answer, locate
from evals.benchmarks.ramdocs import Gold, Position, judge
from evals.benchmarks.tables import (
    Figure,
    Table,
    abstention_row,
    as_text,
    average,
    declined_at,
    retrieval_table,
    risk_table,
    share,
)
from evals.cases import Case
from evals.replies import Quote


def outcome(number: int, *, answerable: bool = True, error: str | None = None, **values: float) -> Outcome:
    kind = "answerable" if answerable else "unanswerable"
    return Outcome(id=str(number), question="?", kind=kind, answerable=answerable, values=values, error=error)


# Matching


@pytest.mark.parametrize(
    ("text", "answer", "held"),
    [
        ("The price rose to nearly $12 globally.", "nearly $12", True),
        ("It cost US$12.", "$12", True),
        ("It began in October 1973.", "october, 1973", True),
        ("Normandy's dukes ruled.", "Normandy", True),
        ("He led the Royal Navy.", "Royal Navy", True),
        ("The Royal and the Navy", "Royal Navy", False),
        ("Between 1973 and 1974", "73", False),
        ("It grew by 3.5 per cent.", "3", False),
        ("Some 1,204 passages", "1,204", True),
        ("Some 1,204 passages", "204", False),
        ("the “first oil shock”", '"first oil shock"', True),
        ("a naïve view", "naïve", True),
        ("北京 is the capital", "北京", True),
        ("The band", "The", True),
        ("in the end", "a", False),
        ("Whatever", "", False),
        ("x = y", "=", True),
        ("x y", "=", False),
    ],
)
def test_an_answer_is_held_word_by_word(text: str, answer: str, held: bool) -> None:
    assert holds_answer(text, answer) is held


def test_words_of_an_answer_lose_case_punctuation_and_articles() -> None:
    assert answer_words("The U.S. Navy's 2,400 men, a third") == ["u", "s", "navy", "s", "2,400", "men", "third"]
    assert answer_words("the") == []
    assert answer_words("The end", articles=True) == ["the", "end"]


def test_pieces_are_located_each_after_the_one_before_whatever_the_space() -> None:
    text = "One two .\n\nThree. One two ."
    assert locate(text, ["One  two.", "Three .", "One two .", "Four."]) == [(0, 9), (11, 17), (18, 27), None]
    assert locate(text, ["", "Three."]) == [None, (11, 17)]


def test_a_sentence_is_quoted_if_half_of_it_is() -> None:
    def quote(start: int, end: int) -> Quote:
        return Quote(document_id="d", source_start=start, source_end=end, text="")

    spans = [(0, 10), (10, 20), None, (20, 30)]
    assert covered(spans, [quote(5, 14)]) == {0}
    assert covered(spans, [quote(10, 13), quote(17, 19), quote(12, 14)]) == {1}  # 4 + 2 of 10, the overlap counted once
    assert covered(spans, []) == set()


# Passages


def test_equal_passages_are_one_and_ids_are_file_names() -> None:
    pool = Pool()
    ids = [pool.add("Oil/Gas: a crisis", "One."), pool.add("", "One."), pool.add("Oil/Gas:  a crisis", "One.")]
    assert ids == ["00001-oil-gas-a-crisis", "00002-passage", "00001-oil-gas-a-crisis"]
    assert [s.title for s in pool.sources] == ["Oil/Gas: a crisis", "Passage"]


def test_nothing_in_a_passage_is_mark_up() -> None:
    text = "---\ntitle: mine\n---\n# Not a heading\n::: disputed\nSaid so [@key]{date=2001-01-01}. **Bold** <!-- page 3 -->\u202e end."
    source = Source(id="00001-x", title='--- "odd": [title] # 1', text=text)
    document = parse_document(normalise(as_document(source, "squad")), Path("00001-x.md"))
    assert document.id == "00001-x"
    assert document.title == '--- "odd": [title] # 1'
    assert document.text == "\n\n".join(normalise(text).split("\n"))
    assert [s.title for s in document.sections] == [""]
    assert {(s.references, s.date, s.dispute, s.page) for s in document.sentences} == {((), None, None, None)}


def test_a_sample_is_drawn_by_its_seed_and_kept_in_order() -> None:
    items = tuple(Item(case=Case(id=f"{n:02d}", question="?", kind="k", answerable=True), gold=None) for n in range(50))
    data: DataSet[None] = DataSet(sources=(Source(id="s", title="t", text="x"),), items=items)
    drawn = [i.case.id for i in data.sample(10, 1).items]
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 10
    assert drawn == [i.case.id for i in data.sample(10, 1).items]
    assert drawn != [i.case.id for i in data.sample(10, 2).items]
    assert data.sample(10, 1).sources == data.sources
    assert data.sample(50, 1) is data.sample(None, 1) is data


# Figures


def test_rankings_are_measured_by_document() -> None:
    assert ranking_values("s", ["x", "a", "y", "z", "w", "b"], {"a", "b"}) == {
        "s R@1": 0.0,
        "s R@5": 1.0,
        "s recall@5": 0.5,
        "s MRR@10": 0.5,
    }
    assert ranking_values("s", [*"0123456789", "a"], {"a"})["s MRR@10"] == 0.0
    assert ranking_values("s", ["a"], ()) == {}


def test_shares_and_means_count_a_question_that_raised_as_nothing() -> None:
    found = [outcome(1, hit=1.0), outcome(2, hit=0.0), outcome(3, hit=1.0), outcome(4, error="RuntimeError")]
    assert share(found, "hit").value == average(found, "hit").value == 0.5
    low, high = share(found, "hit").low, share(found, "hit").high
    assert low is not None
    assert high is not None
    assert (round(low, 4), round(high, 4)) == (0.15, 0.85)  # Wilson: 0.5 ± 1.96·√(4·0.25 + 0.9604)/(4 + 3.8416)
    assert share([], "hit") == average([], "hit") == Figure()


def test_what_a_threshold_would_decline_if_nine_in_ten_were_answered() -> None:
    answerable = [0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9, 0.95]
    found = declined_at(answerable, [0.2, 0.29, 0.3, 0.9])
    assert found is not None
    assert found.value == 0.5  # nine of ten have 0.3 or more; 0.2 and 0.29 have less
    assert declined_at(answerable, []) is None
    assert declined_at([], [0.1]) is None


def test_a_row_of_abstention_by_hand() -> None:
    answerable = [outcome(n, abstained=float(n == 0), confidence=0.9 - 0.2 * n) for n in range(4)]  # 0.9 0.7 0.5 0.3
    unanswerable = [
        outcome(n, answerable=False, abstained=a, confidence=c)
        for n, (a, c) in enumerate([(1, 0.2), (1, 0.6), (0, 0.8)])
    ]
    name, count, figures = abstention_row("row", answerable, unanswerable)
    # declined 2 of 3 unanswerable, 1 of 4 answerable; pairs ordered right: 0.2 below 4, 0.6 below 2, 0.8 below 1: 7 of 12;
    # all four answerable have 0.3 or more, 0.2 has less
    assert (name, count) == ("row", 7)
    assert [f.value for f in figures] == pytest.approx([2 / 3, 2 / 3, 1 / 4, 7 / 12, 1 / 3])


def test_confidence_is_judged_by_the_answer_that_was_given_or_withheld() -> None:
    found = [outcome(1, right=1.0, confidence=0.9), outcome(2, right=0.0, confidence=0.8)]
    found += [outcome(3, answerable=False, confidence=0.1), outcome(4, right=1.0, confidence=0.5, abstained=1.0)]
    (row,) = risk_table(found).rows
    # right ones 0.9 and 0.5 against 0.8 and 0.1: 3 of 4 pairs; risks 0, 1/2, 1/3, 1/2 over quarters of coverage
    assert [f.value for f in row[2]] == pytest.approx([0.75, (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4, 0.25])


def test_tables_are_printed_in_columns_and_a_figure_over_nothing_is_a_dash() -> None:
    table = Table(
        title="Title",
        columns=("share", "characters"),
        rows=(
            ("one", 4, (Figure(value=0.5, low=0.15, high=0.85), Figure(value=7.6))),
            ("longer", 0, (Figure(), Figure())),
        ),
    )
    assert as_text([table]) == (
        "Title\n        n                share  characters\none     4  0.500 (0.150–0.850)           8\n"
        "longer  0                    -           -\n"
    )
    assert table.to_dict()["rows"][0] == {
        "name": "one",
        "questions": 4,
        "share": {"value": 0.5, "low": 0.15, "high": 0.85},
        "characters": {"value": 7.6, "low": None, "high": None},
    }


def test_a_retrieval_table_has_a_row_for_each_system() -> None:
    found = [outcome(1, **{"a R@1": 1.0, "a MRR@10": 1.0, "b R@1": 0.0, "b MRR@10": 0.25}), outcome(2, error="E: e")]
    table = retrieval_table("t", found, ("a", "b"), ("R@1", "MRR@10"))
    assert [(name, n, [f.value for f in figures]) for name, n, figures in table.rows] == [
        ("a", 2, [0.5, 0.5]),
        ("b", 2, [0.0, 0.125]),
    ]


def test_sentence_f1_by_hand() -> None:
    assert sentence_scores({0, 2, 3}, 1, {0, 2, 5}) == pytest.approx((4 / 7, 2 / 4, 2 / 3))
    assert sentence_scores({1}, 0, {0}) == (0.0, 0.0, 0.0)
    assert sentence_scores(set(), 0, {0}) == (0.0, 0.0, 0.0)


def test_ramdocs_wants_every_position_from_a_document_that_has_it() -> None:
    gold = Gold(
        right=("1902", "1850"),
        wrong=("1885",),
        positions=(
            Position(answer="1902", gold=True, documents=frozenset({"a"})),
            Position(answer="1850", gold=True, documents=frozenset({"b"})),
            Position(answer="1885", gold=False, documents=frozenset({"c"})),
        ),
    )
    a, b, c = ("In 1902.", frozenset("a")), ("In 1850.", frozenset("b")), ("In 1885.", frozenset("c"))
    names = ("exact", "every gold answer", "misled", "every position", "every position attributed")

    def judged(*said: tuple[str, frozenset[str]]) -> tuple[list[float], float]:
        found = judge(said, gold)
        return [found[name] for name in names], found["positions attributed"]

    assert judged(a, b) == ([1, 1, 0, 0, 0], pytest.approx(2 / 3))
    assert judged(a, b, c) == ([0, 1, 0, 1, 1], 1.0)
    assert judged(a, ("In 1850, not 1885.", frozenset("b"))) == ([0, 1, 0, 1, 0], pytest.approx(2 / 3))
    assert judged(c) == ([0, 0, 1, 0, 0], pytest.approx(1 / 3))
    assert judged() == ([0, 0, 0, 0, 0], 0.0)
    found = [("Built in 1902.", "a"), ("Built in 1850.", "b"), ("Not in 1885.", "b")]
    assert not ramdocs.among(found, gold)
    assert ramdocs.among([*found, ("In 1885.", "c")], gold)
    assert not ramdocs.among(found, Gold(right=("1",), wrong=(), positions=()))
