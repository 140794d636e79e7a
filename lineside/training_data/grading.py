"""Category and severity of a pair that no model graded: the first row that fits decides."""

from __future__ import annotations

import re
from typing import Final

from lineside.training_data.pair import Category, Severity

_PROTECTS: Final = re.compile(
    r"\block(?:ed|s)?[ -]?out|\blockout|\btag ?out|\bguard|\binterlock|\bemergency|\bdanger|\bwarning|\bhazard|\binjur|"
    r"\bgloves?\b|\bgoggles|\bmask\b|\bface shield|\bprotective|\bburns?\b|\bshock\b|\bcrush|\boxygen\b|\bexplosi|"
    r"\bnever\b|\bmust not\b|\bleave the room|\bhot surface|"
    r"\bschutz|\bnot-?halt|\bverriegel|\bgefahr|\bwarnung|\bverletz|\bhandschuh|\bsicher|\bniemals\b|\bnie\b|"
    r"\bdarf nicht|\bdürfen nicht|\bexplosi|\bheiße",
    re.IGNORECASE,
)
_OF_LIFE: Final = re.compile(
    r"\bdanger\b|\bfatal|\bdeath|\blethal|\basphyxi|\bsuffocat|\bexplosi|\belectric(?:al)? shock|\bpoison|\btoxic|"
    r"\bleave the room|\bevacuate|\blebensgefahr|\btödlich|\berstick|\bstromschlag|\bgiftig|\bexplosi|\braum verlassen",
    re.IGNORECASE,
)
_DEMANDED: Final = re.compile(
    r"\bHACCP|\bISO\b|\bIEC\b|\bDIN\b|\bEN \d|\bstandards?\b|\baudit|\bregulation|\bsite rule|\bcompliance|\bshift log|"
    r"\blog ?book|\bmachine book|\brecord(?:s|ed)?\b|\bsign(?:s|ed)? (?:off|for|the)|\breleased? by|\buntil quality|"
    r"\bvorschrift|\bnorm\b|\bprotokoll|\bschichtbuch|\bdokumentier|\bfreigabe|\bunterschr|\beintragen",
    re.IGNORECASE,
)
_WENT_WRONG: Final = re.compile(
    r"\bfaults?\b|\berrors?\b|\balarms?\b|\btroubles?|\bjam(?:s|med)?\b|\bstops?\b|\bfail|\bbroken|\bleak|\btorn\b|"
    r"\bblocked|\brejects?\b|\blosing|\btoo (?:hot|cold|warm|high|low|dry|wet)|\btripped|\bnot heard|\bdefects?\b|"
    r"\bstör|\bfehler|\balarm|\bstau\b|\bdefekt|\bausfall|\bklemm|\bzu (?:heiß|kalt|warm|hoch|niedrig)|\bleck",
    re.IGNORECASE,
)


def category_of(said: str, topic: str, *, banned: bool = False, code: bool = False) -> Category:
    """`said` is question and answer, `topic` the headings above them.

    What must not be done and what protects people is safety; what a rule or a record demands is compliance; a code, or
    a topic that names trouble, is a fault; the rest is operation.
    """
    if banned or _PROTECTS.search(said):
        return "fault" if code and not _OF_LIFE.search(said) else "safety"
    if _DEMANDED.search(said):
        return "compliance"
    return "fault" if code or _WENT_WRONG.search(topic) else "operation"


def severity_of(category: Category, said: str) -> Severity:
    """critical where a life is at risk, high where a person may be harmed, medium where something went wrong or a rule
    demands something, else low."""
    if _OF_LIFE.search(said):
        return "critical"
    if category == "safety":
        return "high"
    return "low" if category == "operation" else "medium"
