"""A judge behind a real connection, by the command and by its own package."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import amur
from bot.pipeline import Bot
from bot.settings import Settings
from evals.cases import Case
from evals.conduct import Plan, conduct
from evals.judge import make_judge
from evals.judge_prompts import INSTRUCTIONS
from evals.judged import (
    JUDGED,
    judged_figures,
    read_judged,
)
from evals.runs import start_run
from evals.summary import summary_of
from index.build import build_index
from tests.chat_server import ChatServer, Says
from tests.evals.judging import YEAR, reply, result, said
from tests.fakes import BagOfWords


class OpenAIServer(ChatServer):
    """A server on loopback that gives verdicts: 'partial' on support, 'full' on the rest, or an error."""

    def __init__(self) -> None:
        self.status = 200
        self.refusal: str | None = None
        super().__init__(self.verdict)

    def verdict(self, body: Mapping[str, Any]) -> Says:
        verdict = "partial" if body["messages"][0]["content"] == INSTRUCTIONS["support"] else "full"
        told = json.dumps({"reason": "as the words say", "verdict": verdict})
        return Says(pieces=[told], status=self.status, refusal=self.refusal)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    found = OpenAIServer()
    monkeypatch.setenv("OPENAI_BASE_URL", found.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-test")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield found
    found.close()


def test_a_run_is_judged_by_a_server_that_speaks_openais_protocol(
    server: OpenAIServer, settings: Settings, tmp_path: Path
) -> None:
    build_index(settings, embedder=BagOfWords())
    cases = [
        Case(
            id="fact",
            question="When was the friendship treaty signed?",
            kind="fact",
            answerable=True,
            nuggets=(YEAR,),
            documents=("treaty",),
        ),
        Case(id="far", question="Who won the football cup in Peru?", kind="off-topic", answerable=False),
    ]
    told: list[tuple[str, int, int]] = []
    plan = Plan(cases=cases, with_baselines=False, judge=make_judge("openai:judge-model", settings))
    run = conduct(settings, plan, progress=lambda *args: told.append(args), embedder=BagOfWords())
    judged = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))["judged"]
    said = run.results[0].reply
    assert said is not None
    assert not said.abstained
    asked = 3 * (len(said.said) + 2)  # each statement, relevance, one nugget
    assert (judged["asked"], judged["cached"], judged["errors"]) == (asked, 0, 0)
    assert judged["tokens"] == {"input": 200 * asked, "output": 20 * asked}
    assert {name: f["value"] for name, f in judged["figures"].items()} == {
        "faithfulness": 0.5,
        "judged citation recall": 0.0,
        "judged citation precision": 0.0,
        "relevance": 1.0,
        "nugget support": 1.0,
    }
    assert (run.about.judge, run.about.complete) == ("openai:judge-model", True)
    assert ("Judging", 2, 2) in told
    assert len(server.requests) == asked
    for request in server.requests:
        assert (request["path"], request["model"], request["temperature"]) == ("/v1/chat/completions", "judge-model", 0)
        schema = request["response_format"]["json_schema"]["schema"]
        assert list(schema["properties"]) == ["reason", "verdict"]
    assert set(server.keys) == {"Bearer sk-secret-of-the-test"}
    kept = [p.read_bytes() for p in run.folder.iterdir()] + [(tmp_path / "home/evals/judge.sqlite").read_bytes()]
    assert not any(b"sk-secret-of-the-test" in data for data in kept)

    plan = Plan(cases=cases, with_baselines=False, judge=make_judge("openai:judge-model", settings))
    again = conduct(settings, plan, progress=lambda *args: None, embedder=BagOfWords())
    assert len(server.requests) == asked
    assert summary_of(again)["judged"]["figures"] == judged["figures"]


def test_a_run_begun_without_a_judge_may_be_resumed_with_one(
    server: OpenAIServer, make_bot: Callable[..., Bot], tmp_path: Path
) -> None:
    bot = make_bot()
    case = Case(
        id="c",
        question="When was the friendship treaty signed?",
        kind="fact",
        answerable=True,
        nuggets=(YEAR,),
        documents=("treaty",),
    )
    folder, about = start_run(bot, [case], {}, root=bot.settings.home / "runs")
    assert about.judge == ""
    judge = make_judge("openai:judge-model", bot.settings, repeats=1)
    plan = Plan(cases=[case], with_baselines=False, resume=True, judge=judge)
    run = conduct(bot.settings, plan, progress=lambda *args: None, embedder=bot.embedder)
    assert (run.folder, run.about.judge) == (folder, "openai:judge-model")
    found = run.judged()
    assert found is not None
    assert found.cases[0].value("nugget support") == 1.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--judge", "gpt-5"), "The judge 'gpt-5' is no PROVIDER:MODEL; name one such as openai:gpt-5"),
        (("--judge", "openai:m", "--judge-ratings", "ratings.jsonl"), "ratings.jsonl:1 is no rating: case_id: "),
        (("--judge", "openai:m", "--judge-repeats", "0"), "Invalid value for '--judge-repeats'"),
    ],
    ids=["name", "ratings", "repeats"],
)
def test_the_command_says_what_is_wrong_with_a_judge_before_it_asks_the_bot(
    options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    (tmp_path / "ratings.jsonl").write_text('{"answer": "A"}', encoding="utf-8")
    found = CliRunner().invoke(amur.cli, ["eval", "run", *options])
    assert found.exit_code != 0
    assert words in found.stderr + str(found.exception)


def test_a_refusal_of_the_model_is_an_error(server: OpenAIServer, settings: Settings, tmp_path: Path) -> None:
    server.refusal = "I cannot judge this."
    make_judge("openai:judge-model", settings, repeats=1).judge_run(
        tmp_path, [result(reply(said("A", "a")))], lambda: None
    )
    found = read_judged(tmp_path)
    assert found is not None
    figures = judged_figures(found)
    assert (figures["errors"], figures["figures"]["faithfulness"]["value"]) == (3, None)
    assert "I cannot judge this." in figures["first_error"]


def test_an_error_of_the_server_is_shown_without_the_key(
    server: OpenAIServer, settings: Settings, tmp_path: Path
) -> None:
    server.status = 401
    make_judge("openai:judge-model", settings, repeats=1).judge_run(
        tmp_path, [result(reply(said("A", "a")))], lambda: None
    )
    found = read_judged(tmp_path)
    assert found is not None
    first = judged_figures(found)["first_error"]
    assert first.startswith("OpenAIAuthenticationError: Error code: 401")
    assert "wrong key Bearer ***" in first
    assert "sk-secret" not in (tmp_path / JUDGED).read_text(encoding="utf-8")


def test_two_servers_with_a_model_of_one_name_are_two_judges(
    server: OpenAIServer, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = result(reply(said("A", "a")))
    make_judge("openai:judge-model", settings, repeats=1).judge_run(tmp_path, [one], lambda: None)
    assert len(server.requests) == 3
    make_judge("openai:judge-model", settings, repeats=1).judge_run(tmp_path, [one], lambda: None)
    assert len(server.requests) == 3
    monkeypatch.setenv("OPENAI_BASE_URL", server.url.replace("/v1", "/v2"))
    make_judge("openai:judge-model", settings, repeats=1).judge_run(tmp_path, [one], lambda: None)
    assert [r["path"][:3] for r in server.requests] == ["/v1"] * 3 + ["/v2"] * 3


@pytest.mark.parametrize(("name", "sent"), [("gpt-4o", 0.0), ("o3-mini", None)])
def test_models_that_refuse_a_temperature_are_sent_none(
    name: str, sent: float | None, server: OpenAIServer, settings: Settings, tmp_path: Path
) -> None:
    make_judge(f"openai:{name}", settings, repeats=1).judge_run(tmp_path, [result(reply(said("A", "a")))], lambda: None)
    assert {r.get("temperature") for r in server.requests} == {sent}
