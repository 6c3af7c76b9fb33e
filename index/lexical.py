"""Lexical search: our tokens, bm25s scores. Whole figures and designations (240.1, S-400, Il-78) stay one token."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import local

import numpy as np
import numpy.typing as npt

from corpus.text import normalise_quote

Scores = npt.NDArray[np.float32]

TOKENS_VERSION = 2
"""Part of the manifest: another tokenisation needs another index."""

_TOKEN = re.compile(
    r"""
    [^\W_]+(?:[.,]\d+)+(?=\W|\Z|[^\W\d_])   # 240.1  8,500  1.2.3
    | [^\W\d_]{1,4}-\d+[^\W_]*              # S-400  Il-78  Tu-95MS  COVID-19
    | [^\W_]+(?:'[^\W_]+)?                  # words, with an inner apostrophe
    """,
    re.VERBOSE,
)
_CJK_RUN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_CJK_OR_OTHER = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+|[^\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_PLURAL_DESIGNATION = re.compile(r"\A\w+-\d+s\Z")
_THOUSANDS = re.compile(r"\A\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")

STOPWORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between both but by can
    could did do does doing done during each for from further get give had has have having he her here hers him
    his how i if in into is it its itself just let like may me might more most my no nor not of off on once only
    or other our out over own please same shall she should so some such tell than that the their them then there
    these they this those through to too under until up us very was we were what when where which while who whom
    whose why will with would you your и в во не что он на я с со как а то все она так его но да ты к у же вы за
    бы по ее мне было от меня о из ему
    """.split()
)

# British and American spellings meet in the corpus and in questions; stemming does not join them.
_SPELLING = (
    (re.compile(r"(?<=[a-z]{2})our(?=(?:s|ed|ing|ly|able|hood|liness|al|ite)*\Z)"), "or"),
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|ing|ation|ations|er|ers)\Z)"), "iz"),
    (re.compile(r"\A(defen|offen|licen)ce"), r"\1se"),
    (re.compile(r"\Acentre"), "center"),
    (re.compile(r"\Aprogramme"), "program"),
    (re.compile(r"\Arouble"), "ruble"),
    (re.compile(r"(?<=[aeiou][^aeiou][aeiou])ll(?=(?:ed|ing|er|ers)\Z)"), "l"),
)

# One token for one actor, however it is written.
_PHRASES = (
    (
        re.compile(r"\bU\.\s?S\.(?:\s?A\.)?(?!\w)|\bUSA?\b|\bUnited States(?: of America)?\b"),
        " usa ",
    ),
    (re.compile(r"\b(?:Soviet Union|USSR)\b"), " soviet "),
    (re.compile(r"\bUnited Nations\b"), " un "),
    (re.compile(r"\bEuropean Union\b"), " eu "),
    (re.compile(r"\b(?:United Kingdom|Great Britain|Britain)\b"), " uk "),
    (re.compile(r"\bPeople's Republic of China\b"), " china "),
    (re.compile(r"\bRussian Federation\b"), " russia "),
)
_CANONICAL = {
    "chines": "china",
    "prc": "china",
    "sino": "china",
    "russian": "russia",
    "russo": "russia",
    "american": "usa",
    "america": "usa",
    "british": "uk",
}


def tokenise(text: str) -> list[str]:
    """Return the search tokens of a text: lower case, stemmed by script, no stopwords; Chinese as pairs of characters."""
    tokens: list[str] = []
    text = normalise_quote(text)
    for pattern, actor in _PHRASES:
        text = pattern.sub(actor, text)
    for match in _TOKEN.finditer(text):
        tokens.extend(_token(match.group()))
    return tokens


@lru_cache(maxsize=32_768)
def _token(word: str) -> tuple[str, ...]:
    if _CJK_RUN.search(word):
        parts = [part for part in _CJK_OR_OTHER.findall(word) if part]
        return tuple(token for part in parts for token in (_pairs(part) if _CJK_RUN.match(part) else _token(part)))
    word = word.lower().removesuffix("'s")
    if word in STOPWORDS or (len(word) == 1 and word.isascii() and word.isalpha()) or not word:
        return ()
    if any(c.isdigit() for c in word):
        word = word.replace(",", "") if _THOUSANDS.match(word) else word
        return (word[:-1] if _PLURAL_DESIGNATION.match(word) else word,)
    for pattern, replacement in _SPELLING:
        word = pattern.sub(replacement, word)
    stem = _stem(word)
    return (_CANONICAL.get(stem, stem),)


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]


_stemmers = local()


def _stem(word: str) -> str:
    """Stem one word; PyStemmer's objects are not safe to share between threads."""
    language = "russian" if _CYRILLIC.search(word) else "english"
    stemmer = getattr(_stemmers, language, None)
    if stemmer is None:
        import Stemmer

        stemmer = Stemmer.Stemmer(language)
        setattr(_stemmers, language, stemmer)
    return str(stemmer.stemWord(word))


class LexicalIndex:
    """BM25 over texts, kept in a folder. Row numbers are positions in the list it was built from."""

    def __init__(self, folder: Path) -> None:
        import bm25s

        self._bm25 = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        self.size = int(self._bm25.scores["num_docs"])
        self._vocabulary: dict[str, int] = self._bm25.vocab_dict
        frequency = np.diff(np.asarray(self._bm25.scores["indptr"]))
        idf = np.log1p((self.size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        self._idf: list[float] = idf.tolist()  # read word by word, which numpy is slow at
        self.unseen_idf = float(np.log1p((self.size + 0.5) / 0.5))

    @staticmethod
    def build(texts: Sequence[Sequence[str]], folder: Path) -> None:
        """Index tokenised texts and save them. Texts without any token are allowed."""
        import bm25s

        model = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        rows = [list(t) for t in texts]
        if not any(rows):
            rows[0] = ["\0"]  # bm25s cannot index texts that have no token at all; no question holds this one
        model.index(rows, show_progress=False)
        model.save(folder, show_progress=False)

    def idf(self, token: str) -> float:
        """Return the inverse document frequency of a token; of one that no text holds, the highest there is."""
        row = self._vocabulary.get(token)
        return self.unseen_idf if row is None else self._idf[row]

    @property
    def tokens(self) -> Iterable[str]:
        """Every token that any text holds."""
        return self._vocabulary.keys()

    def knows(self, token: str) -> bool:
        """Tell whether any text holds the token."""
        return token in self._vocabulary

    def scores(self, tokens: Sequence[str]) -> Scores:
        """Return the BM25 score of every text, shape (size,); zeros where no token matches."""
        rows = [self._vocabulary[t] for t in dict.fromkeys(tokens) if t in self._vocabulary]
        if not rows:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._bm25.get_scores_from_ids(rows), dtype=np.float32)

    def search(self, tokens: Sequence[str], k: int) -> list[tuple[int, float]]:
        """Return up to k (row, score), best first; texts that match no token are left out."""
        return self.best(self.scores(tokens), k)

    def best(self, scores: Scores, k: int) -> list[tuple[int, float]]:
        """Return up to k (row, score) of the given scores, best first, zeros left out."""
        k = min(k, int(np.count_nonzero(scores)))
        if k == 0:
            return []
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((best, -scores[best]))]
        return [(int(row), float(scores[row])) for row in best]
