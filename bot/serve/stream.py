"""Server-sent events: the events of `Bot.stream()` as a response that a browser reads while it is written.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html. A comment comes when nothing else did for a while, so
that proxies and the reader's side know that the line still stands.
"""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from bot.records import Event
from bot.serve.errors import say
from bot.serve.work import Job

BEAT = 15.0
"""Seconds of silence after which a comment is sent; proxies give up after 30 to 60."""


class EventStream(StreamingResponse):
    """A response of server-sent events."""

    media_type = "text/event-stream"

    def __init__(self, job: Job[Event]) -> None:
        """Send the events of a job; when the reader goes, the job stops."""
        headers = {"cache-control": "no-cache, no-transform", "x-accel-buffering": "no"}  # nginx buffers otherwise
        super().__init__(_written(job), headers=headers)


async def _written(job: Job[Event]) -> AsyncIterator[bytes]:
    """Return the bytes of the events; the last one is the answer or an error."""
    async with aclosing(job.items(BEAT)) as events:
        try:
            async for event in events:
                yield KEEPALIVE_COMMENT if event is None else _event(event.kind, event.data)
        except Exception as error:  # the status is sent already; the reader learns of it in the stream
            _, code, message, retry_after = say(error)
            shown = {"code": code, "message": message} | ({} if retry_after is None else {"retry_after": retry_after})
            yield _event("error", shown)


def _event(kind: str, data: object) -> bytes:
    text = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    return format_sse_event(data_str=text, event=kind)
