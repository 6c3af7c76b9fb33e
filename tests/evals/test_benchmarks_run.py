"""Public benchmarks, whole runs: over tiny files in each data set's form, through the real bot and a real index."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.settings import Settings
from corpus.errors import EvalError
from evals.benchmark_cli import NAMES, benchmark
from evals.benchmarks.asking import Asker
from evals.benchmarks.common import Pool
from evals.benchmarks.indexing import open_benchmark
from evals.benchmarks.run import BENCHMARKS, Report, Wanted, run_benchmark
from evals.cases import Case
from tests.evals.benchmarking import write
from tests.fakes import BagOfWords

OIL = "The oil crisis started in October 1973. The embargo ended in March 1974."
RIVER = "The Rhine rises in Switzerland. The Rhine flows through six countries to the North Sea."
MUSIC = "The cello has four strings. A cello is tuned in fifths."


def figures(report: Report, title: str, row: str) -> dict[str, float | None]:
    (table,) = [t for t in report.summary["tables"] if t["title"].startswith(title)]
    (found,) = [r for r in table["rows"] if r["name"] == row]
    return {"n": found["questions"]} | {c: found[c]["value"] for c in table["columns"]}


def results(report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (report.folder / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def squad_data(folder: Path) -> Path:
    def asked(name: str, question: str, *answers: str) -> dict[str, Any]:
        spans = [{"text": a, "answer_start": 0} for a in answers]
        return {"id": name, "question": question, "is_impossible": not answers, "answers": spans}

    paragraphs = [
        {
            "context": OIL,
            "qas": [
                asked("began", "When did the oil crisis start?", "October 1973", "1973"),
                asked("absent", "Which Peruvian volcano erupted near Arequipa?"),
            ],
        },
        {"context": RIVER, "qas": [asked("rises", "Where does the Rhine rise?", "Switzerland")]},
        {"context": MUSIC, "qas": [asked("strings", "How many strings has the cello?", "four")]},
    ]
    return write(folder, "squad.json", {"data": [{"title": "Things", "paragraphs": paragraphs}]})


def test_squad_end_to_end(tmp_path: Path, settings: Settings) -> None:
    embedder = BagOfWords()
    report = run_benchmark(settings, Wanted(name="squad", paths=(squad_data(tmp_path),)), embedder=embedder)
    whole = {"R@1": 1.0, "R@5": 1.0, "MRR@10": 1.0}
    for system in ("the bot", "BM25 only", "MiniLM only"):
        assert figures(report, "The gold paragraph", system) == {"n": 3} | whole
    assert figures(report, "A gold answer", "in the first sentence")["share"] == 1.0
    assert figures(report, "A gold answer", "in the answer") == {
        "n": 3,
        "share": 1.0,
        "characters": pytest.approx(97 / 3),
    }
    abstention = figures(report, "Abstention", "the bot")
    assert abstention == {
        "n": 4,
        "no-answer precision": 1.0,
        "no-answer recall": 1.0,
        "false abstention": 0.0,
        "AUROC": 1.0,
        "declined at 90 % answered": 1.0,
    }
    assert figures(report, "Abstention", "always abstains")["no-answer precision"] == 0.25
    assert [(r["id"], r["error"]) for r in results(report)] == [
        (n, None) for n in ("began", "absent", "rises", "strings")
    ]
    assert results(report)[0]["said"]["all"].startswith("The oil crisis started in October 1973.")
    summary = json.loads((report.folder / "summary.json").read_text(encoding="utf-8"))
    assert summary == report.summary
    assert (summary["questions"], summary["questions_in_data"], summary["passages"], summary["errors"]) == (4, 4, 3, 0)
    assert report.folder.parent == settings.home / "runs"


def test_the_index_is_kept_and_the_bots_own_texts_stay_out(tmp_path: Path, settings: Settings) -> None:
    path = squad_data(tmp_path)
    first, second = BagOfWords(), BagOfWords()
    run_benchmark(settings, Wanted(name="squad", paths=(path,)), embedder=first)
    told: list[tuple[str, int, int]] = []
    report = run_benchmark(
        settings,
        Wanted(name="squad", paths=(path,), limit=2),
        out=tmp_path / "out",
        embedder=second,
        progress=lambda *what: told.append(what),
    )
    assert first.embedded
    assert not any("treaty" in text for text in first.embedded)
    assert second.embedded == []
    assert told == [("Answering", 0, 2), ("Answering", 1, 2), ("Answering", 2, 2)]
    assert (report.summary["questions"], report.summary["questions_in_data"]) == (2, 4)
    assert report.folder == tmp_path / "out"
    assert not (settings.home / "index").exists()


def test_other_passages_get_an_index_of_their_own_that_shares_embeddings(tmp_path: Path, settings: Settings) -> None:
    pool, larger = Pool(), Pool()
    for made in (pool, larger):
        made.add("Oil", OIL)
    larger.add("River", RIVER)
    first, second = BagOfWords(), BagOfWords()
    one = open_benchmark(settings, "x", pool.sources, lambda *what: None, first)
    two = open_benchmark(settings, "x", larger.sources, lambda *what: None, second)
    assert one.settings.home != two.settings.home
    assert [d.id for d in two.store.texts.documents()] == ["00001-oil", "00002-river"]
    assert not any("oil" in text for text in second.embedded)


class Breaks(BagOfWords):
    """An embedder that fails on questions about the Rhine."""

    def embed_query(self, text: str) -> Any:
        if "Rhine" in text:
            raise RuntimeError("the model broke")
        return super().embed_query(text)


def test_a_question_that_raises_is_an_error_and_counts_as_wrong(tmp_path: Path, settings: Settings) -> None:
    report = run_benchmark(settings, Wanted(name="squad", paths=(squad_data(tmp_path),)), embedder=Breaks())
    assert [r["error"] for r in results(report)] == [None, None, "RuntimeError: the model broke", None]
    assert report.summary["errors"] == 1
    assert figures(report, "The gold paragraph", "the bot")["R@1"] == pytest.approx(2 / 3)
    assert figures(report, "A gold answer", "in the answer")["share"] == pytest.approx(2 / 3)


def test_given_passages_are_all_that_is_answered_from(tmp_path: Path, settings: Settings) -> None:
    pool = Pool()
    oil, river, _ = pool.add("Oil", OIL), pool.add("River", RIVER), pool.add("Music", MUSIC)
    bot = open_benchmark(settings, "x", pool.sources, lambda *what: None, BagOfWords())
    asker = Asker(bot)
    case = Case(id="c", question="When did the oil crisis start?", kind="k", answerable=True)
    free, given, wrong = asker.ask(case), asker.ask_given(case, {oil}), asker.ask_given(case, {river})
    assert free.reply.text == given.reply.text == "The oil crisis started in October 1973."
    assert free.reply.confidence == given.reply.confidence
    assert {p.document_id for p in free.reply.passages} > {oil}
    assert {p.document_id for p in given.reply.passages} == {oil}
    assert wrong.reply.abstained
    assert {q.document_id for q in wrong.shown.quotes} == {river}
    assert {p.document_id for p in wrong.reply.passages} == {river}


def test_clapnq_end_to_end(tmp_path: Path, settings: Settings) -> None:
    def line(
        name: str, question: str, text: str, *, answer: str = "", selected: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        sentences = [s.strip() + "." for s in text.split(".") if s.strip()]
        output = [{"answer": answer, "selected_sentences": [sentences[i] for i in selected]}]
        passages = [{"title": name, "text": text, "sentences": sentences}]
        return {"id": name, "input": question, "passages": passages, "output": output}

    path = write(
        tmp_path,
        "clapnq.jsonl",
        line(
            "oil", "when did the oil crisis start", OIL, answer="The oil crisis started in October 1973.", selected=(0,)
        ),
        line("river", "name the volcano of Arequipa", RIVER),
    )
    report = run_benchmark(settings, Wanted(name="clapnq", paths=(path,)), embedder=BagOfWords())
    right = {"n": 1, "ROUGE-L": 1.0, "sentence F1": 1.0, "sentence precision": 1.0, "sentence recall": 1.0}
    for way in ("passage given", "end to end", "end to end, never declining"):
        assert figures(report, "Answers", way) == right | {
            "characters": 39,
            "abstained": 0.0,
        }
    lead = figures(report, "Answers", "first 3 sentences of the gold passage")
    # both sentences, one of them selected; 7 words of the reference among 13
    assert (lead["sentence precision"], lead["sentence recall"]) == (0.5, 1.0)
    assert lead["ROUGE-L"] == pytest.approx(2 * (7 / 13) / (7 / 13 + 1))
    assert figures(report, "The gold passage", "the bot")["R@1"] == 1.0
    for way in ("passage given", "end to end"):
        assert figures(report, "Abstention", way)["no-answer recall"] == 1.0
        assert figures(report, "Abstention", way)["AUROC"] == 1.0


def test_mtrag_end_to_end_finds_a_follow_up_by_its_history(tmp_path: Path, settings: Settings) -> None:
    def line(name: str, kind: str, *turns: str, context: str = "") -> dict[str, Any]:
        speakers = ("user", "agent") * 5
        said = [{"speaker": s, "text": t} for s, t in zip(speakers, turns, strict=False)]
        contexts = [{"document_id": context, "text": context, "title": ""}] if context else []
        return {"task_id": name, "input": said, "contexts": contexts, "answerability": [kind]}

    path = write(
        tmp_path,
        "mtrag.jsonl",
        line("one", "ANSWERABLE", "When did the oil crisis start?", context=OIL),
        line("two", "ANSWERABLE", "Where does the Rhine rise?", "In Switzerland.", "And it flows?", context=RIVER),
        line("three", "UNANSWERABLE", "Which Peruvian volcano erupted near Arequipa?"),
        line("four", "ANSWERABLE", "How many strings has the cello?", context=MUSIC),
    )
    report = run_benchmark(settings, Wanted(name="mtrag", paths=(path,)), embedder=BagOfWords())
    assert figures(report, "Gold passages among all: follow-ups", "the bot") == {
        "n": 1, "R@1": 1.0, "R@5": 1.0, "recall@5": 1.0, "MRR@10": 1.0,
    }  # fmt: skip
    assert figures(report, "Gold passages among all: first turns", "BM25 only")["n"] == 2
    (two,) = [r for r in results(report) if r["id"] == "two"]
    assert two["values"]["follow-up"] == 1.0
    abstained = {r["id"]: r["values"]["abstained"] for r in results(report)}
    assert abstained["three"] == 1.0
    assert figures(report, "Abstained", "UNANSWERABLE") == {"n": 1, "share": 1.0}
    assert figures(report, "A gold passage is quoted", "ANSWERABLE")["share if it never declined"] == 1.0


def test_ramdocs_end_to_end(tmp_path: Path, settings: Settings) -> None:
    def line(question: str, right: list[str], wrong: list[str], *documents: tuple[str, str, str]) -> dict[str, Any]:
        made = [{"text": text, "type": kind, "answer": answer} for text, kind, answer in documents]
        return {"question": question, "documents": made, "gold_answers": right, "wrong_answers": wrong}

    path = write(
        tmp_path,
        "ramdocs.jsonl",
        line(
            "When was the Dallas courthouse built?",
            ["1902"],
            ["1885"],
            ("The Dallas courthouse was built in 1902.", "correct", "1902"),
            ("The Dallas courthouse was built in 1885.", "misinfo", "1885"),
            ("The cello has four strings.", "noise", "unknown"),
        ),
        line("Where does the Rhine rise?", ["Switzerland"], [], (RIVER, "correct", "Switzerland")),
    )
    report = run_benchmark(settings, Wanted(name="ramdocs", paths=(path,)), embedder=BagOfWords())
    for way in ("own documents", "all documents"):
        conflict = figures(report, "Conflict: two", way)
        assert conflict["n"] == 1
        assert (conflict["exact"], conflict["every position attributed"], conflict["misled"]) == (0.0, 1.0, 0.0)
        every = figures(report, "All", way)
        assert (every["n"], every["exact"], every["every gold answer"]) == (2, 0.5, 1.0)
        assert figures(report, "Conflict: every position among the 20", way) == {"n": 1, "share": 1.0}
    assert figures(report, "All", "own documents, quoted whole")["every position attributed"] == 1.0


def test_the_command_knows_every_benchmark() -> None:
    assert tuple(BENCHMARKS) == NAMES


@pytest.mark.model
def test_the_command_prints_tables_or_json(tmp_path: Path) -> None:
    path, home = squad_data(tmp_path), tmp_path / "bench-home"
    settings = Settings(home=home)
    arguments = ["squad", "--data", str(path), "--out", str(tmp_path / "out")]
    shown = CliRunner().invoke(benchmark, arguments, obj=settings, catch_exceptions=False)
    assert shown.exit_code == 0
    assert shown.stdout.startswith("squad: 4 of 4 questions over 3 passages, ")
    assert "The gold paragraph among all (answerable questions)" in shown.stdout
    assert f"written: {tmp_path / 'out'}" in shown.stderr
    printed = CliRunner().invoke(
        benchmark, [*arguments, "--json", "--limit", "2"], obj=settings, catch_exceptions=False
    )
    assert json.loads(printed.stdout)["questions"] == 2
    assert len((tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_the_command_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(benchmark, ["squad", "--data", str(tmp_path / "no.json")], obj=Settings(home=tmp_path))
    assert isinstance(result.exception, EvalError)
    assert "no.json" in str(result.exception)
    assert CliRunner().invoke(benchmark, ["trec", "--data", "x"]).exit_code == 2
