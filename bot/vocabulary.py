"""Words that askers use for the corpus's words: capitals for governments, short forms, everyday terms. Keys and values are stems.

A question's word counts as covered when the sentence has one of its other forms. Kept short on purpose: each entry is a word that
means the other one in questions about China and Russia, not a thesaurus.
"""

from collections.abc import Iterable

from index.lexical import tokenise

_FORMS = {
    "moscow": "russia",
    "kremlin": "russia moscow",
    "beijing": "china",
    "washington": "usa",
    "brussels": "eu european",
    "pyongyang": "korea",
    "kyiv": "ukraine",
    "kiev": "ukraine",
    "turnover": "trade",
    "commerce": "trade",
    "pact": "treaty agreement",
    "accord": "agreement treaty",
    "deal": "agreement contract",
    "sub": "submarine",
    "subs": "submarine",
    "jet": "fighter aircraft",
    "plane": "aircraft",
    "drill": "exercise",
    "war games": "exercise",
    "nuke": "nuclear",
    "nukes": "nuclear",
    "crude": "oil",
    "petroleum": "oil",
    "currency": "yuan rouble",
    "renminbi": "yuan",
    "rmb": "yuan",
    "thaw": "normalisation",
    "rift": "split",
    "quarrel": "split",
    "clash": "fight fought conflict",
    "ally": "alliance allied",
    "allies": "alliance allied",
    "settled": "settlement settle",
    "poll": "survey",
    "percentage": "per cent",
    "bought": "buy purchase",
    "buy": "bought purchase",
    "sold": "sale sell",
    "sell": "sold sale",
    "siberian": "siberia",
}


def _stems() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for word, others in _FORMS.items():
        for stem in tokenise(word):
            found[stem] = found.get(stem, frozenset()) | frozenset(tokenise(others))
    return found


_OTHER_FORMS = _stems()


def other_forms(token: str) -> frozenset[str]:
    """Return the stems that may stand for a question's word."""
    return _OTHER_FORMS.get(token, frozenset())


def expanded(tokens: Iterable[str]) -> list[str]:
    """Return the tokens followed by their other forms, each once."""
    tokens = list(tokens)
    return list(dict.fromkeys([*tokens, *(form for t in tokens for form in sorted(other_forms(t)))]))
