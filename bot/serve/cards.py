"""What a reader sees of an answer, as HTML: the text with markers, and a card for each source. Everything is escaped here.

Nothing from a document, a reader or a model reaches a page but through `_text`, which escapes it, and `_link`, which lets only
http and https addresses through. Lines hold no empty line, so that no Markdown renderer takes their content for mark-up.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from bot.messages import say
from bot.perspective import describe
from bot.records import Answer, Citation, CitedReference
from corpus.references import NAMES
from index.store import Store

# Tabs, carriage returns, line and paragraph separators: any of them may end a line for a Markdown renderer.
_ODD_SPACE = re.compile(r"[\t\r\v\f\x1c-\x1f\x85\u2028\u2029]")

CONTEXT = 220
"""Characters of the document shown before and after a quote, cut at a space."""


def answer_html(answer: Answer, turn: int) -> str:
    """Return the answer's text: a paragraph for each run of statements, each with links to its cards."""
    parts = [f'<p class="amur-lead">{_text(answer.lead)}</p>'] if answer.lead else []
    if answer.abstained:
        parts.append(f'<p class="amur-abstained">{_text(answer.answer)}</p>')
    elif not answer.statements:
        parts += [f"<p>{_text(paragraph)}</p>" for paragraph in answer.answer.split("\n\n")]
    parts += [
        f"<p>{_text(statement.text)} {''.join(marker(turn, number) for number in statement.numbers)}</p>"
        for statement in answer.statements
    ]
    if answer.notice:
        parts.append(f'<p class="amur-notice">{_text(answer.notice)}</p>')
    if answer.citations:
        as_of = say("as_of", answer.language, as_of=answer.as_of or say("unknown", answer.language))
        line = f"{describe(answer.source_mix, answer.language)} · {as_of}"
        parts.append(f'<p class="amur-mix">{_text(line)}</p>')
    return f'<div class="amur-answer">{"".join(parts)}</div>'


def partial_html(texts: Sequence[str]) -> str:
    """Return an answer that is still being written."""
    return f'<div class="amur-answer">{"".join(f"<p>{_text(t)}</p>" for t in texts)}</div>'


def notice_html(notice: str) -> str:
    """Return what is said in the place of an answer that could not be given."""
    return f'<div class="amur-answer"><p class="amur-notice">{_text(notice)}</p></div>'


def question_html(question: str) -> str:
    """Return what the reader typed."""
    return f"<p>{_text(question)}</p>"


def marker(turn: int, number: int) -> str:
    """Return the link from a statement to its card; its name for a screen reader is hidden text inside it."""
    return (
        f'<a class="amur-marker" href="#{card_id(turn, number)}"><span class="amur-hidden">source </span>{number}</a>'
    )


def card_id(turn: int, number: int) -> str:
    """Return the id of a card."""
    return f"t{turn}-c{number}"


def evidence_html(answers: Sequence[Answer], store: Store) -> str:
    """Return the cards of all answers of a conversation, the newest first."""
    turns = [
        f'<section class="amur-turn"><h3>{_text(answer.question)}</h3>{_copy(answer, turn)}'
        + "".join(_card(c, turn, store) for c in answer.citations)
        + "</section>"
        for turn, answer in enumerate(answers, 1)
        if answer.citations
    ]
    return (
        "".join(reversed(turns))
        or '<p class="amur-empty">The sources of an answer appear here, each with the words it rests on.</p>'
    )


def plain_text(answer: Answer) -> str:
    """Return the answer with its numbered sources as plain text, to take away."""
    lines = [answer.question, "", *([answer.lead] if answer.lead else []), answer.answer, "", "Sources"]
    for c in answer.citations:
        lines.append(
            f"[{c.number}] {', '.join(p for p in (c.title, c.section, _page(c)) if p)} ({c.issued or 'undated'}): “{c.cited_text}”"
        )
        lines += [f"    {_reference_line(r)}" for r in c.references]
    lines.append(
        f"{describe(answer.source_mix)}. Corpus as of {answer.as_of or 'unknown'}, revision {answer.corpus_revision}."
    )
    return "\n".join(lines)


