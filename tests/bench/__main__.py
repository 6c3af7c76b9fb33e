"""`make bench`: speed as ratios within one run, and memory. Prints a table and keeps it in docs/benchmarks.md.

python -m tests.bench            everything (the made corpus is built once, which takes a while)
python -m tests.bench build bot  only these parts
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bot.pipeline import Bot
from bot.settings import Settings
from corpus.documents import load_corpus
from corpus.settings import SHIPPED_TEXTS
from evals.cases import SHIPPED_CASES, Case, load_cases
from index.build import build_index
from index.chunks import split
from index.embed import Embedder, make_embedder
from tests.bench.adding import bench_add
from tests.bench.first_load import bench_first_load
from tests.bench.load import bench_load
from tests.bench.made import PASSAGES, MadeEmbedder, questions, write_corpus
from tests.bench.measure import Row, interleaved_p50, p50, ratio, seconds, table
from tests.bench.writing import bench_write

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / ".bench"
PAGE = ROOT / "docs" / "benchmarks.md"
PORT = 7871


def bench_build(embedder: Embedder) -> list[Row]:
    """Index build against encoding the same texts and nothing else."""
    from sentence_transformers import SentenceTransformer

    from index.embed import packaged_model

    corpus = load_corpus((SHIPPED_TEXTS,))
    chunks = [c for d in corpus.documents for c in split(d, embedder.count_tokens, embedder.max_tokens)]
    texts = list(
        dict.fromkeys(
            [c.embedded for c in chunks] + [d.quote(s.start, s.end) for d in corpus.documents for s in d.sentences]
        )
    )
    model = SentenceTransformer(packaged_model(), local_files_only=True)
    model.encode(texts[:64], show_progress_bar=False)
    ratios = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as home:
            alone = seconds(
                lambda: model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
            )
            whole = seconds(lambda home=home: build_index(Settings(home=Path(home)), embedder=embedder))  # type: ignore[misc]
            ratios.append(whole / alone)
    note = f"{len(texts)} texts; last run {whole:.1f} s against {alone:.1f} s; the better of two runs"
    return [ratio(min(ratios), 1.25, "index build ÷ encode alone", note)]


def bench_bot(embedder: Embedder) -> list[Row]:
    """One answer against one query embedding, at the shipped corpus."""
    bot = _shipped_bot(embedder)
    asked = [c.question for c in _cases()][:150]
    answer, query = interleaved_p50(bot.answer, embedder.embed_query, asked)
    note = f"{1000 * answer:.1f} ms against {1000 * query:.1f} ms, {len(asked)} questions"
    return [ratio(answer / query, 2.5, "answer ÷ query embedding (p50), shipped corpus", note)]


def bench_large(embedder: Embedder) -> list[Row]:
    """One answer against one query embedding, at 100,000 made passages."""
    made = MadeEmbedder(embedder)
    folder = KEPT / "made"
    settings = Settings(home=KEPT / "home", corpus=str(folder), embedding_model=made.name)
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        write_corpus(folder)
        (folder / "done").touch()
    report = build_index(settings, embedder=made, progress=_say)
    bot = Bot(settings, embedder=made)
    asked = questions(folder, 150)
    answer, query = interleaved_p50(bot.answer, embedder.embed_query, asked)
    m = report.manifest
    note = f"{1000 * answer:.1f} ms against {1000 * query:.1f} ms; {m.chunks} passages, {m.sentences} sentences"
    if report.built:
        note += f"; built in {report.seconds:.0f} s"
    assert m.chunks >= PASSAGES
    return [ratio(answer / query, 3.0, "answer ÷ query embedding (p50), 100,000 passages", note)]


def bench_plain(embedder: Embedder) -> list[Row]:
    """Build time, query time and success@5 beside a plain LangChain + Chroma pipeline."""
    from evals.plain import open_plain

    labelled = [c for c in _cases() if c.answerable and c.documents and not c.history]
    asked = [c.question for c in labelled]
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        ours = seconds(lambda: build_index(settings, embedder=embedder))
        bot = Bot(settings, embedder=embedder)
        started = time.perf_counter()
        plain = open_plain(bot, lambda what, done, total: None)
        theirs = time.perf_counter() - started
        ours_query = p50(bot.search, asked)
        theirs_query = p50(lambda q: plain.search(q, 4), asked)

        def success(found: Callable[[str], list[str]]) -> float:
            return sum(bool(set(found(c.question)[:5]) & set(c.documents)) for c in labelled) / len(labelled)

        ours_success = success(lambda q: [p.chunk.document_id for p in bot.search(q).passages])
        theirs_success = success(lambda q: [quote.document_id for quote, _ in plain.search(q, 5)])
        plain.close()
    return [
        Row(
            what="build, plain LangChain + Chroma beside ours",
            value=f"{theirs:.1f} s / {ours:.1f} s",
            note="ours embeds every sentence too",
        ),
        Row(
            what="query, plain beside ours (p50)",
            value=f"{1000 * theirs_query:.1f} ms / {1000 * ours_query:.1f} ms",
            note="ours: three searches, sentences scored",
        ),
        Row(
            what="success@5 of the right document, plain beside ours",
            value=f"{theirs_success:.3f} / {ours_success:.3f}",
            note=f"{len(labelled)} labelled questions, five passages each",
        ),
    ]


def bench_serve(embedder: Embedder) -> list[Row]:
    """Peak memory of the server after 100 questions, and the time from `amur serve` to the first answer."""
    home = KEPT / "shipped"
    build_index(Settings(home=home), embedder=embedder)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AMUR_")} | {
        "AMUR_HOME": str(home),
        "AMUR_LIMIT_READER": "",
    }
    started = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "amur", "serve", "--port", str(PORT)],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers_health():
            if server.poll() is not None or time.perf_counter() - started > 120:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        up = time.perf_counter() - started
        _ask("Is there a formal military alliance between China and Russia?")
        first = time.perf_counter() - started
        for case in _cases()[:99]:
            _ask(case.question)
        peak = _peak_memory(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)
    return [
        Row(
            what="peak memory of amur serve after 100 questions",
            value=f"{peak:.2f} GiB",
            bound="≤ 1.30 GiB",
            met=peak <= 1.3,
            note="VmHWM",
        ),
        Row(
            what="from amur serve to the first answer",
            value=f"{first:.1f} s",
            note=f"up after {up:.1f} s; {_start_made_of(home)}",
        ),
    ]


def bench_load_of_readers(embedder: Embedder) -> list[Row]:
    """Fifty readers at once against the server, and the same without one."""
    asked = [case.question for case in _cases() if not case.history]
    return bench_load(_shipped_bot(embedder), asked, PORT, ROOT)


def _start_made_of(home: Path) -> str:
    script = (
        "import time; t=time.perf_counter()\n"
        "def lap(n):\n global t; now=time.perf_counter(); print(f'{n} {now-t:.1f} s', end=', '); t=now\n"
        "import torch, sentence_transformers; lap('torch and sentence-transformers')\n"
        "from bot.settings import Settings; from bot.pipeline import Bot; from index.embed import make_embedder\n"
        "import langchain_core, chromadb; lap('LangChain and Chroma')\n"
        f"s=Settings(home={str(home)!r}); e=make_embedder(s); lap('model')\n"
        "b=Bot(s, embedder=e); lap('index')\n"
        "from bot.serve.app import make_app; make_app(b); lap('Gradio page')\n"
        "b.answer('Is there an alliance?'); lap('first answer')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip().rstrip(",")


def _answers_health() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/v1/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _ask(question: str) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/api/v1/ask",
        data=json.dumps({"question": question}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        assert reply.status == 200


def _peak_memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024**2
    raise RuntimeError("this system does not tell a process's peak memory")


def _shipped_bot(embedder: Embedder) -> Bot:
    settings = Settings(home=KEPT / "shipped")
    build_index(settings, embedder=embedder)
    return Bot(settings, embedder=embedder)


def _cases() -> list[Case]:
    return load_cases((SHIPPED_CASES,))


def _say(what: str, done: int, total: int) -> None:
    if done % 20_000 < 512 or done == total:
        print(f"  {what} {done}/{total}", file=sys.stderr, flush=True)


PARTS = {
    "build": bench_build,
    "add": bench_add,
    "bot": bench_bot,
    "large": bench_large,
    "plain": bench_plain,
    "serve": bench_serve,
    "load": bench_load_of_readers,
    "page": lambda embedder: bench_first_load(embedder, KEPT / "shipped"),
    "write": lambda embedder: bench_write(embedder, KEPT / "shipped"),
}


def main() -> None:
    """Run the parts named, or all, and print the table."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"bench: no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    KEPT.mkdir(exist_ok=True)
    embedder = make_embedder(Settings(home=KEPT / "shipped"))
    rows: list[Row] = []
    for name in wanted:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += PARTS[name](embedder)
    print(table(rows))
    if wanted == list(PARTS):
        words = "`make bench` measures these and rewrites this page. Ratios are taken within one run, so that they hold on any machine;"
        machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
        PAGE.write_text(
            f"# Benchmarks\n\n{words}\nseconds are of the machine they were measured on ({machine}, {time.strftime('%Y-%m-%d')}).\n\n"
            f"{table(rows)}\n",
            encoding="utf-8",
        )
    if any(row.met is False for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
