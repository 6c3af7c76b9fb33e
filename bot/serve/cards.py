"""What a reader sees of an answer, as HTML: its text with markers, and one discreet line on where it comes from.

Nothing from a document, a reader or a model reaches a page but through `text_html`, which escapes it, and `link_html`, which lets only
http and https addresses through. Lines hold no empty line, so that no Markdown renderer takes their content for mark-up.
"""

import re
from collections.abc import Callable, Collection
from html import escape
from urllib.parse import urlsplit

from bot.filters import describe_years
from bot.messages import say
from bot.perspective import describe
from bot.records import Answer
from bot.serve.web import name_topic

# Tabs, carriage returns, line and paragraph separators: any of them may end a line for a Markdown renderer.
_ODD_SPACE = re.compile(r"[\t\r\v\f\x1c-\x1f\x85\u2028\u2029]")
# Only the program's own markers have this form in an answer's text (see bot.cite).
_MARKER = re.compile(r" ?\[(\d+)\]")

HIGH, MEDIUM = 0.8, 0.6
"""Confidence that is called high, or medium, in words."""


def answer_html(answer: Answer, turn: int, language: str = "en") -> str:
    """Return a finished answer: its paragraphs with links to the cards, versions of a dispute named, and the line on its origin."""
    numbers = {c.number for c in answer.citations}
    parts = [f'<p class="amur-lead">{_marked(answer.lead, turn, numbers, language)}</p>'] if answer.lead else []
    if answer.statements:
        parts += _paragraphs(answer, turn, language)
    else:
        kind = "amur-abstained" if answer.abstained else "amur-reply"
        parts += [f'<p class="{kind}">{text_html(paragraph)}</p>' for paragraph in answer.answer.split("\n\n")]
    if answer.notice:
        parts.append(f'<p class="amur-notice">{text_html(answer.notice)}</p>')
    parts.append(_line(answer, turn, language))
    return f'<div class="amur-answer">{"".join(parts)}</div>'


def partial_html(written: str, turn: int, numbers: Collection[int], language: str = "en") -> str:
    """Return an answer that is still being written: the text so far, with markers of the citations there are."""
    paragraphs = "".join(f"<p>{_marked(part, turn, numbers, language)}</p>" for part in written.split("\n\n"))
    return f'<div class="amur-answer amur-writing">{paragraphs}</div>'


def question_html(question: str) -> str:
    """Return what the reader typed."""
    return f"<p>{text_html(question)}</p>"


def notice_html(text: str) -> str:
    """Return what the page itself has to say in place of an answer."""
    return f'<div class="amur-answer"><p class="amur-abstained">{text_html(text)}</p></div>'


def marker(turn: int, number: int, language: str = "en") -> str:
    """Return the link from a statement to its card; its name for a screen reader is hidden text inside it."""
    name = text_html(say("chat.source", language))
    return (
        f'<a class="amur-marker" href="#{card_id(turn, number)}"><span class="amur-hidden">{name} </span>{number}</a>'
    )


def card_id(turn: int, number: int) -> str:
    """Return the id of a card."""
    return f"t{turn}-c{number}"


def badge_html(perspective: str, language: str = "en") -> str:
    """Return whose voice a source is, in words and colour."""
    return f'<span class="amur-badge amur-{text_html(perspective)}">{text_html(say_perspective(perspective, language))}</span>'


def date_html(date: str) -> str:
    """Return a date, given as HTML, that no line breaks at its hyphens."""
    return f'<span class="amur-date">{date}</span>'


def say_perspective(perspective: str, language: str) -> str:
    """Return what a reader sees of a perspective."""
    try:
        return say(f"perspective.{perspective}", language)
    except KeyError:
        return perspective


def link_html(url: str | None, text: str) -> str:
    """Return a link to an http or https address; of any other address the text alone."""
    try:
        safe = url is not None and urlsplit(url).scheme in {"http", "https"} and url.isprintable() and " " not in url
    except ValueError:
        safe = False
    if not safe or url is None:
        return text_html(text)
    return f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener noreferrer">{text_html(text)}</a>'


def text_html(text: str | None, *, keep_lines: bool = False) -> str:
    """Return text as HTML that shows exactly that text."""
    lines = [_ODD_SPACE.sub(" ", line) for line in (text or "").split("\n")]
    return ("<br>" if keep_lines else " ").join(escape(line, quote=True) for line in lines)


def _paragraphs(answer: Answer, turn: int, language: str) -> list[str]:
    """Return the answer's paragraphs; those of a dispute stand together, each version under the name of who says so."""
    who = {version.text: version.who for dispute in answer.disputed for version in dispute.versions}
    claims = {dispute.claim for dispute in answer.disputed}
    numbers = {c.number for c in answer.citations}
    found = []
    for paragraph in answer.answer.split("\n\n"):
        plain, shown = _MARKER.sub("", paragraph), _marked(paragraph, turn, numbers, language)
        if plain in claims:
            found.append(f'<p class="amur-claim">{shown}</p>')
        elif plain in who:
            found.append(f'<p class="amur-version"><span class="amur-who">{text_html(who[plain])}</span> {shown}</p>')
        else:
            found.append(f"<p>{shown}</p>")
    return found


def _marked(text: str, turn: int, numbers: Collection[int], language: str) -> str:
    """Return text as HTML with the markers of these citations as links; a marker does not part from the word before it."""
    parts, end = [], 0
    for found in _MARKER.finditer(text):
        if int(found[1]) in numbers:
            parts += [text_html(text[end : found.start()]), marker(turn, int(found[1]), language)]
            end = found.end()
    return "".join([*parts, text_html(text[end:])])


def _line(answer: Answer, turn: int, language: str) -> str:
    """Return the discreet line under an answer: how it was made, how sure, whose voices, as of when, and what was searched for."""
    parts = []
    if answer.citations:
        sure = "high" if answer.confidence >= HIGH else "medium" if answer.confidence >= MEDIUM else "low"
        mix = f'<a class="amur-show" href="#t{turn}">{text_html(describe(answer.source_mix, language))}</a>'
        parts += [
            mix,
            *map(text_html, (say(f"chat.mode.{answer.mode}", language), say(f"chat.confidence.{sure}", language))),
        ]
    if answer.citations or answer.abstained:
        parts.append(date_html(text_html(say("as_of", language, as_of=answer.as_of or say("unknown", language)))))
    if answer.query and answer.query != answer.question:
        parts.append(text_html(say("chat.searched", language, query=answer.query)))
    line = " · ".join(parts) + _chips(answer, language)
    return f'<p class="amur-mix">{line}</p>' if line else ""


def _chips(answer: Answer, language: str) -> str:
    """Return the filters that the question was asked under, as a reader knows them; a document by its title where it is cited."""
    titles = {citation.document_id: citation.title for citation in answer.citations}
    names: dict[str, Callable[[str], str]] = {
        "topic": lambda topic: name_topic(topic, language),
        "perspective": lambda voice: say_perspective(voice, language),
        "document": lambda document: titles.get(document, document),
    }
    years = answer.filters.get("years")
    shown = [names[name](str(value)) for name in names for value in answer.filters.get(name, [])]
    shown += [describe_years((int(years[0]), int(years[1])))] if years else []
    return "".join(f' <span class="amur-chip">{text_html(value)}</span>' for value in shown)
