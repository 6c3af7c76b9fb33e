"""What a reader is told beside an answer: whose words it quotes, in which language, whose voice is missing, what else answers."""

from collections.abc import Sequence

from bot.contested import say_missing_sides
from bot.filters import say_filters
from bot.language import script_language
from bot.messages import catalogue, say, say_language
from bot.records import Citation, Dispute, Draft, Query
from bot.series import AnsweredSeries, say_series
from corpus.documents import ADDED, BRIEF
from index.texts import StoredDocument


def say_notice(
    draft: Draft, citations: Sequence[Citation], series: AnsweredSeries | None, disputed: Sequence[Dispute]
) -> str | None:
    """Return the note to the reader: what the question's reading and the chat model noted; whose voice is missing; in which language
    the quotes are, if it is another than the reader's; of an abstention that a series answers, and that only what filters let through
    was searched."""
    query = draft.retrieved.query
    language = query.language
    cited = ((c.cited_text, query.store.document(c.document_id)) for c in citations)
    # A file that says nothing of its language counts as English; its script knows better.
    languages = dict.fromkeys(script_language(text) or d.language.split("-")[0].lower() for text, d in cited if d)
    parts = [query.notice, say_missing_sides(query, citations, draft.retrieved.candidates, disputed)]
    if set(languages) - {language}:
        named = say("list_comma", language).join(say_language(tag, language) for tag in languages)
        parts.append(say("quotes_language", language, languages=named))
    if not citations and series:
        parts.append(say_series(series, language))
    if not citations and query.filters and not query.reply:
        parts.append(say_filters(query.filters, language))
    return say("gap", language).join(part for part in (*parts, draft.notice) if part) or None


def say_lead(citations: Sequence[Citation], query: Query) -> str | None:
    """Return whose words those are that do not say it themselves: anything quoted that is no brief with its own references."""
    unattributed = [c for c in citations if c.kind != BRIEF and not c.references]
    by_document: dict[str, list[int]] = {}
    for c in unattributed:
        by_document.setdefault(c.document_id, []).append(c.number)
    named = {name: _named(document, query) for name in by_document if (document := query.store.document(name))}
    if not named:
        return None
    if len(by_document) == 1 and len(unattributed) == len(citations):
        return say("lead.one", query.language, source=next(iter(named.values())))
    marks = {name: "".join(f"[{n}]" for n in numbers) for name, numbers in by_document.items()}
    parts = "; ".join(say("lead.some", query.language, marks=marks[name], source=s) for name, s in named.items())
    return say("lead.end", query.language, parts=parts)


def _named(document: StoredDocument, query: Query) -> str:
    """Return a document by its kind, title, whose it is and when it was issued."""
    language = query.language
    by = ""
    if document.creator:
        by = say("lead.creator", language, name=document.creator)
    elif document.publisher:
        by = say("lead.publisher", language, name=document.publisher)
    kind = f"kind.{'document' if document.kind == ADDED else document.kind}"
    return say(
        "lead.source",
        language,
        kind=say(kind, language) if kind in catalogue("en") else document.kind,
        title=document.title,
        by=by,
        issued=document.issued or say("undated", language),
    )
