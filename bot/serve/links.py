"""Every address that a page of ours links to, made in one place: documents, questions, figures, sources.

An address begins with `/`; a server behind a path puts that path before it (`root`). Whatever goes into one is escaped.
"""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, urlencode

from bot.records import Citation

Parameter = tuple[str, str]


def document_link(
    document_id: str,
    spans: Sequence[tuple[int, int]] = (),
    *,
    cited: Iterable[tuple[str, int, int]] = (),
    root: str = "",
    lang: str = "",
) -> str:
    """Return the permalink of a document, with characters to highlight and to scroll to.

    Args:
        document_id: the document.
        spans: (start, end) offsets in its clean text.
        cited: all citations of an answer in order, (document id, start, end), so that the page leads from one to the next.
        root: the path that the server stands under.
        lang: the language of the page, if the reader chose one.
    """
    parameters = [("s", f"{start}-{end}") for start, end in spans]
    parameters += [("cited", f"{other}:{start}-{end}") for other, start, end in cited]
    return _made(f"{root}/documents/{quote(document_id, safe='')}", parameters, lang) + ("#c1" if spans else "")


def citation_link(citation: Citation, citations: Sequence[Citation] = (), *, root: str = "", lang: str = "") -> str:
    """Return the permalink of a citation's very words, with the other citations of the same answer if they are given."""
    cited = [(c.document_id, c.source_start, c.source_end) for c in citations]
    spans = [(citation.source_start, citation.source_end)]
    return document_link(citation.document_id, spans, cited=cited if len(cited) > 1 else (), root=root, lang=lang)


def chat_link(
    question: str = "", filters: Mapping[str, str | Sequence[str]] | None = None, *, root: str = "", lang: str = ""
) -> str:
    """Return the address of the chat page with a question and filters filled in."""
    parameters = [("q", question)] if question else []
    for name, values in (filters or {}).items():
        parameters += [(name, value) for value in ([values] if isinstance(values, str) else values)]
    return _made(f"{root}/", parameters, lang)


def page_link(path: str, parameters: Iterable[Parameter] = (), *, root: str = "", lang: str = "") -> str:
    """Return the address of one of our other pages, such as `/explore/sources`; empty parameters are left out."""
    return _made(root + quote(path), [(name, value) for name, value in parameters if value], lang)


def _made(path: str, parameters: Iterable[Parameter], lang: str) -> str:
    query = urlencode([*parameters, *([("lang", lang)] if lang else [])], quote_via=quote, safe=":")
    return f"{path}?{query}" if query else path
