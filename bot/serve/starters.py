"""Questions to begin with, for every surface that shows some."""

from bot.pipeline import Bot

STARTERS = 6


def starters(bot: Bot, count: int = STARTERS, at: int = 0) -> list[str]:
    """Return questions to begin with, one each of different topics as far as there are; `at` turns to others."""
    topics = {d.id: d.topic for d in bot.store.texts.documents()}
    by_topic: dict[str, list[str]] = {}
    for suggestion in bot.store.suggestions:
        by_topic.setdefault(topics.get(suggestion.document_id, ""), []).append(suggestion.question)
    columns = list(by_topic.values())
    rows = max((len(column) for column in columns), default=0)
    rotated = [column[(row + at) % len(column)] for row in range(rows) for column in columns if row < len(column)]
    return list(dict.fromkeys(rotated))[:count]
