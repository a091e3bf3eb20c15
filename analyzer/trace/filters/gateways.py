"""Gateways in front of mailboxes: Proofpoint, Mimecast, IronPort, Trend Micro, Vade, Cloudmark, Barracuda."""

from __future__ import annotations

import re
from collections.abc import Callable

from analyzer.model import SpamVerdict
from analyzer.trace.filters.number import number

_PAIR = re.compile(r"\b([a-z]{2,30})=([\w.+-]{1,60})")
_PROOFPOINT_SCORES = (
    "spamscore",
    "phishscore",
    "suspectscore",
    "bulkscore",
    "malwarescore",
    "adultscore",
    "mlxscore",
)
_CLEAN = {"clean", "ok", "ham", "notspam", "not-spam", "legit", "legitimate", "none"}


def proofpoint(value: str) -> SpamVerdict | None:
    """X-Proofpoint-Spam-Details: `rule=notspam policy=default score=0 spamscore=0 …`."""
    pairs = dict(_PAIR.findall(value))
    if "rule" not in pairs and "score" not in pairs:
        return None
    decoded = {key: pairs[key] for key in ("rule", "policy", *_PROOFPOINT_SCORES) if key in pairs}
    rule = pairs.get("rule", "").lower()
    base = rule.rsplit("_", 1)[-1]
    verdict = (
        "not spam" if base in ("notspam", "safe") else "spam" if base in ("spam", "definitespam") else None
    )
    if verdict is None and base in ("suspect", "phish", "phishing", "bulk", "malware", "adult"):
        verdict = base
    return SpamVerdict(
        vendor="Proofpoint", field="", verdict=verdict, score=number(pairs.get("score")), decoded=decoded
    )


def mimecast_score(value: str) -> SpamVerdict | None:
    """X-Mimecast-Spam-Score: a whole number; the thresholds are the customer's own."""
    score = number(value)
    return None if score is None else SpamVerdict(vendor="Mimecast", field="", score=score)


def mimecast_impersonation(value: str) -> SpamVerdict | None:
    """X-Mimecast-Impersonation-Protect: `Policy=…;Similar Internal Domain=false;…`."""
    pairs = [item.partition("=")[::2] for item in value.split(";")]
    hits = [name.strip() for name, said in pairs if said.strip().lower() == "true"]
    decoded = {"signs": ", ".join(hits) or "none"}
    verdict = "impersonation suspected" if hits else None
    return SpamVerdict(vendor="Mimecast", field="", verdict=verdict, decoded=decoded)


def _opaque(vendor: str) -> Callable[[str], SpamVerdict]:
    """A field whose contents the vendor alone can read."""

    def read(value: str) -> SpamVerdict:  # noqa: ARG001 - the raw text is kept by the caller
        return SpamVerdict(
            vendor=vendor, field="", decoded={"contents": "opaque: only the vendor can read it"}
        )

    return read


def ironport_sbrs(value: str) -> SpamVerdict | None:
    """X-IronPort-SBRS or X-SBRS: the IP's SenderBase reputation, -10 worst to 10 best, or None."""
    score = number(value)
    if score is None:
        return None
    decoded = {"IP reputation": f"{score:g} on a scale from -10 (worst) to 10"}
    return SpamVerdict(vendor="Cisco IronPort", field="", score=score, decoded=decoded)


def trend_micro(value: str) -> SpamVerdict | None:
    """X-TM-AS-Result: `No--12.3-5.0-31-10`, or `No-12.3-…`."""
    found = re.match(r"\s*(Yes|No)-(-?\d{1,3}(?:\.\d{1,6})?)", value, re.IGNORECASE)
    if found is None:
        return None
    verdict = "spam" if found[1].lower() == "yes" else "not spam"
    return SpamVerdict(vendor="Trend Micro", field="", verdict=verdict, score=number(found[2]))


def _state(vendor: str) -> Callable[[str], SpamVerdict | None]:
    """A field that holds one word, such as X-VADE-SPAMSTATE: `clean`."""

    def read(value: str) -> SpamVerdict | None:
        word = value.strip().lower().split(";")[0].strip()[:40]
        if not word:
            return None
        return SpamVerdict(vendor=vendor, field="", verdict="not spam" if word in _CLEAN else word)

    return read


def _score_only(vendor: str) -> Callable[[str], SpamVerdict | None]:
    def read(value: str) -> SpamVerdict | None:
        score = number(value)
        return None if score is None else SpamVerdict(vendor=vendor, field="", score=score)

    return read


FIELDS: dict[str, Callable[[str], SpamVerdict | None]] = {
    "x-proofpoint-spam-details": proofpoint,
    "x-proofpoint-spam-details-enc": _opaque("Proofpoint"),
    "x-mimecast-spam-score": mimecast_score,
    "x-mimecast-impersonation-protect": mimecast_impersonation,
    "x-mimecast-spam-signature": _opaque("Mimecast"),
    "x-barracuda-spam-score": _score_only("Barracuda"),
    "x-ironport-anti-spam-result": _opaque("Cisco IronPort"),
    "x-ironport-anti-spam-filtered": _state("Cisco IronPort"),
    "x-ironport-sbrs": ironport_sbrs,
    "x-sbrs": ironport_sbrs,
    "x-tm-as-result": trend_micro,
    "x-vade-spamstate": _state("Vade"),
    "x-vade-spamscore": _score_only("Vade"),
    "x-vr-spamstate": _state("Vade"),
    "x-vr-spamscore": _score_only("Vade"),
    "x-vr-spamcause": _opaque("Vade"),
    "x-cnfs-analysis": _opaque("Cloudmark"),
    "x-cmae-analysis": _opaque("Cloudmark"),
    "x-cmae-score": _score_only("Cloudmark"),
    "x-brightmail-tracker": _opaque("Symantec Brightmail"),
}
