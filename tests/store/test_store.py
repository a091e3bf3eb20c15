"""The store keeps everything, in order, in bounded memory, and says so plainly when it can't open."""

from datetime import UTC, datetime, timedelta

import msgspec
import pyarrow as pa
import pytest

from analyzer.model import Attempt, Finding, Hop, Problem, Trace
from analyzer.model.tables import ATTEMPT_SCHEMA, attempts_to_batch
from analyzer.store import Store, StoreError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def attempt(position=1, **fields):
    known = {"source": "mail.log", "format": "postfix", "action": "failed", "outcome": "bounced"}
    return Attempt(position=position, **(known | fields))


def full_attempt():
    return attempt(
        tries=3,
        timestamp=NOON,
        recipient="Eva@example.net",
        original_recipient="info@example.net",
        sender="",
        message_id="17@example.org",
        queue_id="9C4E",
        reporting_mta="mx1.example.org",
        remote_mta="mx.example.net",
        remote_ip="2001:db8::7",
        stage="rcpt",
        reply_code=550,
        enhanced_code="5.1.1",
        diagnostic="550 5.1.1 No such user",
        classification="Invalid Address",
        reason="user-unknown",
        permanence="permanent",
        suppress=True,
        rule="x/y",
        evidence="No such user",
        advice="suppress",
    )


def test_an_attempt_comes_back_with_every_field():
    with Store() as store:
        store.add_attempts([full_attempt()])
        row = store.attempts().read_all().to_pylist()[0]
    given = {name: getattr(full_attempt(), name) for name in Attempt.__struct_fields__}
    assert row == given
    assert None not in row.values(), "the sample must fill every field"


def test_lists_and_batches_keep_their_order_over_many_flushes():
    with Store() as store:
        store.add_attempts([attempt(n) for n in range(10)])
        store.add_attempts(attempts_to_batch([attempt(n) for n in range(10, 60_000)]))
        assert store.count("attempts") == 60_000
        store.add_attempts(attempts_to_batch([]))
        store.add_attempts(attempts_to_batch([attempt(n) for n in range(60_000, 130_000)]))
        reader = store.attempts(batch_rows=7_000)
        assert reader.schema.equals(ATTEMPT_SCHEMA)
        seen = [position for batch in reader for position in batch.column("position").to_pylist()]
        assert seen == list(range(130_000))
        gaps = store.query("SELECT max(seq) AS last, count(DISTINCT seq) AS n FROM attempts").to_pylist()
        assert gaps == [{"last": 129_999, "n": 130_000}]


def test_a_reader_stays_valid_while_the_store_answers_other_questions():
    with Store() as store:
        store.add_attempts([attempt(n) for n in range(5_000)])
        reader = store.attempts(batch_rows=1_000)
        first = reader.read_next_batch().num_rows
        assert store.query("SELECT count(*) AS n FROM attempts").to_pylist() == [{"n": 5_000}]
        assert first + sum(batch.num_rows for batch in reader) == 5_000


def test_a_batch_with_other_column_order_is_taken_by_name():
    batch = attempts_to_batch([full_attempt()])
    turned = batch.select(batch.schema.names[::-1])
    with Store() as store:
        store.add_attempts(turned)
        assert store.attempts().read_all().to_pylist()[0]["recipient"] == "Eva@example.net"


def test_a_batch_without_a_column_is_refused():
    batch = attempts_to_batch([full_attempt()])
    with Store() as store, pytest.raises((KeyError, pa.ArrowInvalid, pa.ArrowKeyError)):
        store.add_attempts(batch.select(batch.schema.names[:-1]))


def test_a_trace_comes_back_whole():
    trace = Trace(
        source="a.eml",
        subject="Hé",
        from_="x@example.org",
        date=NOON,
        hops=[Hop(index=1, with_="ESMTP", for_="a@example.net", timestamp=NOON, delay_seconds=-3.5)],
        findings=[Finding(id="clock-skew", severity="warning", title="t", detail="d")],
    )
    with Store() as store:
        store.add_trace(trace)
        row = store.query("SELECT json, hops, warnings, problems, date FROM traces").to_pylist()[0]
    assert msgspec.json.decode(row["json"], type=Trace) == trace
    assert (row["hops"], row["warnings"], row["problems"], row["date"]) == (1, 1, 0, NOON)


def test_bytes_that_are_no_text_are_kept_visibly():
    broken = b"caf\xe9".decode("utf-8", "surrogateescape")
    with Store() as store:
        store.add_attempts([attempt(recipient=broken, diagnostic="a\x00b")])
        store.add_trace(Trace(subject=broken))
        store.add_problem(Problem(id="not-text", message=broken))
        row = store.attempts().read_all().to_pylist()[0]
        assert (row["recipient"], row["diagnostic"]) == ("caf\\udce9", "a\x00b")
        subject = store.query("SELECT subject, json FROM traces").to_pylist()[0]
        assert subject["subject"] == "caf\\udce9"
        assert msgspec.json.decode(subject["json"], type=Trace).subject == "caf\\udce9"
        assert store.query("SELECT message FROM problems").to_pylist() == [{"message": "caf\\udce9"}]


