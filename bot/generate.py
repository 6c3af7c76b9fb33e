"""Third stage with a chat model: the model writes from spans, and what it writes is checked sentence by sentence as it comes.

Whether the corpus answers at all is decided as without a model (`bot.abstain`). The model sees pieces of documents, each under a key
made for this question, and may only point at them. A sentence is passed on once `bot.check` has found that its spans bear it; what
fails is left out and listed. If the model fails, or too little of what it writes passes, quotes follow, with the reason; so every
sentence that a reader sees was checked, whatever the model does.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from time import perf_counter

from bot.across import LANGUAGES
from bot.chat_model import LASTING, ChatModel, Meter, ModelFailed, tokens_in
from bot.extract import Look, answer_extractively, opening, quotable
from bot.messages import say
from bot.orders import read_message
from bot.prompts import ask_for_answer, block, make_keys
from bot.quotes import quotes
from bot.records import Draft, DraftStatement, Problem, Query, Retrieved
from bot.sentences import Sentences
from bot.settings import Settings
from bot.written import read_written

SPANS = 30
"""Most sentences of documents that the model is shown, the best first; fewer if they do not fit into its tokens."""
MOST_SENTENCES = 12
"""Kept sentences after which the model is stopped."""


def answer_generatively(retrieved: Retrieved, *, settings: Settings, look: Look, chat: ChatModel) -> Iterator[Draft]:
    """Yield drafts with one checked statement more each; those of `bot.extract` if the model is of no use.

    Args:
        retrieved: what the search found.
        settings: how many sentences to quote, and how much confidence an answer needs.
        look: see `bot.extract`.
        chat: the model, with its limits.
    """
    started = perf_counter()
    query = retrieved.query
    quoted = replace(list(answer_extractively(retrieved, settings=settings, look=look))[-1], usage=query.usage)
    # "More" goes on quoting: what was said and what was not is told of quotes.
    if not quoted.statements or query.said is not None:
        yield quoted
        return
    # So that the reader sees what is searched for before the model has said a word.
    yield replace(quoted, statements=())
    meter = Meter(left=chat.per_answer - query.usage.tokens, waiting=query.waiting)
    sentences = Sentences(query=query, spans=_spans(retrieved))
    failed = ""
    try:
        with closing(_write(sentences, chat, meter)) as writing:
            for _ in writing:
                yield replace(quoted, statements=tuple(sentences.kept), mode="generative")
    except ModelFailed as error:
        failed = error.reason
    if failed == "stopped":  # nobody waits for the rest
        return
    draft = _finish(
        sentences,
        quoted,
        failed,
        lambda: opening(retrieved, quoted.confidence, answers=False, settings=settings, look=look),
    )
    seconds = {**retrieved.seconds, "answer": perf_counter() - started}
    yield replace(
        draft, usage=query.usage + meter.usage, problems=(*sentences.problems, *draft.problems), seconds=seconds
    )


def answer_language(query: Query) -> str:
    """Return the language that an answer is written in: the reader's, if sentences in it can be checked, else English."""
    base = query.language.split("-")[0].lower()
    return base if base in LANGUAGES else "en"


def _spans(retrieved: Retrieved) -> Mapping[str, DraftStatement]:
    """Return the best sentences under keys, disputed blocks whole, pieces of one document next to each other."""
    pieces = quotes(retrieved.query, quotable(retrieved)[:SPANS])
    rank: dict[str, int] = {}
    for piece in pieces:
        rank.setdefault(piece.spans[0].document_id, len(rank))
    pieces.sort(key=lambda p: rank[p.spans[0].document_id])
    return dict(zip(make_keys(len(pieces)), pieces, strict=True))


def _write(sentences: Sentences, chat: ChatModel, meter: Meter) -> Generator[DraftStatement, None, None]:
    """Yield each sentence of the model that is kept, as soon as it is finished and checked.

    Raises:
        ModelFailed: the model failed or broke off; what was kept until then is in `sentences`.
    """
    query, language = sentences.query, answer_language(sentences.query)
    before = {problem.kind for problem in query.problems}  # the model was asked for the question
    for reason in LASTING & before:
        raise ModelFailed(reason)
    structured = chat.structured
    asked = read_message(query.typed).question or query.question

    def messages(keys: Sequence[str]) -> list[tuple[str, str]]:
        return ask_for_answer(asked, query.query, _as_blocks(sentences, keys), language, structured=structured)

    room = meter.left - chat.max_tokens - sum(tokens_in(text) for _, text in messages(()))
    fitting = _fitting(sentences, room)
    if not fitting:
        raise ModelFailed("budget-answer")
    with closing(chat.stream(messages(fitting), meter, structured=structured)) as pieces:
        for sentence in read_written(pieces, language=language):
            if sentences.take(sentence):
                yield sentences.kept[-1]
            if len(sentences.kept) == MOST_SENTENCES:
                return


def _fitting(sentences: Sentences, room: int) -> list[str]:
    """Return the keys of the spans that fit into so many tokens, in order."""
    found: list[str] = []
    for key in sentences.spans:
        room -= tokens_in(_as_blocks(sentences, [key]))
        if room < 0:
            break
        found.append(key)
    return found


def _as_blocks(sentences: Sentences, keys: Sequence[str]) -> str:
    """Return spans as the model reads them: by document, with what is known of it, disputed ones in a block of their own."""
    lines: list[str] = []
    last: tuple[str, int | None] = ("", None)
    for key in keys:
        piece = sentences.spans[key]
        document = sentences.query.store.document(piece.spans[0].document_id)
        place = (piece.spans[0].document_id, piece.dispute)
        if last[1] is not None and place != last:
            lines.append("</disputed>")
        if place[0] != last[0] and document is not None:
            lines.append(block("document", document.title, by=document.publisher, issued=document.issued or ""))
        if piece.dispute is not None and place != last:
            lines.append("<disputed>")
        lines.append(block("span", piece.text, key=key, account=piece.who or ""))
        last = place
    return "\n".join([*lines, *(["</disputed>"] if last[1] is not None else [])])


def _finish(sentences: Sentences, quoted: Draft, failed: str, decline: Callable[[], Draft]) -> Draft:
    """Return the whole answer: what was kept with every side of its disputes, quotes if that is too little, and what a reader is told."""
    language = quoted.retrieved.query.language
    reason = failed or ("" if sentences.enough else "model-declined" if sentences.declined else "too-little")
    kept = [*sentences.kept, *sentences.missing_sides()]
    if reason == "model-declined" and not sentences.kept and not quoted.retrieved.query.offered_by:
        return replace(decline(), mode="generative", notice=say(f"model.{reason}", language), problems=_problem(reason))
    told = [say(f"model.{reason}", language)] if reason else []
    if not sentences.enough:
        more = sentences.beyond(quoted.statements)
        told.append(say(f"model.{'quotes-added' if kept and more else 'checked-part' if kept else 'quotes'}", language))
        kept += [statement for statement in more if statement not in kept]
    elif reason:
        told.append(say("model.checked-part", language))
    if sentences.translated:
        told.append(say("model.translated", language))
    if answer_language(quoted.retrieved.query) != language.split("-")[0].lower() and sentences.kept:
        told.append(say("model.in-English", language))
    return replace(
        quoted, statements=tuple(kept), notice=say("gap", language).join(told) or None, problems=_problem(reason)
    )


def _problem(reason: str) -> tuple[Problem, ...]:
    return (Problem(kind=reason, text="", detail=say(f"model.{reason}", "en")),) if reason else ()
