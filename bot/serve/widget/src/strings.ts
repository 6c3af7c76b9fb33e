// What the widget says, in English, Russian and Chinese. `{0}` is filled in; `a|b|c` holds the plural forms one, few, many.

const en = {
  heading: "Ask about China and Russia",
  greeting: "Every sentence of an answer names its source, with the words it rests on.",
  open: "Open the chat",
  close: "Close",
  fresh: "New conversation",
  conversation: "Conversation",
  question: "Your question",
  placeholder: "Ask a question",
  ask: "Ask",
  stop: "Stop",
  retry: "Try again",
  you: "You asked:",
  working: "Reading the sources…",
  ready: "Answer:",
  searched: "Searched for: {0}",
  sources: "Sources",
  source: "Source {0}",
  sourceCount: "{0} source|{0} sources|{0} sources",
  verbatim: "These words stand in the document",
  supported: "Checked against these words of the document",
  page: "page {0}",
  undated: "undated",
  reader: "Read it in its document",
  origin: "Read it where it was published",
  asOf: "Texts as of {0}",
  askIn: "Questions are understood in: {0}",
  unknown: "unknown",
  disputed: "Disputed: accounts differ",
  figures: "Figures: {0}",
  period: "Period",
  value: "Value",
  basis: "Counted by",
  try: "Questions the sources answer",
  stopped: "Stopped. What is shown is not the whole answer.",
  broken: "The connection broke before the answer was complete.",
  offline: "The assistant cannot be reached.",
  forbidden: "The assistant does not serve this site.",
  operator: "For its operator: add {0} to AMUR_ALLOWED_ORIGINS.",
  limited: "Too many questions have been asked.",
  busy: "The assistant is busy.",
  slow: "The answer took too long.",
  unavailable: "The assistant is not available at the moment.",
  long: "The question is too long.",
  failed: "There is no answer: {0}",
  wait: "Please wait {0}.",
  now: "You can try again now.",
  copy: "Copy with sources",
  copied: "Copied",
  uncopied: "The browser does not allow this page to copy.",
  up: "Helpful",
  down: "Not helpful",
  why: "What is wrong with it?",
  wrong: "It is wrong",
  unsupported: "A source does not say that",
  missing: "Something is missing",
  biased: "It is one-sided",
  another: "Something else",
  comment: "More about it (optional)",
  sends: "This conversation up to this answer, and what you write, are sent to the operator.",
  send: "Send",
  thanks: "Thank you, it was sent.",
  unsent: "It could not be sent.",
  "chinese-official": "Chinese official",
  "chinese-state-media": "Chinese state media",
  "russian-official": "Russian official",
  "russian-state-media": "Russian state media",
  "us-official": "US official",
  "eu-official": "EU official",
  nato: "NATO",
  un: "United Nations",
  "other-official": "other official",
  "independent-media": "independent media",
  "think-tank": "think tank",
  academic: "academic",
  reference: "reference work",
  other: "other",
};

export type Strings = Readonly<Record<keyof typeof en, string>>;

const ru: Strings = {
  heading: "Спросите о Китае и России",
  greeting: "К каждому предложению ответа указан источник и слова, на которых оно основано.",
  open: "Открыть чат",
  close: "Закрыть",
  fresh: "Новый разговор",
  conversation: "Разговор",
  question: "Ваш вопрос",
  placeholder: "Задайте вопрос",
  ask: "Спросить",
  stop: "Остановить",
  retry: "Повторить",
  you: "Вы спросили:",
  working: "Читаем источники…",
  ready: "Ответ:",
  searched: "Запрос поиска: {0}",
  sources: "Источники",
  source: "Источник {0}",
  sourceCount: "{0} источник|{0} источника|{0} источников",
  verbatim: "Эти слова есть в документе",
  supported: "Проверено по этим словам документа",
  page: "стр. {0}",
  undated: "без даты",
  reader: "Читать в документе",
  origin: "Читать там, где опубликовано",
  asOf: "Тексты по состоянию на {0}",
  askIn: "Язык вопросов: {0}",
  unknown: "неизвестно",
  disputed: "Спорно: версии расходятся",
  figures: "Цифры: {0}",
  period: "Период",
  value: "Значение",
  basis: "По данным",
  try: "Вопросы, на которые источники отвечают",
  stopped: "Остановлено. Показан не весь ответ.",
  broken: "Связь прервалась до конца ответа.",
  offline: "Связаться с ассистентом не удаётся.",
  forbidden: "Ассистент не обслуживает этот сайт.",
  operator: "Оператору: добавьте {0} в AMUR_ALLOWED_ORIGINS.",
  limited: "Задано слишком много вопросов.",
  busy: "Ассистент сейчас занят.",
  slow: "Ответ занял слишком много времени.",
  unavailable: "Ассистент сейчас недоступен.",
  long: "Вопрос слишком длинный.",
  failed: "Ответа нет: {0}",
  wait: "Подождите: {0}.",
  now: "Можно повторить.",
  copy: "Копировать с источниками",
  copied: "Скопировано",
  uncopied: "Браузер не позволяет этой странице копировать.",
  up: "Полезно",
  down: "Не полезно",
  why: "Что не так?",
  wrong: "Это неверно",
  unsupported: "В источнике этого нет",
  missing: "Чего-то не хватает",
  biased: "Это односторонне",
  another: "Другое",
  comment: "Подробнее (необязательно)",
  sends: "Оператор получит этот разговор до данного ответа включительно и то, что вы напишете.",
  send: "Отправить",
  thanks: "Спасибо, отправлено.",
  unsent: "Отправить не удалось.",
  "chinese-official": "официальные китайские",
  "chinese-state-media": "китайские государственные СМИ",
  "russian-official": "официальные российские",
  "russian-state-media": "российские государственные СМИ",
  "us-official": "официальные США",
  "eu-official": "официальные ЕС",
  nato: "НАТО",
  un: "ООН",
  "other-official": "другие официальные",
  "independent-media": "независимые СМИ",
  "think-tank": "аналитические центры",
  academic: "научные работы",
  reference: "справочные издания",
  other: "прочие",
};

