"""First stage: from what the reader typed to what is searched for. Says at once what cannot be searched at all."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from bot.asked import Asked
from bot.dates import is_ahead
from bot.ellipsis import names_another
from bot.filters import Filters, Within, find_within, read_filters
from bot.follow_ups import with_history
from bot.help import MORE, Help, find_help, without_courtesy
from bot.history import Exchange, exchanges, one_line
from bot.language import detect_language, in_texts_words, with_years_apart
from bot.loaded import without_loaded_words
from bot.messages import say
from bot.named_dates import as_date, date_of_event, write_out
from bot.notices import about_dates
from bot.orders import Message, read_message
from bot.question import following, read_question, with_forms
from bot.records import Opened, Query, Question
from bot.settings import Settings
from bot.talked_of import read_talk
from bot.turns import NO_TALK
from index.embed import Embedder
from index.store import Store

Open = Callable[[], Opened]
"""Gives the index to answer from, as it is at this moment."""

_LETTER = re.compile(r"\w", re.UNICODE)
_ENGLISH_WORD = re.compile(r"[A-Za-z0-9]+(?:[-.'’/][A-Za-z0-9]+)*")
_DETAIL = re.compile(r"[A-Z\d]")


def rewrite(question: Question, *, settings: Settings, embedder: Embedder, opened: Open) -> Query:
    """Return the query for a question, or one with a ready `reply` when there is nothing to search for."""
    started = perf_counter()
    typed = one_line(question.text)
    index = opened()
    filters = read_filters(question.filters, index.store, index.removed)
    earlier = exchanges(question.history)
    found = find_help(typed, in_conversation=bool(earlier))
    if found is not None and (found.id != MORE or not earlier):
        query = _of_help(typed, found, index, settings)
    elif found is not None:
        last = earlier.pop()
        query = _of_question(last.asked, earlier, settings, embedder, index, filters)
        query = replace(query, language=found.language, said=last.said)
    else:
        query = _of_question(without_courtesy(typed), earlier, settings, embedder, index, filters)
    typed = typed[: settings.max_question_characters]
    return replace(
        query,
        typed=typed,
        filters=filters,
        glossary=index.glossary,
        waiting=question.waiting,
        seconds={"rewrite": perf_counter() - started},
    )


def _of_help(text: str, found: Help, index: Opened, settings: Settings) -> Query:
    """Return the query of a message about Amur itself, with the reply of the help document."""
    manifest = index.store.manifest
    reply = found.reply(
        documents=manifest.documents,
        as_of=manifest.as_of or say("unknown", found.language),
        mode=say(f"mode.{'generative' if settings.chat_model else 'extractive'}", found.language),
    )
    return Query(
        question=text,
        query=text,
        language=found.language,
        asked=Asked(kind="what", tokens=()),
        store=index.store,
        removed=index.removed,
        calibration=index.calibration,
        reply=reply,
        help=True,
    )


def _of_question(
    text: str, earlier: Sequence[Exchange], settings: Settings, embedder: Embedder, index: Opened, filters: Filters
) -> Query:
    """Return the query of a question that follows the earlier ones, without the orders to the bot that stand beside it."""
    limit = settings.max_question_characters
    message = read_message(text) if len(text) <= limit else Message(question=text)
    text = message.question or text
    language = detect_language(text)
    reply = _reply(message, text, language, settings, embedder, index)
    within = find_within(filters, index.store)
    if reply:
        found = _unsearched(text, index, understood=understands(language, embedder, index.store))
    else:
        found = _searched(text, earlier, language, index, within)
    told = [say("order_aside", language) if message.orders else "", found.notice]
    return Query(
        question=text[:limit],
        query=found.query[:limit],
        language=language,
        asked=found.asked,
        read=found.text[:limit],
        store=index.store,
        removed=index.removed,
        calibration=index.calibration,
        offered_by=found.offered_by,
        within=within,
        notice=None if reply else say("gap", language).join(filter(None, told)) or None,
        tables=index.tables,
        reply=reply,
        talk=NO_TALK if names_another(found.text) else read_talk(earlier, index.store),
    )


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A question as it was read (see `Query.read`), what is searched for, what it asks for; which documents list this very question."""

    text: str
    query: str
    asked: Asked
    notice: str = ""
    offered_by: frozenset[str] = frozenset()


