"""What in a mail's header says that it is a report of a mail system, and whose addresses are no recipients.

Null reverse-path: RFC 5321 4.5.5; Auto-Submitted: RFC 3834 5.
"""

from __future__ import annotations

import re
from functools import lru_cache

from analyzer.bounces.dialects import shapes
from analyzer.bounces.dialects.wording import Wording
from analyzer.bounces.mail import Mail

_DAEMON = re.compile(
    r"mailer[-_. ]?(?:mailer[-_. ]?)?daemon|post[-_]?master|mail[-_. ]?daemon|mail[-_. ]?deliver(?:y|"
    r"er)?[-_. ]?(?:sub)?(?:system|agent)|"
    r"^mail[-_. ]?system|mail[-_. ]?admin|^system[-_. ]?administrator|delivery[-_. ](?:status|"
    r"notification|failure|service)|"
    r"double-bounce|^(?:mail)?bounces?(?:[-_.]?(?:handler|notification))?@|^mms(?:c|_)|ndr admin|"
    r"microsoftexchange[0-9a-f]{8,}|"
    r"interscan|mailmarshal|mail[-_. ]?server|virus(?:wall|scan)|^mdaemon|imail|internet mail (?:delivery|"
    r"service)|"
    r"^(?:mmdf|comsat|pmdf|smtpd?|smtpgate|uucp|mailgate)@|^(?:memo service|network mailer|"
    r"pmdf mail server|mailscanner|content-?filter|mail (?:administrator|router|transfer))|"
    r"e-?mail-?dienst|mail[-_. ]?gateway|^autoreply|^mta@|^smtp@|returned[-_. ]?mail",
    re.IGNORECASE,
)
_SUBJECT = Wording(
    r"undeliver",
    r"deliver(?:y|ed)?[^a-z]{0,3}(?:\S+ ){0,3}(?:fail|problem|error|status|report|delay|impossible|"
    r"unsuccess|has failed)",
    r"returned? (?:to sender|mail|e-?mail|message)",
    r"mail(?: system)? (?:failure|error)",
    r"failure notice",
    r"failed mail",
    r"could ?n[o']t be (?:sent|delivered)",
    r"could not (?:send|deliver)",
    r"not (?:been )?delivered",
    r"non[- ]?(?:delivery|deliverable|remise)",
    r"message (?:fail|reject|undeliver|delayed|status)",
    r"rejected",
    r"bounce",
    r"error(?:e|s)? (?:sending|di|de) ",
    r"^warning: (?:could not|message)",
    r"failed (?:to|delivery)",
    r"unzustellbar",
    r"nicht (?:zugestellt|zustellbar)",
    r"zustellung",
    r"unzustellbare",
    r"rücksendung",
    r"konnte nicht",
    r"non (?:remis|distribu|délivr|livr|distribui)",
    r"non recapit",
    r"mancato recapito",
    r"mancata consegna",
    r"(?:remise|livraison|recapito|consegna|entrega) (?:\S+ ){0,2}(?:différée?|retardée?|ritardat[ao]|"
    r"retrasada|"
    r"atrasada|adiada)",
    r"bezorging (?:\S+ ){0,2}(?:vertraagd|uitgesteld)",
    r"(?:leverans|levering)\w* (?:\S+ ){0,2}(?:försena|forsink)",
    r"échec",
    r"echec",
    r"erreur",
    r"no (?:se )?(?:ha podido|entregad)",
    r"no se pudo entregar",
    r"devuelto",
    r"não (?:foi )?(?:entregue|pôde)",
    r"falha",
    r"devolvid",
    r"não entregue",
    r"недостав|неуспешн",
    r"не доставлен",
    r"невозможно доставить",
    r"возвра",
    r"не удалось",
    r"не может быть доставлен",
    r"配信(?:不能|エラー|できません|失敗)",
    r"送信(?:できません|エラー|失敗)",
    r"配送(?:できません|エラー|失敗|不能)",
    r"エラーメール",
    r"届けられません",
    r"メールをお届け",
    r"未送达",
    r"退信",
    r"无法(?:投递|送达)",
    r"投递失败",
    r"发送失败",
    r"退件",
    r"無法(?:投遞|傳送|傳遞)",
    r"반송",
    r"배달(?:되지| 실패|할 수)",
    r"(?:전송|발송|메일) ?실패",
    r"전달되지",
    r"kan (?:ikke|inte|niet)",
    r"niet (?:bezorgd|afgeleverd)",
    r"onbestelbaar",
    r"olevererbart",
    r"oleverbart",
    r"ikke leveres",
    r"toimittaminen",
    r"nedoruč",
    r"niedoręcz",
    r"kézbesít",
)
_SUMMARY = Wording(
    r"quarantin|digest|summary|statistic|newsletter|logwatch",
    r"\b(?:hourly|daily|weekly|monthly|annual)\b",
    r"zusammenfassung|statistik|täglich|wöchentlich|monatlich|quarantän",
    r"résumé|statistique|quarantaine|quotidien|hebdomadaire|mensuel",
    r"隔離|検疫|日報|週報|月報|隔离|격리",
)
_REPLY = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|sv|vs|antw|odp|r|ynt|回复|答复|返信|回覆|fwd?|fw|wg|tr|rv|enc|i|转发|轉寄|"
    r"전달)(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _is_daemon(value: str) -> bool:
    bare = value.strip()
    if bare in ("", "<>", "MAILER-DAEMON <>"):
        return True
    name, _, inner = bare.partition("<")
    return any(_DAEMON.search(piece.strip(" \"'>")) for piece in (name, inner) if piece.strip())


