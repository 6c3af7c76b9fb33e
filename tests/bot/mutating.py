"""Russian and Chinese claims made false by one change each: a figure, a year, a month, a name, a negation, an opposite, the sides."""

import re
from collections.abc import Iterator
from random import Random

_MONTHS_RU = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
_MONTHS_RU_IN = "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре".split()
_NAMES = {
    "ru": (
        ("Си Цзиньпин", "Ху Цзиньтао"), ("Дун Цзюнь", "Ли Шанфу"),
        ("Путин", "Медведев"), ("Борис Ельцин", "Дмитрий Медведев"),
        ("Цзян Цзэминь", "Ху Цзиньтао"), ("Иран", "Пакистан"),
        ("Пекине", "Шанхае"), ("Москву", "Киев"), ("Ханое", "Токио"),
        ("НАТО", "ЕС"), ("ТАСС", "РИА Новости"),
        ("СИПРИ", "ВЦИОМ"), ("Монголии", "Казахстана"), ("Японией", "Индией"),
        ("Далянь", "Владивосток"), ("«Газпром»", "«Роснефть»"),
        ("Голодец", "Набиуллина"), ("Белоусов", "Шойгу"), ("Моди", "Абэ"),
        ("Сунгари", "Аргунь"),
    ),
    "zh": (
        ("习近平", "胡锦涛"), ("董军", "李尚福"), ("普京", "梅德韦杰夫"),
        ("叶利钦", "戈尔巴乔夫"), ("江泽民", "胡锦涛"), ("伊朗", "巴基斯坦"),
        ("北京", "上海"), ("莫斯科", "基辅"), ("河内", "东京"),
        ("北约", "欧盟"), ("塔斯社", "新华社"), ("蒙古", "哈萨克斯坦"), ("日本", "印度"),
        ("大连", "海参崴"), ("俄气", "俄罗斯石油公司"),
        ("松花江", "额尔古纳河"), ("乌苏里江", "额尔古纳河"), ("西伯利亚力量", "北方海航道"),
    ),
}  # fmt: skip
_OPPOSITES = {
    "ru": (
        ("экспорте", "импорте"), ("импорт", "экспорт"), ("импорта", "экспорта"),
        ("больше", "меньше"), ("росли", "падали"), ("увеличил", "сократил"),
        ("подписанной", "расторгнутой"), ("подписали", "расторгли"),
        ("договор", "заявление"), ("Договор", "Контракт"), ("соглашение", "заявление"),
        ("соглашение", "контракт"), ("заявление", "соглашение"),
        ("открыли", "закрыли"), ("более", "менее"), ("меморандуме", "договоре"),
        ("долларов", "юаней"), ("тонн", "баррелей"), ("Конвенция", "Декларация"), ("контракт", "меморандум"),
    ),
    "zh": (
        ("出口", "进口"), ("进口", "出口"), ("增加", "减少"), ("增长", "下降"),
        ("签署", "废除"), ("条约", "声明"), ("协定", "声明"), ("声明", "协定"),
        ("开通", "关闭"), ("超过", "不到"), ("美元", "人民币"), ("备忘录", "条约"), ("公约", "宣言"), ("合同", "备忘录"),
    ),
}  # fmt: skip
_VERB = {
    "ru": re.compile(r"(?<!не )\b(?:[а-яё]{3,}(?:ал|ил|ел|ял|ала|ила|али|или|ели|яли|ался|ились|ались|илась|ило))\b"),
    "zh": re.compile("(?<!没有)(?:参加|商定|访问|租给|讨论|开通|举行|会晤|提出|进行|投了|降落|来自|确认|承诺|签署|称)"),
}
_DENIED = {
    "ru": re.compile(r"\bне (?=[а-яё]+(?:ли|ет|л|ла)\b)|отрицает, что "),
    "zh": re.compile("没有(?!变化)|否认(?=向)"),
}
_SIDES = {
    "ru": ((("из России", "из Китая"), ("в Китай", "в Россию")), (("в Россию", "в Китай"), ("из Китая", "из России"))),
    "zh": ((("对俄罗斯", "对中国"), ("中国对", "俄罗斯对")), (("租给俄罗斯", "租给中国"), ("中国将", "俄罗斯将"))),
}


def mutate(claim: str, language: str, random: Random) -> Iterator[tuple[str, str]]:
    """Yield pairs of a sort of change and the changed claim: one of each sort that the claim has room for."""
    for sort, found in (
        ("figure", _figures(claim, random)),
        ("year", _years(claim, random)),
        ("month", _months(claim, language, random)),
        ("name", _swaps(claim, _NAMES[language])),
        ("opposite", _swaps(claim, _OPPOSITES[language])),
        ("negation", _negations(claim, language)),
        ("sides", _sides(claim, language)),
    ):
        changed = [c for c in found if c != claim]
        if changed:
            yield sort, random.choice(changed)


def _figures(claim: str, random: Random) -> list[str]:
    spots = [
        m
        for m in re.finditer(r"(?<![\d.,])\d+(?:[.,]\d+)?", claim)
        if not re.fullmatch(r"(?:1[5-9]|20)\d\d", m.group())
    ]
    spots = [
        m
        for m in spots
        if not re.match(r"[月日号–-]|[  ](?:и \d+ )?(?:по )?(?:" + "|".join(_MONTHS_RU) + ")", claim[m.end() :])
    ]
    found = []
    for m in spots:
        digit = random.choice([d for d in "123456789" if d != m.group()[0]])
        found.append(claim[: m.start()] + digit + m.group()[1:] + claim[m.end() :])
    return found


def _years(claim: str, random: Random) -> list[str]:
    years = list(re.finditer(r"(?:1[5-9]|20)\d\d", claim))
    there = {m.group() for m in years}
    return [
        claim[: m.start()] + str(int(m.group()) + change) + claim[m.end() :]
        for m in years
        for change in (-3, -2, -1, 1, 2, 3)
        if str(int(m.group()) + change) not in there
    ]


def _months(claim: str, language: str, random: Random) -> list[str]:
    if language == "zh":
        return [claim.replace(f"{m}月", f"{(int(m) + 3) % 12 + 1}月") for m in re.findall(r"(?<!\d)(\d{1,2})月", claim)]
    return [
        re.sub(rf"\b{month}\b", months[(i + 4) % 12], claim)
        for months in (_MONTHS_RU, _MONTHS_RU_IN)
        for i, month in enumerate(months)
    ]


def _swaps(claim: str, pairs: tuple[tuple[str, str], ...]) -> list[str]:
    found = []
    for one, other in pairs:
        pattern = rf"(?<!\w){re.escape(one)}(?!\w)" if re.match("[А-яё«]", one) else re.escape(one)
        if re.search(pattern, claim) and other not in claim:
            found.append(re.sub(pattern, other, claim))
    return found


def _negations(claim: str, language: str) -> list[str]:
    denied = _DENIED[language].search(claim)
    if denied:
        return [claim[: denied.start()] + claim[denied.end() :]]
    verb = _VERB[language].search(claim)
    return [claim[: verb.start()] + {"ru": "не ", "zh": "没有"}[language] + claim[verb.start() :]] if verb else []


def _sides(claim: str, language: str) -> list[str]:
    found = []
    for swaps in _SIDES[language]:
        changed = claim
        if all(one in claim for one, _ in swaps):
            for one, other in swaps:
                changed = changed.replace(one, f"\0{other}")
            found.append(changed.replace("\0", ""))
    return found
