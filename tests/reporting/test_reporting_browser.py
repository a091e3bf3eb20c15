"""Pages in a real Chromium: nothing runs, nothing is loaded, nothing runs over the edge of a phone."""

import shutil
from datetime import UTC, datetime

import pytest
from reporting_samples import GENERATED, attempts, filled, trace

from analyzer.model import (
    ArcSet,
    Attempt,
    AuthenticationResults,
    DkimSignature,
    Evidence,
    Finding,
    Hop,
    MethodResult,
    Problem,
    SpamVerdict,
    Tls,
)
from analyzer.reporting import render, render_trace
from analyzer.store import Store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="Chromium or chromedriver is not installed"),
]

MARK = "MARKED"
EVIL = [
    f"<script>document.title='{MARK}'</script>",
    f'"><img src=x onerror="document.title=\'{MARK}\'">',
    f"</style></title></textarea><svg onload=document.title='{MARK}'>",
    "' autofocus onfocus=alert(1) x='",
    "{{ 7*7 }}{% raw %}",
    "<a href='javascript:alert(1)'>click</a><base href='https://example.com/'>",
    "<!-- <style>*{display:none}</style>",
    "invoice\u202efdp.exe\u202c \u2066\u2067\u200f done",
    "שלום עולם (550) مرحبا",
    "\x00\x07\x1b[31mred\x1b[0m \x85 \udcff",
    "&lt;b&gt; &#60;script&#62;",
    "W" * 5_000,
    "Z" + "\u0301" * 400,
]


def evil_trace(text):
    host = text[:300]
    return trace(
        source=text,
        message_id=text,
        subject=text,
        from_=text,
        to=text,
        return_path=text,
        placement=None,
        hops=[
            Hop(
                index=n,
                from_name=host,
                from_host=host,
                from_ip=host,
                by=host,
                via=host,
                with_=host,
                id=host,
                for_=host,
                envelope_from=host,
                authenticated=host,
                timestamp=datetime(2026, 1, 1, 0, n, tzinfo=UTC),
                delay_seconds=None if n == 0 else 60,
                utc_offset=host,
                tls=Tls(version=host, cipher=host),
                notes=[text],
                unread=text,
                raw=text,
            )
            for n in range(2)
        ],
        authentication=[
            AuthenticationResults(
                authserv_id=text,
                field=text,
                raw=text,
                results=[MethodResult(method=text, result=text, reason=text, properties={text: text})],
            )
        ],
        dkim_signatures=[DkimSignature(domain=text, selector=text, algorithm=text)],
        arc=[ArcSet(instance=1, cv=text, domain=text, results=[MethodResult(method=text, result=text)])],
        spam_verdicts=[SpamVerdict(vendor=text, field=text, verdict=text, decoded={text: text}, raw=text)],
        findings=[
            Finding(
                id=text,
                severity="problem",
                title=text,
                detail=text,
                advice=text,
                evidence=[Evidence(field=text, text=text)],
            )
        ],
        problems=[Problem(id=text, message=text, source=text, place=text)],
    )


def evil_store(store):
    for number, text in enumerate(EVIL):
        names = dict.fromkeys(
            (
                "recipient",
                "original_recipient",
                "sender",
                "message_id",
                "queue_id",
                "reporting_mta",
                "remote_mta",
                "remote_ip",
                "enhanced_code",
                "diagnostic",
                "reason",
                "rule",
                "evidence",
                "source",
                "format",
            ),
            text,
        )
        store.add_attempts(
            [
                Attempt(
                    position=number,
                    action="failed",
                    outcome="bounced",
                    classification="Invalid Address",
                    suppress=True,
                    advice="suppress",
                    timestamp=datetime(2026, 1, 1 + number, tzinfo=UTC),
                    **names,
                )
            ]
        )
        store.add_trace(evil_trace(text))
        store.add_problem(Problem(id=text, message=text, source=text, place=text))
    return store


@pytest.fixture(scope="module")
def browser():
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def show(browser, tmp_path, html, *, width=1280, scheme="light"):
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(path.as_uri())
    run(browser, "document.querySelectorAll('details').forEach(one => one.open = true)")


