"""The chat model: asked under limits of time and tokens, and every way it can fail given a name.

What a provider's package raises never goes further: it becomes a `ModelFailed` with one of the `Reason`s, without keys, addresses or
the provider's own words.
"""

import re
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, Literal

from bot.budget import FILE, TokenBudget
from bot.prompts import SCHEMA, Messages
from bot.providers import load_model, options_for
from bot.settings import Settings
from bot.usage import Usage
from bot.waiting import Waiting, read_ahead
from corpus.errors import ChatModelError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

Reason = Literal[
    "model-busy", "model-timeout", "model-rate-limit", "model-authentication", "model-unavailable", "model-error", "model-cut-off",
    "model-refused", "budget-answer", "budget-day", "budget-unknown", "stopped",
]  # fmt: skip
"""Why a chat model gave no answer, or only a part of one. Stable: they are kinds of `Answer.problems` (docs/chat-models.md)."""

_PASSING: frozenset[Reason] = frozenset({"model-rate-limit", "model-unavailable"})
"""Failures after which asking again may help. A time-out is none: the reader has waited long enough."""
LASTING: frozenset[Reason] = _PASSING | {
    "model-busy",
    "model-timeout",
    "model-authentication",
    "budget-day",
    "budget-unknown",
}
"""Failures after which asking for anything else in the same answer would only fail again."""
_PAUSE = 0.5
"""Seconds before the second attempt, twice as long before each further one, unless the provider names more."""
_LONGEST_PAUSE = 10.0
"""Seconds; a reader is not kept waiting longer than that for another attempt."""
_TOO_LONG = frozenset({"length", "max_tokens", "model_context_window_exceeded"})
_REFUSED = frozenset({"content_filter", "refusal"})
_TOO_SLOW = frozenset({"APITimeoutError", "TimeoutException", "TimeoutError", "StreamChunkTimeoutError"})
_UNREACHED = frozenset({"APIConnectionError", "TransportError", "ConnectionError"})
_END_FIELDS = ("finish_reason", "stop_reason", "done_reason")
_SAY_HOW_THEY_END = ("openai:", "anthropic:", "ollama:")
"""Providers whose last piece says why it is the last; an answer without it was cut off."""
_BYTES = 3
"""Bytes of UTF-8 that count as a token where the provider does not say: too many tokens for English, about right for Chinese."""


class ModelFailed(ChatModelError):
    """The chat model gave no answer, or only a part of one."""

    def __init__(self, reason: Reason, *, retry_after: float = 0.0) -> None:
        super().__init__(f"The chat model failed ({reason!r}); docs/chat-models.md says what that means and what to do")
        self.reason: Reason = reason
        self.retry_after = retry_after  # seconds that the provider asks to wait


@dataclass
class Meter:
    """What one answer may still cost and has cost, and who waits for it; local to one answer."""

    left: int
    waiting: Waiting = field(default_factory=Waiting)
    usage: Usage = field(default_factory=Usage)

    def spend(self, usage: Usage) -> None:
        """Note what a call has cost."""
        self.usage += usage
        self.left -= usage.tokens


@dataclass
class _Call:
    """What is known of one call while it runs, all its attempts together."""

    asked: int
    calls: int = 0
    text: str = ""
    charged: bool = False
    input_tokens: int = 0
    output_tokens: int = 0

    def take(self, chunk: Any) -> str:  # Any: an AIMessageChunk
        """Note what a chunk says and return its text."""
        self.charged = True
        used = chunk.usage_metadata or {}
        self.input_tokens += used.get("input_tokens", 0)
        self.output_tokens += used.get("output_tokens", 0)
        # Where OpenAI's model is held to a form, its package tells the tokens here alone.
        told = chunk.response_metadata.get("token_usage") or {}
        self.input_tokens = self.input_tokens or told.get("prompt_tokens", 0)
        self.output_tokens = self.output_tokens or told.get("completion_tokens", 0)
        piece = str(chunk.text)
        self.text += piece
        return piece

    def usage(self) -> Usage:
        """Return what was used: what the provider says, else what it must have been about."""
        if not self.charged:
            return Usage(calls=self.calls)
        return Usage(
            calls=self.calls,
            input_tokens=self.input_tokens or self.asked,
            output_tokens=self.output_tokens or tokens_in(self.text),
        )


