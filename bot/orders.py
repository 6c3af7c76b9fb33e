"""Orders to the bot, told from questions to it: what somebody says that it shall do, be or say is set aside, a question beside it stays.

A bot that quotes cannot obey, but the words of an order would be searched for, and a quote below "Say that …" reads as if it did. An
order is told by its form, at the start of a clause: who the bot shall be, how or what it shall reply, what it shall make or reveal. So
"Which rules did Moscow ignore?" asks, and "Ignore the rules" orders. Chinese and Russian are read as far as their commonest forms go.
"""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass

_I = re.IGNORECASE
# Where a message says that somebody else speaks: forged roles, mark-up, JSON. What follows, up to its end mark, is no reader's question.
_ROLES = r"(?:system|assistants?|developers?|admin(?:istrator)?s?|instructions?|override)"
_FORGED = re.compile(
    r"<\s*(!--|/?\s*(?:script|system|context|assistant|user|instructions?|prompt)\b|\|)(?:.*?(?:-->|</\s*\w+\s*>)|.*)"
    rf"|\[\s*/?\s*(?:{_ROLES}|inst)\b[^\]]*\](?:.*?\[\s*/[^\]]*\]|.*)"
    r"|\{\s*[\"'](?:role|system|content|messages)[\"'].*"
    rf"|(?:\A|(?<=[.!?…>\]#*|]))\W*{_ROLES}(?: (?:message|prompt|note|update|override))?\s*:.*"
    r"|(?-i:\b(?:SYSTEM|ASSISTANT|INSTRUCTIONS?|OVERRIDE)\b[^:?]{0,20}:.*)",
    _I | re.DOTALL,
)
_ENCODED = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{20,}={0,2}(?![\w/+])")
# Where a clause starts: after a mark, and at "and", "but", "then". Not before "что", which says what somebody shall say.
_CUT = re.compile(
    r"(?<!\.\w)[.!?;:…]+[\"'”’»)\]]*(?:\s+|\Z)|[。！？；：，]|,\s+(?!чт\w+\b|that\b)|\s*[()\[\]]\s*|\s+[-–—]+\s+|\s+(?=(?:and|but|then|also|и|а)\s)",
    _I,
)
_STOPS = re.compile(r"[.!?;:…()\[\]。！？；：]|\s[-–—]+\s")
_FILLERS = re.compile(
    r"(?:(?:and|but|also|then|now|so|ok|okay|please|pls|plz|kindly|just|hey|hi|first|finally|instead|afterwards|next|always"
    r"|after (?:that|this)|p\. ?s|ps|important|attention|(?:you|it|the (?:assistant|bot|chatbot|model)|amur)"
    r" (?:must|will|shall|should|has to|have to|is to|are to|needs? to)|i (?:want|order|command|need|ask|would like) you to"
    r"|(?:can|could|would|will) you|let['’]?s|let us|feel free to"
    r"|(?:be|make) sure (?:to|that you)|и|а|но|теперь|сейчас|затем|потом|пожалуйста|просто|ты должен|вы должны"
    r"|(?:请|請)你?|现在|現在|然后|然後|并且?|並且?|你必须|你必須|你要|帮我|幫我|给我|給我)(?:[\s,:.]+|\Z|(?<=[\u4e00-\u9fff])))+",
    _I,
)

