"""What a person names to add: files, folders and web addresses, and the raw bytes of each."""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from corpus.documents import NOT_DOCUMENTS
from corpus.errors import CorpusError
from corpus.fetch import Fetched
from corpus.readers import SUFFIXES
from corpus.text import normalise
from corpus.urls import name_of

Get = Callable[[str], Fetched]
"""Fetches a web address."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something to add: a file, or a web address if it has no path. `called` is how a later version would be called again."""

    name: str
    path: Path | None = None
    called: str = ""


@dataclass(frozen=True, kw_only=True)
class Raw:
    """The bytes of a source and what is known of them; `place` is the front matter that says where they came from."""

    content: bytes
    name: str
    place: dict[str, str]
    content_type: str = ""
    charset: str = ""
    host: str = ""

    @property
    def sha256(self) -> str:
        """The hash that says whether the content is the same."""
        return hashlib.sha256(self.content).hexdigest()


def find_sources(arguments: Sequence[str]) -> list[Source]:
    """Return what the arguments name: addresses and files as they are, of folders every file that can be read.

    Hidden files, symbolic links, READMEs and licences in a folder are passed over. What is not there, or holds nothing, is
    returned too: `read_source` says so.

    Raises:
        CorpusError: an argument is empty, as an unset variable of a shell is; to a system that is the working folder.
    """
    found: list[Source] = []
    for argument in arguments:
        if not argument.strip():
            raise CorpusError(f"{argument!r} names nothing; name a file, a folder or a web address")
        path = Path(argument)
        if _ADDRESS.match(argument):
            found.append(Source(name=argument))
        else:
            inside = list(_walk(path)) if path.is_dir() else []
            found += inside or [Source(name=argument, path=path, called=path.name)]
    return list(dict.fromkeys(found))


def _walk(folder: Path) -> Iterator[Source]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where) / name
            readable = path.suffix.lower() in SUFFIXES and path.stem.upper() not in NOT_DOCUMENTS
            # A link in a folder that came from elsewhere may point at any file of this machine.
            if readable and not name.startswith(".") and not path.is_symlink() and path.is_file():
                called = f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}"
                yield Source(name=str(path), path=path, called=called)


def read_source(source: Source, *, get: Get, most: int, texts: Path) -> Raw:
    """Return the raw bytes of a source.

    Args:
        source: what to read.
        get: fetches a web address.
        most: bytes of a file that are read at most; one more than these says that it is larger.
        texts: the folder of added documents, from which nothing can be added.

    Raises:
        CorpusError: it cannot be read or fetched; the message names it.
    """
    if source.path is None:
        fetched = get(source.name)
        place = {"url": fetched.url, "source_url": fetched.asked}
        return Raw(
            content=fetched.content,
            name=name_of(fetched.url),
            place=place,
            content_type=fetched.content_type,
            charset=fetched.charset,
            host=urlsplit(fetched.url).hostname or "",
        )
    if not os.path.lexists(source.path):
        raise CorpusError(f"There is no file or folder {source.name!r}; a web address begins with https://")
    if source.path.is_dir():
        raise CorpusError(f"The folder {source.name!r} holds no file of {', '.join(sorted(SUFFIXES))} that may be read")
    try:
        path = source.path.resolve(strict=True)
        if path.is_relative_to(texts.resolve()):
            raise CorpusError(f"The file {source.name!r} is an added document already; `amur corpus list` shows it")
        if not stat.S_ISREG(path.stat().st_mode):
            raise CorpusError(f"{source.name!r} is no ordinary file; save what it gives in one and add that")
        with path.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError
        raise CorpusError(f"Cannot read {source.name!r} ({error}); check that it is there and may be read") from error
    return Raw(
        content=content,
        name=path.name,
        place={"source_path": normalise(str(path)), "source_name": normalise(source.called)},
    )
