"""The questions that documents answer, in more than one way each. Which way is taken depends on what is asked about,
so that the same document gives the same questions."""

from __future__ import annotations

from hashlib import blake2s
from typing import Final, NamedTuple

Ways = tuple[str, ...]


class Phrases(NamedTuple):
    """`{topic}` stands inside a sentence, `{Topic}` as it is headed; `{at}` begins with a space or is empty."""

    task: Ways
    when: Ways
    name: Ways
    first: Ways
    next: Ways
    next_quoted: Ways
    before_quoted: Ways
    in_task: str
    in_when: str
    in_name: str
    code_meaning: Ways
    code_action: Ways
    code_both: Ways
    code_cause: Ways
    code_of: Ways
    value: Ways
    degree: Ways
    often: Ways
    task_of: Ways
    about: Ways
    check_first: Ways
    rule: Ways
    rule_of: Ways
    according: str


ENGLISH: Final = Phrases(
    task=(
        "How do I {topic}{at}?",
        "What are the steps to {topic}{at}?",
        "I have to {topic}{at}. What do I do, step by step?",
    ),
    when=("What do I do {topic}{at}?", "Which steps do I follow {topic}{at}?"),
    name=(
        "What are the steps for “{Topic}”{at}?",
        "What do I do, step by step, for “{Topic}”{at}?",
        "Which procedure is there for “{Topic}”{at}?",
    ),
    first=("What do I do first {where}{at}?", "What do I begin with {where}{at}?"),
    next=(
        "What comes after step {number} {where}{at}?",
        "I have done step {number} {where}{at}. What is next?",
        "Which step follows step {number} {where}{at}?",
    ),
    next_quoted=(
        "What is the next step{at} after “{quoted}”?",
        "I have done this{at}: “{quoted}”. What is next?",
    ),
    before_quoted=("Which step{at} comes before “{quoted}”?", "What must I have done{at} before “{quoted}”?"),
    in_task="when I {topic}",
    in_when="{topic}",
    in_name="for “{Topic}”",
    code_meaning=("What does {code} mean{at}?", "{code} is shown{at}. What does it mean?", "What is {code}{at}?"),
    code_action=(
        "What do I do about {code}{at}?",
        "{code} has come up{at}. What do I do?",
        "How do I clear {code}{at}?",
    ),
    code_both=(
        "{code} is shown{at}: what is it, and what do I do?",
        "What does {code} mean{at}, and what is to be done?",
    ),
    code_cause=("What causes {code}{at}?", "Why does {code} come up{at}?"),
    code_of=("Which code stands for “{meaning}”{at}?", "Which code is shown{at} for “{meaning}”?"),
    value=("What is the {label} for {name}{at}?", "Which {label} applies to {name}{at}?"),
    degree=("What is the {label} {name}{at}?",),
    often=("How often is “{Name}” due{at}?", "At what interval is “{Name}” due{at}?"),
    task_of=("What has to be done for “{Name}”{at}?", "What is the work on “{Name}”{at}?"),
    about=("What should I know about “{Topic}”{at}?", "What does {source} say about “{Topic}”{at}?"),
    check_first=("What do I check first for “{Topic}”{at}?", "Where do I look first for “{Topic}”{at}?"),
    rule=("Which rule applies to “{Topic}”{at}?", "What has to be observed for “{Topic}”{at}?"),
    rule_of=("What has to be observed{at} because of {rule}?", "What is demanded{at} by {rule}?"),
    according=", according to {source}",
)
GERMAN: Final = Phrases(
    task=("Wie gehe ich bei „{Topic}“ vor{at}?",),
    when=("Was ist {topic} zu tun{at}?",),
    name=("Wie gehe ich bei „{Topic}“ vor{at}?", "Welche Schritte gehören zu „{Topic}“{at}?"),
    first=("Was mache ich zuerst {where}{at}?", "Womit beginne ich {where}{at}?"),
    next=(
        "Was kommt nach Schritt {number} {where}{at}?",
        "Schritt {number} {where} ist erledigt{at}. Wie geht es weiter?",
    ),
    next_quoted=("Was kommt nach „{quoted}“{at}?", "„{quoted}“ ist erledigt{at}. Wie geht es weiter?"),
    before_quoted=("Welcher Schritt kommt vor „{quoted}“{at}?",),
    in_task="bei „{Topic}“",
    in_when="{topic}",
    in_name="bei „{Topic}“",
    code_meaning=("Was bedeutet {code}{at}?", "{code} wird angezeigt{at}. Was heißt das?"),
    code_action=("Was tun bei {code}{at}?", "{code} steht an{at}. Was mache ich?"),
    code_both=("{code} wird angezeigt{at}: Was ist das, und was ist zu tun?",),
    code_cause=("Woher kommt {code}{at}?", "Welche Ursache hat {code}{at}?"),
    code_of=("Welcher Code steht für „{meaning}“{at}?",),
    value=("Welcher Wert gilt für „{Name}“ unter „{Label}“{at}?", "„{Name}“: Was steht unter „{Label}“{at}?"),
    degree=("Welcher Wert gilt für „{Name}“ unter „{Label}“{at}?",),
    often=("Wie oft ist „{Name}“ fällig{at}?",),
    task_of=("Was ist bei „{Name}“ zu tun{at}?",),
    about=("Was ist bei „{Topic}“ zu beachten{at}?", "Was sagt {source} zu „{Topic}“{at}?"),
    check_first=("Was prüfe ich bei „{Topic}“ zuerst{at}?",),
    rule=("Welche Vorschrift gilt für „{Topic}“{at}?",),
    rule_of=("Was verlangt {rule}{at}?",),
    according=" laut {source}",
)
PHRASES: Final = {"en": ENGLISH, "de": GERMAN}


def said(ways: Ways, **about: str) -> str:
    """One of the ways, with a capital at its beginning."""
    seed = blake2s("\n".join(f"{key}={value}" for key, value in sorted(about.items())).encode(), digest_size=4)
    question = ways[int.from_bytes(seed.digest(), "big") % len(ways)].format_map(about)
    return question[:1].upper() + question[1:]