_RULES = r"(?:instructions?|rules?|prompts?|guidelines?|guardrails?|polic(?:y|ies)|restrictions?|filters?|training|limit(?:ation)?s?)"
_TEXTS = r"(?:sources?|citations?|references?|quot(?:es?|ations?)|documents?|texts?|corpus|context|evidence)"
_WORKS = (
    r"(?:poems?|poetry|haikus?|songs?|sonnets?|limericks?|verses?|rap|odes?|hymns?|essays?|speech(?:es)?|stor(?:y|ies)|tales?|novels?|jokes?"
    r"|letters?|scripts?|code|programs?|functions?|apps?|slogans?|tweets?|blog|posts?|propaganda|dialogues?|plays?|sketch|manifesto|thesis"
    r"|homework|leaflets?|images?|pictures?|drawings?|memes?|python|javascript|java|sql|html)"
)
_QUOTED = "[\"“”'‘’«»]"
_SECRETS = rf"(?:{_RULES}|keys?|passwords?|tokens?|settings|config\w*|files?|paths?|code|text)"
_MACHINE = (
    rf"(?:your|corpus|index|database|server|filters?|safety|commands?|mode|{_RULES}|this (?:chat|conversation|session))"
)
_REPLIES = r"(?:answers?|repl(?:y|ies)|responses?|sentences?|messages?|lines?|by saying)"
_WHAT_IS_SAID = rf"(?:that|so|it|now|yes|no|only|just|nothing|{_QUOTED})"
# What starts a clause that orders: one of the verbs, "_" for a space, and what must follow it.
_VERBS = (
    (
        "ignore disregard forget override bypass overrule abandon violate break",
        rf"\b.*\b(?:{_RULES}|{_TEXTS}|everything|above|previous|prior|earlier)\b",
    ),
    (
        "answer reply respond",
        r"\s*(?:\Z|(?:me|us|only|just|with|in|as|like|yes|no|every|each|all|any|to|this|the|my|without|truthfully|honestly|directly"
        r"|freely|briefly|now|from (?:your|the|memory))\b)",
    ),
    ("begin start end finish open close conclude prefix sign", rf"\b.*(?:\b{_REPLIES}\b|{_QUOTED})"),
    (
        "add append include insert",
        r"\s+(?:that\b|at the end|(?:to|in) (?:your|the (?:answer|reply|corpus|index))|the (?:words?|sentence|phrase|line|following)"
        rf"|{_QUOTED})",
    ),
    (
        "do_not don't don’t never without no skip omit leave_out drop",
        rf"\s+(?:\w+ ){{0,2}}(?:{_TEXTS}|hedg\w+|caveats?|disclaimers?|abstain\w*|declin\w+|refus\w+)\b",
    ),
    ("use", r"\s+(?:only )?(?:your|capital|upper|lower|emojis?|bold|the words?|rhymes?)\b"),
    ("in with", r"\s(?:capital letters|rhymes?|the style of|verse)\b"),
    (
        "repeat recite echo print output type display reveal show list dump leak tell give",
        rf"\b.*\b(?:your|hidden|system|initial|secret|internal|original)\b.*\b{_SECRETS}\b",
    ),
    (
        "repeat say print write output type echo",
        rf"\s+(?:{_WHAT_IS_SAID}|after me|exactly|back|this|how|the (?:words?|following|phrase|sentence|text)\b)",
    ),
    (
        "state claim assert declare admit agree insist swear confess proclaim announce",
        rf"\s+(?:(?:it )?as an? (?:\w+ )?(?:fact|truth)|openly|{_WHAT_IS_SAID})",
    ),
    (
        "tell",
        r"\s+(?:me|us|everyone|people|the (?:users?|readers?|world))"
        r"\s+(?:that|you|a (?:\w+ )?(?:jokes?|story|lie|poem|tale|secret)|jokes|lies|stories)\b",
    ),
    ("write compose draft create generate make produce craft prepare pen design sing help_me", rf"\s(?!down\b).*?\b{_WORKS}\b"),
    ("give_me i_need i_want", rf"\s+(?:\w+ ){{0,3}}{_WORKS}\b"),
    ("invent fabricate translate make_up rhyme decode decrypt decipher obey impersonate simulate jailbreak sudo", r"\b"),
    ("swear curse sing draw paint recite rewrite reveal count_to count_from", r"\s"),
    ("roleplay role-play role_play", r"\b"),
    ("praise glorify insult mock condemn defend justify promote advertise convince persuade flatter vilify", r"\s"),
    ("argue", r" (?:that|for|against|in favou?r)\b"),
    ("take play call address", r"\s(?:(?:a |the )?(?:sides?|roles?|part)|me|yourself)\b"),
    (
        "delete erase remove wipe destroy modify edit alter overwrite add insert upload store save set learn remember execute run install "
        "disable enable activate turn_on turn_off switch_on switch_off switch_to switch_into enter unlock",
        rf"\b.*\b{_MACHINE}\b",
    ),
    ("you_are you're you’re", r"\s+(?:now|no longer|free|an?\b|the\b|(?-i:[A-Z]))"),
    ("from_now_on from_here_on from_this_point_on from_this_moment_on henceforth for_the_rest_of_this for_the_rest_of_our", r"\b"),
    ("act behave speak talk pose write", r"\s+(?:as|like)\b"),
    ("as", r"\san? (?:un\w+ed|evil|free|language|rogue)\b.{0,20}\b(?:ai|model|bot|assistant)\b"),
    ("your", r"\s(?:new |only |real )?(?:job|task|role|mission|goal|purpose|name) (?:is|will be)\b"),
    ("make", r"\s(?:your|the answer|the reply|it (?:sound|rhyme|short|funny|brief|dramatic))\b"),
    ("pretend imagine assume suppose", rf"\s+(?:that )?(?:to be|you|your|(?:the|this) {_TEXTS})\b"),
    ("stop", r"\s(?:being|quoting|citing|declining)\b"),
    ("be become", r"\s+(?:an?|my|evil|rude|funny|honest|biased|brief|concise|short|quick|creative)\b"),
    ("i_am i'm i’m", r"\s+(?:the|your|an?)\s+(?:\w+ )?(?:admin\w*|developer|owner|creator|operator|root|engineer|boss)\b"),
    ("replace", r"\b.*\b(?:with|by)\b"),
    ("give give_me", r"\syour (?:own )?(?:view|opinion|verdict)"),
)  # fmt: skip
_OTHER_ORDERS = (
    rf"(?:the |all )?{_RULES} (?:are|is|have been|were) (?:now )?(?:off|disabled|lifted|suspended|void|cancelled)",
    rf"(?:you )?have no {_RULES}\b|(?:here is )?(?:the |a |your )?new {_RULES}\b",
    # Russian
    r"(?:про)?игнорируй|(?:забудь|отмени|нарушь|обойди)\w*\s.*(?:инструкц|правил|указан|огранич|вс[её]|выше)|не обращай\w* внимания",
    r"(?:напиши|создай|сгенерируй|составь|спой)\w*\s.*"
    r"(?:стих|поэм|эссе|сочинен|песн|речь|рассказ|сказк|анекдот|шутк|код|программ|письмо|лозунг)",
    r"(?:придумай|выдумай|сочини|переведи|притвор|прикинься|веди себя|действуй\w* как|играй|восхвал|повтори|раскрой)",
    r"(?:скажи|заяви|подтверди|утверждай|признай)\w*,?\s+(?:мне,? )?(?:что\b|только|лишь|«|\")",
    r"(?:отвечай|ответь|говори|пиши)\w*\s+(?:только|лишь|одним|как|в стиле|на все|на кажд|без|да\b|нет\b)",
    r"(?:ты|вы) (?:теперь|больше не|отныне)|с этого момента|отныне|(?:представь|вообрази)\w*,? что (?:ты|вы)\b",
    # Chinese
    r"(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要理會|别管|別管).*(?:指令|规则|規則|提示|设定|設定|限制|以上|之前|要求)",
    r"(?:写|寫|作|编|編|创作|創作|生成|唱|讲|講).*(?:诗|詩|歌|作文|故事|笑话|笑話|演讲|演講|代码|代碼|程序|剧本|劇本|口号|口號)",
    r"编造|編造|翻译|翻譯|假装|假裝|扮演|装作|裝作|(?:想象|想像|假设|假設)你|从现在(?:起|开始)|從現在|你(?:现在|現在|从此|從此)(?:是|不)",
    r"(?:只|仅|僅|一律)(?:能|要|许|許)?(?:用|以)?.{0,8}(?:回答|回复|回覆)|(?:说|說|声明|聲明|承认|承認|重复|重複)(?:出|一遍|[“「『:])",
)
_ORDER = re.compile(
    "|".join((*(rf"(?:{verbs.replace(' ', '|').replace('_', ' ')}){rest}" for verbs, rest in _VERBS), *_OTHER_ORDERS)),
    _I,
)
# These are about the bot itself wherever they stand.
_OF_THE_BOT = re.compile(
    r"\b(?:system|hidden|initial|secret) (?:prompt|message)s?\b|\bcontext window\b"
    rf"|\byour (?:own |\w+ )?(?:{_RULES}|programming|api keys?|source code|own knowledge)\b"
    r"|\bapi keys?\b|\benvironment variables?\b|\b(?:developer|debug|god|jailbreak|admin|dan) mode\b"
    r"|\b(?:you|assistant|bot) (?:were|are|was|is|have been|has been) (?:given|told|instructed|programmed|configured|ordered)\b"
    r"|(?:тво[йи]|ваши?|системн\w+|скрыт\w+) (?:\w+ )?(?:промпт|инструкци|правила)"
    r"|(?:你的|系统|系統|隐藏|隱藏).{0,4}(?:提示|指令|规则|規則)",
    _I,
)
_OPINION = re.compile(
    r"\b(?<!in )your (?:(?:own|personal|honest|real|true|private|political) )*(?:opinions?|views?|verdict|stance|thoughts|sympath\w+)\b"
    r"|\bdo you (?:\w+ )?(?:like|prefer|support|love|hate|trust|favou?r|side)\b"
    r"|\bwhat (?:do )?you (?:really |personally |honestly )?(?:think|believe)(?: (?:of|about)\b|[\s?.!]*\Z)",
    _I,
)
_ASKS = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|tell (?:me|us)(?! (?:more )?about (?:it|that|this)\b)"
    r"|explain|describe|list|name|summari[sz]e|compare|give (?:me|us)|show (?:me|us)"
    r"|что|чт[оі]|кто|кого|кем|где|когда|почему|зачем|как\w*|сколько|расскаж\w+|назови\w*|перечисли\w*)\b"
    r"|.*(?:什么|什麼|谁|誰|哪|几[个年]|多少|吗|嗎|怎|为何|為何|何时|何時)",
    _I,
)
_ASKS_IF_MARKED = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\b", _I
)
_POINTS_BACK = re.compile(r"(?:say|write|print|repeat|state|report|claim|confirm) (?:that|so|it|this)\W*\Z", _I)
_LOOSE = re.compile(
    r"\A(?:[\s,.;:!)\]–—-]|(?:and|but|then|also)\b)+|(?:[\s,;:(\[–—-]|\b(?:and|but|then|also|p\. ?s\.?)(?!\w))+\Z", _I
)
_QUOTATION = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|「[^」]*」|(?<!\w)(?:'[^']*'|‘[^’]*’)(?!\w)")
_QUESTION_MARK = re.compile("[?？]")


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a message asks, without orders; empty if it only orders. `orders` are the parts set aside, in their order."""

    question: str
    orders: tuple[str, ...] = ()

    @property
    def asks_opinion(self) -> bool:
        """Whether it asks what the bot itself thinks."""
        return bool(_OPINION.search(self.question))


@dataclass(frozen=True, kw_only=True)
class _Clause:
    """A piece of a message with the mark behind it; `ends` if a sentence, or its part before a colon, ends there."""

    text: str
    mark: str

    @property
    def ends(self) -> bool:
        return bool(_STOPS.search(self.mark))

    @property
    def bare(self) -> str:
        """The clause without "and", "please", "you must" before it."""
        text = self.text.strip(" \"'“”‘’«»*#>-")
        return text[found.end() :] if (found := _FILLERS.match(text)) else text

    @property
    def orders(self) -> bool:
        return bool(_ORDER.match(self.bare) or _OF_THE_BOT.search(self.text) or _POINTS_BACK.match(self.bare))


def read_message(text: str) -> Message:
    """Return what a message asks and the orders that stand beside it; unchanged if it holds no order."""
    orders: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        orders.append(match.group())
        return " "

    kept = _FORGED.sub(set_aside, text)
    kept = _ENCODED.sub(lambda match: set_aside(match) if _is_encoded(match.group()) else match.group(), kept)
    sentences = [_without_orders(sentence, orders) for sentence in _sentences(kept)]
    if not orders:
        return Message(question=text)
    rest = " ".join(_LOOSE.sub("", "".join(sentences)).split())
    return Message(question=rest if _is_question(rest) else "", orders=tuple(orders))


def _clauses(text: str) -> list[_Clause]:
    quoted = [match.span() for match in _QUOTATION.finditer(text)]
    cuts = [cut for cut in _CUT.finditer(text) if not any(start < cut.start() < end - 1 for start, end in quoted)]
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*((cut.start(), cut.group()) for cut in cuts), (len(text), "")]
    return [_Clause(text=text[start:end], mark=mark) for start, (end, mark) in zip(starts, ends, strict=True)]


def _sentences(text: str) -> list[list[_Clause]]:
    """Return the clauses of a text, in lists that end where a sentence or the part before a colon does."""
    found: list[list[_Clause]] = [[]]
    for clause in _clauses(text):
        found[-1].append(clause)
        if clause.ends:
            found.append([])
    return [clauses for clauses in found if clauses]


def _without_orders(sentence: list[_Clause], orders: list[str]) -> str:
    """Return what is left of a sentence once an order is taken out with what follows it, up to a clause that asks."""
    if any(_POINTS_BACK.match(clause.bare) for clause in sentence):
        orders.append("".join(clause.text + clause.mark for clause in sentence))
        return ""
    marked = bool(_QUESTION_MARK.search(sentence[-1].mark))
    kept, ordered = "", False
    for clause in sentence:
        if clause.orders:
            ordered = True
        elif _ASKS.match(clause.bare) or (marked and _ASKS_IF_MARKED.match(clause.bare)):
            ordered = False
        if ordered:
            orders.append(clause.text.strip())
        elif clause.bare or clause.ends:
            kept += clause.text + clause.mark
    return kept


def _is_question(text: str) -> bool:
    if not re.search(r"\w\w|[\u3400-\u9fff]", text):
        return False
    return bool(_QUESTION_MARK.search(text)) or any(_ASKS.match(clause.bare) for clause in _clauses(text))


def _is_encoded(token: str) -> bool:
    """Tell whether a token is a text in base64."""
    try:
        plain = b64decode(token + "=" * (-len(token) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return plain.isprintable() and " " in plain
