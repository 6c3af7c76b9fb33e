"""The widget among strict rules, hostile styles, other widgets and pages that come and go; and on sites that may not use it."""

import time
from collections.abc import Iterator

import pytest
from itsdangerous import TimestampSigner
from playwright.sync_api import expect

from bot.pipeline import Bot
from tests.bot.serve.running import serving
from tests.browser.pasting import BORDER, TREATY, NewPage, ask, hear, pause, snippet
from tests.browser.sites import Site
from tests.fakes import BagOfWords

pytestmark = pytest.mark.browser

FORBIDDEN = "The assistant does not serve this site."

HOSTILE_STYLES = """
html { font-size: 50px; letter-spacing: 9px; text-transform: uppercase; direction: rtl; }
body { color: red; font: italic 900 40px/3 cursive; text-align: right; word-spacing: 2em; cursor: wait; visibility: hidden; }
amur-chat, body * {
  all: unset !important; display: none !important; opacity: 0 !important; filter: blur(9px) !important; visibility: hidden !important;
  transform: scale(0.1) !important; color: lime !important; font: 90px fantasy !important; text-shadow: 0 0 9px red !important;
  background: yellow !important; direction: rtl !important; writing-mode: vertical-rl !important; letter-spacing: 1em !important;
}
main { display: block !important; visibility: visible !important; opacity: 1 !important; filter: none !important; }
main { transform: none !important; }
div, p, button, textarea, h2, details, .panel, .root, .marker, .log { position: absolute !important; left: -9999px !important; }
"""

STYLES_INSIDE = """widget => [...widget.shadowRoot.querySelectorAll('*')].map(element => {
  const style = getComputedStyle(element);
  return [element.className.toString() || element.localName, ...['display', 'position', 'visibility', 'opacity', 'color',
    'backgroundColor', 'fontFamily', 'fontSize', 'fontWeight', 'fontStyle', 'lineHeight', 'letterSpacing', 'wordSpacing',
    'textTransform', 'textAlign', 'direction', 'writingMode', 'textShadow', 'cursor', 'whiteSpace'].map(name => style[name])];
})"""


