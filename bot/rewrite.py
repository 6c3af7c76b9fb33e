"""First stage: from what the reader typed to what is searched for. Says at once what cannot be searched at all."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter

from bot.asked import Asked
from bot.dates import is_ahead
from bot.filters import find_within, read_filters
from bot.named_dates import as_date, date_of_event, write_out
from bot.notices import about_dates
from bot.question import COMMON_NAMES, detect_language, following, read_question, with_forms
from bot.records import Opened, Query, Question, Turn
from bot.settings import Settings
from corpus.text import normalise
from index.embed import Embedder
from index.store import Store

Open = Callable[[], Opened]
"""Gives the index to answer from, as it is at this moment."""

_FOLLOW_UP = re.compile(
    r"^\W*(?:and|but|or|so|what about|how about|why not|since when|how so|really|more|go on|tell me more)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|there|then|one|both|"
    r"the (?:same|former|latter|treaty|agreement|deal))\b",
    re.IGNORECASE,
)
_PERSON_WORD = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their)\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][a-zé’'-]+(?: [A-Z][a-zé’'-]+)+")
_OFFICE = re.compile(r"(?:The|In|On|At|Chinese|Russian|Soviet|President|Foreign)\b")
NAMED_WITHIN = 300
_YEAR = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b")
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules?|prompts?|guidelines)\b|\bsystem prompt\b|^\W*system\s*:",
    re.IGNORECASE,
)
_LETTER = re.compile(r"\w", re.UNICODE)

EMPTY = "Please type a question about the China–Russia relationship."
TOO_LONG = "The question has {length:,} characters; please shorten it to at most {limit:,}."
NO_WORDS = "That holds no words to search for; please ask in a sentence."
INSTRUCTION = "That reads as an instruction rather than a question. Amur only quotes its texts; please ask what you would like to know."
LANGUAGES = {
    "ru": "Вопрос задан по-русски, а модель поиска понимает только английский. Попробуйте спросить по-английски.",
    "uk": "Питання поставлено українською, а модель пошуку розуміє лише англійську. Спробуйте запитати англійською.",
    "zh": "问题是中文，而目前的检索模型只懂英文。请尝试用英文提问。",
    "": "The question does not seem to be in English, the only language the search model understands; please try it in English.",
}


def rewrite(question: Question, *, settings: Settings, embedder: Embedder, opened: Open) -> Query:
    """Return the query for a question, or one with a ready `reply` when there is nothing to search for."""
    started = perf_counter()
    text = " ".join(normalise(question.text).split())
    index = opened()
    store = index.store
    language = detect_language(text)
    reply = _reply(text, language, settings, embedder, store)
    plain = _plain(text)
    listing = {s.document_id for s in store.suggestions if _plain(s.question) == plain}
    filters = read_filters(question.filters, store, index.removed)
    within = find_within(filters, store)
    offered_by = frozenset(listing - index.removed) & (within.documents if within else listing)
    as_of = as_date(store.manifest.as_of)
    dated, readings = write_out(text, as_of)
    query = text if reply or offered_by else _with_history(dated, question)
    asked, notice = Asked(kind="what", tokens=()), None
    if not reply:
        asked = _read(dated, query, index)
        notice = about_dates(as_of, readings, asked, is_ahead(dated.lower(), as_of))
    return Query(
        question=text[: settings.max_question_characters],
        query=query[: settings.max_question_characters],
        language=language,
        asked=asked,
        store=store,
        removed=index.removed,
        calibration=index.calibration,
        offered_by=offered_by,
        filters=filters,
        within=within,
        notice=notice,
        reply=reply,
        seconds={"rewrite": perf_counter() - started},
    )


def _read(text: str, query: str, index: Opened) -> Asked:
    """Return what a question asks for, as far as the index knows its words; `query` holds also the question it follows up, if any."""
    read = partial(
        read_question, as_of=as_date(index.store.manifest.as_of), event=partial(date_of_event, store=index.store)
    )
    asked = following(read(query), read(text)) if query != text else read(query)
    return with_forms(_known_designations(asked, index.store), query, index.vocabulary)


def _plain(question: str) -> str:
    return question.casefold().rstrip("?!. ")


def _reply(text: str, language: str, settings: Settings, embedder: Embedder, store: Store) -> str | None:
    if not text:
        return EMPTY
    if len(text) > settings.max_question_characters:
        return TOO_LONG.format(length=len(text), limit=settings.max_question_characters)
    if not _LETTER.search(text):
        return NO_WORDS
    if _INSTRUCTION.search(text):
        return INSTRUCTION
    understood = not embedder.languages or language in embedder.languages or language in store.manifest.languages
    return None if understood else LANGUAGES.get(language, LANGUAGES[""])


def _with_history(text: str, question: Question) -> str:
    """Return the question, led by the last one it follows up: "and in 2023?" needs to know in what."""
    turns = [t for t in question.history if t.content.strip()]
    earlier = [i for i, t in enumerate(turns) if t.role == "user"]
    if not earlier or not _follows_up(text):
        return text
    last = earlier[-1]
    asked = " ".join(normalise(turns[last].content).split())
    previous = _with_history(asked, replace(question, history=tuple(turns[:last])))
    if _YEAR.search(text):
        previous = _YEAR.sub("", previous)
    people = " ".join(_people(turns[last + 1 :])) if _PERSON_WORD.search(text) else ""
    return " ".join(f"{previous.rstrip('?!. ')} {people} {text}".split())


def _people(answers: Sequence[Turn]) -> list[str]:
    """Return the names in the first words of the last answer, to which "he" or "she" may point."""
    words = answers[-1].content[:NAMED_WITHIN] if answers else ""
    return list(dict.fromkeys(name for name in _NAME.findall(words) if not _OFFICE.match(name)))[:2]


def _follows_up(text: str) -> bool:
    asked = read_question(text)
    telling = [t for t in asked.tokens if t not in COMMON_NAMES]
    thin = len(telling) <= 1 and not asked.names and not asked.designations
    return thin or (len(asked.tokens) <= 4 and bool(_FOLLOW_UP.match(text) or _PRONOUN.search(text)))


def _known_designations(asked: Asked, store: Store) -> Asked:
    """Write S400 as the corpus does, S-400, where the corpus knows only that form."""
    spelt = {t: re.sub(r"\A([^\W\d_]+)(\d)", r"\1-\2", t) for t in asked.designations if "-" not in t}
    spelt = {t: new for t, new in spelt.items() if not store.lexical.knows(t) and store.lexical.knows(new)}
    if not spelt:
        return asked
    return replace(
        asked,
        tokens=tuple(spelt.get(t, t) for t in asked.tokens),
        designations=tuple(spelt.get(t, t) for t in asked.designations),
        own=frozenset(spelt.get(t, t) for t in asked.own),
    )
