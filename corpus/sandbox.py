"""Read hostile files, each in a process of its own, with limits on time, memory and output: what goes wrong there costs one error.

Such a process gets the bytes and nothing else: no environment (so no API keys), no working folder on its module path, and Python
code in it that tries to connect, to look a name up or to start another process is stopped. It answers with JSON, which is
checked like any other foreign data.

On Linux a nursery process loads the parsers once and forks a reader for each file. The nursery itself never
sees a byte of a file, so nothing a file does to its reader reaches the next one. Elsewhere each reader is started from nothing.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from corpus.errors import CorpusError
from corpus.parse import Parser
from corpus.plain import Block, feed_plain, write_plain
from corpus.readers import Extract, Limits, read
from corpus.text import normalise

MAX_FIELD = 300
"""Characters of a suggested piece of metadata that are kept."""

SHORT = 20_000
"""Characters of a text with which nothing takes longer than a fraction of a second, whatever they are."""

# -I keeps the working folder off the module path: a folder of documents may hold a `json.py`.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from corpus import sandbox; sandbox.{}(*sys.argv[2:])"
_PARSERS = {
    "text": ("corpus.documents",),
    "markdown": ("corpus.documents", "corpus.markdown"),
    "html": ("corpus.html",),
    "pdf": ("corpus.pdf",),
    "docx": ("corpus.word",),
}
"""What is loaded before a reader is forked, by kind of file."""
_MAX_ORDER = 65_536
_CAN_FORK = sys.platform.startswith("linux")
"""Elsewhere libraries of the system may hold what does not survive a fork, as on macOS."""
_FIELDS = ("title", "creator", "issued", "language", "publisher")
_CLOSED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen", "os.system",
           "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.rmdir", "os.kill", "os.killpg", "shutil.")  # fmt: skip


class Sandbox:
    """Reads files in processes of their own. Use it as a context manager: its nursery ends with it."""

    def __init__(self, limits: Limits | None = None, *, fork: bool = _CAN_FORK) -> None:
        self.limits = limits or Limits()
        self._fork = fork
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def read(self, content: bytes, kind: str, *, charset: str = "") -> Extract:
        """Return what `corpus.readers.read` finds in a file, read in a process of its own.

        Raises:
            CorpusError: why the file cannot be read, without its name: also when it takes too long, needs too much memory, gives
                too much text or makes its parser crash.
        """
        limits = self.limits
        if len(content) > limits.size:
            raise CorpusError(f"it is larger than {limits.size // 2**20} MiB; split it and add the parts")
        order = json.dumps({"kind": kind, "charset": charset, "limits": limits.__dict__})
        with TemporaryFile() as given, TemporaryFile() as answered:
            given.write(content)
            given.seek(0)
            try:
                code = (self._forked if self._fork else self._started)(order, given, answered)
            except TimeoutError:
                raise CorpusError(
                    f"reading it took longer than {limits.seconds:g} seconds; save it in a simpler form"
                ) from None
            answered.seek(0)
            answer = answered.read(limits.output + 1)
        if code != 0 or len(answer) > limits.output:
            raise CorpusError(
                f"its reader crashed ({_ending(code)}); the file may be damaged: save it anew and add that"
            )
        return _checked(answer)

    def _started(self, order: str, given: IO[bytes], answered: IO[bytes]) -> int:
        """Have the file read by a process that starts from nothing; returns how it ended."""
        process = _start("main", order, stdin=given, stdout=answered)
        try:
            return process.wait(self.limits.seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        finally:
            process.kill()
            process.wait()

    def _forked(self, order: str, given: IO[bytes], answered: IO[bytes]) -> int:
        """Have the file read by a process that the nursery forks; returns how it ended."""
        control = self._nursed()
        code = None
        try:
            socket.send_fds(control, [order.encode()], [given.fileno(), answered.fileno()])
            said = control.recv(64)
            code = int(said) if said else self._end()
        except ConnectionError:
            code = self._end()
        finally:
            if code is None:  # too late, or Ctrl-C: the reader must not outlive its file
                self._end()
        return code

    def _nursed(self) -> socket.socket:
        """Return the line to the nursery, which is started if there is none that lives."""
        if self._nursery and self._nursery.poll() is not None:
            self._end()
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                self._nursery = _start("nurse", stdin=theirs.fileno(), stdout=subprocess.DEVNULL, alone=True)
        self._control.settimeout(self.limits.seconds)
        return self._control

    def _end(self) -> int:
        """End the nursery with any reader that it has; returns how it ended."""
        if self._control:
            self._control.close()
        nursery, self._nursery, self._control = self._nursery, None, None
        if nursery is None:
            return 0
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group that has ended
            os.killpg(nursery.pid, signal.SIGKILL)
        return nursery.wait()


def _start(
    entry: str, *arguments: str, stdin: IO[bytes] | int, stdout: IO[bytes] | int, alone: bool = False
) -> "subprocess.Popen[bytes]":
    """Start a process that runs a function of this module; `alone` puts it, and what it forks, into a group of its own."""
    root = str(Path(__file__).resolve().parent.parent)
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _START.format(entry), root, *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        start_new_session=alone,
        env=None if sys.platform == "win32" else {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


def _ending(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit status {code}"


def _checked(answer: bytes) -> Extract:
    """Return the answer of the process as a record, if it is one; an exploited parser may write what it likes."""
    try:
        data = json.loads(answer)
        if "error" in data:
            reason = data["error"]
            raise CorpusError(_line(reason))
        blocks = tuple(_block(heading, pieces) for heading, pieces in data["blocks"])
        fields = {name: _line(data[name]) for name in _FIELDS}
        return Extract(blocks=blocks, dated_by_file=data["dated_by_file"] is True, **fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorpusError(f"its reader gave no usable answer ({type(error).__name__}); save the file anew") from error


def _block(heading: Any, pieces: Any) -> Block:  # Any: unchecked JSON
    checked = []
    for page, text in pieces:
        if not (page is None or (type(page) is int and 0 < page < 100_000)) or not isinstance(text, str):
            raise TypeError("a piece is a page and a text")
        checked.append((page, text))
    if not checked:
        raise TypeError("a block without a piece")
    return Block(pieces=tuple(checked), heading=heading is True)


def _line(value: Any) -> str:  # Any: unchecked JSON
    """Return a suggested value as one short line of clean text."""
    return " ".join(normalise(value[: 10 * MAX_FIELD]).split())[:MAX_FIELD].strip()


def nurse() -> None:
    """Fork a reader for each file that comes over standard input, until that is closed. Runs in the nursery."""
    control = socket.socket(fileno=0)
    while True:
        order, files, _, _ = socket.recv_fds(control, _MAX_ORDER, 2)
        if not order:
            return
        for module in _PARSERS[json.loads(order)["kind"]]:
            import_module(module)
        reader = os.fork()
        if reader == 0:
            _read_and_exit(order.decode(), *files)
        for file in files:
            os.close(file)
        _, status = os.waitpid(reader, 0)
        control.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _read_and_exit(order: str, given: int, answered: int) -> None:
    """Read one file in a forked process; whatever happens, the nursery's own work is never gone on with here."""
    try:
        for file, place in ((given, 0), (answered, 1)):  # the first also closes the line to the caller
            os.dup2(file, place)
            os.close(file)
        main(order)
        sys.stdout.flush()
        os._exit(0)
    finally:
        os._exit(1)