const zh: Strings = {
  heading: "询问中俄关系",
  greeting: "答案的每句话都注明来源及其依据的原文。",
  open: "打开对话",
  close: "关闭",
  fresh: "新对话",
  conversation: "对话",
  question: "您的问题",
  placeholder: "请输入问题",
  ask: "提问",
  stop: "停止",
  retry: "重试",
  you: "您的提问：",
  working: "正在查阅来源……",
  ready: "答案：",
  searched: "检索内容：{0}",
  sources: "来源",
  source: "来源 {0}",
  sourceCount: "{0} 个来源|{0} 个来源|{0} 个来源",
  verbatim: "文献中有这些原话",
  supported: "已与文献中的这些原话核对",
  page: "第 {0} 页",
  undated: "日期不详",
  reader: "在文献中阅读",
  origin: "在发布处阅读",
  asOf: "文本截至 {0}",
  askIn: "提问语言：{0}",
  unknown: "未知",
  disputed: "存在争议：说法不一",
  figures: "数据：{0}",
  period: "时期",
  value: "数值",
  basis: "统计来源",
  try: "来源能够回答的问题",
  stopped: "已停止，所示并非完整答案。",
  broken: "连接中断，答案不完整。",
  offline: "无法连接到助手。",
  forbidden: "助手不为本网站提供服务。",
  operator: "致运营者：请将 {0} 加入 AMUR_ALLOWED_ORIGINS。",
  limited: "提问过多。",
  busy: "助手正忙。",
  slow: "回答超时。",
  unavailable: "助手暂时不可用。",
  long: "问题过长。",
  failed: "没有答案：{0}",
  wait: "请等待 {0}。",
  now: "现在可以重试。",
  copy: "连同来源复制",
  copied: "已复制",
  uncopied: "浏览器不允许此页面复制。",
  up: "有帮助",
  down: "没有帮助",
  why: "问题在哪里？",
  wrong: "内容有误",
  unsupported: "来源没有这样说",
  missing: "内容有遗漏",
  biased: "内容片面",
  another: "其他",
  comment: "补充说明（可不填）",
  sends: "截至本答案的对话和您填写的内容将发送给运营者。",
  send: "发送",
  thanks: "谢谢，已发送。",
  unsent: "发送失败。",
  "chinese-official": "中国官方",
  "chinese-state-media": "中国官方媒体",
  "russian-official": "俄罗斯官方",
  "russian-state-media": "俄罗斯官方媒体",
  "us-official": "美国官方",
  "eu-official": "欧盟官方",
  nato: "北约",
  un: "联合国",
  "other-official": "其他官方",
  "independent-media": "独立媒体",
  "think-tank": "智库",
  academic: "学术文献",
  reference: "工具书",
  other: "其他",
};

const LANGUAGES: Readonly<Record<string, Strings>> = { en, ru, zh };

/** The words of one language, with its plurals, dates and units. */
export class Words {
  constructor(
    readonly lang: string,
    readonly strings: Strings,
  ) {}

  say(key: keyof Strings, filled: string | number = ""): string {
    return this.strings[key].replace("{0}", () => String(filled));
  }

  count(key: keyof Strings, count: number): string {
    const forms = this.strings[key].split("|");
    const form = ["one", "few"].indexOf(new Intl.PluralRules(this.lang).select(count));
    return (forms[form] ?? forms[2] ?? "").replace("{0}", String(count));
  }

  /** Return whose voice a source is; one that the widget does not know yet goes by the server's name for it. */
  perspective(name: string): string {
    return Object.hasOwn(this.strings, name) ? this.strings[name as keyof Strings] : name;
  }

  /** Return an ISO date, of which month and day may be missing, as readers of the language write it. */
  date(iso: string | null): string {
    const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(iso ?? "");
    if (!parts) return iso || this.say("undated");
    const [, year, month, day] = parts;
    const time = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
    return new Intl.DateTimeFormat(this.lang, {
      timeZone: "UTC",
      year: "numeric",
      ...(month ? { month: "long" } : {}),
      ...(day ? { day: "numeric" } : {}),
    }).format(time);
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.lang, { maximumFractionDigits: 3 }).format(value);
  }

  /** Return the names of languages. */
  languages(tags: readonly string[]): string {
    const names = new Intl.DisplayNames(this.lang, { type: "language" });
    return tags.map((tag) => names.of(tag) ?? tag).join(", ");
  }

  /** Return how long to wait, in the largest unit that says it well. */
  duration(seconds: number): string {
    const [value, unit] =
      seconds < 100 ? [seconds, "second"] : seconds < 5400 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
    return new Intl.NumberFormat(this.lang, { style: "unit", unit, unitDisplay: "long" }).format(Math.ceil(value));
  }
}

/** Return the words of the first wish that there are words for, else English. */
export function chooseWords(wishes: readonly (string | null | undefined)[]): Words {
  for (const wish of wishes) {
    const lang = wish?.toLowerCase().split(/[-_]/)[0] ?? "";
    if (Object.hasOwn(LANGUAGES, lang)) return new Words(lang, LANGUAGES[lang] ?? en);
  }
  return new Words("en", en);
}
