"""The process that parsers run in: its limits, its doors, and what is left when it is killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.readers import Limits
from corpus.sandbox import Sandbox, _checked
from tests.conftest import ROOT
from tests.corpus.reading import LONG, MIB, PAGE, read, texts, why_not
from tests.making import column, docx, pdf, words


def test_a_page_nested_a_hundred_thousand_deep_costs_one_error() -> None:
    deep = "<html><body>" + "<div>" * 100_000 + f"<p>{LONG}</p>" + "</div>" * 100_000 + "</body></html>"
    assert why_not(deep.encode(), "html")


def test_reading_is_ended_when_it_takes_too_long() -> None:
    assert "took longer than 0.5 seconds" in why_not(SLOW, "html", seconds=0.5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not enforce RLIMIT_AS")
def test_reading_is_ended_when_it_needs_too_much_memory() -> None:
    assert "needs more than 200 MiB of memory" in why_not(SLOW, "html", memory=200 * MIB)


SLOW = ("<html><body><article>" + f"<p>{LONG}</p>" * 60_000 + "</article></body></html>").encode()
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes under /proc")


def below(pid: int) -> set[int]:
    """Return the processes that a process started and that are still there; none if it is gone itself."""
    found: set[int] = set()
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # threads come and go
                found |= {int(child) for child in (task / "children").read_text().split()}
    return found


def is_reading(pid: int) -> bool:
    """Tell whether a process is one of ours by now, and not still the copy of this one that it begins as."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return b"from corpus import sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


@on_linux
@pytest.mark.parametrize(
    ("blow", "said"),
    [
        (signal.SIGSEGV, r"its reader crashed \(killed by signal 11\)"),
        (signal.SIGKILL, r"its reader crashed \(killed by signal 9\)"),
        (signal.SIGSTOP, "took longer than 3 seconds"),
    ],
    ids=["SEGV", "KILL", "STOP"],
)
@pytest.mark.parametrize(
    ("fork", "depth"), [(False, 1), (True, 1), (True, 2)], ids=["reader", "nursery", "forked reader"]
)
def test_a_reader_that_crashes_or_hangs_costs_one_error(
    fork: bool, depth: int, blow: signal.Signals, said: str
) -> None:
    def strike() -> None:
        above = {os.getpid()}
        for _ in range(depth):
            found: set[int] = set()
            while not found and not over.is_set():
                found = {pid for parent in above for pid in below(parent) - before if is_reading(pid)}
            above = found
        for pid in above:
            with suppress(ProcessLookupError):
                os.kill(pid, blow)

    before = below(os.getpid())  # a browser of an earlier test may still be one of them
    over = threading.Event()
    striking = threading.Thread(target=strike)
    striking.start()
    with Sandbox(Limits(seconds=3.0 if blow == signal.SIGSTOP else 60.0), fork=fork) as sandbox:
        with pytest.raises(CorpusError, match=said):
            sandbox.read(SLOW, "html")
        over.set()  # or a blow that comes too late would strike the next reader
        striking.join()
        sandbox.limits = Limits()
        assert texts(sandbox.read(b"Words here.", "text")) == ["Words here."]
    assert below(os.getpid()) <= before


@on_linux
def test_files_are_read_in_processes_of_one_nursery_that_ends_with_the_sandbox() -> None:
    before = below(os.getpid())
    with Sandbox() as sandbox:
        assert below(os.getpid()) == before
        assert texts(sandbox.read(b"One.", "text")) == ["One."]
        (nursery,) = below(os.getpid()) - before
        assert texts(sandbox.read(b"# Two", "markdown")) == ["Two"]
        assert below(os.getpid()) - before == {nursery}
        assert below(nursery) == set()
        os.kill(nursery, signal.SIGKILL)  # as a system short of memory does, between two files
        os.waitid(os.P_PID, nursery, os.WEXITED | os.WNOWAIT)
        assert texts(sandbox.read(b"Three.", "text")) == ["Three."]
    assert below(os.getpid()) == before


@on_linux
def test_what_one_file_does_to_its_reader_does_not_reach_the_next() -> None:
    """A parser that was taken over is played by a module that counts, in its own process, how often it was used."""
    order = json.dumps({"kind": "text", "charset": "", "limits": Limits().__dict__})
    code = (
        "import os, socket, tempfile, threading\nfrom corpus import readers, sandbox\nused = []\n"
        "def evil(content, kind, **given):\n    used.append(kind)\n"
        "    return readers.Extract(blocks=(readers.block(f'{len(used)} {os.getpid() != mine}'),))\n"
        "sandbox.read, mine = evil, os.getpid()\nours, theirs = socket.socketpair()\nos.dup2(theirs.fileno(), 0)\ntheirs.close()\n"
        "def ask():\n    for _ in range(3):\n        with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as file:\n"
        f"            socket.send_fds(ours, [{order!r}.encode()], [file.fileno(), answer.fileno()])\n"
        "            code = ours.recv(9)\n            answer.seek(0)\n            said.append((code, answer.read()))\n"
        "    ours.close()\n"
        "said = []\nasking = threading.Thread(target=ask)\nasking.start()\nsandbox.nurse()\nasking.join()\nprint(said, used)"
    )
    done = run(code)
    assert done.stdout.count("(b'0', ") == 3, done.stderr
    assert done.stdout.count('"1 True"') == 3
    assert done.stdout.endswith("[]\n")


