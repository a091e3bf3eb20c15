"""Authentication-Results (RFC 8601, and the forms without authserv-id) and Received-SPF (RFC 7208 9.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import AuthenticationResults, MethodResult
from analyzer.trace.tokens import Token, tokens

_PAIR = re.compile(r"^([A-Za-z][\w.@-]*)(?:/\d*)?=(.*)$", re.DOTALL)
_RESULT_WORD = re.compile(r'^"?([A-Za-z][\w+-]*)')
_AUTHSERV = re.compile(r"^[^\s=;/]+$")
# Names without a dot that state a property of the result before them, whoever writes them.
_BARE_PROPERTIES = frozenset(
    (
        "action", "client-ip", "client", "d", "dis", "envelope-from", "from", "header-from", "helo",
        "identity", "ltdi", "mailfrom", "mechanism", "oda", "p", "policy", "pr", "problem", "reason",
        "receiver", "result", "rule", "score", "sender", "sp", "spfdomain", "state", "target",
        "x-bits", "x-keysize", "x-sender", "x-software",
    )
)  # fmt: skip
# Properties that wait for a result in a later part.
_AHEAD = frozenset(("from",))
_SPELT_METHODS = {"spfresult": "spf"}
# Where two results stand in one part, only these open the second (IANA's registry, and Microsoft's).
_METHODS = frozenset(
    (
        "arc", "auth", "bimi", "compauth", "dara", "dkim", "dkim-adsp", "dkim-atps", "dmarc", "dnswl",
        "domainkeys", "iprev", "rrvs", "sender-id", "smime", "spf", "spfresult", "vbr",
    )
)  # fmt: skip
_COMMENT_PAIRS = re.compile(
    r"(?:^|[;,\s])(client-ip|client_addr|client|envelope-from|helo|receiver)=(?:<([^<>]{0,320})>|([^\s;,]{1,320}))"
)
_CHECKER = re.compile(r"([A-Za-z0-9][\w-]*(?:\.[\w-]+)+): ")
_SPF = re.compile(r"^\s*\(?\s*([A-Za-z]+)")
_SEARCHED = 2048
_MAX_JOINED = 2048


def read_results(value: str, field: str = "Authentication-Results") -> AuthenticationResults:
    """One Authentication-Results field. Never raises; what is no result is passed over."""
    found = AuthenticationResults(field=field, raw=value, results=[])
    waiting: dict[str, str] = {}
    for number, items in enumerate(_parts(tokens(value))):
        words = [token.text for token in items if token.kind == "word"]
        if number == 0 and words and _AUTHSERV.match(words[0]) and words[0].lower() != "none":
            found.authserv_id = words[0].strip('"').rstrip(".") or None
        _read_part(items, found.results, waiting)
    return found


def read_received_spf(value: str, field: str = "Received-SPF") -> AuthenticationResults:
    """One Received-SPF field (RFC 7208 9.1) as the single `spf` result that it is."""
    found = AuthenticationResults(field=field, raw=value, results=[])
    verdict = _SPF.match(value)
    if verdict is None:
        return found
    result = MethodResult(method="spf", result=verdict[1].lower(), properties={})
    comments: list[str] = []
    for items in _parts(tokens(value)):
        for token in items:
            pair = _PAIR.match(token.text) if token.kind == "word" else None
            if token.kind == "comment":
                comments.append(token.text)
            elif pair:
                result.properties.setdefault(pair[1].lower(), _plain(pair[2]))
    _explain(result, None, comments)
    # RFC 7208 9.1: the comment begins with the name of the host that checked.
    checker = _CHECKER.match(result.reason or "")
    receiver = result.properties.pop("receiver", "")
    named = receiver if receiver.lower() != "unknown" and "@" not in receiver else ""
    found.authserv_id = named or (checker[1].lower() if checker else None)
    found.results.append(result)
    return found


def _read_part(items: list[Token], results: list[MethodResult], waiting: dict[str, str]) -> None:
    """Add the results of one part; several stand there where somebody left out the semicolons.

    Properties follow their result, as far as the part begins with one. Else they come before it (Yahoo),
    or belong to the part before (Amazon's `client-ip=…;`): until that is clear they are in `waiting`.
    """
    opened = ahead = False
    comments: list[str] = []
    reason: str | None = None
    for token in items:
        if token.kind == "comment":
            comments.append(token.text)
            continue
        pair = _PAIR.match(token.text.rstrip(","))
        if pair is None:
            continue
        name, text = pair[1].lower(), pair[2]
        if name == "reason":
            reason = _plain(text)
        elif "." in name or name in _BARE_PROPERTIES or (opened and name not in _METHODS):
            if opened and not ahead:
                results[-1].properties.setdefault(name, _plain(text))
            else:
                ahead = True
                waiting[name] = _plain(text)
        elif word := _RESULT_WORD.match(text):
            if opened:
                _explain(results[-1], reason, comments)
                comments, reason = [], None
            opened = True
            method = _SPELT_METHODS.get(name, name)
            results.append(
                MethodResult(method=method, result=_spelt(method, word[1]), properties=dict(waiting))
            )
            waiting.clear()
    if results:
        _explain(results[-1], reason, comments)
        if waiting and (opened or not waiting.keys() <= _AHEAD):
            for name, text in waiting.items():
                results[-1].properties.setdefault(name, text)
            waiting.clear()


def _spelt(method: str, result: str) -> str:
    """A result as RFC 8601 spells it: Yahoo writes `dkim=dkim_pass` and `dmarc=success`."""
    said = result.lower().removeprefix(f"{method}_")
    return "pass" if said == "success" else said


def _explain(result: MethodResult, reason: str | None, comments: list[str]) -> None:
    """Set the reason from `reason=` and the comments, and take out of these what they state as pairs."""
    said = "; ".join(dict.fromkeys(comment.strip('"') for comment in comments if comment))
    for found in _COMMENT_PAIRS.finditer(said[:_SEARCHED]):
        result.properties.setdefault(found[1], found[2] if found[2] is not None else found[3])
    if reason and said:
        result.reason = f"{reason} ({said})"
    else:
        result.reason = result.reason or reason or said or None


def _plain(text: str) -> str:
    """A value without the quotes or angle brackets around all of it."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return text[1:-1] if text[:1] == "<" and text[-1:] == ">" else text.strip('"')


def _parts(found: list[Token]) -> Iterator[list[Token]]:
    """What stands between semicolons, words put together where blanks or comments divide `a . b = c`."""
    part: list[Token] = []
    last: int | None = None
    for token in found:
        if token.kind == "semicolon":
            yield part
            part, last = [], None
        elif token.kind == "word" and last is not None and _continues(part[last].text, token.text):
            part[last] = part[last]._replace(text=part[last].text + token.text, end=token.end)
        else:
            if token.kind == "word":
                last = len(part)
            part.append(token)
    yield part


def _continues(before: str, after: str) -> bool:
    """Whether two words are one `name=value` (RFC 8601 2.2 allows blanks and comments inside it)."""
    if len(before) > _MAX_JOINED:
        return False
    if "=" not in before:
        return before[-1] in "./" or after[0] in "=/."
    open_value = before.count("=") == 1 and before[-1] == "="
    return open_value and (after[0] == '"' or "=" not in after.rstrip("="))
