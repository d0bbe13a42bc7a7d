from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE, SCAN_WORD, Visit

VENDOR = Path(__file__).parent / "vendor"
AXE = (VENDOR / "axe.min.js").read_text(encoding="utf-8")
# Level A and AA of WCAG 2.2, and what axe recommends beyond; the size of targets is off by default.
AXE_RUN = """async () => {
  const found = await axe.run(document, {rules: {'target-size': {enabled: true}}, resultTypes: ['violations']});
  return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '));
}"""


def violations(visit: Visit) -> list[str]:
    visit.page.evaluate(AXE)  # through the debugger: the page's own policy admits no foreign script
    found: list[str] = visit.page.evaluate(AXE_RUN)
    return found


def overflow(visit: Visit) -> int:
    width: int = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_axe_is_unchanged() -> None:
    for line in (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_from_a_word_of_a_scan_to_its_marked_spot(visit: Visit) -> None:
    visit.sign_in()
    visit.search(SCAN_WORD)
    page = visit.page
    assert re.fullmatch(rf"{visit.base}/suche/[0-9a-f]{{32}}", page.url)
    assert page.locator(".treffer mark").first.inner_text() == SCAN_WORD
    page.click(".treffer__seite")
    page.wait_for_selector("#fundstelle")
    expect(page.locator(".blatt img")).to_have_js_property("naturalWidth", 1000)
    box = page.locator("#fundstelle").bounding_box()
    assert box is not None
    assert box["width"] > 20 and box["height"] > 5
    assert 0 <= box["y"] < 900, "the spot is in view"
    image = page.locator(".blatt img").bounding_box()
    assert image is not None
    assert image["x"] <= box["x"] and box["x"] + box["width"] <= image["x"] + image["width"]
    assert page.locator(".seitentext mark").first.inner_text() == SCAN_WORD
    assert SCAN_WORD not in page.url


def test_the_same_without_javascript(plain_visit: Visit) -> None:
    plain_visit.sign_in()
    plain_visit.search(SCAN_WORD)
    page = plain_visit.page
    page.click(".treffer__seite")
    page.wait_for_selector("#fundstelle")
    assert page.locator(".seitentext mark").first.inner_text() == SCAN_WORD
    page.click(".leiste__zurueck")
    page.wait_for_selector("#ergebnis")
    page.click(".filter__wert")
    page.wait_for_selector(".chip")
    page.click("text=Alle Filter entfernen")
    page.wait_for_selector("#ergebnis")
    page.click("text=Abmelden")
    page.wait_for_selector("text=Sie sind abgemeldet")


@pytest.mark.parametrize("path", ["/", "/hilfe", "/bestand", "/protokoll", "/gibtesnicht"])
def test_nothing_overflows_at_320_pixels(narrow_visit: Visit, path: str) -> None:
    narrow_visit.sign_in()
    narrow_visit.page.goto(narrow_visit.base + path)
    assert overflow(narrow_visit) <= 0
    narrow_visit.complaints = [c for c in narrow_visit.complaints if "404" not in c]


def test_search_page_and_case_fit_320_pixels(narrow_visit: Visit) -> None:
    narrow_visit.sign_in()
    page = narrow_visit.page
    for asked in ("Miete", "Xylophonkonzert"):
        narrow_visit.search(asked)
        assert overflow(narrow_visit) <= 0
        page.goto(narrow_visit.base)
    narrow_visit.search("Miete")
    page.click(".treffer__seite >> nth=0")
    page.wait_for_selector(".seitentext")
    assert overflow(narrow_visit) <= 0
    page.click(".brotkrumen a")
    page.wait_for_selector("#deckblatt")
    assert overflow(narrow_visit) <= 0


def test_no_barriers_in_any_state(visit: Visit) -> None:
    page = visit.page
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        if wrong := violations(visit):
            found[state] = wrong

    page.goto(f"{visit.base}/anmelden")
    look("anmelden")
    visit.sign_in()
    look("leer")
    page.click("summary")
    page.fill("#von", "gestern")
    page.press("#von", "Enter")
    page.wait_for_selector("#von-fehler")
    look("fehler am feld")
    page.goto(visit.base)
    visit.search("Miete")
    look("treffer")
    page.click(".filter__wert >> nth=0")
    page.wait_for_selector(".chip")
    look("gefiltert")
    page.click(".treffer__seite >> nth=0")
    page.wait_for_selector(".seitentext")
    look("seite")
    page.click(".brotkrumen a")
    page.wait_for_selector("#deckblatt")
    look("akte")
    page.goto(visit.base)
    visit.search("Xylophonkonzert")
    look("keine treffer")
    for path in ("/hilfe", "/bestand", "/protokoll", "/gibtesnicht"):
        page.goto(visit.base + path)
        look(path)
    assert found == {}
    visit.complaints = [c for c in visit.complaints if "404" not in c and "422" not in c]


def test_keys_walk_through_the_hits(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Miete")
    page = visit.page
    page.click(".treffer__seite >> nth=0")
    page.wait_for_selector("text=Treffer 1 von")
    page.keyboard.press("n")
    page.wait_for_selector("text=Treffer 2 von")
    page.keyboard.press("p")
    page.wait_for_selector("text=Treffer 1 von")


def test_back_and_reload_give_whole_pages(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    visit.search("Miete")
    first = page.url
    visit.search("Nebenkosten")
    assert page.url != first
    page.go_back()
    page.wait_for_url(first)
    expect(page.locator("#q")).to_have_value("Miete")
    assert page.locator("header .marke").count() == 1
    page.reload()
    assert page.locator("#ergebnis").count() == 1
    page.click(".filter__wert >> nth=0")
    page.wait_for_selector(".chip")
    page.reload()
    assert page.locator(".chip").count() >= 1
    assert page.locator("header .marke").count() == 1


def test_the_browser_keeps_nothing_and_shows_nothing_after_sign_out(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    visit.search(SCAN_WORD)
    page.click(".treffer__seite")
    page.wait_for_selector(".seitentext")
    stored = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    assert stored == "[[],[]]"
    page.click("text=Abmelden")
    page.wait_for_selector("text=Sie sind abgemeldet")
    page.go_back()
    page.wait_for_selector("#kennwort")
    assert SCAN_WORD not in page.content()
    visit.complaints = [c for c in visit.complaints if "401" not in c]


def test_a_lost_connection_leaves_the_hits_standing(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Miete")
    page = visit.page
    page.context.set_offline(True)
    page.fill("#q", "Nebenkosten")
    page.press("#q", "Enter")
    page.wait_for_selector("text=Keine Verbindung")
    assert page.locator(".treffer").count() > 0
    page.context.set_offline(False)
    visit.search("Nebenkosten")
    page.wait_for_selector("text=Keine Verbindung", state="detached")
    visit.complaints = [
        c for c in visit.complaints if "ERR_INTERNET_DISCONNECTED" not in c and "Failed to fetch" not in c
    ]


def test_an_ended_session_leads_to_sign_in_and_back(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Miete")
    page = visit.page
    url = page.url
    page.context.clear_cookies(name="sitzung")
    page.goto(url)
    page.wait_for_selector("#kennwort")
    visit.page.fill("#name", "leitung")
    visit.page.fill("#kennwort", "quitten und mirabellen")
    page.press("#kennwort", "Enter")
    page.wait_for_selector("#ergebnis")
    assert page.url == url


def test_hostile_names_and_texts_do_nothing(visit: Visit) -> None:
    visit.sign_in(f"böse {HOSTILE}")
    page = visit.page
    for asked in ("Giftwort", "Giftwort <script>alert(4)</script>", HOSTILE):
        visit.search(asked)
        page.wait_for_timeout(100)
    visit.search("Giftwort")
    page.click(".treffer__seite >> nth=0")
    page.wait_for_selector(".seitentext mark")
    for path in ("/protokoll", "/bestand"):
        page.goto(visit.base + path)
    assert page.locator("img[src=x]").count() == 0


def test_nothing_is_asked_while_typing(visit: Visit) -> None:
    visit.sign_in()
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.type("#q", "Mietbescheinigung", delay=5)
    visit.page.wait_for_timeout(300)
    assert asked == []


def test_bytes_and_requests(visit: Visit) -> None:
    """Cold load ≤ 100 KB in ≤ 7 requests; a search ≤ 15 KB in one."""
    sizes: list[tuple[str, int]] = []
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append((event["requestId"], event["encodedDataLength"])))
    visit.page.goto(f"{visit.base}/anmelden", wait_until="networkidle")
    assert len(sizes) <= 7
    assert sum(size for _, size in sizes) <= 100_000
    visit.sign_in()
    visit.page.wait_for_load_state("networkidle")
    sizes.clear()
    visit.search("Miete")
    visit.page.wait_for_load_state("networkidle")
    assert len(sizes) == 1
    assert sizes[0][1] <= 15_000


def test_what_others_may_see_stays_hidden(visit: Visit) -> None:
    visit.sign_in("fremd")
    visit.search("Miete")
    assert visit.page.locator("text=Keine Treffer").count() == 1
    body: Any = visit.page.content()
    assert "Müller" not in body


def test_a_failed_search_never_passes_old_hits_for_its_own(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Miete")
    page = visit.page
    page.route("**/suche", lambda route: route.fulfill(status=503, headers={"X-Vorgangsnummer": "AB12"}, body=""))
    page.fill("#q", "Nebenkosten")
    page.press("#q", "Enter")
    expect(page.locator("#meldung")).to_contain_text("Vorgangsnummer: AB12")
    expect(page.locator(".ergebnis__liste")).to_contain_text("noch die Treffer der vorigen Suche „Miete“")
    page.unroute("**/suche")
    visit.search("Nebenkosten")
    expect(page.locator("#meldung")).to_be_empty()
    assert page.locator(".veraltet__hinweis").count() == 0
    visit.complaints = [c for c in visit.complaints if "503" not in c]


def test_a_refused_fragment_is_no_page_within_the_page(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Miete")
    page = visit.page
    form = page.locator(".filterform")
    form.evaluate("form => form.setAttribute('hx-post', form.action.replace(/[0-9a-f]{32}/, 'f'.repeat(32)))")
    page.click(".filter__wert >> nth=0")
    expect(page.locator("main h1")).to_have_text("Diese Suche gibt es hier nicht mehr")
    assert page.locator("header.kopf").count() == 1
    assert page.locator("footer").count() == 1
    visit.complaints = [c for c in visit.complaints if "404" not in c]


def test_every_focused_element_has_an_outline(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Miete")
    page = visit.page
    page.click(".treffer__seite >> nth=0")
    page.wait_for_selector(".seitentext")
    bare: set[str] = set()
    for path in ("", "/bestand", "/protokoll"):
        if path:
            page.goto(visit.base + path)
        for _ in range(40):
            page.keyboard.press("Tab")
            found = page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return e === document.body || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)"
                " || s.boxShadow !== 'none' ? '' : e.outerHTML.slice(0, 80); })()"
            )
            bare |= {found} - {""}
    assert bare == set()


def test_from_a_page_without_a_hit_the_way_goes_on(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Rechtsbehelfsbelehrung")
    page = visit.page
    page.click(".treffer__seite >> nth=0")
    page.wait_for_selector("text=Treffer 1 von")
    page.click("text=Vorige Seite")
    page.wait_for_selector("text=kein Treffer auf dieser Seite")
    page.keyboard.press("n")
    page.wait_for_selector("text=Treffer 1 von")
    page.keyboard.press("l")
    page.wait_for_selector("#ergebnis")
    assert page.evaluate("location.hash").startswith("#dokument-")


def test_a_mail_leads_to_its_attachment_and_back(visit: Visit) -> None:
    visit.sign_in()
    visit.search("Rückruf")
    page = visit.page
    page.click(".treffer__seite >> nth=0")
    page.click(".anlagen a")
    expect(page.locator(".angaben")).to_contain_text("Anlage von")
    page.click(".angaben dd a >> nth=0")
    page.wait_for_selector(".anlagen a")
