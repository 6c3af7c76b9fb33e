"""The front matter of an added document: what a person said, else what an earlier version was told, else what the file suggests."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from corpus.added import Entry, Meta
from corpus.documents import ADDED, NOT_DOCUMENTS, slug
from corpus.errors import CorpusError
from corpus.language import language_of
from corpus.plain import FORMAT
from corpus.readers import Extract
from corpus.references import PERSPECTIVES
from corpus.sources import Raw
from corpus.text import normalise

CORRECTABLE = ("title", "creator", "issued", "language", "publisher", "topic", "perspective")
"""The fields that a person can set; all others say where the document came from."""
TOPIC = "documents"
MAX_ID = 60
RIGHTS = "not stated"

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a person says about a document; None leaves it to the document, an empty text says that there is none."""

    title: str | None = None
    creator: str | None = None
    issued: str | None = None
    language: str | None = None
    publisher: str | None = None
    topic: str | None = None
    perspective: str | None = None

    def values(self) -> dict[str, str]:
        """Return what is given, by name."""
        return {name: value for name in CORRECTABLE if (value := getattr(self, name)) is not None}


def checked(given: Given) -> Given:
    """Return what a person gave in the form in which it is stored.

    Raises:
        CorpusError: a value that cannot be used; the message names it.
    """
    values = {name: " ".join(normalise(value).split()) for name, value in given.values().items()}
    if "topic" in values:
        values["topic"] = slug(values["topic"])
    if values.get("perspective", "other") not in PERSPECTIVES:
        raise CorpusError(
            f"The perspective {values['perspective']!r} is not known; use one of {', '.join(PERSPECTIVES)}"
        )
    if values.get("issued") and date_in(values["issued"]) != values["issued"]:
        raise CorpusError(f"The date {values['issued']!r} is none or lies ahead; write YYYY, YYYY-MM or YYYY-MM-DD")
    if not _LANGUAGE.fullmatch(values.get("language", "en")):
        raise CorpusError(f"The language {values['language']!r} is no BCP 47 tag; write one such as en, ru or zh-Hans")
    if values.get("title") == "":
        raise CorpusError("The title '' is empty; give a document one, or leave --title out")
    return Given(**values)


def date_in(text: str) -> str:
    """Return the date that a text begins with, as YYYY, YYYY-MM or YYYY-MM-DD; empty if there is none or it lies ahead."""
    match = _DATE.match(text.strip())
    if not match:
        return ""
    year, month, day = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ""
    ahead = first > datetime.now(UTC).date() + timedelta(days=1)  # it may be tomorrow already where the author is
    return "" if ahead else match.group(0)


def described(raw: Raw, extract: Extract, given: Given, *, document_id: str, old: Entry | None) -> dict[str, Any]:
    """Return the front matter of a document, `id` and all, in the order in which it is written."""
    said = {name: str(old.meta.get(name, "")) for name in old.corrected} if old else {}
    said |= given.values()
    text = "\n".join(b.text for b in extract.blocks)
    values = {
        "title": extract.title or _title(raw, extract),
        "creator": extract.creator,
        "issued": date_in(extract.issued),
        "language": language_of(text, extract.language),
        "publisher": extract.publisher or raw.host,
        "topic": str(old.meta.get("topic", "")) if old else "",
        "perspective": "",
    } | said
    # When a file was made is no claim up to when its text holds.
    as_of = values["issued"] if "issued" in said or not extract.dated_by_file else ""
    return {
        "id": document_id,
        "title": values["title"],
        "creator": values["creator"],
        "publisher": values["publisher"],
        "issued": values["issued"],
        "language": values["language"],
        "kind": ADDED,
        "topic": values["topic"] or TOPIC,
        "as_of": as_of,
        "rights": RIGHTS,
        "url": raw.place.get("url", ""),
        "perspective": values["perspective"] or "other",
        "format": FORMAT,
        "retrieved": datetime.now(UTC).date().isoformat(),
        "source_sha256": raw.sha256,
        "source_url": raw.place.get("source_url", ""),
        "source_path": raw.place.get("source_path", ""),
        "source_name": raw.place.get("source_name", ""),
        "corrected": [name for name in CORRECTABLE if name in said],
    }


def corrected(meta: Meta, given: Given) -> dict[str, Any]:
    """Return front matter with what a person gives now; the same if that says nothing new."""
    said = given.values()
    already = [str(name) for name in meta.get("corrected") or ()]
    changed = {**meta, **said, "corrected": [name for name in CORRECTABLE if name in said or name in already]}
    if "issued" in said:
        changed["as_of"] = said["issued"]
    changed["topic"] = changed["topic"] or TOPIC
    return changed


def new_id(title: str, taken: frozenset[str]) -> str:
    """Return a free id made of the title, short enough for a file name in any script."""
    stem = slug(title)
    while len(stem) > MAX_ID or len(stem.encode()) > 2 * MAX_ID:
        stem = stem[:-1]
    stem = stem.strip("-") or "document"
    if stem.upper() in NOT_DOCUMENTS:
        stem = f"{stem}-document"
    return next(name for n in range(1, len(taken) + 2) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)


def _title(raw: Raw, extract: Extract) -> str:
    heading = next((b.text for b in extract.blocks if b.heading), "")
    stem = raw.name.rsplit(".", 1)[0].replace("_", " ").replace("-", " ").strip()
    return " ".join(normalise(heading or stem or raw.host or "Document").split())[:300]
