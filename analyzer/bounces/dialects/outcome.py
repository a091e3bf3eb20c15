"""What a free-form report says of the outcome: given up, or late and still tried; its blocks as refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyzer.bounces.dialects.shapes import Block, reason
from analyzer.bounces.dialects.wording import Wording
from analyzer.bounces.refusal import Refusal

_GAVE_UP = Wording(
    r"not delivered (?:within|for|after) \d",
    r"queue too long",
    r"envelope expired",
    r"too long in (?:the )?queue",
    r"retry time(?:out)? (?:exceeded|not reached)",
    r"giving up after",
    r"(?:message|mail) (?:has )?expired",
    r"expired (?:in|from) (?:the )?queue",
    r"delivery time expired",
    r"queue(?:d)? time",
    r"could not (?:be )?deliver(?:ed)? (?:it )?(?:for|in|within|after) (?:the last )?\d+",
    r"cannot send message (?:for|within) \d+",
    r"(?:was )?aborted after",
    r"giving up(?:$|[^ ]| [^o]| o[^n])",
    r"maximum (?:retry|queue|number of (?:delivery )?attempts|delivery attempts)",
    r"undeliverable (?:for|after) \d+",
    r"failed \d+ attempts",
    r"after \d+(?:\.\d+)? (?:days?|hours?|attempts?|tries)",
    r"has stopped trying",
    r"stopped retrying",
    r"\b0 (?:minutes|hours|days) left in (?:this|the) queue",
)
_WARNING = Wording(
    r"this is (?:a |only a )*warning",
    r"warning message only",
    r"has not yet been delivered",
    r"have not yet (?:been delivered|received)",
    r"delivery (?:to the following recipients? )?has been delayed",
    r"(?:has|have) been delayed",
    r"is delayed",
    r"will be retried",
    r"will (?:continue|keep) (?:trying|to try)",
    r"delivery attempts will continue",
    r"only a notification about a delay",
    r"still being retried",
    r"not been delivered yet",
    r"do not need to re-?send",
    r"temporary failure report",
    r"message is still in the queue",
    r"yet to be delivered",
    r"noch nicht (?:\S+ ){0,3}(?:zugestellt|ausgeliefert)",
    r"(?:zustellung|auslieferung|übermittlung) (?:\S+ ){0,8}verzöger",
    r"wird (?:\S+ ){0,3}(?:versucht|erneut)",
    r"n'a pas encore (?:pu |été )",
    r"(?:continuera|continuerà|continuará|seguirá) (?:\S+ ){0,2}(?:d'essayer|a tentar|tentando|"
    r"intentando|de tentar)",
    r"(?:recapito|consegna) (?:\S+ ){0,8}(?:ritard|posticipat)",
    r"(?:bezorging|aflevering) (?:\S+ ){0,8}(?:vertraagd|uitgesteld)",
    r"(?:leverans\w*|levering\w*|doručení|dostarczeni\w+|dostarczani\w+|toimitus) (?:\S+ ){0,8}"
    r"(?:försena|forsink|zpožd|opóźni|viiväst)",
    r"(?:livraison|remise|expédition|distribution|envoi) (?:\S+ ){0,8}(?:retardée?|différée?)",
    r"nouvelles? tentatives?",
    r"(?:aún|todavía) no (?:se )?ha ",
    r"(?:entrega|entregado) (?:\S+ ){0,8}(?:retrasad|demorad|atrasad)",
    r"ainda não (?:\S+ ){0,2}entreg",
    r"non è (?:\S+ )?ancora stat",
    r"consegna (?:\S+ ){0,3}ritard",
    r"(?:пока|ещё|еще) не (?:\S+ ){0,3}доставлен|доставка (?:\S+ ){0,3}(?:задерж|отложен)",
    r"попытки доставки будут продолжены",
    r"まだ(?:\S{0,20})配(?:信|送|達)(?:され|でき)て?い?ません|配(?:信|送)が遅(?:延|れ)|再(?:送|配送|配信)を(?:試み|続け)",
    r"(?:尚未|暂未|还未)(?:送达|投递)|投递延迟|继续尝试|繼續嘗試",
    r"아직 (?:\S+ ){0,2}전(?:송|달)되지|지연되고",
)
_TRANSLATED = re.compile(r"^(Remote host said:) / [^:@]{1,40}:")
_QMAIL_GIVES_UP = re.compile(
    r"\s*I'm not going to try again; this message has been in the queue too long\.?", re.IGNORECASE
)


def gave_up(text: str | None) -> bool:
    """Whether `text` says that a message was given up because time ran out."""
    return text is not None and _GAVE_UP.occurs(text)


def introduction(text: str, recipient: str | None) -> str:
    """`text` up to the end of the first line that names `recipient`; what follows may quote anybody."""
    position = text.find(recipient) if recipient else -1
    end = text.find("\n", position) if position >= 0 else -1
    return text[:end] if end >= 0 else text


def is_warning(text: str) -> bool:
    """Whether `text` says that delivery is late but goes on."""
    return _WARNING.occurs(text)


def refusals(found: Iterable[Block], *, warning: bool = False) -> list[Refusal]:
    """Blocks as refusals, each address once; a later block of the same address adds nothing."""
    answers: dict[str, Refusal] = {}
    for block in found:
        if block.address.lower() in answers:
            continue
        text = reason(_TRANSLATED.sub(r"\1", line) for line in block.reason)
        expired = gave_up(text)
        if text and expired:
            text = _QMAIL_GIVES_UP.sub("", " ".join(text.split("\n"))).strip() or text
        answers[block.address.lower()] = Refusal(
            recipient=block.address,
            diagnostic=text,
            action="delayed" if warning else "failed",
            expired=expired and not warning,
        )
    return list(answers.values())
