"""Exchange 5.5, 2000 and 2003 and the SMTP service of Windows: reports in text.

Format: Exchange echoes "Your message / To: / Subject: / Sent:", then "did not reach the following
recipient(s):" and for each `recipient on date` with the reason indented below (`<server #5.1.1 smtp;550
…>`, `MSEXCH:IMS:…`); the recipient may be a display name, then the echoed To or the returned one is meant.
The SMTP service writes "Delivery to the following recipients failed." and a list.

Not matched: anything without one of these sentences, which Exchange sends in the server's language.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, layout, outcome, phrases, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "exchange"

_REACH = re.compile(
    r"^(?:did not reach the following recipient|The following recipients? (?:could not|cannot) be reached|"
    r"Folgende\w* Empfänger konnte\w* nicht erreicht werden|Impossible de joindre (?:le|"
    r"les) destinataires? suivants?|"
    r"Impossibile raggiungere (?:il|i) seguent\w destinatar|No se (?:puede|ha podido) (?:localizar|"
    r"contactar|entregar) .{0,30}destinatario|"
    r"Não foi possível (?:contactar|contatar|alcançar) .{0,20}destinatário|"
    r"hat (?:den|die) folgende\w* Empfänger nicht erreicht|"
    r"hat folgende\w* Empfänger nicht erreicht|"
    r"n'a pas (?:pu (?:être remis|atteindre)|atteint|été remis).{0,60}destinataire|non ha raggiunto (?:il|"
    r"i) seguent\w destinatari|"
    r"no (?:llegó|ha llegado|se entregó) a(?:l| los)? (?:los )?siguientes? destinatario|não (?:chegou|"
    r"alcançou|foi entregue).{0,20} destinatário|"
    r"heeft de volgende geadresseerde\w* niet bereikt|"
    r"de volgende geadresseerde\w* (?:zijn|is|kon\w*) niet bereikt|"
    r"次の受信者に(?:は)?(?:届き|到達し)ませんでした|以下の受信者に|以下の宛先|"
    r"没有到达(?:下列|以下)收件人|未(?:到达|送達)(?:下列|以下)(?:收件|受信)者?人?)",
    re.IGNORECASE,
)  # fmt: skip
_FAILED = re.compile(
    r"^\s*(?:Delivery to the following recipients? (?:failed|has been delayed)|"
    r"Unable to deliver message to the following recipients?|"
    r"Your message has been successfully relayed to the following recipients|"
    r"Übermittlung an folgende Empfänger fehlgeschlagen|"
    r"Fehler bei der (?:Übermittlung|Zustellung) an (?:die )?folgende\w* Empfänger|L'(?:envoi|"
    r"remise) (?:aux|au) destinataires? suivants? a échoué|"
    r"Échec de la remise (?:aux|au) destinataires? suivants?|Il recapito ai seguenti destinatari non|"
    r"Error al entregar a los siguientes|次の受信者への配信に失敗しました)",
    re.IGNORECASE,
)  # fmt: skip
_HEAD = re.compile(
    r"^(\S.{0,300}?)\s+(?:on|am|le|il|el|em|op|um|den|in data)\s+(?:\w{2,12}\.?,? )?\d{1,4}[./ -]\S.*$"
)
_CODE = re.compile(
    r"<(?:(\S{1,255}) )?#(\d\.\d{1,3}\.\d{1,3})(?:\s+(?:smtp;\s*|X-\w+;)?(.*?))?>?$", re.DOTALL
)
_DETAILS = re.compile(r"\n(?:The MTS-ID of the original message|MSEXCH:)")
_REPLY = re.compile(r"\b[45]\d\d[ -].{3,}", re.DOTALL)
_ECHO = re.compile(r"^\s+(?:To|An|À|A|Para|Aan|宛先|收件人)\s*[:：]\s*(.*)$")


def recognises(mail: Mail) -> bool:
    """By one of its sentences in a mail with a sign of a report."""
    if not evidence.could_be_report(mail):
        return False
    return any(_reaches(line) or _FAILED.match(line) for line in mail.text[:6000].split("\n"))


def _reaches(line: str) -> bool:
    """Whether it is the sentence above those not reached; "recipient(s)" is "recipients" too."""
    bare = line.strip()
    if "(" in bare:
        bare = bare.replace("(", "").replace(")", "")
    return bool(bare) and _REACH.match(bare) is not None


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each recipient below the sentence."""
    text_lines = shapes.lines(mail.text)
    for number, line in enumerate(text_lines):
        if _reaches(line):
            if outcome.is_warning("\n".join(text_lines[: number + 1])):
                return []  # Exchange words delays otherwise.
            return _reached(mail, text_lines, number)
        if _FAILED.match(line):
            found, end = shapes.listed(text_lines, _end_of_sentence(text_lines, number))
            if found and not any(layout.is_entry(line) for line in text_lines[end:] if "@" in line):
                return _listed(text_lines, line, found, end)
    return []


