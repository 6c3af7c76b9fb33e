"""The pages to explore what answers come from: sources, the report on the corpus, and what Amur is."""

import threading
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.filters import read_years
from bot.pipeline import Bot
from bot.serve.catalogue import Wanted, find_documents, find_sources, perspectives, topics
from bot.serve.web import read_visit, show
from corpus.corrections import load_corrections
from corpus.documents import Corpus, Document
from corpus.errors import FilterError
from corpus.gaps import load_known_gaps, load_series
from corpus.parse import Section, Sentence
from corpus.references import PERSPECTIVES
from corpus.report import report_page
from corpus.tombstones import removed
from index.store import Store

METHODS = ["GET", "HEAD"]
PART = 50
"""References on a page."""


def make_explore(bot: Bot) -> APIRouter:
    """Return the routes of sources, report and about."""
    router = APIRouter(include_in_schema=False)
    reports = Reports(bot)

    @router.api_route("/explore", methods=METHODS)
    @router.api_route("/documents", methods=METHODS)
    def start(request: Request) -> RedirectResponse:
        return RedirectResponse(read_visit(request).link("/explore/sources"), status_code=307)

    @router.api_route("/explore/sources", methods=METHODS, response_class=HTMLResponse)
    def sources(request: Request) -> HTMLResponse:
        return _sources(bot, request)

    @router.api_route("/explore/report", methods=METHODS, response_class=HTMLResponse)
    def report(request: Request) -> HTMLResponse:
        return HTMLResponse(reports.page())

    @router.api_route("/about", methods=METHODS, response_class=HTMLResponse)
    def about(request: Request) -> HTMLResponse:
        visit, manifest = read_visit(request), bot.store.manifest
        return show(
            visit,
            request,
            f"about.{visit.lang}.html",
            manifest=manifest,
            corrections=load_corrections(bot.settings.folders),
            contact=bot.settings.contact,
        )

    return router


class Reports:
    """The report on the corpus that is served, made when it is first asked for and kept until another corpus is served."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._lock = threading.Lock()
        self._kept: tuple[object, str] | None = None

    def page(self) -> str:
        """Return the report as HTML."""
        store, gone = self._bot.store, removed(self._bot.settings)
        key = (store.folder, gone)
        with self._lock:  # drawing takes seconds: whoever comes meanwhile waits for the same page
            if self._kept is None or self._kept[0] != key:
                folders = self._bot.settings.folders
                page = report_page(corpus_of(store, gone), load_series(folders), load_known_gaps(folders))
                self._kept = (key, page)
            return self._kept[1]


def corpus_of(store: Store, gone: frozenset[str] = frozenset()) -> Corpus:
    """Return the corpus as an index holds it: what is served, whatever the files say by now."""
    documents = []
    for known in store.texts.documents():
        whole = store.document(known.id)
        if whole is None or known.id in gone:
            continue
        fields: dict[str, Any] = {  # Any: the types of the fields
            name: getattr(whole, name)
            for name in (
                "id", "title", "text", "creator", "publisher", "issued", "language", "kind", "topic", "as_of", "rights", "url",
                "perspective", "revision",
            )
        }  # fmt: skip
        sentences = tuple(
            Sentence(
                start=s.source_start, end=s.source_end, paragraph=s.paragraph, section=s.section, line=0, references=s.references,
                date=s.date, dispute=s.dispute, who=s.who, page=s.page,
            )
            for s in store.texts.sentences_of(known.id)
        )  # fmt: skip
        sections = tuple(Section(title=title, start=start, end=end) for title, start, end in whole.sections)
        documents.append(Document(**fields, sections=sections, sentences=sentences, path=Path(known.id)))
    return Corpus(
        documents=tuple(documents), references=store.texts.bibliography(), revision=store.manifest.corpus_revision
    )


def _sources(bot: Bot, request: Request) -> HTMLResponse:
    store, gone, asked = bot.store, removed(bot.settings), request.query_params
    problem = ""
    try:
        years = read_years(asked.get("years", ""))
    except FilterError as error:
        years, problem = None, str(error)
    wanted = Wanted(
        words=asked.get("q", "")[:200],
        topic=asked.get("topic", ""),
        perspective=asked.get("perspective", ""),
        years=years,
    )
    found = find_sources(store, wanted, gone)
    last = max((len(found) - 1) // PART, 0) + 1
    number = asked.get("page", "1")
    page = min(max(int(number), 1), last) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    return show(
        read_visit(request),
        request,
        "sources.html",
        documents=find_documents(store, wanted, gone),
        sources=found[(page - 1) * PART : page * PART],
        total=len(found),
        page=page,
        last=last,
        wanted=wanted,
        years=asked.get("years", "")[:20],
        problem=problem,
        topics=topics(store),
        perspectives=[p for p in PERSPECTIVES if p in perspectives(store)],
    )
