"""How the tests of written answers ask, and the sentences that their chat model writes."""

import json
from pathlib import Path
from typing import Any

from bot.check import Cited, check_sentence
from bot.messages import say
from bot.pipeline import Bot
from bot.records import Answer
from tests.bot.writing import ASKED, KEY, writing_bot
from tests.chat_server import Script

WRITTEN = "The friendship treaty was signed by China and Russia on 16 July 2001 in Moscow."
EXTENDED = "In June 2021 Russia and China extended the friendship treaty for five years."


def ask(folder: Path, script: Script, question: str = ASKED, **changed: Any) -> tuple[Answer, list[dict[str, Any]]]:
    """Return the answer, and what the model was sent."""
    with writing_bot(folder, script, **changed) as (bot, server):
        answer = bot.answer(question)
    check(bot, answer)
    return answer, server.requests


def check(bot: Bot, answer: Answer) -> None:
    """Check by hand, without the code under test, that every statement rests on words that stand in the documents."""
    quotes = {c.number: c for c in answer.citations}
    for citation in answer.citations:
        document = bot.store.document(citation.document_id)
        assert document is not None
        assert document.text[citation.source_start : citation.source_end] == citation.cited_text
    for statement in answer.statements:
        assert statement.numbers
        cited = [Cited(text=quotes[n].cited_text) for n in statement.numbers]
        assert check_sentence(statement.text, cited).verdict == statement.verdict or statement.verdict == "verbatim"
    dumped = json.dumps(answer.to_dict())
    assert KEY not in dumped
    assert "127.0.0.1" not in dumped


def told(key: str) -> str:
    return say(f"model.{key}", "en")


def texts(answer: Answer) -> list[str]:
    return [s.text for s in answer.statements]


def kinds(answer: Answer) -> list[str]:
    return [p.kind for p in answer.problems]
