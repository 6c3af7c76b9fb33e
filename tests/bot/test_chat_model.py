"""Chat models as the settings name them: made by the providers' own packages, with one sentence for everything that is missing."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.budget import KEPT_DAYS, TokenBudget
from bot.chat_model import Meter, ModelFailed, make_chat_model, tokens_in
from bot.providers import EXTRAS, options_for
from bot.settings import Settings, load_settings
from corpus.errors import ChatModelError, SettingsError
from tests.bot.writing import ASKED, KEY, SIGNED, writes, writing_bot
from tests.chat_server import Says


@pytest.mark.parametrize(
    ("name", "base", "key"),
    [
        ("openai:gpt-oss", "", f"Bearer {KEY}"), ("openai:gpt-4.1", "", f"Bearer {KEY}"), ("anthropic:claude-x", "anthropic", KEY),
        ("ollama:llama3.3", "ollama", f"Bearer {KEY}"),
    ],
)  # fmt: skip
def test_every_provider_writes_under_the_same_checks(name: str, base: str, key: str, tmp_path: Path) -> None:
    script = writes((SIGNED.replace("Moscow", "Beijing"), "16 July 2001"), (SIGNED, "16 July 2001"))
    if name == "openai:gpt-4.1":  # its profile says that it can be held to a form

        def script(body: Any) -> Says:
            assert body["response_format"]["type"] == "json_schema"
            return Says(pieces=['{"answerable": true, "sentences": []}'])

    with writing_bot(tmp_path, script) as (bot, server):
        url = server.url.removesuffix("/v1") if base else server.url
        settings = bot.settings.model_copy(update={"chat_model": name, "chat_base_url": url})
        chat = make_chat_model(settings)
        assert chat is not None
        bot.chat = chat
        answer = bot.answer(ASKED)
    assert [key in sent for sent in server.keys] == [True]
    assert answer.usage.calls == 1
    assert (answer.usage.input_tokens, answer.usage.output_tokens in (20, 21)) == (200, True)
    if name != "openai:gpt-4.1":
        assert [s.text for s in answer.statements] == [SIGNED]
        assert [p.kind for p in answer.problems] == ["unsupported-name"]


@pytest.mark.parametrize("name", ["anthropic:claude-x", "ollama:llama3.3"])
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Says(pieces=["The tre"], cut=True), "model-cut-off"), (Says(pieces=["The tre"], finish=None), "model-cut-off"),
        (Says(pieces=["The tre"], finish="length"), "model-cut-off"), (Says(status=429), "model-rate-limit"),
        (Says(status=500), "model-unavailable"), (Says(status=401), "model-authentication"), (Says(pieces=[2.0, "x"]), "model-timeout"),
    ],
)  # fmt: skip
def test_the_failures_of_other_providers_have_the_same_names(
    name: str, said: Says, reason: str, tmp_path: Path
) -> None:
    with writing_bot(tmp_path, lambda body: said) as (bot, server):
        changed = {
            "chat_model": name,
            "chat_base_url": server.url.removesuffix("/v1"),
            "chat_timeout": 0.7 if reason == "model-timeout" else 60.0,
            "chat_retries": 0,
        }
        chat = make_chat_model(bot.settings.model_copy(update=changed))
        assert chat is not None
        with pytest.raises(ModelFailed) as raised:
            list(chat.stream([("human", "?")], Meter(left=10_000)))
    assert raised.value.reason == reason
    assert KEY not in str(raised.value)


def test_what_each_provider_is_told() -> None:
    def told(name: str, **more: Any) -> dict[str, Any]:
        return options_for(Settings(chat_model=name, **more))

    limits = {"max_tokens": 2000, "timeout": 60.0, "max_retries": 0}
    assert told("openai:m") == {**limits, "stream_usage": True}
    assert told("anthropic:m", chat_api_key="k") == {**limits, "api_key": "k"}
    assert told("openai:m", chat_base_url="http://127.0.0.1:1/v1/") == {
        **limits, "base_url": "http://127.0.0.1:1/v1", "api_key": "none", "stream_usage": True,
    }  # fmt: skip
    assert told("ollama:m") == {"num_predict": 2000, "client_kwargs": {"timeout": 60.0}}


@pytest.mark.parametrize("provider", sorted(EXTRAS))
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = EXTRAS[provider]
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    from langchain.chat_models import base

    for cached in (base._import_module, base._get_chat_model_creator):
        getattr(cached, "cache_clear", lambda: None)()
    with pytest.raises(ChatModelError) as raised:
        make_chat_model(Settings(chat_model=f"{provider}:m", chat_api_key="k"))
    assert f"The chat model '{provider}:m'" in str(raised.value)
    assert f"pip install {package}" in str(raised.value)
    assert "unset AMUR_CHAT_MODEL" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_without_langchain_the_extras_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(
        ChatModelError, match=r"needs langchain and langchain-ollama; install them: pip install .*extras"
    ):
        make_chat_model(Settings(chat_model="ollama:m"))


def test_a_missing_key_and_an_unknown_provider_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ChatModelError, match=r"The chat model 'openai:m' cannot be used: .*OPENAI_API_KEY"):
        make_chat_model(Settings(chat_model="openai:m"))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(ChatModelError, match=r"The chat model 'anthropic:m' cannot be used: .*ANTHROPIC_API_KEY"):
        make_chat_model(Settings(chat_model="anthropic:m"))
    with pytest.raises(ChatModelError, match=r"The chat model 'nobody:m' cannot be used"):
        make_chat_model(Settings(chat_model="nobody:m"))
    assert make_chat_model(Settings()) is None


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("CHAT_MODEL", "gpt-5", "PROVIDER:MODEL"), ("CHAT_MODEL", "openai:", "PROVIDER:MODEL"),
        ("CHAT_BASE_URL", "127.0.0.1:8000", "http or https"),
        ("CHAT_BASE_URL", "http://user:hush@127.0.0.1", "AMUR_CHAT_API_KEY"), ("CHAT_TIMEOUT", "0", "greater than or equal"),
        ("CHAT_TOKENS_PER_DAY", "many", "integer"), ("CHAT_MODLE", "openai:m", "AMUR_CHAT_MODEL"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(
    variable: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"AMUR_{variable}", value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert words in str(raised.value)
    assert "hush" not in str(raised.value)


def test_the_budget_is_one_for_all_and_never_overdrawn(tmp_path: Path) -> None:
    path = tmp_path / "home" / "count.sqlite"
    budgets = [TokenBudget(path, 1000) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        days = list(pool.map(lambda b: [b.reserve(30) for _ in range(10)], budgets))
    granted = sum(day is not None for row in days for day in row)
    assert granted == 33  # 33 × 30 = 990
    assert TokenBudget(path, 1000).spent() == 990
    (day,) = {d for row in days for d in row if d}
    budgets[0].settle(day, 30, 5)
    assert budgets[1].spent() == 965
    assert budgets[1].reserve(35) == day
    assert budgets[1].reserve(1) is None
    budgets[0].settle(day, 5000, 0)
    assert budgets[0].spent() == 0


def test_a_day_is_one_of_utc_and_old_ones_are_forgotten(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=8)))]
    budget = TokenBudget(tmp_path / "count.sqlite", 100, now=lambda: now[0])
    assert budget.reserve(100) == "2026-02-28"
    assert budget.reserve(1) is None
    now[0] = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    assert budget.reserve(1) == "2026-03-01"
    for day in range(KEPT_DAYS + 5):
        now[0] = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day)
        budget.reserve(1)
    now[0] = datetime(2026, 3, 1, tzinfo=UTC)
    assert budget.spent() == 0


def test_tokens_are_rather_over_than_underestimated() -> None:
    assert tokens_in("") == 0
    assert tokens_in("a") == 1
    assert tokens_in("China and Russia signed the treaty.") == 12
    assert tokens_in("中国和俄罗斯") == 6
