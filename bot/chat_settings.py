"""Settings of the chat model: which one, where, and what it may take and cost."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from bot.server_settings import ServerSettings


class ChatSettings(ServerSettings):
    """What there is to say of a chat model. Without `chat_model` there is none."""

    chat_model: str = Field(
        default="",
        description="Chat model that writes answers, PROVIDER:MODEL such as openai:gpt-5 or ollama:llama3.3; empty: answers are quotes.",
    )
    chat_base_url: str = Field(
        default="",
        description="Address of the chat model's server, such as http://127.0.0.1:8000/v1; empty: the provider's own.",
    )
    chat_api_key: SecretStr | None = Field(
        default=None,
        description="Key for the chat model's server; empty: the provider's own variable, such as OPENAI_API_KEY.",
    )
    chat_timeout: float = Field(
        default=60.0,
        ge=0.1,
        le=3600,
        description="Seconds that the chat model may take until its first word, and again until its last.",
    )
    chat_retries: int = Field(
        default=1,
        ge=0,
        le=5,
        description="How often the chat model is asked again after an error that may pass, before its first word.",
    )
    chat_at_once: int = Field(
        default=8,
        ge=1,
        le=256,
        description="Answers that the chat model writes at the same time; beyond that they are quotes. A server has so many threads more.",
    )
    chat_max_tokens: int = Field(
        default=2000,
        ge=100,
        description="Most tokens that the chat model may write for an answer.",
    )
    chat_tokens_per_answer: int = Field(
        default=20_000,
        ge=1000,
        description="Most tokens for one answer, read and written; passages that do not fit are left out.",
    )
    chat_tokens_per_day: int = Field(
        default=1_000_000,
        ge=0,
        description="Most tokens of the chat model a day (UTC), over all processes of one home; after that answers are quotes.",
    )

    @field_validator("chat_model")
    @classmethod
    def _is_named(cls, value: str) -> str:
        provider, _, model = value.partition(":")
        if value and not (provider.strip() and model.strip()):
            raise ValueError(
                "name it PROVIDER:MODEL, such as openai:gpt-5, anthropic:claude-sonnet-4-5 or ollama:llama3.3"
            )
        return value

    @field_validator("chat_base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if value and not fits:
            raise ValueError("it is not an http or https address such as http://127.0.0.1:8000/v1")
        if "@" in value.partition("//")[2].partition("/")[0]:
            raise ValueError("it holds a name or password; give a key as AMUR_CHAT_API_KEY")
        return value.rstrip("/")

    @field_validator("chat_api_key", mode="before")
    @classmethod
    def _key_may_be_empty(cls, value: object) -> object:
        return None if value == "" else value
