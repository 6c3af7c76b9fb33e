"""Drafts of cases from what readers said: everything a person needs to decide, nothing decided, nothing run."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.pipeline import Bot
from bot.serve.feedback import Feedback, FeedbackStore
from bot.settings import Settings
from evals.cases import SCHEMA
from evals.feedback_cases import draft_from_feedback, line_of
from tests.evals.commanding import Main, main, use

__all__ = ["main"]  # a fixture

HISTORY = ({"role": "user", "content": "Who?"}, {"role": "assistant", "content": "They."})


def rated(number: int = 7, **changed: Any) -> Feedback:
    """Return a reader's word on an answer that cites two documents, one of them twice."""
    cited = [{"document_id": "treaty"}, {"document_id": "border"}, {"document_id": "treaty"}]
    given: dict[str, Any] = {
        "id": number,
        "time": "2026-11-20T10:00:00+00:00",
        "question": "When was it signed?",
        "history": HISTORY,
        "answer": {"answer": "In 2001. [1]", "language": "en", "citations": cited},
        "rating": "down",
        "reason": "missing",
        "comment": "Where, too?",
    }
    return Feedback(**given | changed)


def test_a_draft_holds_what_was_asked_cited_and_said() -> None:
    assert draft_from_feedback([rated()]) == [
        {
            "id": "feedback-7",
            "question": "When was it signed?",
            "kind": "reader",
            "answerable": None,
            "nuggets": (),
            "documents": ("treaty", "border"),
            "must_not": (),
            "history": HISTORY,
            "language": "en",
            "note": "2026-11-20T10:00:00+00:00 down, missing “Where, too?”, answered: In 2001. [1]",
            "split": "dev",
            "reference": "",
            "group": "",
        }
    ]


def test_nothing_said_nothing_drafted() -> None:
    assert draft_from_feedback([]) == []


def test_ratings_of_one_question_are_one_draft() -> None:
    up = rated(9, rating="up", reason=None, comment="", time="2026-11-21T10:00:00+00:00")
    other = rated(8, history=())
    russian = rated(10, question="Когда?", answer={"language": "ru", "citations": [{"document_id": "essay"}]})
    drafts = draft_from_feedback([rated(), other, up, russian])
    assert [(d["id"], d["language"], d["documents"]) for d in drafts] == [
        ("feedback-7", "en", ("treaty", "border")),
        ("feedback-8", "en", ("treaty", "border")),
        ("feedback-10", "ru", ("essay",)),
    ]
    assert drafts[0]["note"] == (
        "2026-11-20T10:00:00+00:00 down, missing “Where, too?”, answered: In 2001. [1]; "
        "2026-11-21T10:00:00+00:00 up, answered: In 2001. [1]"
    )


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"citations": "treaty"},
        {"citations": [None, "x", {}, {"document_id": 5}], "language": 3},
        {"answer": {"a": 1}},
    ],
)
def test_an_answer_of_any_form_can_be_drafted_from(answer: dict[str, Any]) -> None:
    (draft,) = draft_from_feedback([rated(answer=answer)])
    assert (draft["documents"], draft["language"]) == ((), "en")


def test_hostile_words_are_kept_as_words() -> None:
    words = "(a+)+$ \x1b[31m\u202e\u2028\ud800 .* не так"
    (draft,) = draft_from_feedback(
        [rated(question=words, comment=words, history=({"role": "user", "content": words},))]
    )
    line = line_of(draft)
    assert line.isprintable()
    assert "не так" in line
    read = json.loads(line)
    assert read["question"] == read["history"][0]["content"] == words.replace("\ud800", "\ufffd")
    assert "“(a+)+$ [31m .* не так”" in read["note"]
    assert read["nuggets"] == read["must_not"] == []


def test_a_long_comment_is_cut_in_the_note() -> None:
    (draft,) = draft_from_feedback([rated(comment="x" * 301)])
    assert f"“{'x' * 299}…”" in draft["note"]


@pytest.fixture
def drafting(main: Main, monkeypatch: pytest.MonkeyPatch, small: Settings) -> Main:
    """Return a function that runs `amur eval cases` on the small corpus in this process; status, output and errors."""
    use(small, monkeypatch)
    return partial(main, "cases")


@pytest.fixture
def said(small: Settings, bot: Bot) -> list[str]:
    """Questions that readers of the small corpus rated."""
    questions = [
        "When was the friendship treaty signed?",
        "When was the river border settled?",
        "What is the capital of Peru?",
    ]
    store = FeedbackStore(small)
    for question in questions:
        answer = bot.answer(question).to_dict()
        store.add(Feedback(question=question, answer=answer, rating="down", reason="wrong", comment="No."))
    store.close()
    return questions


@pytest.mark.parametrize("form", [("--from-feedback",), ("draft", "--from-feedback")], ids=["short", "draft"])
def test_the_command_drafts_what_readers_said(drafting: Main, said: list[str], form: tuple[str, ...]) -> None:
    code, out, err = drafting(*form)
    drafts = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(d["id"], d["question"], d["documents"]) for d in drafts] == [
        ("feedback-1", said[0], ["treaty"]),
        ("feedback-2", said[1], ["border"]),
        ("feedback-3", said[2], []),
    ]
    assert err == "3 cases drafted from feedback; decide 'answerable', write 'nuggets', then amur eval cases check\n"


def test_the_newest_can_be_chosen(drafting: Main, said: list[str]) -> None:
    _, out, err = drafting("draft", "--from-feedback", "-n", "1")
    assert [json.loads(line)["question"] for line in out.splitlines()] == said[2:]
    assert err.startswith("1 case drafted from feedback; ")


def test_a_draft_is_no_case_before_a_person_decides(drafting: Main, said: list[str], tmp_path: Path) -> None:
    drafts = [json.loads(line) for line in drafting("--from-feedback")[1].splitlines()]
    path = tmp_path / "mine.jsonl"
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    def check() -> tuple[int, str, str]:
        path.write_text("".join(json.dumps(draft) + "\n" for draft in drafts), encoding="utf-8")
        return drafting("check", "--cases", str(path))

    code, _, err = check()
    assert code == 1
    assert "mine.jsonl:1: 'answerable' must be true or false" in err
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(drafts[0], schema)
    drafts[0] |= {"answerable": True, "nuggets": [{"id": "date", "any": ["16 July 2001"]}]}
    drafts[1] |= {"answerable": True, "nuggets": [{"id": "date", "any": ["2008"]}]}
    drafts[2] |= {"answerable": False}
    code, out, err = check()
    assert (code, out) == (0, "")
    assert err.startswith("3 cases, 2 answerable, ")
    for draft in drafts:
        jsonschema.validate(draft, schema)


def test_no_feedback_is_said(drafting: Main) -> None:
    assert drafting("--from-feedback") == (0, "", "no feedback yet, nothing drafted\n")


def test_the_short_form_takes_no_command(drafting: Main) -> None:
    code, out, err = drafting("--from-feedback", "check")
    assert (code, out) == (2, "")
    assert err == "amur: --from-feedback stands without a command, or behind 'draft'; see: amur eval cases --help\n"
    assert "draft" in "".join(drafting()[1:])  # without anything, the help as before
