"""Where chat models come from: `init_chat_model` by a name, for the bot and for a judge, with what the settings say to each provider.

langchain and the provider's package are extras: they are imported when a model is made, and missing ones are named.
"""

from typing import TYPE_CHECKING, Any

from bot.settings import Settings
from corpus.errors import ChatModelError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

EXTRAS = {"openai": "langchain-openai", "anthropic": "langchain-anthropic", "ollama": "langchain-ollama"}
"""The providers that Amur has an extra for, with the package that it installs."""

Options = dict[str, Any]  # Any: what providers' packages take


def options_for(settings: Settings) -> Options:
    """Return what the provider's package of the settings' chat model is told: server, key, limits. It does not retry: we do."""
    provider = settings.chat_model.partition(":")[0]
    key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else ""
    found: Options = {"base_url": settings.chat_base_url} if settings.chat_base_url else {}
    if provider == "ollama":
        client: Options = {"timeout": settings.chat_timeout}
        client |= {"headers": {"Authorization": f"Bearer {key}"}} if key else {}
        return found | {"num_predict": settings.chat_max_tokens, "client_kwargs": client}
    if settings.chat_base_url and not key:
        # The key in OPENAI_API_KEY and the like is for the provider's own server and must not go to another one.
        key = "none"
    found |= {"api_key": key} if key else {}
    found |= {"max_tokens": settings.chat_max_tokens, "timeout": settings.chat_timeout, "max_retries": 0}
    return found | ({"stream_usage": True} if provider == "openai" else {})


def load_model(name: str, *, called: str, otherwise: str, **options: Any) -> "BaseChatModel":  # Any: the provider's
    """Return the model of this name, "provider:model", at temperature 0 where it takes one.

    Args:
        name: as `init_chat_model` takes it.
        called: how an error message begins, such as "The chat model".
        otherwise: how it ends: what to do to go on without the model.
        options: for the provider's class.

    Raises:
        ChatModelError: a package is missing, or the model cannot be made.
    """
    package = EXTRAS.get(name.partition(":")[0], "the package of its provider")
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ChatModelError(
            f"{called} {name!r} needs langchain and {package}; install them: pip install langchain langchain-openai "
            "(or langchain-anthropic, langchain-ollama), the extras openai, anthropic and ollama of Amur"
        ) from error
    try:
        model: BaseChatModel = init_chat_model(name, temperature=0, **options)
        if (model.profile or {}).get("temperature") is False:  # some reasoning models refuse any value
            model = init_chat_model(name, **options)
        key = getattr(model, "anthropic_api_key", None)  # its package finds out only when it is asked, OpenAI's at once
        if key is not None and not key.get_secret_value():
            raise ValueError("the environment variable ANTHROPIC_API_KEY is not set")
        return model
    # A provider's package raises what it likes; the reason names the missing package, key or provider.
    except Exception as error:
        why = str(error).strip().split("\n")[0].rstrip(".")
        raise ChatModelError(f"{called} {name!r} cannot be used: {why}; mend that, or {otherwise}") from None