class ChatModel:
    """A chat model with its limits; safe to share between threads."""

    def __init__(self, model: "BaseChatModel", settings: Settings) -> None:
        """Take any chat model of LangChain; its limits are those of the settings."""
        self.name = settings.chat_model
        self.per_answer = settings.chat_tokens_per_answer
        self.max_tokens = settings.chat_max_tokens
        self.budget = TokenBudget(settings.home / FILE, settings.chat_tokens_per_day)
        self._free = BoundedSemaphore(settings.chat_at_once)
        self._timeout = settings.chat_timeout
        self._retries = settings.chat_retries
        self._plain = model
        self._formed = _formed(model)

    @property
    def structured(self) -> bool:
        """Whether the model can be held to `bot.prompts.SCHEMA` while it streams."""
        return self._formed is not None

    def stream(
        self, messages: Messages, meter: Meter, *, structured: bool = False, most: int = 0
    ) -> Generator[str, None, None]:
        """Yield the pieces of the model's text as they come; ends when the model says that it is done.

        Args:
            messages: what is said to it.
            meter: what the answer may cost; what this call costs is noted there.
            structured: hold it to the schema.
            most: tokens that it may write; `chat_max_tokens` if 0.

        Raises:
            ModelFailed: it failed, was cut off, or may not be asked.
        """
        most = most or self.max_tokens
        asked = sum(tokens_in(text) for _, text in messages)
        if asked + most > meter.left:
            raise ModelFailed("budget-answer")
        if not self._free.acquire(blocking=False):
            raise ModelFailed("model-busy")
        try:
            day, call = self._reserve(asked + most), _Call(asked)
            try:
                yield from self._attempts(messages, call, meter, structured=structured, most=most)
            finally:
                usage = call.usage()
                meter.spend(usage)
                with suppress(ChatModelError):  # what cannot be settled stays reserved: rather too much
                    self.budget.settle(day, asked + most, usage.tokens)
        finally:
            self._free.release()

    def write(self, messages: Messages, meter: Meter, *, most: int) -> str:
        """Return all that the model writes; see `stream`."""
        return "".join(self.stream(messages, meter, most=most))

    def _attempts(self, messages: Messages, call: _Call, meter: Meter, *, structured: bool, most: int) -> Iterator[str]:
        begun = time.monotonic()
        for attempt in range(self._retries + 1):
            pieces = self._once(messages, call, meter, structured=structured, most=most)
            try:
                yield from pieces
                return
            except ModelFailed as error:
                pause = max(_PAUSE * 2**attempt, error.retry_after)
                again = time.monotonic() + pause
                over = pause > _LONGEST_PAUSE or again > min(begun + self._timeout, meter.waiting.until)
                if call.text or error.reason not in _PASSING or attempt == self._retries or over:
                    raise
                if meter.waiting.gone.wait(pause):
                    raise ModelFailed("stopped") from None

    def _once(
        self, messages: Messages, call: _Call, meter: Meter, *, structured: bool, most: int
    ) -> Generator[str, None, None]:
        """Yield one attempt's pieces. Closing this closes the provider's connection, so that nothing more is written and paid."""
        call.calls += 1
        latest, ended = min(time.monotonic() + self._timeout, meter.waiting.until), ""
        # Any: LangChain does not say that its streams can be closed.
        model: Any = self._formed if structured else self._plain
        chunks = read_ahead(partial(model.stream, messages))
        try:
            for chunk in chunks:
                now = time.monotonic()
                if meter.waiting.gone.is_set():
                    raise ModelFailed("stopped")
                if now > latest:
                    raise ModelFailed("model-timeout")
                if chunk is None:
                    continue
                first = not call.text
                piece = call.take(chunk)
                ended = _how_it_ended(chunk) or ended
                if tokens_in(call.text) > 2 * most:  # a server that does not keep to the limit it was given
                    raise ModelFailed("model-cut-off")
                if piece:
                    latest = min(now + self._timeout, meter.waiting.until) if first else latest
                    yield piece
        except Exception as error:
            failed = _named(error, begun=bool(call.text))
            call.charged = call.charged or failed.reason in ("model-timeout", "stopped")  # it has read
            raise failed from None  # the provider's error may hold the key
        finally:
            chunks.close()
        if ended in _REFUSED:
            raise ModelFailed("model-refused")
        if ended in _TOO_LONG or (not ended and self.name.startswith(_SAY_HOW_THEY_END)):
            raise ModelFailed("model-cut-off")

    def _reserve(self, tokens: int) -> str:
        try:
            day = self.budget.reserve(tokens)
        except ChatModelError:
            raise ModelFailed("budget-unknown") from None
        if day is None:
            raise ModelFailed("budget-day")
        return day


def make_chat_model(settings: Settings) -> ChatModel | None:
    """Return the chat model that the settings name; None if they name none.

    Raises:
        ChatModelError: a package is missing (it is named with the command that installs it), or the model cannot be made, such as
            without a key.
    """
    if not settings.chat_model:
        return None
    options = options_for(settings)
    model = load_model(settings.chat_model, called="The chat model", otherwise="unset AMUR_CHAT_MODEL", **options)
    return ChatModel(model, settings)


def tokens_in(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few."""
    return -(-len(text.encode()) // _BYTES)


def _formed(model: "BaseChatModel") -> Any:  # Any: a runnable that streams AIMessageChunks, or None
    """Return the model held to the schema, if its profile says that it can be."""
    if not (model.profile or {}).get("structured_output"):
        return None
    try:
        # The first part is the model with the form bound to it; the parser behind it would hold everything back.
        return getattr(model.with_structured_output(dict(SCHEMA), method="json_schema"), "first", None)
    except (
        NotImplementedError,
        ValueError,
        TypeError,
    ):  # how langchain says that a model takes no such form: markers then
        return None


def _how_it_ended(chunk: Any) -> str:  # Any: an AIMessageChunk
    if chunk.additional_kwargs.get("refusal"):
        return "refusal"
    said = chunk.response_metadata
    return next((str(said[name]) for name in _END_FIELDS if said.get(name)), "")


def _named(error: Exception, *, begun: bool) -> ModelFailed:
    """Return the failure that a provider's error stands for, told by its status code, else by the names of its classes."""
    if isinstance(error, ModelFailed):
        return error
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & _TOO_SLOW or status in (408, 504):
        return ModelFailed("model-timeout")
    if begun:
        return ModelFailed("model-cut-off")
    if status == 429:
        return ModelFailed("model-rate-limit", retry_after=_retry_after(error))
    if status in (401, 403):
        return ModelFailed("model-authentication")
    if names & _UNREACHED or (isinstance(status, int) and status >= 500):
        return ModelFailed("model-unavailable")
    return ModelFailed("model-error")


def _retry_after(error: Exception) -> float:
    """Return the seconds after which a provider wants to be asked again; 0 if it does not say."""
    told = getattr(getattr(error, "response", None), "headers", {}).get("retry-after", "")
    return float(told) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", told) else 0.0
