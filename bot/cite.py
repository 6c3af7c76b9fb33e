"""Last stage: citations belong to the program. Numbers them, checks each against the document, drops what fails and says so."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter

from bot.beside import say_lead, say_notice
from bot.check import check_sentence
from bot.messages import say
from bot.perspective import source_mix
from bot.records import (
    MARKER_LIKE,
    Answer,
    Citation,
    Dispute,
    Draft,
    DraftStatement,
    Event,
    Mode,
    Problem,
    Query,
    Span,
    Statement,
    Verdict,
    Version,
)
from bot.sentences import cited_of
from bot.series import AnsweredSeries, find_series
from bot.settings import Settings
from bot.sources import cited_references
from corpus.text import is_cjk, normalise_quote
from corpus.tombstones import removed
from index.texts import StoredDocument


@dataclass
class _Cited:
    """What has been checked so far of one answer; local to one run of `cite`."""

    statements: list[Statement] = field(default_factory=list)
    drafts: list[DraftStatement] = field(default_factory=list)
    citations: dict[tuple[str, int, int], Citation] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    text: str = ""
    seen: int = 0
    begun: bool = False


def cite(drafts: Iterator[Draft], *, settings: Settings) -> Iterator[Event]:
    """Yield events as statements arrive: a citation before the text that names it, and the whole answer at the end."""
    cited = _Cited()
    draft: Draft | None = None
    spent = 0.0
    for draft in drafts:
        started = perf_counter()
        if not cited.begun:
            cited.begun = True
            query = draft.retrieved.query
            yield Event(kind="meta", data={"query": query.query, "as_of": query.store.manifest.as_of})
        for statement in draft.statements[cited.seen :]:
            yield from _add(cited, statement, draft.retrieved.query, settings)
        spent += perf_counter() - started
    if draft is None:
        return
    started = perf_counter()
    if not cited.statements and not draft.text:
        draft = _nothing_left(draft)
    if not cited.statements:
        yield Event(kind="delta", data={"text": draft.text})
    seconds = {**draft.seconds, "cite": spent + perf_counter() - started}
    seconds["total"] = sum(seconds.values())
    answer = _answer(draft, cited, settings, {name: round(value, 6) for name, value in seconds.items()})
    yield Event(kind="answer", data=answer.to_dict(), answer=answer)


def verify_span(document: StoredDocument | None, span: Span, text: str) -> str | None:
    """Return why a quote is not verbatim, or None if the document holds exactly these words at these offsets."""
    if document is None:
        return "the document is not in the index"
    if not 0 <= span.source_start < span.source_end <= len(document.text):
        return "the offsets lie outside the document"
    if normalise_quote(document.text[span.source_start : span.source_end]) != normalise_quote(text):
        return "the document has other words at these offsets"
    return None


def _add(cited: _Cited, draft: DraftStatement, query: Query, settings: Settings) -> Iterator[Event]:
    """Check one statement; show it with its numbers, or note why not."""
    cited.seen += 1
    verdict, problem = _check(draft, query, query.removed | removed(settings))
    if verdict is None:
        cited.problems += [problem] if problem else []
        return
    numbers = []
    for span in draft.spans:
        document = query.store.document(span.document_id)
        if document is None:
            continue
        key = (span.document_id, span.source_start, span.source_end)
        if key not in cited.citations:
            cited.citations[key] = _citation(len(cited.citations) + 1, document, span, query)
            yield Event(kind="citation", data=asdict(cited.citations[key]))
        numbers.append(cited.citations[key].number)
    cited.statements.append(Statement(text=draft.text, numbers=tuple(numbers), verdict=verdict))
    cited.drafts.append(draft)
    gap = _gap(cited.drafts)
    words = MARKER_LIKE.sub(r"(\1)", draft.text)
    piece = f"{gap}{words} {''.join(f'[{n}]' for n in numbers)}"
    cited.text += piece
    yield Event(kind="delta", data={"text": piece})


def _check(draft: DraftStatement, query: Query, gone: frozenset[str]) -> tuple[Verdict | None, Problem | None]:
    """Return the verdict on a statement, or why it must not be shown. What a chat model wrote is checked here again, on its own."""
    for span in draft.spans:
        document = query.store.document(span.document_id)
        words = (
            draft.text if document is None or not draft.written else document.text[span.source_start : span.source_end]
        )
        why = "the document was removed" if span.document_id in gone else verify_span(document, span, words)
        if why:
            return None, Problem(kind="not-verbatim", text=draft.text, detail=f"{span.document_id}: {why}")
    if not draft.written:
        return "verbatim", None
    checked = check_sentence(draft.text, cited_of(query, draft.spans), query.glossary)
    return checked.verdict, Problem(kind=checked.kind, text=draft.text, detail=checked.detail)


def _gap(drafts: Sequence[DraftStatement]) -> str:
    """Return what stands before the newest statement: nothing, a space, or a new paragraph for another document or block."""
    if len(drafts) == 1:
        return ""
    before, now = drafts[-2], drafts[-1]
    if before.written and now.written:
        return "" if is_cjk(now.text) else " "
    same = before.spans[0].document_id == now.spans[0].document_id and before.dispute is None and now.dispute is None
    return " " if same else "\n\n"


def _citation(number: int, document: StoredDocument, span: Span, query: Query) -> Citation:
    entries = query.store.texts.references(span.references)
    references = cited_references(span.references, entries)
    return Citation(
        number=number,
        document_id=document.id,
        title=document.title,
        publisher=document.publisher,
        issued=document.issued,
        kind=document.kind,
        perspective=references[0].perspective if references else document.perspective,
        section=document.sections[span.section][0],
        page=query.store.texts.page(document.id, span.source_start),
        url=document.url,
        revision=document.revision,
        cited_text=document.text[span.source_start : span.source_end],
        source_start=span.source_start,
        source_end=span.source_end,
        verdict="verbatim",
        references=references,
    )


def _nothing_left(draft: Draft) -> Draft:
    """Return an abstention for a draft none of whose statements passed the check."""
    text = say("not_verified", draft.retrieved.query.language)
    return Draft(
        retrieved=draft.retrieved,
        statements=(),
        abstained=True,
        confidence=0.0,
        text=text,
        suggestions=draft.suggestions,
    )


def _answer(draft: Draft, cited: _Cited, settings: Settings, seconds: dict[str, float]) -> Answer:
    query = draft.retrieved.query
    citations = tuple(cited.citations.values())
    manifest = query.store.manifest
    series, disputed = _series(query), _disputes(cited)
    return Answer(
        question=query.typed or query.question,
        query=query.query,
        language=query.language,
        answer=cited.text or draft.text,
        abstained=not cited.statements and not query.help,
        confidence=draft.confidence,
        mode=_mode(draft, cited),
        notice=say_notice(draft, citations, series, disputed),
        lead=say_lead(citations, query),
        statements=tuple(cited.statements),
        citations=citations,
        source_mix=source_mix(citations),
        disputed=disputed,
        filters=query.filters.to_dict(),
        series=series,
        as_of=manifest.as_of,
        corpus_revision=manifest.corpus_revision,
        suggestions=draft.suggestions,
        problems=(*query.problems, *draft.problems, *cited.problems),
        fingerprint=settings.fingerprint(
            manifest.corpus_revision, query.calibration.hash if query.calibration else "", draft.retrieved.reranker
        ),
        seconds=seconds,
        usage=draft.usage,
    )


def _mode(draft: Draft, cited: _Cited) -> Mode:
    """Return what made the answer: a help document, a chat model that had any part in it, or quoting alone."""
    if draft.retrieved.query.help:
        return "help"
    return (
        "generative"
        if any(d.written for d in cited.drafts) or (draft.mode == "generative" and not cited.drafts)
        else "extractive"
    )


def _series(query: Query) -> AnsweredSeries | None:
    if query.reply or query.help:
        return None
    return find_series(query.query, query.asked, query.tables, query.filters, query.store.texts.references)


def _disputes(cited: _Cited) -> tuple[Dispute, ...]:
    blocks: dict[tuple[str, int], list[tuple[DraftStatement, Statement]]] = {}
    for draft, statement in zip(cited.drafts, cited.statements, strict=True):
        if draft.dispute is not None:
            blocks.setdefault((draft.spans[0].document_id, draft.dispute), []).append((draft, statement))
    return tuple(
        Dispute(
            claim=" ".join(s.text for d, s in block if d.who is None),
            versions=tuple(Version(text=s.text, who=d.who, numbers=s.numbers) for d, s in block if d.who is not None),
        )
        for block in blocks.values()
    )
