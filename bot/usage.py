"""What answers cost where a chat model has a part in them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a chat model was asked for an answer: how often, and the tokens put in and got out."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )

    @property
    def tokens(self) -> int:
        """All tokens together."""
        return self.input_tokens + self.output_tokens
