"""First stage with a chat model: a follow-up is made whole and a foreign question English by the model; rules do it otherwise.

The model is asked only where its help is needed: in a conversation, or if the search model does not understand the language. What it
writes is a question to search for and nothing else: it must be one line of English that adds no figure and no date. If it is not, or the
model fails, the rules' query stands. The query used is in the answer either way.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from bot.amounts import amounts
from bot.chat_model import ChatModel, Meter, ModelFailed
from bot.history import one_line
from bot.language import detect_language, script_language
from bot.messages import say
from bot.orders import read_message
from bot.prompts import ask_for_question
from bot.records import Opened, Problem, Query, Question
from bot.rewrite import Open, rewrite, understands
from bot.scripts import CODES
from bot.settings import Settings
from bot.turns import Turn
from index.embed import Embedder

TOKENS = 400
"""Tokens that the model may write for a question."""
TURNS = 6
"""Messages of the conversation that it is shown, the latest."""
TURN_CHARACTERS = 1500
LONGER = 300
"""Characters that its question may have more than the reader's."""
_QUOTATION = "\"'“”«»„`* "


def restate(
    question: Question, *, settings: Settings, embedder: Embedder, opened: Open, chat: ChatModel | None
) -> Query:
    """Return the query for a question as `bot.rewrite` does, made from the model's words where that helps."""
    started = perf_counter()
    plain = rewrite(question, settings=settings, embedder=embedder, opened=opened)
    if chat is None or not _needs_a_model(plain, question, embedder, settings):
        return plain
    meter = Meter(left=chat.per_answer, waiting=question.waiting)
    problem, text = "", ""
    try:
        text = chat.write(_asking(plain, question, opened()), meter, most=TOKENS).strip()
    except ModelFailed as error:
        problem = error.reason
    query = plain
    if text and not problem:
        usable = _usable(text, question, settings)
        found = rewrite(replace(question, text=usable, history=()), settings=settings, embedder=embedder, opened=opened)
        if usable and not found.reply:
            query = replace(found, typed=plain.typed, language=plain.language)
    if query is plain:
        query = _as_it_was(plain, problem or "model-question", text)
    return replace(query, usage=meter.usage, seconds={"rewrite": perf_counter() - started})


def _needs_a_model(plain: Query, question: Question, embedder: Embedder, settings: Settings) -> bool:
    """Tell whether a model can help: with a foreign question, or one in a conversation, unless something else is asked."""
    if (
        plain.help
        or plain.said is not None
        or plain.offered_by
        or len(one_line(question.text)) > settings.max_question_characters
    ):
        return False
    foreign = not understands(plain.language, embedder, plain.store)
    return foreign if plain.reply else foreign or any(t.role == "user" for t in question.history)


def _asking(plain: Query, question: Question, index: Opened) -> list[tuple[str, str]]:
    told = [(t.role, t.content[:TURN_CHARACTERS]) for t in question.history[-TURNS:]]
    text = " ".join((plain.typed, *(words for role, words in told if role == "user")))
    names = [f"{text[n.start : n.end]} = {n.entry.term}" for n in index.vocabulary.names.find(text)]
    return ask_for_question(read_message(plain.typed).question or plain.question, told, dict.fromkeys(names))


def _usable(text: str, question: Question, settings: Settings) -> str:
    """Return the model's question; empty if it is none that may be searched for."""
    if "\n" in text:
        return ""
    text = one_line(text).strip(_QUOTATION)
    longest = min(settings.max_question_characters, len(question.text) + LONGER)
    if not 0 < len(text) <= longest or detect_language(text) != "en" or script_language(text):
        return ""
    return "" if _adds(text, [question.text, *(t.content for t in question.history)]) else text


def _adds(text: str, told: Sequence[str | Turn]) -> bool:
    """Tell whether a question holds a figure, month or day that nobody spoke of before it."""
    there = [amounts(str(t), _code(str(t))) for t in told]
    wanted = amounts(text, "en")
    numbers = {n for n in wanted.numbers if re.search(r"\d", text) and n not in _in_words(text)}
    return bool(
        numbers - {n for a in there for n in a.numbers}
        or wanted.months - {m for a in there for m in a.months}
        or wanted.days - {d for a in there for d in a.days}
    )


def _in_words(text: str) -> frozenset[str]:
    """Return the numbers that the text holds only as words: "the two countries" counts nothing."""
    return amounts(re.sub(r"\d", " ", text), "en").numbers - amounts(re.sub(r"[^\W\d]+", " ", text), "en").numbers


def _code(text: str) -> str:
    found = script_language(text)
    return found if found in CODES else "en"


def _as_it_was(plain: Query, kind: str, text: str) -> Query:
    """Return the rules' query with what the model failed at."""
    detail = say(f"model.{kind}" if kind != "model-question" else "model.not-understood", "en")
    problems = (Problem(kind=kind, text=text[:200], detail=detail),)
    if kind == "stopped":
        return plain
    why = f"model.{kind}" if plain.reply and kind != "model-question" else "model.not-understood"
    told = say("gap", plain.language).join(part for part in (plain.notice, say(why, plain.language)) if part)
    return replace(plain, problems=problems, notice=told or None)
