"""The files of each benchmark, read, and named with what is wrong with them."""

from pathlib import Path
from typing import Any

import pytest

from corpus.errors import EvalError
from evals.benchmarks import clapnq, mtrag, ramdocs, squad
from evals.benchmarks.common import hash_of_files, read_lines
from evals.benchmarks.ramdocs import Gold, Position
from tests.evals.benchmarking import write


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
