"""What every surface of one server shares: the bot, the threads it runs in, the limits, the tokens and the feedback."""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event as Signal
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from bot.pipeline import Bot
from bot.records import Event
from bot.serve.feedback import FeedbackStore
from bot.serve.gate import is_own
from bot.serve.limits import Caller, Limits
from bot.serve.logs import LOG, request_id
from bot.serve.tokens import HEADER, Tokens, read_secret
from bot.serve.work import Crew, Job
from bot.turns import Turn
from bot.waiting import waiting_for

MODEL_SHARE = 0.9
"""The share of `answer_seconds` after which a chat model is given up, so that quotes come in time."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """The parts of a server, made once."""

    bot: Bot
    crew: Crew
    limits: Limits
    tokens: Tokens
    feedback: FeedbackStore

    async def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str] | Turn],
        filters: Mapping[str, Any] | None = None,  # Any: JSON values
        *,
        caller: Caller,
        surface: str,
    ) -> Job[Event]:
        """Return the running job that answers a question; every surface asks this way.

        Raises:
            RequestError: the reader or the site has asked too often, or too many wait.
            FilterError: a filter that there is not.
        """
        self.limits.spend("answer", caller)
        if filters:
            await asyncio.to_thread(self.bot.check_filters, filters)  # now, while there is a status to say it with
        if self.bot.settings.log_questions:
            LOG.info("question", extra={"amur": {"surface": surface, "question": question}})

        request = request_id.get()

        def answer(gone: Signal) -> Generator[Event, None, None]:
            waiting = waiting_for(MODEL_SHARE * self.bot.settings.answer_seconds, gone)
            events = self.bot.stream(question, history=history, filters=filters, waiting=waiting)
            with closing(events):  # type: ignore[type-var]  # a generator
                for event in events:
                    for kind in _failures(event):
                        LOG.info("chat model failed", extra={"amur": {"request": request, "kind": kind}})
                    yield event

        return await self.crew.start(answer)

    def close(self) -> None:
        """Let go of threads and files."""
        self.crew.close()
        self.feedback.close()


def _failures(event: Event) -> list[str]:
    """Return what went wrong with the chat model, by its kinds, once the answer is there."""
    problems = event.answer.problems if event.answer else ()
    return list(dict.fromkeys(p.kind for p in problems if p.kind.startswith(("model-", "budget-"))))


def make_services(bot: Bot) -> Services:
    """Return the parts of a server for a bot.

    Raises:
        SettingsError: a setting of limits cannot be used.
    """
    settings = bot.settings
    secret = read_secret(settings)
    return Services(
        bot=bot,
        crew=Crew(settings, more=settings.chat_at_once if bot.chat else 0),
        limits=Limits(settings, secret),
        tokens=Tokens(secret, settings.token_seconds),
        feedback=FeedbackStore(settings),
    )


def reader_on_page(request: Any) -> Caller:  # Any: Gradio's request, which this module does not know
    """Return who asks on the chat page; the gate lets nobody there from another site."""
    return Caller(address=request.client.host if request.client else "")


async def permit(
    request: Request,
    x_amur_token: Annotated[
        str | None, Header(alias=HEADER, description="From POST /api/v1/token; browsers on other sites need it.")
    ] = None,
) -> Caller:
    """Return who calls; another site needs a token (the gate has checked that it is allowed).

    Raises:
        RequestError: 403, the token is missing, old, or not of this site.
    """
    address = request.client.host if request.client else ""
    origin = request.headers.get("origin")
    if origin is None or is_own(origin, request.headers.get("host", "")):
        return Caller(address=address)
    services: Services = request.app.state.services
    services.tokens.check(x_amur_token, origin)
    return Caller(address=address, site=origin)


async def spend(request: Request, caller: Annotated[Caller, Depends(permit)]) -> Caller:
    """Count a request that costs work, and return who calls.

    Raises:
        RequestError: 429, too many.
    """
    services: Services = request.app.state.services
    services.limits.spend("answer", caller)
    return caller


Permitted = Annotated[Caller, Depends(permit)]
Asking = Annotated[Caller, Depends(spend)]
