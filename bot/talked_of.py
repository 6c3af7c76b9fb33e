"""What the conversation talks of, read off the last answer's text. The next question is mostly about the same."""

import re
from collections.abc import Sequence

from bot.history import Exchange
from bot.turns import Talk
from index.lexical import tokenise
from index.store import Store

STATEMENTS = 5
_MARKER = re.compile(r"\[\d+\]")


def read_talk(earlier: Sequence[Exchange], store: Store) -> Talk:
    """Return what the last answer said and the documents it rests on: of each statement, where its words stand together."""
    said = earlier[-1].said[-1] if earlier and earlier[-1].said else ""
    statements = [s.strip() for s in _MARKER.split(said) if s.strip()][:STATEMENTS]
    rows = [row for s in statements for row, _ in store.lexical.search(tokenise(s), 1)]
    return Talk(said=said, documents=frozenset(chunk.document_id for chunk in store.texts.chunks(rows).values()))
