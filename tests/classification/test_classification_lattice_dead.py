"""Dead addresses by the form of the sentence, and the same words said of something else or for now only.

A wording that is lost fails here, and so does a new one that calls a living address dead.
"""

import random
import tomllib
from pathlib import Path

import pytest

from analyzer.classification import load_rules
from analyzer.model import Question

FOLDER = Path(__file__).parents[1] / "corpus" / "replies"
CORPUS = tomllib.loads((FOLDER / "lattice_dead.toml").read_text(encoding="utf-8"))
MORE = tomllib.loads((FOLDER / "lattice_gone.toml").read_text(encoding="utf-8"))
LATTICES = [*CORPUS["lattice"], *MORE["lattice"]]
RECIPIENT, SENDER = "eva@dest.example", "news@example.com"
ADDRESSES = [f"<{RECIPIENT}>", RECIPIENT]
TIMES = 2
"""How often each value of each slot is used; what stands in the other slots is drawn."""


def replies(lattice):
    """Replies in which each value of each slot stands at least `TIMES` times, the same in every run."""
    chance = random.Random(lattice["name"])
    slots = {key: value for key, value in lattice.items() if key not in ("name", "dead", "forms", "codes")}
    drawn = {**slots, "code": lattice.get("codes", CORPUS["codes"]), "address": ADDRESSES, "name": ["eva"]}
    for slot, values in slots.items():
        forms = [form for form in lattice["forms"] if f"{{{slot}}}" in form]
        for value in values * TIMES:
            filled = {key: chance.choice(choices) for key, choices in drawn.items()} | {slot: value}
            yield chance.choice(forms).format_map(filled).strip()


@pytest.mark.parametrize("lattice", LATTICES, ids=lambda lattice: lattice["name"])
def test_dead_addresses_are_suppressed_and_no_others(lattice):
    said = list(dict.fromkeys(replies(lattice)))
    known = {"recipient": RECIPIENT, "sender": SENDER}
    for names in (known, {}):
        verdicts = load_rules().classify([Question(reply=reply, **names) for reply in said])
        wrong = [
            f"{reply!r}: {verdict.classification} by {verdict.rule}"
            for reply, verdict in zip(said, verdicts, strict=True)
            if verdict.suppress is not lattice["dead"]
        ]
        assert wrong == []
