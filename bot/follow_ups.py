"""Follow-ups by rules: a question that leans on an earlier one is led by that one. "and in 2023?" needs to know in what."""

import re
from collections.abc import Sequence

from bot.ellipsis import ASKS_ITSELF, DATED, ONE_YEAR, corrected, in_place, left_out, mended, with_others_of_a_sort
from bot.history import Exchange
from bot.question import COMMON_NAMES, read_question
from index.lexical import tokenise

_FOLLOW_UP = re.compile(
    r"^\W*(?:(?:and|but|or|what about|how about|why not|since when|how so|really|more|go on|tell me more"
    r"|а|и|но|почему|зачем|что насч[её]т|как насч[её]т)\b|那|还有|還有|为什么|為什麼|为何|為何)|呢\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|that(?! of\b)|these(?! days)|those(?! of\b)|then|one|both"
    # "Who was there?" points back, "Is there an alliance?" does not.
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bhas )(?<!\bhave )there|there(?=\W*\Z)"
    r"|the (?:same|former|latter)|он[ао]?|они|его|её?|их|это[тм]?|эт[аи]|там|тогда)\b"
    r"|[它他她们們]|[这這那][个個些里裡时時]",
    re.IGNORECASE,
)
# "the treaty" points back, "the Treaty of Good-Neighbourliness" does not.
_THE_SAME = re.compile(
    r"\bthe (?:treaty|agreement|deal|contract|pipeline|bridge|statement|exercise)\b(?! (?:of|between|on|with|in)\b)"
)
_PERSON_WORD = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their)\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][a-zé’'-]+(?: [A-Z][a-zé’'-]+)+")
_NO_PERSON = re.compile(
    r"(?:The|In|On|At|Chinese|Russian|Soviet)\b|.*(?:['’]s|\b(?:University|Ministry|Institute|Media|News|Times|Academy|Center|Council|Committee|Party|Group"
    r"|Agency|Bank|Organisation|Union|Treaty|Agreement|Sea|Island|River|Railway|Siberia))\b"
)
# "Did Xi go": who is asked about.
_SUBJECT = re.compile(r"\b(?:did|does|has|have|had|was|is|will) ([A-Z][\w’'-]+)")
# What may still stand between an office and the name: "Secretary of State Antony Blinken".
_OF_OFFICE = re.compile(r"(?:State|Defence|Defense|Foreign|Commerce|Affairs|General|Justice) (?=[A-Z])")
_OFFICES = frozenset(
    "President Premier Chairman Chairwoman Minister Ambassador Secretary Marshal Admiral Chancellor Envoy Representative Spokesman "
    "Spokeswoman Spokesperson Senator Professor Governor Emperor Tsar King Queen".split()
)
# "Did the Americans react?", "what planes took part": to what, in what?
_OPEN_END = re.compile(
    r"\b(?:react|respond|reply|agree|accept|comply|comment|object|protest|confirm|deny|join|attend|take part|happen"
    r"|do|say|think|want|get|gain|vote|die|win|lose|pay|fight)(?:s|d|ed)?\W*\Z"
    r"|\b(?:replied|agreed|denied|complied|killed|wounded|injured|won|lost|paid|fought"
    r"|took part|taking part|involved|included|in|out|on|for|with|about|against|by)\W*\Z",
    re.IGNORECASE,
)
# "And what does China say about Crimea?" leaves nothing out.
_SAYS_OF = re.compile(
    r"\W*(?:(?:and|but|so) )?what (?:do|does|did|has|have) .+? (?:say|said|think|thought) (?:about|on|of|to) \w",
    re.IGNORECASE,
)
NAMED_WITHIN = 300
_YEAR_AWAY = re.compile(
    r"\b(?P<after>(?:the )?(?:year after|following year|next year)|(?:a|one) year later)\b"
    r"|\b(?:(?:the )?(?:year before(?! last)|previous year|preceding year)|(?:a|one) year earlier)\b(?! (?:in|of|that) )",
    re.IGNORECASE,
)
# "Where was the one before?": of another date.
_ANOTHER_TIME = re.compile(
    r"\b(?:before|earlier|previously|(?:the )?(?:previous|preceding|earlier|next|following|first|last) one|since then)\b",
    re.IGNORECASE,
)
# "Is it still in force?" asks of the treaty, not of what it says about Taiwan.
_OF_IT = re.compile(
    r"\W*(?:and |but |so )?(?:is|was|has|did|does|when|where|who|how|why)\b.* (?:it|its)\b", re.IGNORECASE
)
_SAID_OF = re.compile(r"\W*what (?:did|does|do) (.+?) (?:say|state|mention) (?:about|on) .*", re.IGNORECASE)
_BACK_TO = re.compile(
    r"\W*(?:(?:ok|okay|so|and|now|well|but|let|let['’]s|us|me|can|could|we|i|i['’]d|would|want|like|to|go|going|get|come|coming|turn|turning)"
    r"\b[\s,]*)*(?:back|return|returning) to (?:my |the |your )?(?P<topic>[^,:;?]+?)(?:\s*[,:;–-]\s*(?P<asked>.+))?\W*\Z",
    re.IGNORECASE,
)
_FIRST_ASKED = re.compile(r"(?:very )?first (?:question|topic|thing)|(?:beginning|start)", re.IGNORECASE)
_BOTH = {"china", "russia"}
"""A question that names both says what it is about: "how long is the border between China and Russia?"."""
SHORT = 4
"""Words of a question, those of asking left out, that are too few for one that begins with "and" or says "it" to stand alone."""


