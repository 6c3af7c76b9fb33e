"""Loaded words of a question, set aside before the search, so that a neutral and a loaded wording find the same facts.

They are names people call each other, praise, scorn and verdicts: they say how the asker feels, not what is asked. Words that also
name things ("criminal court", "peaceful use", "sanctions regime") are set aside only where they are used to call somebody names.
"""

import re

_ADVERBS = """
    arrogantly bravely brazenly brutally courageously cowardly cynically finally foolishly gloriously greedily heroically
    hypocritically illegitimately mercilessly nobly outrageously recklessly rightly ruthlessly shamefully shamelessly slavishly stupidly
    treacherously unashamedly valiantly viciously wickedly wrongly
"""
_ADJECTIVES = """
    arrogant atrocious barbaric barbarous bloodthirsty bloody brainwashed brave brazen brotherly brutal courageous cowardly craven crooked
    cruel cunning cynical deceitful despicable despotic devious dictatorial disgraceful disgusting evil fearless fraternal freedom-loving
    genocidal glorious greedy heroic heinous humiliating hypocritical illegitimate infamous innocent insidious invincible knock-down
    legendary lying malicious malign mighty monstrous murderous noble notorious outrageous peace-loving phoney pitiful predatory rapacious
    reckless ruthless sacred shameful shameless sinister slavish sneaky so-called spineless stupid submissive toxic traitorous treacherous
    tyrannical unashamed unholy unjust unjustified unprovoked valiant vicious vile warmongering weak-kneed wicked wretched
"""
# Before what they judge only: an illegal war, but illegal logging; a criminal regime, but the Criminal Court.
_VERDICTS = r"(?:illegal|criminal|aggressive|barbarian|bandit|terrorist|dirty|naked|failed|fascist|imperialist|murder)"
_JUDGED = r"(?:occupations?|annexations?|wars?|invasions?|aggression|sanctions|regimes?|attacks?|states?|weapons|expansion|expansionism)"
# Before a name, or for people of a country.
_TITLES = """
    aggressor bandit barbarian bully butcher clown crony despot dictator gangster goon henchman hegemon imperialist killer lackey
    liar madman marionette monster murderer pariah propagandist puppet scum stooge thug traitor tyrant vassal villain warmonger
"""
_PLURALS = {"bully": "bullies", "crony": "cronies", "henchman": "henchmen", "madman": "madmen", "lackey": "lackeys"}
_SERVANTS = r"(?:vassal(?: state)?|puppet|lackey|stooge|marionette|appendage|errand boy)"
_LAUGHTER = r"(?:lol|lmao|rofl|smh|wtf|haha+)"
_PHRASES = rf"(?:at (?:long )?last|high time|dared to|once and for all|as everyone knows|let['’]s be honest|in cold blood|{_LAUGHTER})"


def _any(words: str) -> str:
    return "|".join(re.escape(word) for word in sorted(words.split(), key=len, reverse=True))


def _plurals(words: str) -> str:
    return " ".join(_PLURALS.get(word, f"{word}s") for word in words.split())


_PEOPLE = rf"(?:{_any(_TITLES)}|{_any(_plurals(_TITLES))}|war criminals?)"
_STEPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bspecial military operation\b", re.IGNORECASE), "war in Ukraine"),
    (re.compile(r"\b(?:the )?yankees?(?: (?:empire|imperialists?|aggressors?))?\b", re.IGNORECASE), "the US"),
    (re.compile(r"\bcollective west\b", re.IGNORECASE), "West"),
    (re.compile(rf"\b(?i:the )?(?i:{_PEOPLE}) (?=[A-Z])"), ""),  # "the dictator Xi"
    (
        re.compile(rf"((?:['’]s|\ban?|\bthe) )(?:\w+ )?{_SERVANTS}(?= (?:of|to)\b|\W*\Z|,)", re.IGNORECASE),
        r"\1junior partner",
    ),
    (
        re.compile(rf"(['’]s|\b[A-Z]\w*(?:an|ese|ish)) (?i:{_PEOPLE})\b"),
        r"\1 side",
    ),  # "the Russian barbarians", "Mao's bandits"
    (re.compile(rf"\b{_VERDICTS} (?={_JUDGED}\b)", re.IGNORECASE), ""),
    (
        re.compile(r"\b(?!(?:The|An?|This|That|Whose|Which|What|Is) )([A-Z]\w+(?:['’]s)?) regime\b"),
        r"\1",
    ),  # "the Kyiv regime", not "a sanctions regime"
    (re.compile(rf"\b(?:{_any(_ADVERBS)}|{_any(_ADJECTIVES)})\b"), ""),  # not in a name: "Brave New World"
    (re.compile(rf"\b{_PHRASES}(?!\w)[,!]*", re.IGNORECASE), ""),
)
_TIDY = (
    (re.compile(r"['‘’\"“”]{2}|(?<!\w)['‘“\"]\s+['’”\"](?!\w)"), ""),
    (re.compile(r"\s+(?=[?,.;:!])"), ""),
    (re.compile(r"\s{2,}"), " "),
)
_LEADING = re.compile(r"\A[\s,;:.!?–-]+")


def without_loaded_words(text: str) -> str:
    """Return the question without its loaded words, or as it is if nothing would be left of it."""
    plain = text
    for pattern, instead in (*_STEPS, *_TIDY):
        plain = pattern.sub(instead, plain)
    plain = _LEADING.sub("", plain).strip()
    return plain if re.search(r"\w\w", plain) else text