def _unsearched(text: str, index: Opened, *, understood: bool) -> _Found:
    """Return what is known of a message that has its reply already: of one in a language that is not understood, the names in it."""
    query = text if understood else _names_in(text, index) or text
    return _Found(text=query, query=query, asked=read_question(query if query != text else ""))


def _searched(text: str, earlier: Sequence[Exchange], language: str, index: Opened, within: Within | None) -> _Found:
    """Return a question with its words read one step after the other; one that a document lists is searched for as it stands."""
    names = index.vocabulary.names
    as_of = as_date(index.store.manifest.as_of)
    offered_by = _offering(text, index, within)
    plain = names.in_english(without_loaded_words(text)) if language == "en" else text
    read, readings = (text, ()) if offered_by else write_out(plain, as_of)
    query = with_history(read, () if offered_by else earlier)
    query = names.in_english(query) if language == "en" else query
    asked = _read(read, query, language, index)
    ahead = is_ahead(with_years_apart(read).lower(), as_of)
    notice = about_dates(as_of, readings, asked, ahead, language) or ""
    return _Found(text=read, query=query, asked=asked, notice=notice, offered_by=offered_by)


def _offering(question: str, index: Opened, within: Within | None) -> frozenset[str]:
    """Return the documents that list this very question, of those that may be quoted."""
    plain = _plain(question)
    listing = {s.document_id for s in index.store.suggestions if _plain(s.question) == plain}
    return frozenset(listing - index.removed) & (within.documents if within else listing)


def _names_in(text: str, index: Opened) -> str:
    """Return the names and figures that a question in another language holds, as the texts write them, in their order."""
    names = index.vocabulary.names
    terms = {word for found in names.find(text) for word in _ENGLISH_WORD.findall(found.entry.term)}
    words = _ENGLISH_WORD.findall(names.in_english(text))
    return " ".join(word for word in words if word in terms or _DETAIL.search(word))


def _read(text: str, query: str, language: str, index: Opened) -> Asked:
    """Return what a question asks for, as far as the index knows its words; `query` holds also the question it follows up, if any."""
    read = partial(
        read_question, as_of=as_date(index.store.manifest.as_of), event=partial(date_of_event, store=index.store)
    )
    query, text = with_years_apart(query), with_years_apart(text)
    asked = following(read(query), read(text)) if query != text else read(query)
    if language != "en":
        asked = in_texts_words(asked, query, language, index.vocabulary.names, index.store.lexical)
    return with_forms(_known_designations(asked, index.store), query, index.vocabulary)


def _plain(question: str) -> str:
    return question.casefold().rstrip("?!. ")


def _reply(
    message: Message, text: str, language: str, settings: Settings, embedder: Embedder, index: Opened
) -> str | None:
    """Return what is said to a message that is not searched for; None if it is."""
    if not text:
        return say("empty", language)
    if len(text) > settings.max_question_characters:
        return say("too_long", language, length=len(text), limit=settings.max_question_characters)
    if not _LETTER.search(text):
        return say("no_words", language)
    if message.asks_opinion:
        return say("opinion", language)
    if not message.question:
        return say("instruction", language)
    if understands(language, embedder, index.store):
        return None
    found = dict.fromkeys(named.entry.term for named in index.vocabulary.names.find(text))
    told = say("names_found", language, names="; ".join(found)) if found else ""
    return say("gap", language).join(part for part in (say("language", language), told) if part)


def understands(language: str, embedder: Embedder, store: Store) -> bool:
    """Tell whether a question in a language can be searched: the model knows it, or nothing is known of the model, or texts are in it."""
    return not embedder.languages or language in (*embedder.languages, *store.manifest.languages)


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
