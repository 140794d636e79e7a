"""Which names speak of a safety function: it can never be declared as a command point, by anybody.

Words are a net, not a proof. They catch what engineers in English, German and a few other languages call an emergency
stop, a guard or a light curtain; a name that says nothing (`DB12.DBX3.1`) gets through. So an attribute or a machine
can say `safety: true`, and safety controllers stay out of reach of Lineside altogether. The net is rather too wide than
too narrow: who names an ordinary set-point so that it catches is asked for another name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from lineside.site.spelling import seen, skeleton, unaccented

_WORDS: Final = frozenset(
    (
        *("emergency", "estop", "estops", "epo", "esd", "failsafe", "safe", "safely", "safety"),
        *("guard", "guards", "guarding", "guarddoor", "safeguard", "safeguards", "killswitch", "panic"),
        *("lightcurtain", "lightcurtains", "muting"),
        *("interlock", "interlocks", "twohand", "bimanual", "deadman", "ripcord", "lockout"),
        *("tagout", "loto", "sprinkler", "sprinklers"),
        *("sto", "sls", "sbc", "sil", "sis", "sif", "srs", "ossd", "profisafe", "fsoe", "safetyplc"),
        *("notaus", "nothalt", "notstop", "notstopp", "notausschalter", "notfall", "notabschaltung"),
        *("totmann", "totmannschalter", "reissleine", "zustimmtaster", "zustimmschalter"),
        *("lichtvorhang", "lichtgitter"),
        *("urgence", "emergencia", "emergenza", "hataseis", "nodstop", "nodstopp", "noodstop"),
    )
)  # fmt: skip
"""Single words that leave no doubt, without accents."""

_PHRASES: Final = (
    *("e stop", "e stops", "e halt", "e off", "light curtain", "light curtains", "two hand", "2 hand", "dead man"),
    *("pull cord", "rope pull", "rip cord", "enabling switch", "enable switch", "safe torque", "fail safe", "lock out"),
    *("not halt", "not aus", "not stop", "not stopp", "zwei hand", "licht vorhang", "licht gitter", "reiss leine"),
    *("kill switch", "door lock", "door locks", "door unlock", "door release", "flame failure", "gas detection"),
    *("gas detector", "burner management", "relief valve", "rupture disc", "bursting disc"),
    *("fire suppression", "fire alarm"),
    *("barriere immaterielle", "nod stop", "nod stopp", "nood stop", "hata seis"),
)
_STEMS: Final = (
    *("emergencystop", "emergencyoff", "safetydoor", "safetygate", "safetyrelay", "safetystop", "safetycontroller"),
    *("interlockbypass", "bypassinterlock", "lightcurtain", "twohandcontrol", "safetorqueoff"),
    *("sicherheit", "schutztur", "schutztuer", "schutzgitter", "schutzhaube", "schutzzaun", "schutzeinrichtung"),
    *("schutzfeld", "schutzklappe", "zweihand", "verriegelung", "brandmelde", "loschanlage", "loeschanlage"),
    *("notausschalt", "notaustaste", "nothalttaste", "securite", "seguridad", "seguranca", "sicurezza", "veiligheid"),
    *("sikkerhed", "sikkerhet", "sakerhet", "turvallisuus", "bezpieczenst", "bezpecnost", "awaryjn", "nouzov"),
    *("noodstop", "nodstop", "biztonsag", "veszleall", "siguranta"),
)
"""Parts of words that leave no doubt, without accents and spaces."""
_OTHER_SCRIPTS: Final = (
    *("急停", "紧急", "緊急", "安全", "非常停止", "비상", "안전", "аварийн", "безопасн", "εκτακτη", "ασφαλεια"),
)

_HARMLESS: Final = ("safety stock", "guard rail", "guard rails", "guard band", "sicherheitsbestand")
"""What holds such a word and keeps nobody from harm: a store, the side rail of a conveyor, a margin."""

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


@lru_cache(maxsize=4_096)
def speaks_of_safety(name: str) -> str:
    """What in this name speaks of a safety function, or "" where nothing does."""
    shown = unaccented(name).replace("ß", "ss").replace("ẞ", "SS")
    for reading in (shown, skeleton(shown)):
        words = _without_harmless(" ".join(_PARTS.findall(reading)).casefold())
        found = _said(words)
        if found:
            return found
    plain = seen(name)
    return next((part for part in _OTHER_SCRIPTS if part in plain), "")


def _without_harmless(words: str) -> str:
    padded = f" {words} "
    for harmless in _HARMLESS:
        padded = padded.replace(f" {harmless} ", " ")
    return padded.strip()


def _said(words: str) -> str:
    single = next((word for word in words.split() if word in _WORDS), "")
    if single:
        return single
    phrase = next((phrase for phrase in _PHRASES if f" {phrase} " in f" {words} "), "")
    joined = words.replace(" ", "")
    return phrase or next((stem for stem in _STEMS if stem in joined), "")


def why_never(names: dict[str, str], *, declared: bool) -> str:
    """Why a point with these names (what each is -> the name) can never be commanded, or "" where it may be."""
    if declared:
        return "it is declared with `safety: true`"
    for what, name in names.items():
        found = speaks_of_safety(name)
        if found:
            return f"{what} {name!r} speaks of a safety function ({found!r})"
    return ""
