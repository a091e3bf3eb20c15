"""What reports say in many languages: that delivery failed, and how they introduce the addresses.

Used by the dialects that read what no program-specific form explains. Patterns are alternations of
literals with bounded gaps, so they are linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.bounces.dialects import shapes

FAILURE = re.compile(
    # English
    r"undeliver(?:able|ed)|non-?deliver(?:able|y)|(?:could|can|was|were|is|be|been|has|have)(?: ?n[o']t|"
    r"not)(?: be| been)? "
    r"(?:successfully )?(?:delivered|sent|relayed|reached|accepted|forwarded|processed|deliver|send|reach)|"
    r"unable to (?:be delivered|deliver|send|relay|reach|connect|find|route|locate)|"
    r"not able to (?:be )?deliver|"
    r"fail(?:ed|ure)? (?:to )?(?:be )?(?:deliver|reach|send)|deliver(?:y|ing|ed)? (?:\S+ ){0,6}(?:has |"
    r"have )?(?:fail|abort|not\b|impossible|error|problem|delayed)|"
    r"(?:did|do|does) not (?:reach|exist|have (?:an|a))|doesn't (?:exist|have)|no such (?:user|mailbox|"
    r"address|recipient|account|person|domain|host)|"
    r"(?:user|mailbox|recipient|host|domain|address|account|addressee)(?: name)? (?:is )?(?:unknown|"
    r"not (?:found|known|listed|recognized|valid)|invalid|disabled|suspended|"
    r"inactive|expired|unavailable|over ?quota|full|rejected|doesn|does not|has been|no longer)|"
    r"unknown (?:user|recipient|address|mailbox|host|domain|account)|"
    r"invalid (?:\S+ ){0,2}(?:user(?:id)?|recipient|address|mailbox)|(?:mailbox|mail ?folder|inbox|"
    r"account|quota) (?:\S+ ){0,3}(?:full|exceed|over|disabled)|"
    r"over (?:the |its |their |disk )?quota|exceed(?:s|ed)? (?:\S+ ){0,4}(?:quota|size|limit)|"
    r"permanent (?:fatal )?(?:error|failure)|permanently fail|delivery errors|"
    r"rejected (?:(?:the|your|this|its) )?(?:recipient|message|e?-?mail|address)|has been (?:rejected|blocked|returned|refused|quarantined|delayed)|was (?:rejected|blocked|refused|"
    r"returned|considered)|rejected (?:by|because|for)|"
    r"returned to (?:you|sender)|relaying denied|address(?:es)? (?:\S+ ){0,3}(?:fail|invalid|incorrect|"
    r"not )|giving up|gave up|"
    r"(?:an? )?error (?:has )?occurr\w+ (?:\S+ ){0,5}deliver|not (?:yet )?(?:been )?delivered|"
    r"non-?existent|not a (?:valid|known)|couldn't be (?:delivered|sent|found)|wasn't (?:delivered|"
    r"found|sent)|"
    # German
    r"unzustellbar|nicht (?:\S+ ){0,3}(?:zugestellt|zustellen|ausgeliefert|übermittelt|gesendet|erreicht)|"
    r"zustellung (?:\S+ ){0,5}(?:fehlgeschlagen|nicht|gescheitert|verzögert)|"
    r"fehlgeschlagen|unbekannt(?:er)? (?:empf|adress|benutzer)|(?:empfänger|benutzer|adresse|"
    r"postfach) (?:\S+ ){0,3}(?:unbekannt|voll|existiert|ungültig|nicht)|"
    # French
    r"n'a (?:pas )?(?:pu|été) (?:\S+ )?(?:pas )?(?:être )?(?:\S+ )?(?:remis|délivré|distribué|livré|"
    r"envoyé|transmis)|non (?:remis|distribué|délivré|livré)|impossible de (?:remettre|délivrer|"
    r"distribuer|livrer|transmettre)|"
    r"échec (?:de|lors|d')|(?:utilisateur|destinataire|adresse|boîte) (?:\S+ ){0,4}(?:inconnu|inexistant|"
    r"pleine|invalide|introuvable|n'existe)|"
    # Spanish, Portuguese, Italian
    r"no (?:se )?(?:ha )?(?:podido|pudo|puede|fue) (?:ser )?(?:entreg|envia|llegar)|no (?:ha sido|"
    r"pudo ser) entregado|(?:usuario|destinatario|buzón|cuenta) (?:\S+ ){0,3}(?:desconocid|llen|"
    r"no exist|inválid)|"
    r"error (?:de|al) (?:entreg|envi)|não (?:\S+ ){0,2}(?:entreg|enviad|pôde|existe)|falha (?:na|no|de|"
    r"ao) (?:entrega|envi)|(?:usuário|destinatário|caixa) (?:\S+ ){0,3}(?:desconhecid|inexistente|"
    r"cheia|não)|"
    r"non (?:è stato|può|ha potuto|è possibile|e' stato|e' possibile) (?:\S+ ){0,3}(?:consegn|recapit|"
    r"essere|inviat)|mancat[oa] (?:recapito|consegna)|(?:utente|casella|indirizzo|"
    r"destinatario) (?:\S+ ){0,3}(?:sconosciut|inesistent|pien|non)|il recapito non|"
    r"impossibile (?:recapitare|consegnare)|"
    # Russian
    r"не (?:может быть|был[оа]?|удалось|доставлен|смогл|могло) ?(?:\S+ ){0,3}(?:доставл|отправл|получ)?|"
    r"недоставлен|невозможн[оа] (?:доставить|отправить)|не существует|неизвестн\w+ (?:пользоват|"
    r"получат|адрес)|ящик \S{0,20} ?переполнен|"
    # Japanese
    r"送信(?:できません|できなかった|出来ません|に失敗|エラー|不能)|配信(?:できません|できなかった|不能|に失敗|エラー|されません)|配達(?:できません|不能|されません)|"
    r"送信することができません|届け(?:ることができ|られ|でき)ません|届きません|"
    r"見つかりません|存在しません|存在しない|宛先不明|あて先不明|受信できません|容量を超え|いっぱい(?:で|の)|失敗しました|エラーのため|送達できません|お届けできません|返送|"
    # Chinese, Korean
    r"无法(?:送达|投递|发送|传递|递送)|無法(?:投遞|送達|傳送|傳遞|遞送)|(?:投递|发送|递送|寄送)失败|投遞失敗|傳送失敗|退回|退信|不存在|用户不存在|邮箱已满|收件人(?:不|未)|"
    r"(?:전송|배달|발송|전달)(?:하지 못|되지 (?:못|않)|할 수 없|에 실패|이 실패| 실패)|반송|"
    r"존재하지 않|수신자를 찾을 수|알 수 없는 (?:사용자|수신)|"
    # Dutch, Scandinavian, Polish, Czech
    r"niet (?:\S+ ){0,3}(?:bezorg|aflever|verzonden|afgeleverd)|onbestelbaar|(?:kunde|kan|kunne|"
    r"kunnat) (?:inte|ikke) (?:\S+ ){0,2}lever|kan (?:inte|ikke) (?:nå|leveres|sendes)|"
    r"nie (?:\S+ ){0,2}(?:dostarcz|doręcz)|niedoręcz|nebyla? doruč|nelze doručit|nepodařilo",
    re.IGNORECASE,
)  # fmt: skip

REPLY = re.compile(
    r"(?:^|[\s:;,'\"(\[#=])([45]\d\d)(?:[ -]|$)(?![\d:])|(?:^|[\s:;,'\"(\[#=])[45]\.\d{1,3}\.\d{1,3}\b"
)
"""A line that carries a reply code or an enhanced status code of a refusal."""

CONTACT = re.compile(
    r"contact|assist|help ?desk|questions?\b|for help|please (?:send|e-?mail|mail|write|notify|forward|"
    r"reply)|reply to|respond to|"
    r"in error|abuse|support|administrator|(?:phone|fax|tel)\b|kontakt|wenden sie|contacte[zr]|contattar|"
    r"обра(?:щ|т)|お問い?合|問い合わせ|连络|联系|聯絡|문의",
    re.IGNORECASE,
)
"""A line whose addresses are those of helpers."""

LABEL = re.compile(
    r"^[\s*>|.-]{0,12}(?:(?:final|original|failed|intended|envelope|smtp|the|message|e-?mail|mail|bad|"
    r"invalid|unknown|undeliverable)[ -]){0,3}"
    r"(?:recipients?|rcpt(?:[ -]to)?|address(?:ees?|es)?|addressed to|to|delivered to|deliver to|failed|"
    r"empf(?:ä|ae)nger(?:adresse)?|an|destinataires?|adresse|destinat[aá]rios?|destinatari[oi]|para|a|"
    r"получател[ьи]|кому|адрес|宛先|あて先|送信先|受信者|宛先アドレス|"
    r"送信先アドレス|メールアドレス|收件人|收信人|地址|받는 ?사람|수신자|ontvangers?|"
    r"mottagare|modtager|adresat|user)"
    r"(?: ?\((?:s|en|e|es)\))?(?: (?:address(?:es)?|name|list|e-?mail))?[ \t]*(?:[:：=]|\.{3,})[ \t]*(?=\S)",
    re.IGNORECASE,
)
"""The head of a line that names a recipient: `Recipient: a@b`, `To: …`, `宛先: …`."""

FOREIGN = re.compile(
    r"^[\s>*|]{0,12}(?:from|sender|return-path|reply-to|errors-to|message-?id|in-reply-to|references|"
    r"received|subject|date|sent|x-[a-z-]+|"
    r"resent-[a-z-]+|mail from|envelope-from|originator|original sender|reporting-mta|remote-mta|von|"
    r"absender|de|expéditeur|remitente|remetente|mittente|da|от|отправитель|"
    r"差出人|送信者|发件人|寄件者|보낸 ?사람|id|"
    r"queue ?id|message(?: ?name)?)"
    r"[ \t]*(?:[:：=]|\.{3,})",
    re.IGNORECASE,
)
"""The head of a line whose address is the sender's or an identifier."""


def is_reply(line: str) -> bool:
    """Whether `line` carries a refusal's code."""
    return any(character.isdigit() for character in line) and REPLY.search(line) is not None


def run(text_lines: Sequence[str], index: int, most: int = 12) -> list[str]:
    """The line at `index` and those below it up to a blank one, at most `most`."""
    end = index + 1
    while end < len(text_lines) and text_lines[end].strip() and end - index < most:
        end += 1
    return list(text_lines[index:end])


def first_reason(text_lines: Sequence[str]) -> str | None:
    """The first reply in a text, else the first paragraph that speaks of a failure."""
    for index, line in enumerate(text_lines):
        if is_reply(line) and not FOREIGN.match(line.strip()):
            return shapes.reason(run(text_lines, index))
    for index, line in enumerate(text_lines):
        if FAILURE.search(line):
            return shapes.reason(run(text_lines, index, 6))
    return None