@lru_cache(maxsize=2)  # asked several times of one mail, as are those below
def from_daemon(mail: Mail) -> bool:
    """Whether From or Sender is a mail system: a null address, MAILER-DAEMON, postmaster and their like."""
    for name in (b"from", b"sender"):
        if mail.has(name) and _is_daemon(mail.get(name.decode()) or ""):
            return True
    path = mail.raw_field(b"return-path")
    # Campaigns and notices of all kinds return to bounces@; reports do not come from there.
    return len(path) > 2 and b"bounce" not in path.lower() and _is_daemon(mail.get("return-path") or "")


@lru_cache(maxsize=4096)
def _speaks_of_failure(subject: str) -> bool:
    return _SUBJECT.occurs(subject)


def null_path(mail: Mail) -> bool:
    """Whether the mail came with a null reverse-path, or says that software sent it on its own."""
    if mail.raw_field(b"return-path") in (b"<>", b"<MAILER-DAEMON>"):
        return not from_a_tool(mail)
    return not sent_by_somebody(mail) and mail.raw_field(b"auto-submitted").lower().startswith(
        (b"auto-generated", b"auto-replied")
    )


_TOOLS = tuple(
    f"x-{name}".encode()
    for name in (
        "jira", "atlassian", "github", "gitlab", "gitea", "redmine", "bugzilla", "launchpad", "phabricator",
        "youtrack", "trac-", "asana", "trello", "sentry", "discourse", "nagios", "zabbix",
    )
)  # fmt: skip


_ROBOT = re.compile(
    r"\b(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|mail(?:er|ings?)?|smtp|system|server|gateway|filter|relay|mta|"
    r"router|exchange|notes|notif\w{0,10}|alerts?|deliver\w{0,4}|returns?|errors?|reports?|ndr|service|antivirus|"
    r"security|robot|administrator)\d{0,3}(?:[-_.]\w{1,20}){0,2}@",
    re.IGNORECASE,
)


@lru_cache(maxsize=2)
def from_a_tool(mail: Mail) -> bool:
    """Whether a tracker or a monitor left its fields: what it tells of bounces is somebody's text."""
    return mail.has_any(_TOOLS)


@lru_cache(maxsize=2)
def sent_by_somebody(mail: Mail) -> bool:
    """Whether the reverse-path is an address and no mail system's, or a tool or a list left its fields.

    Then it is no report (RFC 5321 4.5.5), whatever the subject says and the text quotes. Where the
    reverse-path is lost, the sender must have a machine's name.
    """
    if from_daemon(mail):
        return False
    if mail.has(b"list-id") or mail.has(b"list-unsubscribe") or from_a_tool(mail):
        return True
    if mail.has(b"return-path"):
        return b"@" in mail.raw_field(b"return-path")
    return mail.has(b"in-reply-to") or not _ROBOT.search(mail.get("from") or "<mailer@")


def answers_somebody(mail: Mail) -> bool:
    """Whether a person answers, of whom only the name is a mail system's: a postmaster, an administrator."""
    return is_answer(mail) and b"@" in mail.raw_field(b"return-path") and mail.has(b"in-reply-to")


@lru_cache(maxsize=2)
def failure_subject(mail: Mail) -> bool:
    """Whether the subject speaks of a delivery that failed or is late, in one of many languages."""
    return _speaks_of_failure((mail.get("subject") or "")[:400])


@lru_cache(maxsize=4096)
def _sums_up(subject: str) -> bool:
    return _SUMMARY.occurs(subject)


def is_summary(mail: Mail) -> bool:
    """Whether the subject is that of a periodic report: it names many addresses, of which none has failed."""
    return _sums_up((mail.get("subject") or "")[:400]) and _sums_up(_own_subject(mail))


def _own_subject(mail: Mail) -> str:
    """The subject without what it quotes of the returned message's."""
    subject = (mail.get("subject") or "")[:400]
    quoted = (mail.returned_get("subject") or "").strip()
    word, colon, _ = subject.partition(":")
    if quoted and quoted in subject:
        return subject.replace(quoted, " ")
    return word if colon and " " not in word.strip() and _speaks_of_failure(word) else subject


_DELAY = Wording(
    r"\bdelayed\b|\(delay\)|delivery delay|^warning: (?:could not|message)|still being retried",
    r"verzögert|verzögerung|retardé|différé|retraso|retrasad|atraso|atrasad|ritard|задерж|отложен|遅延|延迟|"
    r"延遲|지연",
)