def test_problems_and_ledger_keep_order():
    with Store() as store:
        for number in range(3):
            store.add_problem(Problem(id="truncated", message=str(number), source="a", position=number))
            store.add_ingested(f"log.{number}", size=number, head=b"x" * 5000, when=NOON)
        store.add_ingested("-")
        rows = store.query("SELECT * FROM problems ORDER BY seq").to_pylist()
        assert [(row["seq"], row["message"], row["position"]) for row in rows] == [
            (0, "0", 0),
            (1, "1", 1),
            (2, "2", 2),
        ]
        ledger = store.ingested()
    assert [entry.source for entry in ledger] == ["log.0", "log.1", "log.2", "-"]
    assert ledger[0].ingested_at == NOON
    assert ledger[3].size is None
    assert ledger[3].head_sha256 is None
    assert len({entry.head_sha256 for entry in ledger[:3]}) == 1


def test_a_file_is_kept_and_goes_on_where_it_ended(tmp_path):
    path = str(tmp_path / "mxlens.duckdb")
    with Store(path) as store:
        store.add_attempts([attempt(1), attempt(2)])
    with Store(path) as store:
        store.add_attempts([attempt(3)])
    with Store(path) as store:
        rows = store.query("SELECT seq, position FROM attempts ORDER BY seq").to_pylist()
    assert rows == [{"seq": n, "position": n + 1} for n in range(3)]


def test_a_file_that_is_no_store_is_said_plainly(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt"):
        Store(str(path))


def test_a_store_of_another_version_is_refused(tmp_path):
    path = str(tmp_path / "mxlens.duckdb")
    with Store(path) as store:
        store.execute("UPDATE store SET format = '999'")
    with pytest.raises(StoreError, match="another version"):
        Store(path)


def test_a_closed_store_says_so():
    store = Store()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.query("SELECT 1")


def test_parameters_are_values_never_sql():
    with Store() as store:
        store.add_attempts([attempt(recipient="a'; DROP TABLE attempts; --")])
        hits = store.query(
            "SELECT count(*) AS n FROM attempts WHERE recipient = $who",
            {"who": "a'; DROP TABLE attempts; --"},
        )
        assert hits.to_pylist() == [{"n": 1}]


@pytest.mark.parametrize(
    ("history", "listed"),
    [
        ([("bounced", True, 0)], True),
        ([("bounced", True, 0), ("delivered", False, 1)], False),
        ([("delivered", False, 0), ("bounced", True, 1)], True),
        ([("bounced", True, None), ("delivered", False, 1)], False),
        ([("bounced", True, 0), ("delivered", False, None)], False),
        ([("bounced", True, 0), ("deferred", False, 1)], True),
        ([("bounced", False, 0)], False),
    ],
)
def test_the_suppression_list_never_has_an_address_that_came_back_to_life(history, listed):
    with Store() as store:
        store.add_attempts(
            [
                attempt(
                    recipient=("Eva@Example.net", "eva@example.net")[number % 2],
                    outcome=outcome,
                    suppress=suppress,
                    timestamp=None if hours is None else NOON + timedelta(hours=hours),
                )
                for number, (outcome, suppress, hours) in enumerate(history)
            ]
        )
        rows = store.query("SELECT address FROM suppressions").to_pylist()
    assert rows == ([{"address": "eva@example.net"}] if listed else [])


def test_failures_are_failed_and_deferred_attempts_only():
    with Store() as store:
        store.add_attempts(
            [
                attempt(1, classification="Technical"),
                attempt(2, action="delayed", outcome="deferred"),
                attempt(3, action="delivered", outcome="delivered"),
                attempt(4, action="delivered", outcome="delivered-then-bounced"),
                attempt(5, action="complaint", outcome=None),
            ]
        )
        rows = store.query("SELECT position, class FROM failures ORDER BY seq").to_pylist()
    assert [(row["position"], row["class"]) for row in rows] == [
        (1, "Technical"),
        (2, "Unclassified"),
        (4, "Unclassified"),
    ]


def test_what_does_not_fit_in_memory_spills_and_keeps_its_order(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    batch = attempts_to_batch([attempt(n, diagnostic=f"{n} {'x' * 400}") for n in range(10_000)])
    with Store(memory_limit="48MB") as store:
        for _ in range(15):
            store.add_attempts(batch)
        positions = [
            position for part in store.attempts() for position in part.column("position").to_pylist()
        ]
        assert positions == list(range(10_000)) * 15
        assert any(tmp_path.rglob("*")), "60 MB can't be held in 48"
    assert not any(tmp_path.rglob("*")), "what was spilled goes with the store"