def test_a_strict_policy_of_the_host_is_enough_and_is_not_broken(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    policy = (
        f"default-src 'none'; script-src {address}; connect-src {address}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page.goto(site.show(snippet(address, form="bubble", accent="#7a1f3d"), content_security_policy=policy))
    page.get_by_role("button", name="Open the chat").click()
    turn = ask(page, TREATY)
    turn.locator("summary").first.click()
    expect(turn.locator("blockquote").first).to_be_visible()
    button = page.get_by_role("button", name="Ask", exact=True)
    assert button.evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(122, 31, 61)"
    assert [text for text in complaints if "favicon" not in text] == []


def test_the_hosts_styles_change_nothing_inside(new_page: NewPage, address: str, site: Site) -> None:
    inside = []
    for styles in ("", f"<style>{HOSTILE_STYLES}</style>"):
        page = new_page()
        page.goto(site.show(styles + snippet(address)))
        turn = ask(page, TREATY)
        turn.locator("summary").first.click()
        expect(turn.locator("blockquote").first).to_be_visible()
        widget = page.locator("amur-chat")
        box = widget.bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert widget.evaluate("w => getComputedStyle(w).opacity") == "1"
        inside.append(widget.evaluate(STYLES_INSIDE))
    assert len(inside[0]) > 40
    assert inside[1] == inside[0]


def test_a_bubble_is_above_everything_and_inside_a_transformed_page(
    new_page: NewPage, address: str, site: Site
) -> None:
    page = new_page()
    cover = '<div style="position: fixed; inset: 0; z-index: 2147483647; background: #eee"></div>'
    moved = f'<div id="moved" style="transform: translate(300px, 9000px); overflow: hidden; height: 10px">{cover}</div>'
    page.goto(site.show(moved + snippet(address, form="bubble", target="#moved")))
    page.locator("amur-chat").evaluate("widget => widget.open()")
    expect(page.get_by_role("dialog")).to_be_in_viewport(ratio=1)
    expect(ask(page.get_by_role("dialog"), TREATY).locator("details")).not_to_have_count(0)


def test_the_page_sizes_and_colours_what_it_may(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    styles = """<style>
      amur-chat { width: 432px; height: 345px; --amur-background: rgb(1, 2, 3); --amur-accent: rgb(250, 240, 10); --amur-radius: 3px; }
      amur-chat::part(heading) { font-style: italic; }
    </style>"""
    page.goto(site.show(styles + snippet(address)))
    box = page.locator("amur-chat").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (432, 345)
    panel = page.locator(".panel").evaluate(
        "p => [getComputedStyle(p).backgroundColor, getComputedStyle(p).borderTopLeftRadius]"
    )
    assert panel == ["rgb(1, 2, 3)", "3px"]
    assert page.locator(".send").evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(250, 240, 10)"
    assert page.locator("h2").evaluate("h => getComputedStyle(h).fontStyle") == "italic"


def test_two_widgets_do_not_disturb_each_other(new_page: NewPage, address: str, bot: Bot, site: Site) -> None:
    page = new_page()
    both = '<amur-chat id="one" form="inline"></amur-chat><amur-chat id="two" form="inline" lang="ru"></amur-chat>'
    page.goto(site.show(both + snippet(address, form="bubble")))
    page.evaluate("window.heard = []; addEventListener('amur:answer', e => heard.push(e.target.id))")
    one, two = page.locator("#one"), page.locator("#two")
    ask(one, TREATY)
    two.get_by_label("Ваш вопрос").fill(BORDER)
    page.keyboard.press("Enter")
    expect(two.locator("details")).not_to_have_count(0)
    expect(one.locator(".turn")).to_have_count(1)
    expect(two.locator(".turn")).to_have_count(1)
    page.wait_for_function("heard.length === 2")
    assert page.evaluate("heard") == ["one", "two"]
    page.reload()
    expect(page.locator("#one .asked")).to_contain_text(TREATY)
    expect(page.locator("#two .asked")).to_contain_text(BORDER)


def test_of_two_widgets_without_a_name_only_the_first_remembers(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    body = f'<amur-chat form="inline"></amur-chat><amur-chat form="inline"></amur-chat><script src="{address}/embed/amur.js"></script>'
    page.goto(site.show(body))
    for question, widget in zip((TREATY, BORDER), page.locator("amur-chat").all(), strict=True):
        ask(widget, question)
    page.reload()
    expect(page.locator("amur-chat").first.locator(".asked")).to_contain_text(TREATY)
    expect(page.locator("amur-chat").last.locator(".turn")).to_have_count(0)


def test_only_the_open_conversation_is_kept_and_a_new_one_forgets_it(
    new_page: NewPage, address: str, site: Site
) -> None:
    page = new_page()
    where = site.show(snippet(address))
    page.goto(where)
    ask(page, TREATY)
    kept = page.evaluate("[localStorage.length, document.cookie, Object.keys(sessionStorage)]")
    assert kept == [0, "", [f"amur:{address}:inline"]]
    page.reload()
    expect(page.locator(".asked")).to_contain_text(TREATY)
    expect(page.locator("details")).not_to_have_count(0)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0
    assert page.context.cookies() == []


@pytest.mark.parametrize(
    "kept",
    [
        "{",
        "7",
        "[1, null]",
        '[{"question": "q", "answer": "a", "statements": [], "citations": [null], "disputed": [], "suggestions": [], '
        '"source_mix": {}}]',
    ],
)
def test_what_the_page_wrote_into_its_storage_breaks_nothing(
    new_page: NewPage, address: str, site: Site, kept: str
) -> None:
    page = new_page()
    page.goto(site.show(""))
    page.evaluate("([key, kept]) => sessionStorage.setItem(key, kept)", [f"amur:{address}:inline", kept])
    page.goto(site.show(snippet(address)))
    expect(ask(page, TREATY).locator("details")).not_to_have_count(0)
    expect(page.locator(".turn")).to_have_count(1)


def test_it_leaves_with_the_page_and_comes_back_with_it(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(f'<div id="view"></div><div id="other"></div>{snippet(address, target="#view")}'))
    ask(page, TREATY)
    page.locator("summary").first.click()
    page.evaluate("other.append(document.querySelector('amur-chat'))")  # moved: nothing is lost
    expect(page.locator("#other amur-chat blockquote").first).to_be_visible()
    page.evaluate("window.kept = document.querySelector('amur-chat'); kept.remove()")
    page.wait_for_function("kept.shadowRoot.childElementCount === 0")
    page.evaluate("view.append(kept)")  # back: the conversation is that of the tab
    expect(page.locator("#view amur-chat .asked")).to_contain_text(TREATY)
    expect(ask(page, BORDER).locator("details")).not_to_have_count(0)


def test_destroy_takes_everything_along(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address)))
    ask(page, TREATY)
    page.evaluate("Amur.destroy()")
    assert page.evaluate("[document.querySelectorAll('amur-chat').length, sessionStorage.length]") == [0, 0]
    with pytest.raises(Exception, match="no <amur-chat> on this page"):
        page.evaluate("Amur.open()")
    page.evaluate("Amur.init({ form: 'inline', target: 'main', heading: 'Again' })")
    expect(page.get_by_role("heading", name="Again")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    assert page.evaluate("q => Amur.ask(q).then(answer => answer.statements.length)", TREATY) >= 1


def test_a_page_that_changes_without_loading_anew_keeps_its_widgets(
    new_page: NewPage, address: str, site: Site
) -> None:
    """What frameworks of one-page applications do: the body is replaced, and its script tags run again."""
    run = """line => {
      const view = document.createElement("main");
      view.innerHTML = line;
      for (const dead of view.querySelectorAll("script")) {
        const tag = document.createElement("script");
        for (const { name, value } of dead.attributes) tag.setAttribute(name, value);
        dead.replaceWith(tag);
      }
      document.body.replaceChildren(view);
    }"""
    page = new_page()
    page.goto(site.show(snippet(address, form="bubble")))
    expect(page.get_by_role("button", name="Open the chat")).to_have_count(1)
    page.evaluate(run, snippet(address, form="bubble"))
    page.get_by_role("button", name="Open the chat").click()
    expect(ask(page, TREATY).locator("details")).not_to_have_count(0)
    page.evaluate(run, 3 * snippet(address, heading="Here") + 2 * snippet(address, form="bubble"))
    expect(page.locator("amur-chat[form=inline]")).to_have_count(3)
    page.wait_for_function("document.querySelectorAll('script').length === 5")
    expect(page.get_by_role("button", name="Open the chat")).to_have_count(1)
    expect(ask(page.locator("amur-chat[form=inline]").first, TREATY).locator("details")).not_to_have_count(0)


def test_attributes_may_change_while_a_reader_reads_and_types(new_page: NewPage, address: str, site: Site) -> None:
    page = new_page()
    page.goto(site.show(snippet(address, form="bubble")))
    page.get_by_role("button", name="Open the chat").click()
    ask(page, TREATY).locator("summary").first.click()
    page.get_by_label("Your question").fill("And then")
    page.locator("amur-chat").evaluate("w => { w.setAttribute('theme', 'dark'); w.setAttribute('heading', 'Other') }")
    expect(page.get_by_role("dialog", name="Other")).to_be_visible()
    expect(page.get_by_label("Your question")).to_have_value("And then")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.locator("blockquote").first).to_be_visible()
    assert page.locator(".panel").evaluate("p => getComputedStyle(p).backgroundColor") == "rgb(21, 26, 33)"
    page.locator("amur-chat").evaluate("w => w.setAttribute('lang', 'ru')")
    expect(page.locator(".sources h3")).to_have_text("Источники")


@pytest.mark.parametrize("where", ["other port", "other name"])
def test_a_site_that_is_not_named_gets_nothing_and_is_told_why(
    new_page: NewPage, address: str, site: Site, other_site: Site, where: str
) -> None:
    page = new_page()
    replies: list[tuple[str, int]] = []
    page.on("response", lambda r: replies.append((r.url, r.status)) if "/api/" in r.url else None)
    origin = other_site.origin if where == "other port" else f"http://127.0.0.1:{site.port}"
    (other_site if where == "other port" else site).show(snippet(address))
    page.goto(origin + "/")
    turn = ask(page, TREATY)
    expect(turn.locator("[data-state=failed]")).to_contain_text(FORBIDDEN)
    expect(turn).to_contain_text(f"add {origin} to AMUR_ALLOWED_ORIGINS")
    expect(turn.locator(".answer")).to_have_count(0)
    assert "16 July 2001" not in page.locator("amur-chat").evaluate("w => w.shadowRoot.textContent")
    assert [url for url, status in replies if "/ask" in url] == []
    page.evaluate("window.told = []; addEventListener('amur:error', e => told.push(e.detail.code))")
    turn.get_by_role("button", name="Try again").click()
    page.wait_for_function("window.told.length === 1")
    assert page.evaluate("told") == ["forbidden_origin"]


def test_an_allowed_page_needs_a_token_and_one_of_its_own(
    new_page: NewPage, address: str, site: Site, second_site: Site
) -> None:
    token = "url => fetch(`${url}/api/v1/token`, { method: 'POST' }).then(r => r.json()).then(t => t.token)"
    ask_with = """([url, token]) => fetch(`${url}/api/v1/ask`, { method: 'POST', body: JSON.stringify({ question: 'x' }),
        headers: { 'content-type': 'application/json', ...(token && { 'x-amur-token': token }) } })
        .then(async r => [r.status, (await r.json()).error?.code])"""
    page, second = new_page(), new_page()
    page.goto(site.show(""))
    second.goto(second_site.show(""))
    assert page.evaluate(ask_with, [address, ""]) == [403, "token_missing"]
    assert page.evaluate(ask_with, [address, "forged"]) == [403, "token_invalid"]
    assert page.evaluate(ask_with, [address, second.evaluate(token, address)]) == [403, "token_invalid"]
    assert page.evaluate(ask_with, [address, page.evaluate(token, address)]) == [200, None]


def test_a_token_that_has_run_out_is_renewed_and_nobody_notices(
    new_page: NewPage, address: str, bot: Bot, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, later = new_page(), 0
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: int(time.time()) + later)
    replies: list[tuple[str, int]] = []
    page.on(
        "response",
        lambda r: replies.append((r.url.rpartition("/")[2], r.status)) if r.request.method == "POST" else None,
    )
    page.clock.install()
    page.goto(site.show(snippet(address)))
    pause(page)  # for the widget no time passes, for the server it does
    expect(ask(page, TREATY).locator("details")).not_to_have_count(0)
    later = bot.settings.token_seconds + 2
    expect(ask(page, BORDER).locator("details")).not_to_have_count(0)
    expected = [("token", 200), ("stream", 200), ("stream", 403), ("token", 200), ("stream", 200)]
    hear(page, replies, len(expected))
    assert replies == expected


@pytest.fixture(scope="module")
def strict(bot: Bot) -> Iterator[str]:
    """The address of a server that takes one question in two hours from a reader."""
    settings = bot.settings.model_copy(update={"limit_reader": "1/2hour"})
    with serving(Bot(settings, embedder=BagOfWords())) as address:
        yield address


def test_a_limit_is_explained_with_the_time_to_wait(new_page: NewPage, strict: str, site: Site) -> None:
    page = new_page()
    page.clock.install()
    page.goto(site.show(snippet(strict)))
    pause(page)
    ask(page, TREATY)
    turn = ask(page, BORDER)
    ended = turn.locator("[data-state=failed]")
    expect(ended).to_contain_text("Too many questions have been asked.")
    expect(ended.get_by_text("Please wait 2 hours.")).to_be_visible()
    retry = turn.get_by_role("button", name="Try again")
    expect(retry).to_be_disabled()
    page.clock.fast_forward(7_201_000)
    expect(ended).to_contain_text("You can try again now.")
    expect(retry).to_be_enabled()


def test_widget_and_frame_work_where_third_parties_may_store_nothing(
    new_page: NewPage, address: str, site: Site
) -> None:
    page = new_page()
    page.goto(site.show(f'<iframe src="{address}/embed?lang=en" width="500" height="600"></iframe>{snippet(address)}'))
    frame = page.frame_locator("iframe").locator("amur-chat")
    expect(frame.get_by_label("Your question")).to_be_visible()
    # the browser of these tests blocks third-party cookies and storage; if it stops doing so, this test says nothing
    blocked = page.frames[1].evaluate(
        "() => { document.cookie = 'a=b'; try { return sessionStorage.length } catch (e) { return [e.name, document.cookie] } }"
    )
    assert blocked == ["SecurityError", ""]
    for widget in (frame, page.locator("main > amur-chat")):
        expect(ask(widget, TREATY).locator("details")).not_to_have_count(0)
        expect(ask(widget, BORDER).locator("details")).not_to_have_count(0)