def _card(citation: Citation, turn: int, store: Store) -> str:
    before, after = _context(citation, store)
    details = [
        citation.section,
        _page(citation),
        citation.issued or "undated",
        f"by {citation.publisher}" if citation.publisher else "",
    ]
    references = "".join(f"<li>{_reference(r)}</li>" for r in citation.references)
    return (
        f'<article class="amur-card" id="{card_id(turn, citation.number)}">'
        f'<h4><span class="amur-number">{citation.number}</span> {_text(citation.title)}</h4>'
        f'<p class="amur-details">{_text(" · ".join(d for d in details if d))} {_badge(citation.perspective)}</p>'
        f"<blockquote>{_text(before)}<mark>{_text(citation.cited_text)}</mark>{_text(after)}</blockquote>"
        f'<p class="amur-verdict">✓ {_text(citation.verdict)}: these words stand in the document at characters '
        f"{citation.source_start}–{citation.source_end}</p>"
        + (
            f"<ul>{references}</ul>"
            if references
            else f'<p class="amur-details">This document names no sources of its own.{_origin(citation)}</p>'
        )
        + "</article>"
    )


def _origin(citation: Citation) -> str:
    return f" It stands at {_link(citation.url, citation.url)}." if citation.url else ""


def _page(citation: Citation) -> str:
    return f"p. {citation.page}" if citation.page else ""


def _context(citation: Citation, store: Store) -> tuple[str, str]:
    """Return what stands before and after the quote in its paragraph, shortened at a space."""
    document = store.document(citation.document_id)
    if document is None:
        return "", ""
    start = document.text.rfind("\n\n", 0, citation.source_start) + 1
    end = document.text.find("\n\n", citation.source_end)
    before = document.text[max(start, 0) : citation.source_start].lstrip()
    after = document.text[citation.source_end : end if end >= 0 else len(document.text)].rstrip()
    if len(before) > CONTEXT:
        before = "… " + before[-CONTEXT:].split(" ", 1)[-1]
    if len(after) > CONTEXT:
        after = after[:CONTEXT].rsplit(" ", 1)[0] + " …"
    return before, after


def _copy(answer: Answer, turn: int) -> str:
    return (
        f'<p class="amur-tools"><a class="amur-copy" href="#copy-{turn}">Copy with sources</a></p>'
        f'<div class="amur-hidden" id="copy-{turn}">{_text(plain_text(answer), keep_lines=True)}</div>'
    )


def _reference(reference: CitedReference) -> str:
    title = _link(reference.url, reference.title)
    return f"{title}. {_text(_where_and_when(reference))} {_badge(reference.perspective)}"


def _where_and_when(reference: CitedReference) -> str:
    return ", ".join(part for part in (reference.publisher, reference.issued or "n.d.") if part)


def _reference_line(reference: CitedReference) -> str:
    voice = NAMES.get(reference.perspective, reference.perspective)
    return f"{reference.title}. {_where_and_when(reference)} ({voice}). {reference.url or ''}"


def _badge(perspective: str) -> str:
    return f'<span class="amur-badge amur-{_text(perspective)}">{_text(NAMES.get(perspective, perspective))}</span>'


def _link(url: str | None, text: str) -> str:
    try:
        safe = url is not None and urlsplit(url).scheme in {"http", "https"} and url.isprintable() and " " not in url
    except ValueError:
        safe = False
    if not safe or url is None:
        return _text(text)
    return f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener noreferrer">{_text(text)}</a>'


def _text(text: str | None, *, keep_lines: bool = False) -> str:
    """Return text as HTML that shows exactly that text."""
    lines = [_ODD_SPACE.sub(" ", line) for line in (text or "").split("\n")]
    return ("<br>" if keep_lines else " ").join(escape(line, quote=True) for line in lines)
