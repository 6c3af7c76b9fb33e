"""The head of the chat page, and what stands in the place of a conversation before there is one."""

from bot.messages import say
from bot.pipeline import Bot
from bot.rewrite import understands
from bot.serve.cards import text_html
from bot.serve.conversation import Reader
from bot.serve.links import page_link
from bot.serve.web import LANGUAGES


def heading(bot: Bot, reader: Reader) -> str:
    """Return the head of the page: its name, what it is, how much it holds, the other pages and languages."""
    manifest, language = bot.store.manifest, reader.language
    as_of = manifest.as_of or say("unknown", language)
    holdings = say("chat.holdings", language, documents=manifest.documents, as_of=as_of)
    chosen = language if reader.chosen else ""
    pages = {"sources": "/explore/sources", "figures": "/explore/figures", "about": "/about"}
    links = [
        f'<a href="{text_html(page_link(path, root=reader.root, lang=chosen))}">{text_html(say(f"page.nav-{name}", language))}</a>'
        for name, path in pages.items()
    ]
    languages = [
        f'<a class="amur-{"here" if tag == language else "other-language"}" href="{reader.root}/?lang={tag}">{name}</a>'
        for tag, name in LANGUAGES.items()
    ]
    return (
        f'<header class="amur-heading"><div><h1>Amur</h1><p>{text_html(say("chat.tagline", language))} '
        f'<span class="amur-quiet">{text_html(holdings)}</span></p></div>'
        f'<nav>{"".join(links)}<span class="amur-languages">{"".join(languages)}</span></nav></header>'
    )


def welcome(bot: Bot, language: str) -> str:
    """Return what stands in the place of a conversation before there is one, as Markdown; also that questions must be in English."""
    told = [say("chat.welcome_text", language)]
    if not understands(language, bot.embedder, bot.store):
        told.append(say("chat.ask_in_english", language))
    return f"## {say('chat.welcome', language)}\n{say('gap', language).join(told)}"
