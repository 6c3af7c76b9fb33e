"""`/docs`: the API for people to read and try, by Swagger UI. Its files are ours to serve; FastAPI's own page loads them from a CDN."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from bot.serve.embed import STATIC


def make_docs_router() -> APIRouter:
    """Return the route of the page."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html", media_type="text/html")

    return router
