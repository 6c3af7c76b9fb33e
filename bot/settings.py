"""Settings of the whole program: those of the lower rooms, how answers are made, and how they are served."""

import hashlib
import json
from typing import Any

from pydantic import Field, field_validator

from bot.chat_settings import ChatSettings
from bot.prompts import PROMPTS
from corpus.settings import read_settings

ANSWERS_VERSION = 6
"""Raised when the code that chooses or words answers changes, so that fingerprints differ."""

ANSWER_FIELDS = (
    "embedding_model",
    "chunk_tokens",
    "k",
    "fetch_k",
    "max_sentences",
    "min_confidence",
    "max_question_characters",
    "reranker",
    "chat_model",
    "chat_base_url",
    "chat_max_tokens",
    "chat_tokens_per_answer",
)
"""The settings that can change an answer; those of the chat model only if there is one."""


class Settings(ChatSettings):
    """Every setting of Amur. Read from `AMUR_*`, then from `amur.toml`, then the default."""

    k: int = Field(default=12, ge=1, le=100, description="Passages that an answer is made from.")
    fetch_k: int = Field(
        default=50,
        ge=1,
        le=1000,
        description="Candidates that each kind of search brings before they are fused.",
    )
    max_sentences: int = Field(default=5, ge=1, le=20, description="Most quoted sentences in an answer.")
    min_confidence: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="An answer with less confidence is withheld: the bot abstains; empty leaves it to the calibration, else 0.5.",
    )
    max_question_characters: int = Field(
        default=2000,
        ge=10,
        description="Longer questions are sent back with a request to shorten them.",
    )

    reranker: str = Field(
        default="",
        description="A sentence-transformers CrossEncoder, by hub name or path, that scores the best sentences again; empty: none.",
    )

    @field_validator("min_confidence", mode="before")
    @classmethod
    def _may_be_empty(cls, value: object) -> object:
        return None if value == "" else value  # AMUR_MIN_CONFIDENCE= takes back what amur.toml says

    def fingerprint(self, corpus_revision: str, calibration: str = "", reranker: str = "") -> str:
        """Return a hash of everything that can change an answer: these settings, the texts, the calibration's hash, the reranker's."""
        fields = [name for name in ANSWER_FIELDS if self.chat_model or not name.startswith("chat_")]
        values: dict[str, Any] = {name: getattr(self, name) for name in fields}  # Any: JSON values
        values |= {"prompts": PROMPTS} if self.chat_model else {}
        values |= {"answers_version": ANSWERS_VERSION, "corpus_revision": corpus_revision, "calibration": calibration}
        values |= {"reranker": reranker} if reranker else {}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def load_settings(**given: Any) -> Settings:  # Any: whatever the fields take
    """Return the settings of this process.

    Raises:
        SettingsError: an unknown `AMUR_*` variable or `amur.toml` key, or a value that cannot be used.
    """
    return read_settings(Settings, **given)
