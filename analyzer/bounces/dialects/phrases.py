"""What reports say in many languages: that delivery failed, and how they introduce the addresses.

Used by the dialects that read what no program-specific form explains. Patterns are alternations of
literals with bounded gaps, so they are linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.bounces.dialects.wording import Wording

FAILURE = Wording(
    # English
    r"undeliver(?:able|ed)",
    r"non-?deliver(?:able|y)",
    r"(?:could|can|was|were|is|be|been|has|have)(?: ?n[o']t|not)(?: be|"
    r" been)? (?:successfully |fully |completely )?(?:delivered|sent|relayed|reached|accepted|forwarded|"
    r"processed|"
    r"deliver|send|reach|forward|relay|process|accept|route|find|locate)",
    r"unable to (?:be delivered|deliver|send|relay|reach|connect|find|route|locate)",
    r"not able to (?:be )?deliver",
    r"fail(?:ed|ure)? (?:to )?(?:be )?(?:deliver|reach|send|receiv)",
    r"deliver(?:y|ing|ed)? (?:\S+ ){0,6}(?:has |have )?(?:fail|abort|not\b|impossible|error|problem|"
    r"delayed)",
    r"(?:did|do|does) not (?:reach|receive|get|exist|have (?:an|a))",
    r"doesn't (?:exist|have)",
    r"no longer (?:exists?|valid|active|available|in use)",
    r"no such (?:user|mailbox|address|recipient|account|person|domain|host)",
    r"(?:user|mailbox|recipient|host|domain|address|account|"
    r"addressee)(?: name)?(?: \S+)? (?:is )?(?:unknown|not (?:found|known|listed|recognized|valid)|"
    r"invalid|disabled|suspended|inactive|expired|unavailable|over ?quota|full|rejected|doesn|"
    r"does not|has been|no longer)",
    r"unknown (?:user|recipient|address|mailbox|host|domain|account)",
    r"invalid (?:\S+ ){0,2}(?:user(?:id)?|recipient|address|mailbox)",
    r"(?:mailbox|mail ?folder|inbox|account|quota) (?:\S+ ){0,3}(?:full|exceed|over|disabled)",
    r"over (?:the |its |their |disk )?quota",
    r"exceed(?:s|ed)? (?:\S+ ){0,4}(?:quota|size|limit)",
    r"permanent (?:fatal )?(?:error|failure)",
    r"permanently fail",
    r"delivery errors",
    r"rejected (?:(?:the|your|this|its) )?(?:recipient|message|e?-?mail|address)",
    r"has been (?:rejected|blocked|returned|refused|quarantined|delayed)",
    r"has bounced",
    r"failed (?:recipient|address)(?:s|es)?\b",
    r"no valid recipients? (?:was|were) (?:found|given|specified)",
    r"is rejected",
    r"(?:was|were|is|been|be) (?:\w{2,16}ly )?(?:rejected|blocked|refused|returned|bounced|considered)",
    r"(?:name|user|recipient|address|mailbox|account) (?:\S+ ){0,3}(?:is |was )?"
    r"not (?:found|defined|known|recogni[sz]ed)",
    r"(?:user|recipient|address)\w{0,2} (?:\S+ ){0,2}(?:is |was )not defined",
    r"rejected (?:by|because|for)",
    r"returned to (?:you|sender)",
    r"relaying denied",
    r"address(?:es)? (?:\S+ ){0,3}(?:fail|invalid|incorrect|not )",
    r"(?:message|envelope|mail|time|queue) (?:has )?expired",
    r"(?:was|has been) aborted",
    r"giving up",
    r"gave up",
    r"(?:an? )?error (?:has )?occurr\w+ (?:\S+ ){0,5}deliver",
    r"not (?:yet )?(?:been )?delivered",
    r"non-?existent",
    r"not a (?:valid|known)",
    r"couldn't be (?:delivered|sent|found)",
    r"wasn't (?:delivered|found|sent)",
    # German
    r"unzustellbar",
    r"nicht (?:\S+ ){0,3}(?:zugestellt|zustellbar|zustellen|ausgeliefert|übermittelt|gesendet|erreicht)",
    r"zustellung (?:\S+ ){0,5}(?:fehlgeschlagen|nicht|gescheitert|verzögert)",
    r"fehlgeschlagen",
    r"unbekannt(?:er)? (?:empf|adress|benutzer)",
    r"(?:empfänger|benutzer|adresse|postfach) (?:\S+ ){0,3}(?:unbekannt|voll|existiert|ungültig|nicht)",
    # French
    r"n'a (?:pas )?(?:encore )?(?:pu|été) (?:\S+ )?(?:pas )?(?:être )?(?:\S+ )?(?:remis|délivré|"
    r"distribué|livré|"
    r"envoyé|transmis)",
    r"non (?:remis|distribué|délivré|livré)",
    r"impossible de (?:remettre|délivrer|distribuer|livrer|transmettre)",
    r"échec (?:de|lors|d')",
    r"(?:remise|livraison|distribution|envoi) (?:\S+ ){0,6}(?:échou|impossible|refus|rejet)",
    r"(?:utilisateur|destinataire|adresse|boîte) (?:\S+ ){0,4}(?:inconnu|inexistant|pleine|invalide|"
    r"introuvable|n'existe)",
    # Spanish, Portuguese, Italian
    r"no (?:se )?(?:ha )?(?:podido|pudo|puede|fue) (?:ser )?(?:entreg|envia|llegar)",
    r"no (?:ha sido|pudo ser) entregado",
    r"no (?:fue|es|ha sido) posible (?:\S+ ){0,2}(?:entreg|envi)",
    r"(?:entrega|envío|envio|consegna) (?:\S+ ){0,5}(?:fall|falh|fracas|rechaz|rejeit|imposs)",
    r"(?:usuario|destinatario|buzón|cuenta) (?:\S+ ){0,3}(?:desconocid|llen|no exist|inválid)",
    r"error (?:de|al) (?:entreg|envi)",
    r"não (?:\S+ ){0,2}(?:entreg|enviad|pôde|existe)",
    r"falha (?:na|no|de|ao) (?:entrega|envi)",
    r"(?:usuário|destinatário|caixa) (?:\S+ ){0,3}(?:desconhecid|inexistente|cheia|não)",
    r"non (?:è stato|può|ha potuto|è possibile|e' stato|e' possibile) (?:\S+ ){0,3}(?:consegn|recapit|"
    r"essere|inviat)",
    r"mancat[oa] (?:recapito|consegna)",
    r"(?:utente|casella|indirizzo|destinatario) (?:\S+ ){0,3}(?:sconosciut|inesistent|pien|non)",
    r"il recapito non",
    r"impossibile (?:recapitare|consegnare)",
    # Russian
    r"не (?:может быть|был[оа]?|удалось|доставлен|смогл|могло) ?(?:\S+ ){0,3}(?:доставл|отправл|получ)?",
    r"недоставлен",
    r"ошибка (?:доставки|при доставке)",
    r"доставк\S+ (?:\S+ ){0,6}не (?:удал|выполн|возмож)",
    r"невозможн[оа] (?:доставить|отправить)",
    r"не существует",
    r"неизвестн\w+ (?:пользоват|получат|адрес)",
    r"ящик (?:\S+ )?переполнен",
    r"(?:пользовател|получател|адресат|адрес|ящик)\S* (?:\S+ ){0,2}не (?:найден|зарегистрирован|обнаружен)",
    # Ukrainian, Bulgarian, Serbian, Croatian
    r"не (?:вдалося|може бути|мож[еа] да бъде) (?:\S+ ){0,2}достав",
    r"nije (?:\S+ ){0,2}(?:isporuč|dostavlj|moguće)",
    # Japanese
    r"送信(?:できません|できなかった|出来ません|に失敗|エラー|不能)",
    r"配信(?:できません|できなかった|不能|に失敗|エラー|されません)",
    r"配達(?:できません|不能|されません)",
    r"送信することができません",
    r"届け(?:ることができ|られ|でき)ません",
    r"届きません",
    r"見つかりません",
    r"存在しません",
    r"存在しない",
    r"宛先不明",
    r"あて先不明",
    r"受信できません",
    r"容量(?:を|が)(?:超え|超過)|容量(?:超過|オーバー)",
    r"いっぱい(?:で|の)",
    r"失敗しました",
    r"エラーのため",
    r"送達できません",
    r"お届けできません",
    r"返送",
    # Chinese, Korean
    r"无法(?:送达|投递|发送|传递|递送)",
    r"無法(?:投遞|送達|傳送|傳遞|遞送)",
    r"(?:投递|发送|递送|寄送|传送|投遞|發送|遞送|寄送|傳送)(?:失败|失敗|不成功)",
    r"(?:未能|没有|沒有|未)(?:被|成功)?(?:投递|发送|递送|寄送|送达|投遞|發送|遞送|傳送|送達)",
    r"退回",
    r"退信",
    r"不存在",
    r"用户不存在",
    r"(?:邮箱|信箱|郵箱)(?:空间|空間)?(?:已|不)(?:满|滿|足)",
    r"收件人(?:不|未)",
    r"(?:전송|배달|발송|전달)(?:하지 못|되지 (?:못|않)|할 수 없|에 실패|이 실패| 실패)",
    r"반송",
    r"존재하지 않",
    r"수신자를 찾을 수",
    r"알 수 없는 (?:사용자|수신)",
    # late, in all of them
    r"(?:remise|livraison|distribution|envoi) (?:\S+ ){0,8}(?:différée?|retardée?)",
    r"(?:entrega|envío|envio|mensaje|mensagem) (?:\S+ ){0,8}(?:retrasad|demorad|atrasad|adiad|diferid)",
    r"(?:recapito|consegna) (?:\S+ ){0,8}(?:ritard|posticipat|rinviat|differit)",
    r"(?:zustellung|übermittlung|auslieferung) (?:\S+ ){0,8}verzöger",
    r"(?:bezorging|aflevering|levering) (?:\S+ ){0,8}(?:vertraagd|uitgesteld)",
    r"(?:leverans\w*|levering\w*|doručení|dostarczenie|dostarczanie|toimitus) (?:\S+ ){0,8}(?:försena|"
    r"forsink|"
    r"zpožd|odlož|opóźni|viiväst)",
    r"доставк\S+ (?:\S+ ){0,6}(?:задерж|отложен)",
    r"(?:遅延|遅れて|延迟|延遲|지연)",
    # Dutch, Scandinavian, Polish, Czech
    r"niet (?:\S+ ){0,3}(?:bezorg|aflever|verzonden|afgeleverd)",
    r"onbestelbaar",
    r"(?:kunde|kan|kunne|kunnat) (?:inte|ikke) (?:\S+ ){0,2}lever",
    r"kan (?:inte|ikke) (?:nå|leveres|sendes)",
    r"nie (?:\S+ ){0,2}(?:dostarcz|doręcz)",
    r"niedoręcz",
    r"nebyla? doruč",
    r"nelze doručit",
    r"neb(?:ylo|olo|olo) možné (?:\S+ ){0,3}doruč",
    r"nie (?:udało się|można|można było) (?:\S+ ){0,3}(?:dostarcz|doręcz|wysła)",
    r"nepodarilo",
    r"nepodařilo",
    # Indonesian, Malay, Vietnamese, Turkish, Romanian, Hungarian, Finnish, Greek, Thai
    r"tidak (?:dapat|bisa|boleh|berhasil) (?:di)?(?:kirim|sampai|hantar|antar)",
    r"gagal (?:\S+ ){0,2}(?:di)?(?:kirim|hantar|menghantar|mengirim)|tidak (?:terkirim|ditemukan|dikenal)",
    r"không (?:thể|được) (?:\S+ ){0,2}(?:gửi|chuyển|giao|phân phối)|không tồn tại",
    r"(?:iletil|gönderil|teslim edil|ulaştırıl)(?:emedi|emiyor|medi|amadı)|iletilemeyen",
    r"nu a (?:putut|fost) (?:\S+ ){0,2}(?:livrat|trimis|transmis|expediat)",
    r"nem (?:\S+ ){0,2}(?:kézbesíthet|sikerült|továbbíthat)",
    r"kézbesítés (?:\S+ ){0,2}(?:sikertelen|meghiúsult)",
    r"ei (?:voitu|voida|pystytty) (?:\S+ ){0,2}(?:toimit|lähet)",
    r"δεν (?:\S+ ){0,3}(?:παραδοθεί|παραδόθηκε|σταλεί)",
    r"ไม่สามารถ(?:ส่ง|จัดส่ง)",
)

REPLY = re.compile(
    r"(?:^|[\s:;,'\"(\[#=])([45]\d\d)"
    r"(?:[ -](?=[45]\.\d{1,3}\.\d)|(?:[ -]|$)(?![\d:]))|(?:^|[\s:;,'\"(\[#=])[45]\.\d{1,3}\.\d{1,3}\b"
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
    r"invalid|unknown|undeliverable|adresse (?:e-?mail )?d[ue]s?|dirección (?:de correo )?del?|"
    r"indirizzo(?: e-?mail)?(?: del)?|endereço do|адрес|adresa?|địa chỉ)[ -]){0,3}"
    r"(?:recipients?|rcpt(?:[ -]to)?|address(?:ees?|es)?|addressed to|to|delivered to|deliver to|failed|"
    r"empf(?:ä|ae)nger(?:adresse)?|an|destinataires?|adresse|destinat[aá]rios?|destinatari[oi]|para|a|"
    r"получател[ьияюей]{1,2}|кому|адрес|宛先|あて先|送信先|受信者|宛先アドレス|"
    r"送信先アドレス|メールアドレス|收[件信][人者](?:地址|邮箱|信箱)?|收件(?:地址|邮箱|信箱)|地址|"
    r"penerima|alamat|người nhận|alıcı|destinatarul|címzett|vastaanottaja|"
    r"παραλήπτης|одержувач|отримувач|(?:받는 ?사람|수신자|수신인)(?: ?주소)?|"
    r"ontvangers?|odbiorca|příjemce|mottaker|"
    r"mottagare|modtager|adresat|user)"
    r"(?: ?\((?:s|en|e|es)\))?(?: (?:address(?:es)?|name|list|e-?mail)| of (?:the|your) (?:message|"
    r"e?-?mail))?[ ]*(?:[:：=]|\.{3,}|\t)[ \t]*(?=\S)",
    re.IGNORECASE,
)
"""The head of a line that names a recipient: `Recipient: a@b`, `To: …`, `宛先: …`."""

FOREIGN = re.compile(
    r"^[\s>*|]{0,12}(?:from|sender|return-path|reply-to|errors-to|message-?id|in-reply-to|references|"
    r"received|subject|date|sent|x-[a-z-]+|"
    r"resent-[a-z-]+|mail from|envelope-from|originator|original sender|reporting-mta|remote-mta|von|"
    r"absender|de|expéditeur|remitente|remetente|mittente|da|от|отправитель|"
    r"差出人|送信者|发件人|寄件者|보낸 ?사람|id|"
    r"betreff|objet|asunto|assunto|oggetto|onderwerp|тема|temat|件名|主题|主旨|제목|"
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
