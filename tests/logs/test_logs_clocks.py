"""The year and the zone, told by the ids in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from logs_helpers import Log, read

from analyzer import logs


def notice(at: datetime, ahead: int, queue_id: str = "9C4E12A0F1B", *, dated: bool = True) -> bytes:
    """A message that Postfix made at this time, by a clock so many hours ahead, and its delivery."""
    wall = at + timedelta(hours=ahead)
    stamp = f"{wall:%b} {wall.day:2d} {wall:%H:%M:%S} mx1"
    made = f"{at:%Y%m%d%H%M%S}.{queue_id}@mx1.example.org" if dated else f"{queue_id}@other.example"
    return (
        f"{stamp} postfix/cleanup[1]: {queue_id}: message-id=<{made}>\n"
        f"{stamp} postfix/local[2]: {queue_id}: to=<a@example.org>, relay=local, delay=0, delays=0/0/0/0, "
        "dsn=2.0.0, status=sent (delivered to maildir)\n"
    ).encode()


def times(*contents: bytes) -> list[datetime]:
    return [row["timestamp"].replace(tzinfo=UTC) for row in read(*contents)[0]]


def test_zones_ahead_and_behind() -> None:
    for ahead in (-11, -5, 0, 1, 14):
        at = datetime(2019, 3, 1, 0, 30, tzinfo=UTC)
        assert times(notice(at, ahead)) == [at]


def test_the_clock_is_put_back_and_forward() -> None:
    summer = [datetime(2025, 10, 25, 20, tzinfo=UTC) + timedelta(minutes=20 * step) for step in range(15)]
    winter = [datetime(2025, 10, 26, 2, 10, tzinfo=UTC) + timedelta(minutes=20 * step) for step in range(15)]
    log = b"".join(notice(at, 2, f"AA{n:08X}") for n, at in enumerate(summer))
    log += b"".join(notice(at, 1, f"BB{n:08X}") for n, at in enumerate(winter))
    assert times(log) == summer + winter


def test_a_log_without_ids_takes_its_neighbour_s_clock() -> None:
    old, new = datetime(2024, 12, 31, 20, tzinfo=UTC), datetime(2025, 1, 1, 8, tzinfo=UTC)
    assert times(notice(old, 3), notice(new, 3, dated=False)) == [old, new]
    assert times(notice(old, 3, dated=False), notice(new, 3)) == [old, new]


def test_without_any_id_the_last_change_or_the_present_tells_the_year() -> None:
    class Kept(Log):
        mtime = datetime(2021, 1, 2, tzinfo=UTC).timestamp()

    at = datetime(2020, 12, 30, 12, tzinfo=UTC)
    (batch,) = logs.read([Kept("old", notice(at, 0, dated=False))], "postfix", problems=[])
    assert batch.column("timestamp")[0].as_py().replace(tzinfo=UTC) == at
    (now,) = times(notice(datetime.now(UTC) - timedelta(days=2), 0, dated=False))
    assert timedelta(days=1) < datetime.now(UTC) - now < timedelta(days=3)