def with_history(text: str, earlier: Sequence[Exchange]) -> str:
    """Return the question, led by the last one it follows up if it does; that one by the one before it."""
    if not earlier:
        return text
    meant = corrected(text)
    if meant and not ASKS_ITSELF.match(meant):
        return _mended(meant, earlier)
    text = meant or text
    again = _back_to(text, earlier)
    if again is not None:
        text, earlier = again
        return with_history(text, earlier)
    if not follows_up(text):
        return text
    *before, last = _with_one_thing(text, earlier)
    previous = with_history(last.asked, _without_asides(before))
    text = _with_its_year(text, previous)
    instead = in_place(left_out(text), previous)
    if instead:
        return instead
    if _OF_IT.match(text):
        previous = _SAID_OF.sub(r"\1", previous)
    people = " ".join(_people_meant(text, previous, last.said))
    previous = with_others_of_a_sort(_undated(previous, text), text)
    return " ".join(f"{previous.rstrip('?!. ')} {people} {text}".split())


def _mended(meant: str, earlier: Sequence[Exchange]) -> str:
    """Return the last question with what the reader meant in the place of its like, or of what is spelt much like it."""
    *before, last = earlier
    previous = with_history(last.asked, before)
    return in_place(meant, previous) or mended(meant, previous) or f"{previous.rstrip('?!. ')} {meant}"


def _back_to(text: str, earlier: Sequence[Exchange]) -> tuple[str, Sequence[Exchange]] | None:
    """Return what is asked and the conversation up to the question that the reader goes back to ("back to the bridge: …")."""
    found = _BACK_TO.match(text)
    if found is None:
        return None
    topic, asked = found["topic"], found["asked"]
    words = set(read_question(topic).tokens)
    at = (
        0
        if _FIRST_ASKED.search(topic)
        else max((i for i, e in enumerate(earlier) if not words.isdisjoint(read_question(e.asked).tokens)), default=-1)
    )
    if at < 0 or (asked and not follows_up(asked)):
        return None
    return (asked, earlier[: at + 1]) if asked else (earlier[at].asked, earlier[:at])


def _with_one_thing(text: str, earlier: Sequence[Exchange]) -> Sequence[Exchange]:
    """Return the exchanges up to the topic if the text names one thing after another of it: "and the army?", "and trade?"."""
    topic = _without_asides(earlier)
    if len(topic) > 1 and _is_a_thing(left_out(text)) and _is_a_thing(left_out(topic[-1].asked)):
        return _without_asides(topic[:-1])
    return earlier


def _is_a_thing(named: str) -> bool:
    """Tell whether what a question names is neither a date nor nothing."""
    return bool(named) and not ONE_YEAR.search(named)


def _undated(previous: str, text: str) -> str:
    """Return the question before without its date if the text asks of another one."""
    if ONE_YEAR.search(text) or "latest" in read_question(text).wants or _ANOTHER_TIME.search(text):
        return DATED.sub(lambda m: m.group() if re.search(r"\bthe \Z", previous[: m.start()]) else "", previous)
    return previous


def _without_asides(earlier: Sequence[Exchange]) -> Sequence[Exchange]:
    """Return the exchanges without the last ones that asked something else of the same: "when will it be finished?"."""
    while len(earlier) > 1 and ASKS_ITSELF.match(earlier[-1].asked) and follows_up(earlier[-1].asked):
        earlier = earlier[:-1]
    return earlier


def _with_its_year(text: str, previous: str) -> str:
    """Return the text with "the year after" and its like as the year it is, where the question before names exactly one."""
    years = set(ONE_YEAR.findall(previous))
    if len(years) != 1:
        return text
    year = int(years.pop())
    return _YEAR_AWAY.sub(lambda m: f"in {year + (1 if m['after'] else -1)}", text)


def _people_meant(text: str, previous: str, said: Sequence[str]) -> list[str]:
    """Return those whom "he" or "they" in the text may stand for and whom the question before does not ask about by name."""
    pronoun = _PERSON_WORD.search(text)
    subject = _SUBJECT.search(previous)
    if pronoun is None or (subject and not COMMON_NAMES.issuperset(tokenise(subject[1]))):
        return []
    found = _people(said)
    return [] if pronoun[0].lower().startswith("the") and len(found) < 2 else found


def _people(answers: Sequence[str]) -> list[str]:
    """Return the names in the first words of the last answer, to which "he" or "she" may point."""
    words = answers[-1][:NAMED_WITHIN] if answers else ""
    found = [_person(name) for name in _NAME.findall(words)]
    return list(dict.fromkeys(name for name in found if name))[:2]


def _person(name: str) -> str:
    """Return a person's name without the office before it; empty if it is none ("On Monday", "Chinese Eastern Railway")."""
    words = name.split()
    after = max((i + 1 for i, word in enumerate(words) if word in _OFFICES), default=0)
    rest = re.sub("['’]s$", "", _OF_OFFICE.sub("", " ".join(words[after:]), count=1))
    return "" if _NO_PERSON.match(rest) else rest


def follows_up(text: str) -> bool:
    """Tell whether a question leans on an earlier one: it says too little, or points back."""
    asked = read_question(text)
    telling = [t for t in asked.tokens if t not in COMMON_NAMES]
    nameless = not asked.names and not asked.designations
    points_back = _PRONOUN.search(text) or (nameless and _THE_SAME.search(text.lower()))
    if _SAYS_OF.match(text) and not points_back:
        return False
    if nameless and len(telling) <= (0 if _BOTH.issubset(asked.tokens) else 1):
        return True
    if _OPEN_END.search(text) and len(asked.tokens) <= (3 if nameless else 2):
        return True
    return len(asked.tokens) <= SHORT and bool(_FOLLOW_UP.match(text) or points_back)