def _end_of_sentence(text_lines: list[str], number: int) -> int:
    while (
        number < len(text_lines)
        and text_lines[number].strip()
        and shapes.only_address(text_lines[number]) is None
    ):
        number += 1
    return number


def _listed(text_lines: list[str], sentence: str, found: list[str], end: int) -> list[Refusal]:
    said, behind = shapes.paragraph(text_lines, end)
    if said and said[-1].rstrip().endswith((":", "：")):
        said = shapes.paragraph(text_lines, behind)[0] or said  # It announces the reason.
    said = [line for line in said if not line.strip().startswith("--")]
    text = shapes.reason(said) or sentence.strip()
    warning = "delayed" in sentence
    done = "successfully relayed" in sentence
    return [
        Refusal(
            recipient=one, diagnostic=text, action="relayed" if done else "delayed" if warning else "failed"
        )
        for one in found
    ]


def _reached(mail: Mail, text_lines: list[str], number: int) -> list[Refusal]:
    echoed = next((match[1] for match in map(_ECHO.match, text_lines[:number]) if match), "")
    answers: dict[str, Refusal] = {}
    head: str | None = None
    said: list[str] = []
    groups: list[tuple[str, list[str]]] = []
    for line in text_lines[number + 1 :]:
        starts = bool(line.strip()) and not line.startswith((" " * 8, "\t\t")) and _starts(line)
        if not starts and "@" in line and shapes.leading_address(line) and phrases.is_reply(line):
            return []  # Reasons beside the recipients: another program's list.
        if starts:
            said = []
            head = line.strip()
            groups.append((head, said))
        elif head is not None and line.strip() and len(said) < shapes.MAX_REASON:
            said.append(line)
    for index, (name, lines) in enumerate(groups):
        one = shapes.address(name) or _meant(mail, name, echoed, alone=len(groups) == 1, index=index)
        if one is None or one.lower() in answers:
            continue
        answers[one.lower()] = _refusal(one, lines)
    return list(answers.values())


def _starts(line: str) -> bool:
    return _HEAD.match(line.strip()) is not None or shapes.only_address(line) is not None


def _meant(mail: Mail, name: str, echoed: str, *, alone: bool, index: int) -> str | None:
    """The address of a recipient that the report knows by a display name: the echoed or returned To."""
    candidates = shapes.addresses(echoed) or evidence.returned_to(mail)
    if alone and len(candidates) == 1:
        return candidates[0]
    display = _HEAD.match(name)
    wanted = (display[1] if display else name).strip("' ").lower()
    for one in candidates:
        if wanted.replace(" ", ".") == one.partition("@")[0].lower():
            return one
    return None if index >= len(candidates) or len(candidates) > 1 else candidates[0]


def _refusal(one: str, lines: list[str]) -> Refusal:
    text = shapes.reason(lines)
    details = _DETAILS.search(text) if text else None
    if text and details:
        # Exchange 5.5 adds identifiers, behind which the remote's reply may stand.
        reply = _REPLY.search(text, details.end())
        text = reply[0] if reply else text[: details.start()]
    code = _CODE.search(text) if text else None
    answer = Refusal(recipient=one, diagnostic=text, expired=outcome.gave_up(text))
    if code and text:
        sentence = text[: code.start()].strip()
        answer.reporting_mta = code[1]
        answer.status = code[2]
        answer.diagnostic = (code[3] or "").strip(" >\n") or sentence or text
    return answer
