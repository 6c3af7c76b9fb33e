"""The evidence beside a conversation, as HTML: one card for each citation, with its words in their context and its references.

The page holds the newest answer's cards alone, so that a long conversation stays as quick as a short one; those of an earlier
answer, and the files that an answer can be saved as, are made when they are asked for (`fetch_html`).
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from bot.export import FORMATS, export
from bot.messages import say
from bot.records import Answer, Citation, CitedReference
from bot.series import AnsweredSeries
from bot.serve.cards import badge_html, card_id, date_html, link_html, text_html
from bot.serve.links import chat_link, citation_link, page_link
from bot.serve.web import name_topic
from corpus.text import split_sentences
from index.store import Store

CONTEXT = 320
"""Most characters of the document shown before, and after, a quote."""
FILES = {"markdown": "Markdown", "json": "JSON", "bibtex": "BibTeX", "csl": "CSL-JSON"}
"""What an answer can be saved as: forms of `bot.export` with their names."""
CARDS = "cards"
_WANTED = re.compile(rf"({CARDS}|{'|'.join(FORMATS)})-(\d{{1,4}})-\d{{1,9}}", re.ASCII)


def evidence_html(
    answers: Sequence[Answer], store: Store, language: str = "en", root: str = "", opened: Collection[int] = ()
) -> str:
    """Return the panel of a conversation: the newest answer's cards, and the questions before it folded.

    Args:
        answers: the conversation.
        store: the index that context is read from.
        language: the reader's.
        root: the path that the server stands under.
        opened: earlier turns, counted from 1, whose cards are there, too.
    """
    close = f'<p class="amur-drawer"><a class="amur-close" href="#amur-chat">{text_html(say("chat.close", language))}</a></p>'
    if not answers:
        empty = f'<p class="amur-empty">{text_html(say("chat.no_sources_yet", language))}</p>'
        return f"{close}{empty}{_holdings(store, language, root)}"
    last = len(answers)
    newest = (
        f'<section class="amur-turn" id="t{last}"><h2>{text_html(answers[-1].question)}</h2>'
        f"{_inside(answers[-1], last, store, language, root)}</section>"
    )
    earlier = "".join(
        f'<details class="amur-earlier" id="t{turn}"><summary>{text_html(answer.question)}</summary>'
        f"{_inside(answer, turn, store, language, root) if turn in opened else ''}</details>"
        for turn, answer in reversed(list(enumerate(answers[:-1], 1)))
    )
    heading = f'<h2 class="amur-earlier-heading">{text_html(say("chat.earlier", language))}</h2>' if earlier else ""
    return close + newest + heading + earlier


def _holdings(store: Store, language: str, root: str) -> str:
    """Return what stands in the panel before there is an answer: what the texts are about, each topic a link to its documents."""
    counts = Counter(d.topic for d in store.texts.documents() if d.topic)
    links = [
        f'<li><a href="{text_html(page_link("/explore/sources", [("topic", topic)], root=root))}">'
        f'{text_html(name_topic(topic, language))}</a> <span class="amur-quiet">{count}</span></li>'
        for topic, count in counts.most_common()
    ]
    as_of = store.manifest.as_of or say("unknown", language)
    told = say("chat.holdings", language, documents=store.manifest.documents, as_of=as_of)
    return f'<div class="amur-holdings"><h2>{text_html(told)}</h2><ul>{"".join(links)}</ul></div>'


def read_wanted(wanted: str, answers: Sequence[Answer]) -> tuple[str, int] | None:
    """Return the form, or `CARDS`, and the turn that a page asks for with "json-3-17"; None if there is no such thing.

    The last number counts what a page asked for, so that it knows what it waits for.
    """
    found = _WANTED.fullmatch(wanted)
    return (found[1], int(found[2])) if found and 1 <= int(found[2]) <= len(answers) else None


def fetch_html(wanted: str, form: str, answer: Answer) -> str:
    """Return an answer in a form of `bot.export`, as text that is not shown, under the id that the page waits for."""
    return _data(wanted, export(answer.to_dict(), form))


def _data(name: str, text: str) -> str:
    return f'<div class="amur-data" id="{name}">{text_html(text, keep_lines=True)}</div>'


def _inside(answer: Answer, turn: int, store: Store, language: str, root: str) -> str:
    if not answer.citations and not answer.series:
        return f'<p class="amur-empty">{text_html(say("chat.no_sources", language))}</p>'
    place = _Place(store, language, root)
    cards = [_card(citation, answer, turn, place) for citation in answer.citations]
    return (
        _tools(answer, turn, language, root)
        + "".join(cards)
        + (_figures(answer.series, turn, place) if answer.series else "")
    )


class _Place:
    """Where a card is shown: the index its words are read from, the language of its labels, the path the server stands under."""

    def __init__(self, store: Store, language: str, root: str) -> None:
        self.store = store
        self.language = language
        self.root = root

    def say(self, key: str, **values: object) -> str:
        return text_html(say(key, self.language, **values))


def _card(citation: Citation, answer: Answer, turn: int, place: _Place) -> str:
    before, after = _context(citation, place.store)
    language = place.language
    details = [
        text_html(citation.section),
        text_html(_page(citation, language)),
        _date(citation, place),
        place.say("chat.by", name=citation.publisher) if citation.publisher else "",
    ]
    address = citation_link(citation, answer.citations, root=place.root)
    references = "".join(f"<li>{_reference(r, language)}</li>" for r in citation.references)
    checked = place.say(f"chat.checked.{citation.verdict}", start=citation.source_start, end=citation.source_end)
    return (
        f'<article class="amur-card" id="{card_id(turn, citation.number)}">'
        f'<h3><a class="amur-number" href="#m-{card_id(turn, citation.number)}">{citation.number}</a> {text_html(citation.title)}</h3>'
        f'<p class="amur-details">{" · ".join(d for d in details if d)} {badge_html(citation.perspective, language)}</p>'
        f"<blockquote>{text_html(before)}<mark>{text_html(citation.cited_text)}</mark>{text_html(after)}</blockquote>"
        f'<p class="amur-read"><a href="{text_html(address)}" target="_blank">{place.say("chat.read")}</a> · {checked}</p>'
        + (f"<ul>{references}</ul>" if references else _no_references(citation, place))
        + "</article>"
    )


def _figures(series: AnsweredSeries, turn: int, place: _Place) -> str:
    """Return the card of the series that is drawn below an answer: where its values come from, and the page with all of them."""
    references = "".join(f"<li>{_reference(reference, place.language)}</li>" for reference in series.sources)
    address = page_link(f"/explore/figures/{series.id}", root=place.root)
    return (
        f'<article class="amur-card" id="t{turn}-figures"><h3>{text_html(f"{series.title}, {series.unit}")}</h3>'
        f'<p class="amur-details">{place.say("chat.figures_from")}</p><ul>{references}</ul>'
        f'<p class="amur-read"><a href="{text_html(address)}" target="_blank">{place.say("chat.figures_all")}</a></p></article>'
    )


def _no_references(citation: Citation, place: _Place) -> str:
    stands = ""
    if citation.url:
        before, _, after = say("chat.stands_at", place.language, address="\0").partition("\0")
        stands = f" {text_html(before)}{link_html(citation.url, citation.url)}{text_html(after)}"
    return f'<p class="amur-details">{place.say("chat.no_references")}{stands}</p>'


def _date(citation: Citation, place: _Place) -> str:
    """Return the date that a document holds to; of one that names none, when it was published."""
    document = place.store.document(citation.document_id)
    if document is not None and document.as_of:
        return date_html(place.say("chat.holds_to", date=document.as_of))
    return date_html(text_html(citation.issued)) if citation.issued else place.say("undated")


def _page(citation: Citation, language: str) -> str:
    return say("chat.page", language, page=citation.page) if citation.page else ""


def _context(citation: Citation, store: Store) -> tuple[str, str]:
    """Return the sentence before the quote and the one after it, in its paragraph; a long one is shortened at a space."""
    document = store.document(citation.document_id)
    if document is None:
        return "", ""
    text = document.text
    start = text.rfind("\n\n", 0, citation.source_start) + 1
    end = text.find("\n\n", citation.source_end)
    ahead = text[max(start, 0) : citation.source_start]
    behind = text[citation.source_end : end if end >= 0 else len(text)]
    earlier, later = split_sentences(ahead, document.language), split_sentences(behind, document.language)
    before = ahead[earlier[-1][0] :].lstrip() if earlier else ""
    after = behind[: later[0][1]] if later else ""
    if len(before) > CONTEXT:
        before = "… " + before[-CONTEXT:].split(" ", 1)[-1]
    if len(after) > CONTEXT:
        after = after[:CONTEXT].rsplit(" ", 1)[0] + " …"
    return before, after


def _tools(answer: Answer, turn: int, language: str, root: str) -> str:
    """Return what takes an answer away: a copy, files, print, a link. What is copied lies in the page: a clipboard waits for no server."""
    made = [f'<a class="amur-copy" href="#text-{turn}">{text_html(say("chat.copy", language))}</a>']
    made += [f'<a class="amur-file" href="#{form}-{turn}">{name}</a>' for form, name in FILES.items()]
    made.append(f'<a class="amur-print" href="#html-{turn}">{text_html(say("chat.print", language))}</a>')
    filters = {name: [str(v) for v in values] for name, values in answer.filters.items() if name != "years"}
    if answer.filters.get("years"):
        filters["years"] = ["-".join(str(year) for year in answer.filters["years"])]
    address = chat_link(answer.question, filters, root=root)
    made.append(f'<a class="amur-link" href="{text_html(address)}">{text_html(say("chat.link", language))}</a>')
    return f'<p class="amur-tools">{" · ".join(made)}</p>{_data(f"text-{turn}", export(answer.to_dict(), "text"))}'


def _reference(reference: CitedReference, language: str) -> str:
    title = link_html(reference.url, reference.title)
    when = date_html(text_html(reference.issued or say("undated", language)))
    told = ", ".join(part for part in (text_html(reference.publisher), when) if part)
    return f"{title}. {told} {badge_html(reference.perspective, language)}"
