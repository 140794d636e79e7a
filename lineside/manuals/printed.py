"""What a document prints about itself on its first page: `Document No.: CF-001`, `Approved by: A. Berg`.

Only the lines before the first numbered one are looked at, a placeholder in brackets states nothing, a date that may
be read in two ways is not taken, and of a status only the words that forbid to quote it count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice, takewhile

from lineside.manuals.blocks import NUMBERED

_KEYS = {
    "document": "document no|document number|document id|doc no|document|sop no|sop number|manual no|dok-nr|文件编号",
    "revision": "revision no|revision number|revision|rev|rev no|version|issue|版本",
    "approved_by": "approved by|approval|released by|freigegeben von|genehmigt von|批准人|批准",
    "effective_from": "effective date|effective from|effective|date|valid from|approval date|gültig ab|生效日期",
    "status": "status|document status|状态",
    "superseded_by": "superseded by|replaced by|ersetzt durch",
    "superseded_on": "superseded on|valid until|expires",
    "title": "title|titel|标题",
}
_MEANS = {spelling: key for key, spellings in _KEYS.items() for spelling in spellings.split("|")}
_LINE = re.compile(r"^\s*([^:：]{2,24}?)\s*\.?\s*[:：]\s*(.*)$")
_PLACEHOLDER = re.compile(r"^$|^[\[<{(].*[\]>})]$|^[_\-.\s/]+$|^(?:tbd|tba|n/?a|none|xx+)$", re.IGNORECASE)
_BARRED = re.compile(r"\b(draft|in review|withdrawn|obsolete|superseded|cancelled)\b", re.IGNORECASE)
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%Y年%m月%d日")
_DAYS = {"effective_from", "superseded_on"}
_FIRST_LINES = 40


def printed_header(lines: Iterable[str]) -> dict[str, object]:
    """What the first lines state, under the keys of front matter."""
    stated: dict[str, object] = {}
    for line in takewhile(lambda line: not NUMBERED.match(line), islice(lines, _FIRST_LINES)):
        matched = _LINE.match(line)
        key = _MEANS.get(matched.group(1).casefold()) if matched else None
        if matched and key and key not in stated and not _PLACEHOLDER.match(matched.group(2).strip()):
            stated |= _value(key, matched.group(2).strip())
    return stated


def _value(key: str, text: str) -> dict[str, object]:
    if key == "status":
        barred = _BARRED.search(text)
        return {key: barred.group(1).casefold()} if barred else {}
    if key not in _DAYS:
        return {key: text[:80]}
    day = _day(text)
    return {key: day} if day else {}


def _day(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
