"""The pages that are rendered here: the reader view of a document. Explore and about stand in modules of their own."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.pipeline import Bot
from bot.serve.highlight import read_spans
from bot.serve.reader import lay_out, read_cited
from bot.serve.web import read_visit, show
from corpus.tombstones import removed

METHODS = ["GET", "HEAD"]


def make_pages(bot: Bot) -> APIRouter:
    """Return the routes of the reader view."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/documents/{document_id:path}", methods=METHODS, response_class=HTMLResponse)
    def document(document_id: str, request: Request) -> HTMLResponse:
        return _document(bot, document_id, request)

    return router


def _document(bot: Bot, document_id: str, request: Request) -> HTMLResponse:
    visit = read_visit(request)
    store = bot.store
    if document_id in removed(bot.settings):
        return show(visit, request, "gone.html", 410, word="removed", document_id=document_id)
    found = store.document(document_id)
    if found is None:
        return show(visit, request, "gone.html", 404, word="unknown", document_id=document_id)
    spans, bad = read_spans(request.query_params.getlist("s"), len(found.text))
    reading = lay_out(store, found, spans)
    cited = read_cited(request.query_params.getlist("cited"), store, document_id, spans)
    return show(
        visit,
        request,
        "document.html",
        reading=reading,
        document=found,
        bad=bad,
        cited=cited,
        position=next((n for n, c in enumerate(cited) if c.here), None),
        questions=[s.question for s in store.suggestions if s.document_id == document_id],
        as_of=store.manifest.as_of,
        revision=store.manifest.corpus_revision,
    )
