"""The failure report says the right numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from reporting_html import parse
from reporting_samples import GENERATED

from analyzer.model import Attempt, Problem
from analyzer.reporting import ReportError, render
from analyzer.store import Store

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def attempt(position=1, **fields):
    known = {
        "source": "mail.log",
        "format": "postfix",
        "action": "failed",
        "outcome": "bounced",
        "timestamp": NOON,
        "recipient": f"a{position}@example.net",
        "remote_mta": "mx1.example.net",
        "diagnostic": "550 no",
        "classification": "Technical",
        "reason": "timeout",
        "permanence": "permanent",
        "advice": "retry",
    }
    return Attempt(position=position, **(known | fields))


def delivered(position=1, **fields):
    nothing = {
        "action": "delivered",
        "outcome": "delivered",
        "classification": None,
        "reason": None,
        "permanence": None,
        "advice": None,
    }
    return attempt(position, **(nothing | fields))


def report(attempts=(), problems=()):
    with Store() as store:
        store.add_attempts(list(attempts))
        for problem in problems:
            store.add_problem(problem)
        return parse(render(store, ("failures",), generated_at=GENERATED))


def card(tree, name):
    return next((each.parent for each in tree.all("h3") if each.get("id") == f"{name}-heading"), None)


def rows(tree, name):
    body = next(card(tree, name).all("tbody"))
    return [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]


def replies(tree, name):
    items = [item for item in card(tree, name).all("li") if item.get("class") == "reply"]
    return [(next(item.all("span")).text, next(item.all("code")).text, item.text) for item in items]


def figures(tree):
    (found,) = (each for each in tree.all("dl") if each.get("class") == "figures")
    names = [term.children[0].strip() for term in found.all("dt")]
    return dict(zip(names, [value.text for value in found.all("dd")], strict=True))


def test_headline_counts_each_outcome_once():
    tree = report(
        [
            attempt(1),
            attempt(2, outcome="expired"),
            attempt(3, outcome="delivered-then-bounced", action="delivered"),
            attempt(4, outcome="deferred", action="delayed"),
            attempt(5, outcome=None, action="delayed"),
            delivered(6),
            delivered(7),
            delivered(8, outcome=None, action="relayed"),
            delivered(9, outcome="filtered"),
            delivered(10, outcome="discarded"),
            delivered(11, outcome=None, action="complaint"),
            delivered(12, outcome=None, action="auto-reply"),
            attempt(13, outcome=None),
        ]
    )
    assert figures(tree) == {
        "failed": "4",
        "deferred": "2",
        "delivered": "2",
        "addresses to suppress": "0",
        "relayed, end not known": "1",
        "filtered or discarded": "2",
        "complaints": "1",
        "auto-replies": "1",
    }
    assert "1 of them ran out of time" in tree.text


def test_a_store_of_deliveries_says_that_nothing_failed():
    tree = report([delivered(1), delivered(2)])
    assert "Nothing failed and nothing was deferred." in tree.text
    assert card(tree, "days") is None


def test_classifications_with_share_and_permanence():
    tree = report(
        [
            *(attempt(n, classification="Reputation") for n in range(3)),
            attempt(4, classification="Content", permanence="transient"),
        ]
    )
    assert [[cell.replace("\xa0", " ") for cell in row] for row in rows(tree, "classifications")] == [
        ["Reputation", "", "3", "75.0 %", "3", "0"],
        ["Content", "", "1", "25.0 %", "0", "1"],
    ]


def test_a_failure_that_was_not_judged_counts_as_unclassified():
    tree = report([attempt(1, classification=None, reason=None, advice=None)])
    assert rows(tree, "classifications")[0][:3] == ["Unclassified", "", "1"]
    assert rows(tree, "reasons")[0][0] == "not judged"


def test_reasons_with_what_helps():
    tree = report([attempt(1), attempt(2), attempt(3, reason="tls-failure", advice="fix-configuration")])
    assert [[row[0], row[3], row[4]] for row in rows(tree, "reasons")] == [
        ["timeout", "2", "try again later"],
        ["tls-failure", "1", "correct DNS, authentication or server set-up"],
    ]


def test_providers_are_registrable_domains_with_their_own_failure_rate():
    tree = report(
        [
            attempt(1, remote_mta="mx1.mail.example.co.uk"),
            attempt(2, remote_mta="mx2.example.co.uk"),
            delivered(3, remote_mta="mx3.example.co.uk"),
            delivered(4, remote_mta="mx3.example.co.uk"),
            attempt(5, remote_mta=None, recipient="x@Sub.Example.COM"),
            attempt(6, remote_mta=None, recipient="localuser"),
            delivered(7, remote_mta="mx.example.org"),
            attempt(8, remote_mta="192.0.2.7"),
        ]
    )
    found = [[row[0], row[2], row[3].replace("\xa0", " ")] for row in rows(tree, "providers")]
    assert found == [
        ["example.co.uk", "2", "50.0 %"],
        ["(unknown)", "1", "100 %"],
        ["192.0.2.7", "1", "100 %"],
        ["example.com", "1", "100 %"],
    ]


@pytest.mark.parametrize(
    ("step", "unit", "first"),
    [
        (timedelta(hours=1), "hour", "2026-11-21 12:00"),
        (timedelta(days=2), "day", "2026-11-21"),
        (timedelta(days=30), "week", "2026-11-16"),
        (timedelta(days=300), "month", "2026-11-01"),
        (timedelta(days=2000), "year", "2026-01-01"),
    ],
)
def test_time_is_cut_into_units_that_fit_its_span(step, unit, first):
    tree = report([attempt(1), attempt(2, timestamp=NOON + 3 * step, classification="Content"), attempt(3)])
    assert f"By {unit} and classification" in card(tree, "days").text
    assert rows(tree, "days")[0] == [first, "2", "0", "2"]
    assert rows(tree, "days")[-1][1:] == ["0", "1", "1"]
    (chart,) = (svg for svg in card(tree, "days").all("svg") if svg.get("role") == "img")
    parts = list(chart.all("rect"))
    assert [part.get("fill") for part in parts] == ["url(#p-technical)", "url(#p-content)"]
    assert float(parts[0].get("height")) == pytest.approx(2 * float(parts[1].get("height")), rel=0.01)


def test_attempts_without_a_time_are_counted_and_said():
    tree = report([attempt(1), attempt(2, timestamp=None)])
    assert "1 attempt has no time and is not shown here." in card(tree, "days").text
    assert rows(tree, "classifications")[0][2] == "2"
    only = report([attempt(1, timestamp=None)])
    assert card(only, "days") is None


def test_replies_that_differ_in_detail_are_one():
    tree = report(
        [
            attempt(
                n,
                diagnostic=f"550 5.1.1 <u{n}@example.net>: no such user at mx{n}.example.net[192.0.2.{n}]"
                f" 3F{n}A77B2C99D1 ({n} s)",
                timestamp=NOON + timedelta(days=n),
            )
            for n in range(1, 4)
        ]
    )
    ((count, template, text),) = replies(tree, "templates")
    assert count == "3"
    assert template == "550 5.1.1 {address}: no such user at {host}{ip} {id} ({number} s)"
    assert "2026-11-22 to 2026-11-24" in text
    assert "u1@example.net" in text, "the first one stands as the example"


def test_unclassified_lists_only_those_the_most_frequent_first():
    tree = report(
        [
            attempt(1),
            attempt(2, classification="Unclassified", diagnostic="554 rejected"),
            *(attempt(n, classification="Unclassified", diagnostic="550 denied") for n in range(3, 6)),
        ]
    )
    assert [(count, template) for count, template, _ in replies(tree, "unclassified")] == [
        ("3", "550 denied"),
        ("1", "554 rejected"),
    ]


def test_new_are_replies_first_seen_on_the_last_day_of_a_longer_time():
    old = [attempt(n, diagnostic="550 old", timestamp=NOON + timedelta(days=n)) for n in range(5)]
    tree = report([*old, attempt(9, diagnostic="550 never before", timestamp=NOON + timedelta(days=4))])
    assert [template for _, template, _ in replies(tree, "new")] == ["550 never before"]
    assert card(report(old[-1:]), "new") is None, "one day has nothing to compare with"


def test_rules_suppressions_and_problems():
    tree = report(
        [
            attempt(
                1, rule="user/unknown", suppress=True, classification="Invalid Address", reason="user-unknown"
            ),
            attempt(2, rule="user/unknown", diagnostic="551 other", classification="Invalid Address"),
            attempt(3, rule=None),
        ],
        [
            Problem(
                id="truncated", message="The mail ends early.", source="a.mbox", position=7, place="part 2"
            )
        ],
    )
    assert [row[0] for row in rows(tree, "rules")] == ["user/unknown", "user/unknown"]
    assert rows(tree, "suppressions") == [["a1@example.net", "user-unknown", "2026-11-21"]]
    assert "a.mbox:7 part 2" in card(tree, "problems").text
    assert "1 problem" in card(tree, "problems").text


def test_a_dead_address_with_a_likely_typo_is_asked_back_about():
    dead = {"suppress": True, "classification": "Invalid Address", "reason": "user-unknown"}
    tree = report([attempt(1, recipient="eva@gmial.com", **dead), attempt(2, **dead)])
    addresses = [" ".join(row[0].split()) for row in rows(tree, "suppressions")]
    assert addresses == ["eva@gmial.com did you mean eva@gmail.com?", "a2@example.net"]


def test_long_lists_say_what_they_leave_out():
    problems = [Problem(id="x", message=f"m{n}") for n in range(130)]
    dead = {"suppress": True, "classification": "Invalid Address"}
    tree = report([attempt(n, reason=f"reason-{n}", **dead) for n in range(30)], problems)
    assert "130 problems, the first 100 shown" in card(tree, "problems").text
    assert "The first 20 of 30." in card(tree, "suppressions").text
    assert "The 20 most frequent of 30." in card(tree, "reasons").text


def test_an_unknown_report_is_refused_by_name():
    with (
        Store() as store,
        pytest.raises(ReportError, match="no report called nonsense; there are: failures, trace"),
    ):
        render(store, ("nonsense",))