def run(browser, expression):
    """Evaluate from outside the page: its own policy forbids scripts."""
    answer = browser.execute_cdp_cmd("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    assert "exceptionDetails" not in answer, answer
    return answer["result"].get("value")


def pages():
    with Store() as store:
        filled(store)
        everything = render(store, generated_at=GENERATED)
    with Store() as store:
        hostile = render(evil_store(store), generated_at=GENERATED, title=EVIL[0])
    return {
        "everything": everything,
        "hostile": hostile,
        "trace": render_trace(trace(), generated_at=GENERATED),
    }


@pytest.fixture(scope="module")
def made():
    return pages()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("name", ["everything", "hostile", "trace"])
def test_it_shows_without_complaint_and_fits_its_width(browser, tmp_path, made, name, width, scheme):
    show(browser, tmp_path, made[name], width=width, scheme=scheme)
    assert browser.get_log("browser") == [], "the console stays empty, of policy violations too"
    assert run(browser, "document.documentElement.scrollWidth") <= width
    requests = [
        entry for entry in browser.get_log("performance") if 'Network.requestWillBeSent"' in entry["message"]
    ]
    assert len(requests) == 1, "the file itself and nothing else"
    ground = run(browser, "getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(","))
    assert (red + green + blue < 200) == (scheme == "dark"), "the style sheet is applied, in this scheme"


def test_what_mail_says_never_becomes_markup(browser, tmp_path, made):
    show(browser, tmp_path, made["hostile"])
    assert MARK not in browser.title.replace(EVIL[0], "")
    assert browser.title == EVIL[0]
    assert run(browser, "document.querySelectorAll('script, img, base, iframe, style ~ style').length") == 0
    assert (
        run(
            browser,
            "[...document.querySelectorAll('*')].flatMap(one => [...one.attributes])"
            ".filter(one => one.name.startsWith('on') || one.name === 'style').length",
        )
        == 0
    )
    shown = run(browser, "document.body.innerText")
    for text in EVIL[:7]:
        assert " ".join(text.split()) in " ".join(shown.split())
    assert "invoice⟨U+202E⟩fdp.exe" in shown
    assert "⟨U+001B⟩[31mred" in shown


def test_the_policy_would_stop_a_script_that_slipped_through(browser, tmp_path, made):
    evil = f"<script>document.title='{MARK}'</script><p id=slipped style='color:red'>x</p></body>"
    show(browser, tmp_path, made["trace"].replace("</body>", evil))
    assert MARK not in browser.title
    assert run(browser, "getComputedStyle(document.getElementById('slipped')).color") != "rgb(255, 0, 0)"


def test_text_of_another_direction_moves_nothing_beside_it(browser, tmp_path):
    """The name and the count of a row stay in their order, whatever direction the name has."""
    show(browser, tmp_path, render_trace(trace(subject="שלום (550) עולם", from_="אבא <a@example.net>")))
    where = "(one => one.getBoundingClientRect().left)(document.querySelector('{}'))"
    assert run(browser, where.format("dl.facts dt")) < run(browser, where.format("dl.facts dd"))
    assert run(browser, "getComputedStyle(document.querySelector('bdi')).unicodeBidi") == "isolate"
    loose = (
        "[...document.querySelectorAll('main dd')].filter(one => /[\\u0590-\\u05ff]/.test([...one.childNodes]"
        ".filter(node => node.nodeType === 3).map(node => node.data).join(''))).length"
    )
    assert run(browser, loose) == 0, "right-to-left text stands in a bdi only"


def test_charts_draw_their_bars(browser, tmp_path, made):
    show(browser, tmp_path, made["everything"], width=390)
    boxes = run(
        browser,
        "[...document.querySelectorAll('svg.chart rect')].map(one => one.getBoundingClientRect())"
        ".map(box => [box.left, box.right, box.height])",
    )
    assert len(boxes) > 50
    assert all(left >= 0 and right <= 390 and height > 0 for left, right, height in boxes)
    labels = run(
        browser,
        "[...document.querySelectorAll('svg.chart text')]"
        ".filter(one => getComputedStyle(one).display !== 'none')"
        ".map(one => one.getBoundingClientRect()).map(box => [box.left, box.right])",
    )
    assert all(left >= 0 and right <= 390 for left, right in labels)


def test_it_prints(browser, tmp_path, made):
    show(browser, tmp_path, made["everything"])
    assert len(browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]) > 10_000


def test_many_attempts_make_no_huge_page():
    with Store() as store:
        store.add_attempts(attempts(20_000, days=300))
        assert len(render(store)) < 400_000
