"""How far two texts agree word by word: ROUGE-L and token F1, after ROUGE's and SQuAD's definitions.

Words are those of ROUGE (runs of letters and digits) for both; SQuAD's own script joins what a hyphen or an apostrophe divides.
Both are for cases with a reference answer. They say how alike wordings are, not whether a statement is true: a short reference
gives any long answer a low value.
"""

import re
from collections import Counter
from collections.abc import Sequence

from corpus.text import normalise

_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}]+")
_ARTICLES = frozenset({"a", "an", "the"})


def rouge_l(answer: str, reference: str) -> float:
    """Return ROUGE-L (Lin 2004), 0 to 1: the F1 of the longest common subsequence of words; Chinese by character."""
    a, b = words(answer), words(reference)
    common = _longest_common(a, b)
    return _f1(common, len(a), len(b))


def token_f1(answer: str, reference: str) -> float:
    """Return the token F1 of SQuAD (Rajpurkar et al. 2016), 0 to 1: words in any order, articles left out."""
    a = [w for w in words(answer) if w not in _ARTICLES]
    b = [w for w in words(reference) if w not in _ARTICLES]
    common = sum((Counter(a) & Counter(b)).values())
    return _f1(common, len(a), len(b))


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, punctuation left out; each Chinese, Japanese or Korean character is one."""
    return _WORD.findall(normalise(text).lower())


def _f1(common: int, size: int, wanted: int) -> float:
    if not size or not wanted or not common:
        return 0.0
    precision, recall = common / size, common / wanted
    return 2 * precision * recall / (precision + recall)


def _longest_common(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the length of the longest common subsequence; time is len(a) · len(b), memory one row."""
    row = [0] * (len(b) + 1)
    for word in a:
        diagonal = 0
        for j, other in enumerate(b, 1):
            above = row[j]
            row[j] = diagonal + 1 if word == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]
