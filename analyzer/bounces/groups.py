"""The fields of a delivery-status put to the recipient that each is of, whatever blank lines stand between.

Blank lines part recipients (RFC 3464 2.1); where every group so parted names its recipient and says
nothing twice, that is all. Else the blank lines are one sign among several, and of all ways to part the
fields the one with the fewest oddities is taken: fields that part without a blank line, stay together
over one, come twice, or name nobody.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.bounces import address

Group = dict[str, str]
NAMES = ("final-recipient", "original-recipient", "x-actual-recipient")
TYPE = re.compile(r"\A\s*[A-Za-z][A-Za-z0-9_.-]{0,40}\s*;\s*")
"""What stands before a value: `smtp;`, `rfc822;`, `dns;`."""
DONE = {"action", "status", "diagnostic-code"}
MAX_WEIGHED = 20_000
"""Of more fields than that only the blank lines are looked at."""
_LONGEST = 24  # fields of one recipient

# What each oddity weighs.
_PARTED = 4  # without a blank line, before a field with which no recipient begins
_PARTED_AT_NAME = 2  # without a blank line, before one with which he begins
_TOGETHER = 1  # in spite of a blank line
_NAMELESS = 3
_NAMED_LATE = 2  # where the report begins with names
_TWICE = 3
_NOTHING_DONE = 1
_STRAY_NAME = 1  # a second name that does not stand beside the first
_TWO_NAMES = 100


class Field(NamedTuple):
    """One field of a recipient: lower-case name, value, and whether a blank line stands before it."""

    name: str
    value: str
    apart: bool


def grouped(fields: list[Field]) -> list[Group]:
    """`fields` in groups, one for each recipient, in order."""
    groups = _by_blank_lines(fields)
    if len(fields) > MAX_WEIGHED or all(map(_is_whole, groups)):
        return [_as_group(fields) for fields in groups]
    return _mended([_as_group(fields) for fields in _by_weight(fields)])


def _by_blank_lines(fields: list[Field]) -> list[list[Field]]:
    groups: list[list[Field]] = []
    for field in fields:
        if field.apart or not groups:
            groups.append([])
        groups[-1].append(field)
    return groups


def _is_whole(fields: list[Field]) -> bool:
    names = {field.name for field in fields}
    return len(names) == len(fields) and "final-recipient" in names and not names.isdisjoint(DONE)


def _as_group(fields: list[Field]) -> Group:
    group: Group = {}
    for name, value, _ in fields:
        if name == "diagnostic-code" and name in group:
            group[name] += "\n" + TYPE.sub("", value)
        else:
            group.setdefault(name, value)
    return group


def _by_weight(fields: list[Field]) -> list[list[Field]]:
    """The way to part `fields` that weighs least; of equals the one with the later cuts."""
    first = fields[0].name
    weights = [0.0] + [float("inf")] * len(fields)
    begins = [0] * (len(fields) + 1)
    for begin in range(len(fields)):
        weight = weights[begin] + _parting(fields[begin], begin, first)
        for end, inside in enumerate(_inside(fields, begin, first), begin + 1):
            if weight + inside <= weights[end]:
                weights[end], begins[end] = weight + inside, begin
    groups: list[list[Field]] = []
    end = len(fields)
    while end:
        groups.append(fields[begins[end] : end])
        end = begins[end]
    return groups[::-1]


def _parting(field: Field, at: int, first: str) -> int:
    if field.apart or at == 0:
        return 0
    return _PARTED_AT_NAME if field.name in NAMES or field.name == first else _PARTED


def _inside(fields: list[Field], begin: int, first: str) -> list[int]:
    """What is odd in a group that begins at `begin`, for each end that it may have."""
    found: list[int] = []
    names: set[str] = set()
    weight = 0
    named = False
    for at in range(begin, min(begin + _LONGEST, len(fields))):
        name, _, apart = fields[at]
        weight += _TOGETHER if apart and at > begin else 0
        if name in names:
            weight += _TWO_NAMES if name == "final-recipient" else _TWICE
        elif name in NAMES and not named:
            named = True
            weight += _NAMED_LATE if at > begin and first in NAMES else 0
        elif name in NAMES and fields[at - 1].name not in NAMES:
            weight += _STRAY_NAME
        names.add(name)
        found.append(weight + (0 if named else _NAMELESS) + (_NOTHING_DONE if names.isdisjoint(DONE) else 0))
    return found


def _mended(groups: list[Group]) -> list[Group]:
    """Fields that stray from their recipient, put back where only one can miss them."""
    groups = _one_of_each_name(groups)
    named = [group for group in groups if is_named(group)]
    if not named or len(named) == len(groups):
        return groups
    mended: list[Group] = []
    for group in groups:
        if is_named(group):
            mended.append(group)
        elif (owner := _owner(group, named)) is not None:
            owner.update(group)
        elif mended and not group.keys() & mended[-1].keys() and _spoken_of(group, named) is None:
            mended[-1].update(group)
        elif len(named) == 1:
            for key, value in group.items():
                named[0].setdefault(key, value)
        elif "status" in group or "diagnostic-code" in group:
            mended.append(group)
    return mended


def _one_of_each_name(groups: list[Group]) -> list[Group]:
    """`groups` with neighbours made one that name the same recipient and do not contradict each other."""
    found: list[Group] = []
    for group in groups:
        twice = group.keys() & found[-1].keys() if found else ()
        if (
            found
            and all(group[name] == found[-1][name] for name in twice)
            and addresses(group) & addresses(found[-1])
        ):
            found[-1].update(group)
        else:
            found.append(group)
    return found


def _owner(group: Group, named: list[Group]) -> Group | None:
    """The only one of `named` whom the reply in `group` names, if he lacks all that it says."""
    owner = _spoken_of(group, named)
    return owner if owner is not None and not owner.keys() & group.keys() else None


def _spoken_of(group: Group, named: list[Group]) -> Group | None:
    said = {one.lower() for one in address.find_all(group.get("diagnostic-code", "")[:2000])}
    owners = [one for one in named if said & addresses(one)] if said else []
    return owners[0] if len(owners) == 1 else None


def is_named(group: Group) -> bool:
    """Whether `group` has a field that names its recipient."""
    return any(name in group for name in NAMES)


def addresses(group: Group) -> set[str]:
    """The recipient's addresses, lower-case."""
    found = (address.typed(group.get(name, "")) for name in NAMES)
    return {one.lower() for one in found if one}
