"""Public benchmarks, the parts: readers of the data sets' own forms, matching of answers, figures computed by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.documents import parse_document
from corpus.errors import EvalError
from corpus.text import normalise
from evals.benchmarks import clapnq, mtrag, ramdocs, squad
from evals.benchmarks.asking import ranking_values
from evals.benchmarks.clapnq import sentence_scores
from evals.benchmarks.common import DataSet, Item, Outcome, Pool, Source, hash_of_files, read_lines
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


def write(folder: Path, name: str, *lines: Any) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


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


# Readers


def squad_file(folder: Path) -> Path:
    def asked(name: str, *answers: str) -> dict[str, Any]:
        spans = [{"text": a, "answer_start": 0} for a in answers]
        return {"id": name, "question": f"Question {name}?", "is_impossible": not answers, "answers": spans}

    first = {
        "context": "The crisis began in 1973.",
        "qas": [asked("q1", "1973", "in 1973", "1973"), asked("q2") | {"plausible_answers": [{"text": "1973"}]}],
    }
    second = {"context": "It ended in 1974.", "qas": [asked("q3", "1974")]}
    other = {"context": "Warsaw is a city.", "qas": [asked("q4", "Warsaw")]}
    data = [
        {"title": "1973_oil_crisis", "paragraphs": [first, second]},
        {"title": "Warsaw_%28city%29", "paragraphs": [other]},
    ]
    return write(folder, "squad.json", {"version": "v2.0", "data": data})


def test_squad_is_read_paragraph_by_paragraph(tmp_path: Path) -> None:
    data = squad.read([squad_file(tmp_path)], None)
    assert [(s.id, s.title) for s in data.sources] == [
        ("00001-1973-oil-crisis", "1973 oil crisis"),
        ("00002-1973-oil-crisis", "1973 oil crisis"),
        ("00003-warsaw-city", "Warsaw (city)"),
    ]
    assert [(i.case.id, i.case.answerable, i.gold.answers, i.relevant) for i in data.items] == [
        ("q1", True, ("1973", "in 1973"), ("00001-1973-oil-crisis",)),
        ("q2", False, (), ()),
        ("q3", True, ("1974",), ("00002-1973-oil-crisis",)),
        ("q4", True, ("Warsaw",), ("00003-warsaw-city",)),
    ]


def test_squad_can_be_narrowed_to_its_first_articles(tmp_path: Path) -> None:
    data = squad.read([squad_file(tmp_path)], 1)
    assert (len(data.sources), [i.case.id for i in data.items]) == (2, ["q1", "q2", "q3"])


def clapnq_line(**changed: Any) -> dict[str, Any]:
    passage = {
        "title": "Mercado",
        "text": "It is a surname . It is Spanish . It means market . ",
        "sentences": ["It is a surname .", "It is Spanish .", "It means market ."],
    }
    output = [
        {"answer": "A surname that means market.", "selected_sentences": ["It is a surname .&", "It means  market ."]},
        {"answer": "A Spanish surname.", "selected_sentences": ["It is Spanish ."]},
    ]
    return {"id": "7", "input": "what is mercado", "passages": [passage], "output": output} | changed


def test_clapnq_is_read_with_every_reference_and_both_forms_of_no_answer(tmp_path: Path) -> None:
    empty = {"answer": "", "selected_sentences": [], "meta": {}}
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", "a.jsonl", clapnq_line())
    other = {"title": "Other", "text": "No. ", "sentences": ["No."]}
    write(
        tmp_path / "data",
        "b.jsonl",
        clapnq_line(id=8, passages=[other], output=[empty]),
        clapnq_line(id=9, output=[{"answer": None, "meta": None}]),
    )
    data = clapnq.read([tmp_path / "data"], None)
    assert [s.title for s in data.sources] == ["Mercado", "Other"]
    assert [(i.case.id, i.case.answerable, i.relevant) for i in data.items] == [
        ("7", True, ("00001-mercado",)),
        ("8", False, ("00002-other",)),
        ("9", False, ("00001-mercado",)),
    ]
    assert [(r.answer, r.selected) for r in data.items[0].gold.references] == [
        ("A surname that means market.", {0, 2}),
        ("A Spanish surname.", {1}),
    ]


def mtrag_line(**changed: Any) -> dict[str, Any]:
    turns = [
        {"speaker": "user", "text": "What is CIS?"},
        {"speaker": "agent", "text": "A service."},
        {"speaker": "user", "text": "How does it work?"},
    ]
    contexts = [
        {"document_id": "a", "text": "CIS is a service.", "title": "CIS"},
        {"document_id": "b", "text": "Untitled text."},
        {"document_id": "c", "text": "CIS is a service.", "title": "CIS"},
    ]
    return {"task_id": "t<::>2", "input": turns, "contexts": contexts, "answerability": ["ANSWERABLE"]} | changed


def test_mtrag_is_read_as_a_last_turn_with_its_conversation(tmp_path: Path) -> None:
    alone = mtrag_line(
        task_id="u<::>1", input=[{"speaker": "user", "text": "Hm?"}], contexts=[], answerability=["UNDERSPECIFIED"]
    )
    older = {k: v for k, v in mtrag_line(task_id="o").items() if k != "answerability"} | {"Answerability": ["PARTIAL"]}
    data = mtrag.read([write(tmp_path, "m.jsonl", mtrag_line(), alone, older)], None)
    first, second, third = data.items
    assert (third.case.kind, third.case.answerable) == ("PARTIAL", True)
    assert first.case.question == "How does it work?"
    assert first.case.history == (
        {"role": "user", "content": "What is CIS?"},
        {"role": "assistant", "content": "A service."},
    )
    assert (first.case.kind, first.case.answerable) == ("ANSWERABLE", True)
    assert first.relevant == ("00001-cis", "00002-passage")
    assert (second.case.kind, second.case.answerable, second.case.history, second.relevant) == (
        "UNDERSPECIFIED",
        False,
        (),
        (),
    )
    assert [i.gold.before for i in data.items] == [2, 0, 2]


def ramdocs_line(**changed: Any) -> dict[str, Any]:
    documents = [
        {"text": "The courthouse was built in 1902.", "type": "correct", "answer": "1902"},
        {"text": "The courthouse was built in 1885.", "type": "misinfo", "answer": "1885"},
        {"text": "The courthouse is large.", "type": "noise", "answer": "unknown"},
    ]
    line = {"question": "When was the courthouse built?", "documents": documents}
    return line | {"gold_answers": ["1902"], "wrong_answers": ["1885", "1885", "1850"]} | changed


def test_ramdocs_positions_are_the_answers_that_a_document_is_labelled_with(tmp_path: Path) -> None:
    data = ramdocs.read([write(tmp_path, "r.jsonl", ramdocs_line())], None)
    (item,) = data.items
    assert item.gold == Gold(
        right=("1902",),
        wrong=("1885", "1850"),
        positions=(
            Position(answer="1902", gold=True, documents=frozenset({"00001-passage"})),
            Position(answer="1885", gold=False, documents=frozenset({"00002-passage"})),
        ),
    )
    assert (item.case.kind, item.relevant) == (
        "one answer, misinformed",
        ("00001-passage", "00002-passage", "00003-passage"),
    )


def test_a_label_that_is_worded_otherwise_still_gives_its_position() -> None:
    labelled = [("a", "3,559"), ("b", "10,000"), ("c", "3,559 people")]
    assert ramdocs.labelled_with("3,559 people", labelled) == {"c"}
    assert ramdocs.labelled_with("3,559 people", labelled[:2]) == {"a"}
    assert ramdocs.labelled_with("10,000 people", labelled) == {"b"}
    assert ramdocs.labelled_with("4,000", labelled) == frozenset()


@pytest.mark.parametrize(
    ("read", "line", "message"),
    [
        (clapnq.read, clapnq_line(passages=[]), "x.jsonl:1 is not of the form of ClapNQ"),
        (clapnq.read, clapnq_line(input=3), "'3' is not text"),
        (mtrag.read, mtrag_line(answerability=["MAYBE"]), "'MAYBE', not one of ANSWERABLE"),
        (mtrag.read, mtrag_line(input=[]), "x.jsonl:1 is not of the form of MTRAG"),
        (mtrag.read, mtrag_line(input=[{"speaker": "agent", "text": "?"}]), "the last message is not the user's"),
        (ramdocs.read, ramdocs_line(gold_answers=[]), "'gold_answers' is empty"),
        (ramdocs.read, ramdocs_line(gold_answers="1902"), "'1902' is not a list"),
        (ramdocs.read, ramdocs_line(documents=[{"text": "x", "type": "fake"}]), "'fake' is not one of"),
        (ramdocs.read, {"question": "?"}, "lacks 'gold_answers'"),
        (squad.read, {"data": [{"title": "x"}]}, "lacks 'paragraphs'"),
        (squad.read, {"data": []}, "There is no question in"),
        (squad.read, [], "x.jsonl is not of the form of SQuAD 2.0"),
    ],
)
def test_data_of_another_form_are_named_with_what_is_wrong(tmp_path: Path, read: Any, line: Any, message: str) -> None:
    with pytest.raises(EvalError) as error:
        read([write(tmp_path, "x.jsonl", line)], None)
    assert message in str(error.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"a": 1}\n{"a"\n', encoding="utf-8")
    with pytest.raises(EvalError, match=r"bad.jsonl:2 is no JSON"):
        read_lines([bad])
    with pytest.raises(EvalError, match="no JSON object"):
        read_lines([write(tmp_path, "list.jsonl", [])])
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvalError, match="There is no line of data in"):
        read_lines([tmp_path / "empty"])
    with pytest.raises(EvalError, match=r"Cannot read the data .*gone"):
        squad.read([tmp_path / "gone.json"], None)


def test_only_squad_has_articles(tmp_path: Path) -> None:
    for read, name in ((clapnq.read, "clapnq"), (mtrag.read, "mtrag"), (ramdocs.read, "ramdocs")):
        with pytest.raises(EvalError, match=f"'{name}' have no articles"):
            read([tmp_path], 1)


def test_the_hash_of_data_is_that_of_their_content(tmp_path: Path) -> None:
    one, other = write(tmp_path, "a.jsonl", {"a": 1}), write(tmp_path, "b.jsonl", {"a": 1})
    assert hash_of_files([one]) == hash_of_files([other]) != hash_of_files([one, other]) == hash_of_files([tmp_path])


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
