"""The sources of an answer for reference managers: CSL-JSON, as Zotero and Pandoc read it, and BibTeX.

The sources are the references of the cited sentences, and a document that names none itself. Each says under which numbers the
answer cites it and whose voice it is.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_KEY = re.compile(r"[^A-Za-z0-9:.-]+")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
# A brace in an address would end the field; a backslash would be a command.
_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Json = dict[str, Any]  # Any: JSON values


def sources(answer: Mapping[str, Any]) -> list[Json]:  # Any: JSON values
    """Return the sources of an answer in order of their first citation, each with the `numbers` that cite it."""
    found: dict[str, Json] = {}
    for c in answer["citations"]:
        own = {name: c[name] for name in ("title", "publisher", "issued", "url", "perspective")}
        for source in c["references"] or [{"id": c["document_id"], **own}]:
            found.setdefault(source["id"], {**source, "numbers": []})["numbers"].append(c["number"])
    return list(found.values())


def as_csl(answer: Mapping[str, Any]) -> str:  # Any: JSON values
    """Return the sources as a CSL-JSON list."""
    return json.dumps([_csl(source) for source in sources(answer)], ensure_ascii=False, indent=1) + "\n"


def as_bibtex(answer: Mapping[str, Any]) -> str:  # Any: JSON values
    """Return the sources as BibTeX, an entry each; text is escaped and capitals are kept."""
    used: set[str] = set()
    return "\n".join(_bibtex(source, _unused(source["id"], used)) for source in sources(answer))


def _csl(source: Json) -> Json:
    entry: Json = {"id": source["id"], "type": "webpage" if source["url"] else "document", "title": source["title"]}
    if source["publisher"]:
        entry["publisher"] = source["publisher"]
    match = _DATE.match(source["issued"] or "")
    if match:
        entry["issued"] = {"date-parts": [[int(part) for part in match.groups() if part]]}
    if source["url"]:
        entry["URL"] = source["url"]
    entry["note"] = _note(source)
    entry["custom"] = {"perspective": source["perspective"]}
    return entry


def _bibtex(source: Json, key: str) -> str:
    fields = {"title": f"{{{escape_bibtex(source['title'])}}}"}
    if source["publisher"]:
        fields["publisher"] = escape_bibtex(source["publisher"])
    match = _DATE.match(source["issued"] or "")
    if match:
        fields["year"] = match[1]
        fields |= {"date": match[0]}
    if source["url"]:
        fields["url"] = "".join(_ADDRESS.get(c, c) for c in source["url"])
    fields["note"] = escape_bibtex(_note(source))
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items()]
    if match and match[2] and 1 <= int(match[2]) <= 12:
        lines.append(f"  month = {_MONTHS[int(match[2]) - 1]}")
    return "@misc{" + key + ",\n" + ",\n".join(lines) + "\n}\n"


def escape_bibtex(text: str) -> str:
    """Return text as BibTeX shows it: what TeX would take for a command is escaped, lines are joined."""
    return "".join(_BIBTEX.get(c, c) for c in " ".join(text.split()))


def _note(source: Json) -> str:
    numbers = "".join(f"[{number}]" for number in dict.fromkeys(source["numbers"]))
    return f"perspective: {source['perspective']}; cited as {numbers}"


def _unused(identifier: str, used: set[str]) -> str:
    """Return a key that every BibTeX reader takes: ASCII, and not used before."""
    plain = unicodedata.normalize("NFKD", identifier).encode("ascii", "ignore").decode("ascii")
    stem = _KEY.sub("-", plain).strip("-") or "source"
    key, count = stem, 1
    while key in used:
        count += 1
        key = f"{stem}-{count}"
    used.add(key)
    return key
