"""The messages of a conversation, as every surface hands them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What the conversation is about when a question comes: what the last answer said, the documents that it rests on."""

    said: str = ""
    documents: frozenset[str] = frozenset()


NO_TALK = Talk()


def turns(history: Sequence[Mapping[str, str] | Turn]) -> tuple[Turn, ...]:
    """Return turns from `{"role", "content"}` mappings; other roles than user and assistant are passed over."""
    found = [t if isinstance(t, Turn) else _turn(t) for t in history]
    return tuple(t for t in found if t is not None)


def _turn(message: Mapping[str, str]) -> Turn | None:
    role, content = message.get("role"), message.get("content")
    if role == "user" and isinstance(content, str):
        return Turn(role="user", content=content)
    if role == "assistant" and isinstance(content, str):
        return Turn(role="assistant", content=content)
    return None