def main(order: str) -> None:
    """Read standard input as the order says and write the answer to standard output. Runs in the process of its own."""
    given = json.loads(order)
    limits = Limits(**given["limits"])
    _limit(limits)
    sys.addaudithook(_refuse)
    try:
        found = read(sys.stdin.buffer.read(), given["kind"], charset=given["charset"], limits=limits)
        answer = json.dumps(_as_json(found))
        if len(answer) > limits.output:
            raise CorpusError(f"it gives more than {limits.output // 2**20} MiB of text; split it and add the parts")
        _rehearse(found, limits)
    except CorpusError as error:
        answer = json.dumps({"error": str(error)})
    except MemoryError:
        answer = json.dumps({"error": f"reading it needs more than {limits.memory // 2**20} MiB of memory; split it"})
    except Exception as error:
        # The process ends here, and whatever a parser raises is the file's fault: the caller says so in one line.
        answer = json.dumps(
            {"error": f"its reader gave up ({type(error).__name__}); the file may be damaged: save it anew"}
        )
    sys.stdout.write(answer)


def _rehearse(found: Extract, limits: Limits) -> None:
    """Do here, under the limits, what the caller is going to do with a long text, so that it cannot cost the caller more."""
    if sum(len(text) for b in found.blocks for _, text in b.pieces) <= SHORT:
        return
    parser = Parser(language="en")
    feed_plain(parser, normalise(write_plain(found.blocks)), 1)
    if len(parser.sentences) > limits.sentences:
        raise CorpusError(f"it holds more than {limits.sentences:,} sentences; split it and add the parts")


def _as_json(found: Extract) -> dict[str, Any]:  # Any: JSON values
    return {**found.__dict__, "blocks": [(b.heading, b.pieces) for b in found.blocks]}


def _limit(limits: Limits) -> None:
    """Limit this process as far as its system can: memory, processor time, size of files, no core dumps."""
    try:
        import resource
    except ImportError:  # Windows: the time limit of the caller remains
        return
    wanted = (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, int(limits.seconds) + 1),
        (resource.RLIMIT_FSIZE, limits.output + 2**20),
        (resource.RLIMIT_CORE, 0),
    )
    for what, most in wanted:
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(_CLOSED):
        raise PermissionError(f"a reader may not use {event}")
