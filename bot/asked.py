"""What a question asks for, as it is read off its words by `bot.question`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dates import Span

ONE_SENTENCE = frozenset({"when", "how-much", "who", "where", "yes-no"})
"""Kinds of questions that one sentence answers."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a question asks for, read off its words.

    `kind` is when, how-much, who, where, why, list, compare, yes-no or what. `years` and `designations` are details that an
    answering sentence must hold; `names` are capitalised words that it should. `own` are the tokens of the last question, where
    `tokens` are also those of the one it follows up. `forms` are other words of the texts for a token. `span` are the first
    and last day that the question looks at (see `bot.dates`), `span_words` the words it is read from where they hold no date. `parts`
    is how many things are asked, `apart` the tokens that only some of them name. `wants` holds latest, first, sides (each side's
    account) and essay (the article by name).
    """

    kind: str
    tokens: tuple[str, ...]
    years: tuple[str, ...] = ()
    designations: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    span: Span | None = None
    span_words: str = ""
    parts: int = 1
    apart: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()

    def all_forms(self, token: str) -> frozenset[str]:
        """Return the token and its other forms."""
        return self.forms.get(token, frozenset()) | {token}

    @property
    def led(self) -> bool:
        """Whether words of an earlier question are among the tokens."""
        return self.own != frozenset(self.tokens)
