"""An answer to take away: Markdown, JSON, BibTeX, CSL-JSON, plain text, or a page to print, in the language of the answer.

All are made from the contract's object, so that what was exported once as JSON can become any other. Each numbers its sources as
the answer does and says what the answer was made from: the corpus's revision and date.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.citing import as_bibtex, as_csl
from bot.filters import describe_filters, read_stored
from bot.messages import say, spoken
from bot.perspective import describe
from corpus.references import NAMES

Json = Mapping[str, Any]  # Any: JSON values

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")
_LIST_LIKE = re.compile(r"\A(\s*)(?:(\d+)([.)])|([-+=:]))")


def export(answer: Json, form: str) -> str:
    """Return an answer in one of `FORMATS`."""
    return FORMATS[form][1](answer)


def as_json(answer: Json) -> str:
    """Return the contract's object, which `amur verify` takes."""
    return json.dumps(answer, ensure_ascii=False, indent=1) + "\n"


def as_text(answer: Json) -> str:
    """Return plain text."""
    return "\n".join(_lines(answer, _Plain())) + "\n"


def as_markdown(answer: Json) -> str:
    """Return Markdown; whatever a document or a reader wrote is shown as written, never taken for mark-up."""
    return "\n".join(_lines(answer, _Markdown())) + "\n"


def as_html(answer: Json) -> str:
    """Return a page to read and print, in one file."""
    from corpus.pages import render_page

    language = _language(answer)
    return render_page(
        "answer.html",
        "bot",
        answer=answer,
        language=language,
        paragraphs=_paragraphs(answer),
        say=lambda key, **values: say(key, language, **values),
        voice=lambda perspective: _voice(perspective, language),
        place=_place,
        made=_made(answer),
        mix=_mix(answer),
    )


class _Plain:
    """Writes plain text."""

    def text(self, text: str) -> str:
        return " ".join(text.split())

    def title(self, text: str) -> str:
        return self.text(text)

    def heading(self, text: str) -> str:
        return text

    def quote(self, text: str) -> str:
        return f"    “{self.text(text)}”"

    def item(self, text: str) -> str:
        return f"    {text}"

    def number(self, number: int) -> str:
        return f"[{number}]"

    def address(self, url: str) -> str:
        return url


class _Markdown(_Plain):
    """Writes Markdown."""

    def text(self, text: str) -> str:
        escaped = _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
        return _LIST_LIKE.sub(lambda m: f"{m[1]}{m[2] or ''}\\{m[3] or m[4]}", escaped)

    def title(self, text: str) -> str:
        return f"# {self.text(text)}"

    def heading(self, text: str) -> str:
        return f"## {text}"

    def quote(self, text: str) -> str:
        return f"> {self.text(text)}\n"

    def item(self, text: str) -> str:
        return f"- {text}"

    def number(self, number: int) -> str:
        return rf"\[{number}\]"

    def address(self, url: str) -> str:
        return f"<{url}>" if re.fullmatch(r"https?://[^\s<>\\]+", url) else self.text(url)


def _lines(answer: Json, to: _Plain) -> Iterator[str]:
    language = _language(answer)
    yield to.title(answer["question"])
    yield ""
    if answer["lead"]:
        yield f"{to.text(answer['lead'])}\n"
    for paragraph in _paragraphs(answer):
        yield " ".join(
            to.text(text) + (" " + "".join(map(to.number, numbers)) if numbers else "") for text, numbers in paragraph
        )
        yield ""
    if answer["notice"]:
        yield f"{to.text(answer['notice'])}\n"
    if answer["series"]:
        yield from _series(answer["series"], to, language)
    if answer["citations"]:
        yield to.heading(say("sources", language))
        yield ""
    for c in answer["citations"]:
        yield f"{to.number(c['number'])} {to.text(_where(c, language))}"
        yield to.quote(c["cited_text"])
        for r in c["references"] or [c]:
            yield to.item(_reference(r, to, language))
        yield ""
    if _mix(answer):
        yield f"{to.text(_mix(answer))}.\n"
    yield to.text(_made(answer))


def _paragraphs(answer: Json) -> list[list[tuple[str, list[int]]]]:
    """Return the statements with their numbers, a paragraph for each document in a row; without any, the answer's own words."""
    if not answer["statements"]:
        return [[(answer["answer"], [])]]
    documents = {c["number"]: c["document_id"] for c in answer["citations"]}
    paragraphs: list[list[tuple[str, list[int]]]] = []
    last = None
    for statement in answer["statements"]:
        numbers = list(statement["numbers"])
        document = documents.get(numbers[0]) if numbers else None
        if document != last or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append((statement["text"], numbers))
        last = document
    return paragraphs


def _language(answer: Json) -> str:
    """Return the language of the words around the answer: its own if Amur speaks it."""
    return spoken(str(answer["language"]))


def _where(citation: Json, language: str) -> str:
    page = say("page.page", language, n=citation["page"]) if citation["page"] else ""
    named = ", ".join(part for part in (citation["title"], citation["section"], page) if part)
    return f"{named} ({citation['issued'] or say('undated', language)}); {_place(citation, language)}"


def _place(citation: Json, language: str) -> str:
    span = {"start": citation["source_start"], "end": citation["source_end"]}
    verdict = citation["verdict"]
    checked = say(f"export.{verdict}", language) if verdict in {"verbatim", "supported", "translated"} else verdict
    return say("export.place", language, document=citation["document_id"], checked=checked, **span)


def _voice(perspective: str, language: str) -> str:
    return say(f"perspective.{perspective}", language) if perspective in NAMES else perspective


def _reference(reference: Json, to: _Plain, language: str) -> str:
    named = ". ".join(part for part in (reference["title"], reference["publisher"]) if part)
    issued = reference["issued"] or say("export.no_date", language)
    said = to.text(f"{named}, {issued} ({_voice(reference['perspective'], language)}).")
    return f"{said} {to.address(reference['url'])}" if reference["url"] else said


def _series(series: Json, to: _Plain, language: str) -> Iterator[str]:
    yield to.heading(say("page.nav-figures", language))
    yield ""
    yield to.text(f"{series['title']} ({series['unit']})")
    yield ""
    titles = {source["id"]: source["title"] for source in series["sources"]}
    for p in series["points"]:
        source = titles.get(p["reference"], p["reference"])
        yield to.item(to.text(f"{p['period']}: {p['value']:g} {p['unit']} ({p['basis']}; {source})"))
    yield ""


def _mix(answer: Json) -> str:
    return describe(answer["source_mix"], _language(answer)) if answer["source_mix"] else ""


def _made(answer: Json) -> str:
    language, filters = _language(answer), read_stored(answer["filters"])
    made = say(
        "export.made",
        language,
        as_of=answer["as_of"] or say("unknown", language),
        revision=answer["corpus_revision"],
        mode=answer["mode"],
        confidence=f"{answer['confidence']:.2f}",
        fingerprint=answer["fingerprint"],
    )
    only = say("export.only", language, filters=describe_filters(filters, language)) if filters else ""
    return "; ".join(part for part in (made, only) if part) + "."


FORMATS: dict[str, tuple[str, Callable[[Json], str], str]] = {
    "markdown": ("text/markdown", as_markdown, "md"),
    "json": ("application/json", as_json, "json"),
    "bibtex": ("application/x-bibtex", as_bibtex, "bib"),
    "csl": ("application/vnd.citationstyles.csl+json", as_csl, "csl.json"),
    "text": ("text/plain", as_text, "txt"),
    "html": ("text/html", as_html, "html"),
}
"""By name: the media type, what makes it, and the ending of a file."""
