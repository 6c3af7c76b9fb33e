"""Cut a document into chunks: runs of whole sentences of one section, with their offsets and a contextual header."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.documents import Document
from corpus.parse import Sentence

CountTokens = Callable[[Sequence[str]], list[int]]
"""Token counts of texts, special tokens not counted."""

SPECIAL_TOKENS = 2
MIN_BODY_TOKENS = 24
"""However long its header, a chunk has room for this many tokens of text: the header is cut first."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A stored piece of a document. `text` is the document's clean text from `source_start` to `source_end`.

    `header` (title › section) is embedded and searched with the text but never quoted. `sentences` are ordinals in the
    document, first and one past the last.
    """

    id: str
    document_id: str
    header: str
    text: str
    source_start: int
    source_end: int
    sentences: tuple[int, int]

    @property
    def embedded(self) -> str:
        """The text that is embedded: header and text."""
        return f"{self.header}\n{self.text}" if self.header else self.text


def split(document: Document, count_tokens: CountTokens, max_tokens: int) -> list[Chunk]:
    """Return the chunks of a document in order; every sentence is in exactly one.

    Args:
        document: what to cut.
        count_tokens: the embedding model's tokeniser.
        max_tokens: most tokens of header and text together. Only a single sentence that is longer makes a longer chunk.
    """
    texts = [document.quote(s.start, s.end) for s in document.sentences]
    counts = count_tokens(texts) if texts else []
    longest = max_tokens - SPECIAL_TOKENS - MIN_BODY_TOKENS
    headers = {n: _fitted(header(document, n), count_tokens, longest) for n in {s.section for s in document.sentences}}
    header_counts = dict(zip(headers, count_tokens(list(headers.values())), strict=True)) if headers else {}
    seen: Counter[str] = Counter()
    chunks = []
    for first, last in _runs(document.sentences, counts, header_counts, max_tokens - SPECIAL_TOKENS):
        start, end = document.sentences[first].start, document.sentences[last - 1].end
        text = document.text[start:end]
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        seen[digest] += 1
        repeat = f"-{seen[digest]}" if seen[digest] > 1 else ""
        chunks.append(
            Chunk(
                id=f"{document.id}:{digest}{repeat}",
                document_id=document.id,
                header=headers[document.sentences[first].section],
                text=text,
                source_start=start,
                source_end=end,
                sentences=(first, last),
            )
        )
    return chunks


def header(document: Document, section: int) -> str:
    """Return the contextual header of a section: the document's title, and the section's if it has one."""
    title = document.sections[section].title if section < len(document.sections) else ""
    return f"{document.title} › {title}" if title else document.title


def _fitted(header: str, count_tokens: CountTokens, longest: int) -> str:
    """Return a header cut to a number of tokens, so that the text it leads is not what the model cuts off."""
    while header and (count := count_tokens([header])[0]) > max(longest, 0):
        header = header[: min(int(len(header) * max(longest, 0) / count), len(header) - 1)].rstrip()
    return header


def _runs(
    sentences: Sequence[Sentence], counts: Sequence[int], header_counts: dict[int, int], room: int
) -> Iterator[tuple[int, int]]:
    """Yield (first, one past last): as many sentences as fit, never across sections, a disputed block kept in one piece if it fits."""
    first = total = 0
    for i, sentence in enumerate(sentences):
        space = max(room - header_counts[sentence.section], MIN_BODY_TOKENS)
        new_section = i > first and sentence.section != sentences[i - 1].section
        block = _block_size(sentences, counts, i)
        if i > first and (new_section or total + (block if block <= space else counts[i]) > space):
            yield first, i
            first, total = i, 0
        total += counts[i]
    if first < len(sentences):
        yield first, len(sentences)


def _block_size(sentences: Sequence[Sentence], counts: Sequence[int], i: int) -> int:
    """Return the tokens of the disputed block that begins at sentence i, or of the sentence alone."""
    dispute = sentences[i].dispute
    if dispute is None or (i and sentences[i - 1].dispute == dispute):
        return counts[i]
    return sum(c for s, c in zip(sentences[i:], counts[i:], strict=True) if s.dispute == dispute)
