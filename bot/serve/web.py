"""What all our server-rendered pages share: the reader's language, the words of the interface, links, and rendering."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.messages import catalogue, say
from bot.serve import links
from corpus.pages import render_page, say_date

LANGUAGES = {"en": "English", "ru": "Русский", "zh": "中文"}
_ROOM = "bot.serve"


class Place(Protocol):
    """Characters of a document."""

    @property
    def document_id(self) -> str:
        """The document."""

    @property
    def start(self) -> int:
        """Where they begin."""

    @property
    def end(self) -> int:
        """Where they end."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Whose page it is: its language, whether the reader chose it (`chosen`), and the path the server stands under."""

    lang: str
    chosen: str
    root: str

    def word(self, key: str, /, **values: object) -> str:
        """Return a text of the interface in the reader's language."""
        return say(f"page.{key}", self.lang, **values)

    def voice(self, perspective: str) -> str:
        """Return what a reader sees of a perspective."""
        return catalogue(self.lang).get(f"perspective.{perspective}", perspective)

    def topic(self, topic: str) -> str:
        """Return what a reader sees of a topic."""
        return name_topic(topic, self.lang)

    def kind(self, kind: str) -> str:
        """Return what a reader sees of the kind of a document."""
        return self._name("kind", kind) or kind

    def _name(self, what: str, value: str) -> str:
        return catalogue(self.lang).get(f"page.{what}-{value}", "")

    def date(self, iso: str | None) -> str:
        """Return a date in words in English, as ISO 8601 in other languages."""
        return say_date(iso) if self.lang == "en" else iso or ""

    def link(self, path: str, **parameters: str) -> str:
        """Return the address of one of our pages, in the reader's language if that was chosen."""
        return links.page_link(path, parameters.items(), root=self.root, lang=self.chosen)

    def document(self, document_id: str, spans: Sequence[tuple[int, int]] = (), cited: Sequence["Place"] = ()) -> str:
        """Return the address of a document's page."""
        others = [(c.document_id, c.start, c.end) for c in cited]
        return links.document_link(document_id, spans, cited=others, root=self.root, lang=self.chosen)

    def chat(self, question: str = "", **filters: str) -> str:
        """Return the address of the chat page with a question and filters."""
        return links.chat_link(question, filters, root=self.root, lang=self.chosen)


def name_topic(topic: str, language: str) -> str:
    """Return what a reader sees of a topic: its name in the corpus, translated if it is one of the shipped ones."""
    key = f"page.topic-{topic}"
    return say(key, language) if key in catalogue("en") else topic.replace("-", " ")


def read_visit(request: Request) -> Visit:
    """Return how a request wants its page: `?lang=` if it names one of ours, else what the browser prefers, else English."""
    asked = request.query_params.get("lang", "")
    lang = choose_language(asked, request.headers.get("accept-language", ""))
    return Visit(
        lang=lang, chosen=lang if lang == asked else "", root=str(request.scope.get("root_path", "")).rstrip("/")
    )


def show(visit: Visit, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made from a template; Any: whatever it shows."""
    parameters = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    path = request.url.path.removeprefix(visit.root)
    switch = [
        (name, title, links.page_link(path, parameters, root=visit.root, lang=name))
        for name, title in LANGUAGES.items()
    ]
    page = render_page(template, _ROOM, visit=visit, t=visit.word, switch=switch, here=path, **values)
    return HTMLResponse(page, status_code=status, headers={"vary": "accept-language"})


def choose_language(asked: str, accepted: str) -> str:
    """Return the language of the interface: what `?lang=` asks for if it is one of ours, else the first of ours that the
    Accept-Language header prefers, of equals the one that stands first, else English."""
    if asked in LANGUAGES:
        return asked
    ranked = []
    for place, part in enumerate(accepted.split(",")[:20]):
        name, _, quality = part.strip().partition(";")
        ranked.append((-_quality(quality), place, name.strip().split("-")[0].lower()))
    found = [name for weight, _, name in sorted(ranked) if name in LANGUAGES and weight < 0]
    return found[0] if found else "en"


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0
