"""Read a hostile file in a process of its own, with limits on time, memory and output: what goes wrong there costs one error.

The process gets the bytes and nothing else: no environment (so no API keys), no working folder on its module path, and Python
code in it that tries to connect, to look a name up or to start another process is stopped. It answers with JSON, which is
checked like any other foreign data.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from corpus.errors import CorpusError
from corpus.plain import Block
from corpus.readers import Extract, Limits, read
from corpus.text import normalise

MAX_FIELD = 300
"""Characters of a suggested piece of metadata that are kept."""

# -I keeps the working folder off the module path: a folder of documents may hold a `json.py`.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from corpus.sandbox import main; main(sys.argv[2])"
_FIELDS = ("title", "creator", "issued", "language", "publisher")
_CLOSED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen", "os.system",
           "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.rmdir", "shutil.")  # fmt: skip


def read_safely(content: bytes, kind: str, *, charset: str = "", limits: Limits | None = None) -> Extract:
    """Return what `corpus.readers.read` finds in a file, read in a process of its own.

    Raises:
        CorpusError: why the file cannot be read, without its name: also when it takes too long, needs too much memory, gives too
            much text or makes its parser crash.
    """
    limits = limits or Limits()
    if len(content) > limits.size:
        raise CorpusError(f"it is larger than {limits.size // 2**20} MiB; split it and add the parts")
    order = json.dumps({"kind": kind, "charset": charset, "limits": limits.__dict__})
    root = str(Path(__file__).resolve().parent.parent)
    with TemporaryFile() as given, TemporaryFile() as answered:
        given.write(content)
        given.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _START, root, order],
            stdin=given,
            stdout=answered,
            stderr=subprocess.DEVNULL,
            env=None if sys.platform == "win32" else {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        try:
            code = process.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            raise CorpusError(
                f"reading it took longer than {limits.seconds:g} seconds; save it in a simpler form"
            ) from None
        finally:
            process.kill()
            process.wait()
        answered.seek(0)
        answer = answered.read(limits.output + 1)
    if code != 0 or len(answer) > limits.output:
        raise CorpusError(f"its reader crashed ({_ending(code)}); the file may be damaged: save it anew and add that")
    return _checked(answer)


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
    return " ".join(normalise(value).split())[:MAX_FIELD].strip()


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
