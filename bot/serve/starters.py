"""Questions to begin with, for every surface that shows some."""

from bot.pipeline import Bot

STARTERS = 6


def starters(bot: Bot, count: int = STARTERS) -> list[str]:
    """Return questions to begin with, from different documents of the corpus."""
    by_document: dict[str, str] = {}
    for suggestion in bot.store.suggestions:
        by_document.setdefault(suggestion.document_id, suggestion.question)
    questions = list(by_document.values())
    step = max(len(questions) // count, 1)
    return questions[::step][:count]
