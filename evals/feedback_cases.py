"""Draft cases from what readers said of answers: what was asked and cited stands, what is right is left to a person.

All of it was sent by readers and is hostile: a comment becomes a note, never a pattern, and whatever a terminal would obey is escaped.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bot.serve.feedback import Feedback
from evals.cases import Case

KIND = "reader"
"""The kind of a drafted case, a row of its own in the table until a person says a better one."""
SHOWN = 300
"""Characters of a comment or an answer in a note."""

Draft = dict[str, Any]
"""A case as JSON whose `answerable` is null, so that no run takes it before a person has decided. Any: JSON values."""


def draft_from_feedback(said: Iterable[Feedback]) -> list[Draft]:
    """Return a draft for every question that was rated, in the order of the first rating.

    Ratings of the same question after the same history are one case, whose note holds them all.
    """
    asked: dict[tuple[str, str], list[Feedback]] = {}
    for feedback in said:
        history = json.dumps(list(feedback.history), sort_keys=True)
        asked.setdefault((feedback.question, history), []).append(feedback)
    return [_draft(ratings) for ratings in asked.values()]


def line_of(draft: Draft) -> str:
    """Return the draft as a line of JSON in readable script, characters that cannot be printed escaped."""
    line = json.dumps(draft, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)


def _draft(ratings: list[Feedback]) -> Draft:
    first = ratings[0]
    language = first.answer.get("language")
    case = Case(
        id=f"feedback-{first.id}",
        question=_whole(first.question),
        kind=KIND,
        answerable=False,
        documents=tuple(dict.fromkeys(document for rating in ratings for document in _cited(rating.answer))),
        history=tuple({name: _whole(str(value)) for name, value in turn.items()} for turn in first.history),
        language=_whole(language) if isinstance(language, str) and language else "en",
        note="; ".join(_note(rating) for rating in ratings),
    )
    return {**asdict(case), "answerable": None}


def _cited(answer: dict[str, Any]) -> list[str]:  # Any: JSON values that a reader's browser sent, of whatever form
    citations = answer.get("citations")
    found = [c.get("document_id") for c in citations if isinstance(c, dict)] if isinstance(citations, list) else []
    return [_whole(document) for document in found if isinstance(document, str)]


def _note(rating: Feedback) -> str:
    about = f"{rating.rating}, {rating.reason}" if rating.reason else rating.rating
    comment = f" “{_line(rating.comment)}”" if rating.comment else ""
    return f"{rating.time} {about}{comment}, answered: {_line(str(rating.answer.get('answer', '')))}"


def _line(text: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def _whole(text: str) -> str:
    """Return the text with half characters replaced, which no case may hold."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)