@on_linux
def test_nothing_is_left_when_the_caller_is_killed() -> None:
    code = (
        "import os, signal\nfrom corpus.sandbox import Sandbox\nsandbox = Sandbox()\nsandbox.read(b'Words.', 'text')\n"
        "print(sandbox._nursery.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    done = run(code)
    assert done.returncode == -signal.SIGKILL, done.stderr
    end = time.monotonic() + 300
    while Path(f"/proc/{int(done.stdout)}/cmdline").exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not Path(f"/proc/{int(done.stdout)}/cmdline").exists()


@pytest.mark.parametrize("fork", [False, True])
def test_after_one_that_took_too_long_the_next_file_is_read(fork: bool) -> None:
    with Sandbox(Limits(seconds=1.0), fork=fork) as sandbox:
        with pytest.raises(CorpusError, match="took longer than 1 seconds"):
            sandbox.read(SLOW, "html")
        sandbox.limits = Limits()
        assert texts(sandbox.read(b"Words here.", "text")) == ["Words here."]


@pytest.mark.parametrize("kind", ["text", "markdown", "html", "pdf", "docx"])
def test_forked_or_started_a_reader_finds_the_same(kind: str) -> None:
    content = {"pdf": pdf(column(LONG)), "docx": docx(words(LONG)), "html": PAGE.encode()}.get(kind, LONG.encode())
    with Sandbox(fork=True) as forked, Sandbox(fork=False) as started:
        assert forked.read(content, kind) == started.read(content, kind)
        assert LONG in " ".join(texts(started.read(content, kind)))


def test_too_much_text_is_refused() -> None:
    assert "gives more than 1 MiB of text" in why_not(b"Words. " * 200_000, "text", output=MIB)


def test_too_many_sentences_are_refused() -> None:
    falls = ["One fell.", "Two fell.", "Three fell."] * 1_000
    text = " ".join(falls).encode()
    assert "holds more than 2,999 sentences" in why_not(text, "text", sentences=2_999)
    with Sandbox(Limits(sentences=3_000)) as sandbox:
        assert texts(sandbox.read(text, "text")) == [" ".join(falls)]


def test_a_text_that_is_slow_to_work_on_costs_the_caller_nothing() -> None:
    marks = "a" + "\u0300\u0316" * 200_000  # to put them in order takes time with the square of their number
    assert "took longer than 3 seconds" in why_not(docx(words(marks)), "docx", seconds=3.0)


def test_the_limits_are_those_of_the_documentation() -> None:
    limits = Limits()
    assert (limits.size, limits.pages, limits.seconds) == (20 * MIB, 2_000, 60.0)
    assert (limits.unpacked, limits.output, limits.memory) == (200 * MIB, 16 * MIB, 2_048 * MIB)
    assert limits.sentences == 100_000


def test_too_large_a_file_is_refused_unread() -> None:
    assert "larger than 20 MiB" in why_not(bytes(20 * MIB + 1), "text")


def run(code: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        input=stdin,
        capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize(
    "forbidden",
    ["import socket; socket.create_connection(('127.0.0.1', 9))", "import subprocess; subprocess.run(['true'])",
     "import os; os.system('true')",
     "import socket; socket.getaddrinfo('localhost', 80)", "import os; os.fork()", "import os; os.remove('x')"],
)  # fmt: skip
def test_code_in_the_process_cannot_leave_it(forbidden: str) -> None:
    done = run(f"from corpus.sandbox import _refuse\nsys.addaudithook(_refuse)\n{forbidden}")
    assert "PermissionError: a reader may not use" in done.stderr


def test_the_process_closes_its_doors_before_it_reads() -> None:
    order = {"kind": "text", "charset": "", "limits": Limits().__dict__}
    code = (
        f"import os\nfrom corpus.sandbox import main\nmain({str(order).replace(chr(39), chr(34))!r})\nos.system('true')"
    )
    done = run(code, stdin="Words here.")
    assert '"Words here."' in done.stdout
    assert "PermissionError: a reader may not use os.system" in done.stderr


def test_a_module_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("open('ran', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert texts(read("Words here.", "text")) == ["Words here."]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("fork", [False, True])
def test_the_process_sees_no_environment(monkeypatch: pytest.MonkeyPatch, fork: bool) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    code = (
        "def seen(event, given):\n    if event == 'subprocess.Popen': print('started with', sorted(given[3]))\n"
        f"sys.addaudithook(seen)\nfrom corpus.sandbox import Sandbox\nSandbox(fork={fork}).read(b'Words.', 'text')"
    )
    said = run(code).stdout
    assert "started with" in said
    assert "KEY" not in said
    assert "AMUR" not in said


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"{}", b"null", b'{"error": 1}', b'{"blocks": [[false, []]], "title": ""}', b'{"blocks": [[false, [["1", "x"]]]]}',
     b'{"blocks": [[false, [[null, 1]]]]}', b'{"blocks": [[false, [[-1, "x"]]]]}', b'{"blocks": [], "title": 1}', b"[" * 100_000],
)  # fmt: skip
def test_an_answer_that_is_not_as_it_must_be_is_refused(answer: bytes) -> None:
    with pytest.raises(CorpusError):
        _checked(answer)
