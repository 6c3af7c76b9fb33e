"""Amur's bot: a question in, an answer out whose every sentence can be checked.

from bot import Bot, load_settings

bot = Bot(load_settings())
answer = bot.answer("When was the Treaty of Good-Neighbourliness signed?")
print(answer.answer, answer.citations[0].cited_text)
"""

from typing import TYPE_CHECKING, Any

from bot.settings import Settings, load_settings
from corpus.errors import AmurError

if TYPE_CHECKING:
    from bot.pipeline import Bot
    from bot.records import Answer, Citation, Event, Statement
    from bot.turns import Turn

__all__ = [
    "AmurError",
    "Answer",
    "Bot",
    "Citation",
    "Event",
    "Settings",
    "Statement",
    "Turn",
    "load_settings",
]


def __getattr__(
    name: str,
) -> Any:  # Any: one of the names above, loaded when first asked for because they are heavy
    if name == "Bot":
        from bot.pipeline import Bot

        return Bot
    if name == "Turn":
        from bot.turns import Turn

        return Turn
    if name in {"Answer", "Citation", "Event", "Statement"}:
        from bot import records

        return getattr(records, name)
    raise AttributeError(f"module 'bot' has no attribute {name!r}")
