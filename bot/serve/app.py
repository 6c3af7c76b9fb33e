"""The server: one FastAPI app with the API, the embeddable page and, mounted last, the Gradio chat page.

From outside in: proxy headers, the log, the gate, CORS, the body, the routes (`bot.serve.logs`, `gate`, `body`, `api`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from bot.pipeline import Bot
from bot.serve.api import PREFIX, make_router, refuse_the_rest
from bot.serve.body import Body
from bot.serve.docs_page import make_docs_router
from bot.serve.embed import STATIC, make_embed_router
from bot.serve.errors import answer_errors
from bot.serve.explore import make_explore
from bot.serve.exporting import make_export_router
from bot.serve.figures import make_figures
from bot.serve.gate import Gate
from bot.serve.logs import Access
from bot.serve.pages import make_pages
from bot.serve.services import make_services
from bot.serve.tokens import HEADER
from bot.settings import Settings

if TYPE_CHECKING:
    from starlette.middleware import _MiddlewareFactory


def make_app(bot: Bot) -> FastAPI:
    """Return the whole server for a bot.

    Raises:
        SettingsError: a setting of the server cannot be used.
    """
    import gradio as gr

    from bot.serve.page import make_page, mount_options

    settings = bot.settings
    services = make_services(bot)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        services.close()

    app = FastAPI(
        title="Amur",
        description="Answers about the China–Russia relationship, every sentence checkable against its source. "
        "A browser on another site needs to be allowed, and the header X-Amur-Token.",
        version=version("amur"),
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        lifespan=lifespan,
    )
    app.root_path = (
        settings.root_path
    )  # the parameter of this name warns, and the server that runs the app is not ours to set up
    app.state.services = services
    answer_errors(app)
    routers = (
        make_router(services),
        make_export_router(services),
        make_embed_router(),
        make_docs_router(),
        make_pages(bot),
        make_explore(bot),
        make_figures(bot),
    )
    for router in routers:
        app.include_router(router)
    refuse_the_rest(app, *routers)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _add_layers(app, settings)
    gr.mount_gradio_app(app, make_page(services), path="/", **mount_options(settings))
    return app


def _add_layers(app: FastAPI, settings: Settings) -> None:
    """Put the layers around the routes, the innermost first."""
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    app.add_middleware(Body)
    # Gradio echoes any Origin with credentials unless the parent app carries this very class.
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=settings.origin_pattern,
        allow_methods=["GET", "POST"],
        allow_headers=["content-type", HEADER, "x-request-id"],
        expose_headers=["retry-after", "x-request-id"],
    )
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(Access, settings=settings)
    if settings.proxies:  # uvicorn's class says of itself in other words what Starlette's asks for
        app.add_middleware(
            cast("_MiddlewareFactory[...]", ProxyHeadersMiddleware), trusted_hosts=list(settings.proxies)
        )
