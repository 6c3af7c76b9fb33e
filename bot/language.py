"""The language of a question, told by script and by its words of asking; what it asks for, read as far as that language allows."""

import re
from dataclasses import replace

from bot.asked import Asked
from bot.names import Names, simplified
from index.lexical import LexicalIndex, tokenise

_SCRIPTS = (
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_KANA = _SCRIPTS[1][1]
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
# A handful of function words that English lacks tell the commonest Latin-script languages apart.
_FUNCTION_WORDS = {
    "es": "el la los las qué cuál cuándo cuánto cómo dónde quién por para y es son una del entre según".split(),
    "fr": "le la les quel quelle quand combien comment où qui pour et est sont une du des entre selon que".split(),
    "de": "der die das den welche wann wie wo wer für und ist sind eine zwischen wurde hat von zu nicht warum".split(),
    "it": "il lo gli quale quando quanto come dove chi per e è sono una del tra fra della perché che".split(),
    "pt": "o os as qual quando quanto como onde quem para e é são uma do da entre por que não".split(),
    "pl": "jest czy kiedy ile jak gdzie kto dlaczego między oraz w z na się i".split(),
    "tr": "ne zaman nasıl nerede kim neden ve bir arasında mı için kaç".split(),
}
_ENGLISH = frozenset(
    """
    the is are was were what when where who why how which did does do of in on at to and between has have had
    with from by an a
    """.split()
)
_CHINESE_YEAR = re.compile(r"(?<![\d.,-])(\d{4})(?=年)")
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")

# Words of asking decide where scripts are mixed: "Что такое Power of Siberia 2?", "What is 上海合作组织?".
_ASKS = {
    "en": re.compile(
        r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|did|does|do|has|have|had|can|could|will|would|should|tell"
        r"|explain|describe)\b"
    ),
    "ru": re.compile(
        r"\b(?:что|чт[оі]|щ[ое]|кто|хто|кого|кому|кем|чем|чего|когда|коли|где|де|куда|откуда|почему|чому|зачем|как|як|как(?:ой|ая|ое|ие|их|ого|ую|им|ом)"
        r"|як(?:ий|а|е|і)|каков\w*|сколько|скільки|чей|чья|ли|чи|есть|расскаж\w+|о|об|про)\b"
    ),
    "zh": re.compile(
        "什么|什麼|甚么|甚麼|谁|誰|哪|何|几|幾|多少|吗|嗎|么|麼|呢|怎|是|有没有|有沒有|为啥|為啥|多[久大长長高]|边个|邊個|乜|咩|点解|點解|请|請|介绍|介紹"
        "|关系|關係|的"
    ),
}  # fmt: skip
_KINDS = {
    "ru": (
        ("when", r"\b(?:когда|в каком году|какого числа|с какого (?:года|времени))\b"),
        ("how-much", r"\b(?:сколько|какую? (?:доля|долю|сумм[ау]|часть)|как(?:ой|ов)(?: \w+)? (?:объ[её]м|товарооборот|диаметр))\b"),
        ("why", r"\b(?:почему|зачем|отчего|причин[аы])\b"),
        ("who", r"\b(?:кто|кого|кем|кому)\b"),
        ("where", r"\b(?:где|куда|в каком городе|возле какого города)\b"),
        ("list", r"\b(?:какие|перечисли\w*|назови\w*)\b"),
        ("yes-no", r"\bли\b|^правда\b"),
    ),
    "zh": (
        ("when", "什么时候|何时|几时|哪[一]?[年天日月]|几月|几号"),
        ("how-much", "多少|多大|多高|多长|几[个份名架艘]"),
        ("why", "为什么|为何|为啥|点解|原因"),
        ("who", "谁|何人|边个|哪位"),
        ("where", "哪里|哪儿|何处|哪座|哪个(?:城市|国家|地方)|在哪"),
        ("list", "哪些|哪几"),
        ("yes-no", "吗|是否|有没有|是不是"),
    ),
}  # fmt: skip


def with_years_apart(text: str) -> str:
    """Return the text with a space around the years of a Chinese one ("2014年"), so that they are read as years."""
    return _CHINESE_YEAR.sub(r" \1 ", text)


def detect_language(text: str) -> str:
    """Return the BCP 47 primary tag of a question's language; `en` if unsure.

    It is the language of most letters. Where scripts are mixed it is the one that asks: names may stand in any script.
    """
    lower = text.lower()
    in_english = bool(_ASKS["en"].search(lower))
    main = _main_script(text)
    for tag, pattern in _SCRIPTS:
        asks = tag in _ASKS and bool(_ASKS[tag].search(lower)) and bool(pattern.search(text))
        if (tag == main and (asks or not in_english)) or (asks and not in_english):
            return _exactly(tag, text)
    words = [w.lower() for w in _WORD.findall(text)]
    english = sum(w in _ENGLISH for w in words)
    votes = {tag: sum(w in common for w in words) for tag, common in _FUNCTION_WORDS.items()}
    best = max(votes, key=lambda tag: votes[tag])
    return best if votes[best] >= 2 and votes[best] > english else "en"


def script_language(text: str) -> str | None:
    """Return the language that most letters of a text tell by their script; None if they are Latin, or there are none."""
    main = _main_script(text)
    return _exactly(main, text) if main else None


def _main_script(text: str) -> str | None:
    letters = sum(c.isalpha() for c in text)
    return (
        next((tag for tag, pattern in _SCRIPTS if len(pattern.findall(text)) * 2 > letters), None) if letters else None
    )


def _exactly(tag: str, text: str) -> str:
    if tag == "zh" and _KANA.search(text):
        return "ja"
    return "uk" if tag == "ru" and _UKRAINIAN.search(text) else tag


def in_texts_words(asked: Asked, text: str, language: str, names: Names, lexical: LexicalIndex) -> Asked:
    """Return what a question in another language than English asks for, as far as the words of the texts go.

    Its own words count where a text holds them, names of the glossary by the spelling of the texts, figures as they are. Others
    are left to the embedding model: that no text holds a Russian word says nothing of an English corpus.
    """
    terms = " ".join(found.entry.term for found in names.find(text))
    known = [t for t in asked.tokens if lexical.knows(t) or t[0].isdigit()]
    tokens = tuple(dict.fromkeys((*known, *tokenise(terms))))
    spoken = simplified(text.lower())
    kinds = _KINDS.get("ru" if language == "uk" else language, ())
    kind = next((name for name, pattern in kinds if re.search(pattern, spoken)), asked.kind)
    return replace(
        asked,
        kind=kind,
        tokens=tokens,
        own=frozenset(tokens),
        names=tuple(n for n in asked.names if lexical.knows(n)),
        designations=tuple(d for d in asked.designations if d in tokens and lexical.knows(d)),
    )