@lru_cache(maxsize=4096)
def _speaks_of_delay(subject: str) -> bool:
    return _DELAY.occurs(subject)


def delay_subject(mail: Mail) -> bool:
    """Whether the subject says that delivery is late but goes on."""
    return _speaks_of_delay((mail.get("subject") or "")[:400]) and _speaks_of_delay(_own_subject(mail))


_MAIL = Wording(
    r"\be-?mails?\b|\bfax\b|\bsms\b|\bmessages?\b|\bmails?\b|\brecipients?\b|undeliver|mailer|nachricht|courriel|courrier|"
    r"mensaje|correo|mensagem|messaggio|posta\b|письм|сообщени|почт|メール|宛先|邮件|郵件|收件|메일|메시지|"
    r"\bbericht\b|meddelande|meddelelse|besked|wiadomo|zpráv|zásielk|üzenet|viesti|ileti",
)


def speaks_of_mail(mail: Mail) -> bool:
    """Whether a message came back, or subject and first words speak of mail: parcels fail to arrive too."""
    return bool(mail.returned_raw) or _MAIL.occurs(f"{mail.get('subject') or ''}\n{mail.text[:2000]}")


def is_answer(mail: Mail) -> bool:
    """Whether the subject is that of a person's reply or of a forwarded mail."""
    return _REPLY.match(mail.get("subject") or "") is not None


def is_report(mail: Mail) -> bool:
    """Whether the header is that of a report of a mail system.

    Two of: sent by a daemon, null reverse-path or automatic, failure in the subject; or MAILER-DAEMON by
    name, who writes nothing else; or failed recipients named in the header. A person's reply that quotes
    a report is none.
    """
    if mail.has(b"x-failed-recipients") or b"mailer-daemon" in mail.raw_field(b"from").lower():
        return True
    daemon = from_daemon(mail)
    if is_answer(mail) and not daemon:
        return False
    return daemon + null_path(mail) + failure_subject(mail) >= 2


@lru_cache(maxsize=2)
def could_be_report(mail: Mail) -> bool:
    """Whether one sign of a report stands in the header and nothing speaks against it."""
    daemon = from_daemon(mail)
    if (is_answer(mail) and not daemon) or from_a_tool(mail) or answers_somebody(mail):
        return False
    if daemon or null_path(mail) or mail.has(b"x-failed-recipients"):
        return True
    return failure_subject(mail) and not sent_by_somebody(mail)


_OWN = ("from", "to", "sender", "reply-to", "return-path", "cc", "errors-to", "x-original-to", "delivered-to")


@lru_cache(maxsize=2)
def own_addresses(mail: Mail) -> frozenset[str]:
    """Addresses, lower-case, of the reporter and of those to whom it reports."""
    fields = [value for name in _OWN for value in mail.get_all(name)]
    return frozenset(found.lower() for value in fields for found in shapes.addresses(value[:4000]))


def is_own(mail: Mail, recipient: str) -> bool:
    """Whether `recipient` is one of them; most stand nowhere in those fields, which is quick to see."""
    name = recipient.lower()
    near = any(name in value.lower() for field in _OWN for value in mail.get_all(field))
    return near and name in own_addresses(mail)


def returned_senders(mail: Mail) -> set[str]:
    """Addresses, lower-case, that the returned message names as its sender's."""
    found: set[str] = set()
    for name in ("from", "sender", "reply-to", "return-path", "errors-to"):
        found.update(one.lower() for one in shapes.addresses((mail.returned_get(name) or "")[:4000]))
    return found


def returns_a_report(mail: Mail) -> bool:
    """Whether the message that comes back is a report itself: its addressee has not failed."""
    return _is_daemon(mail.returned_get("from") or mail.returned_get("sender") or "-")


def failed_recipients(mail: Mail) -> list[str]:
    """The addresses in X-Failed-Recipients and its like, in order, each once."""
    found: dict[str, str] = {}
    for name in ("x-failed-recipients", "x-mailer-daemon-recipients", "x-failed-recipient"):
        for value in mail.get_all(name):
            for one in shapes.addresses(value[:16_384]):
                found.setdefault(one.lower(), one)
    return list(found.values())


def returned_to(mail: Mail) -> list[str]:
    """The addresses to which the returned message was sent: its To, else its X-Envelope-To or Envelope-To."""
    fields = mail.returned
    if (
        fields
        and fields[-1][0] == "to"
        and (not mail.raw.endswith(b"\n") or fields[-1][1].endswith((",", ";")))
    ):
        return []  # The mail was cut inside it, and who else stood there is lost.
    for name in ("to", "x-envelope-to", "envelope-to", "x-rcpt-to", "apparently-to"):
        found: dict[str, str] = {}
        for key, value in fields:
            if key == name:
                for one in shapes.addresses(value[:16_384]):
                    found.setdefault(one.lower(), one)
        if found:
            return list(found.values())
    return []
