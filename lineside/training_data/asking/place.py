"""What a chunk is about, in the words of its headings: the machine, the task or the trouble."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

from lineside.manuals.passage import Passage
from lineside.training_data.asking import english, german
from lineside.training_data.asking.rule import first_word, word_set

Form = Literal["task", "when", "question", "name"]

_NUMBERING: Final = re.compile(
    r"^(?:(?:chapter|section|kapitel|abschnitt)\s+)?\d{1,2}(?:\.\d{1,2})*[.):]?\s+", re.IGNORECASE
)
_HOW: Final = re.compile(r"^(?:how (?:to|we|you|do i|do you)|so|wie (?:wir|man|sie))\s+", re.IGNORECASE)
_WHEN: Final = word_set("after when before if once during while nach vor bei wenn falls")
_SAYS_NOTHING: Final = word_set(
    "a an and any check checks first for general in instruction instructions introduction machine method note notes of "
    "overview procedure procedures process steps step the to work what do action actions compliance table sheet manual "
    "guide operating user maintenance handbook list alarm alarms code codes "
    "schritte schritt vorgehen ablauf arbeitsschritte anleitung durchführung allgemein allgemeines hinweise hinweis "
    "zuerst prüfen überblick einleitung und der die das betriebsanleitung bedienungsanleitung handbuch"
)
_LONGEST: Final = 80
_NUMBERED_NAME: Final = re.compile(r"\d\W*$")


class Place(NamedTuple):
    """`topic` is "" where no heading says anything; `form` is how it can be asked about. `headed` where it is the
    section's own heading, and not the title of the document."""

    language: str
    machines: tuple[str, ...]
    topic: str
    form: Form
    document: str
    title: str
    headed: bool = False

    @property
    def at(self) -> str:
        """` at the Freezer Tunnel`; "" where it is about no single machine."""
        if len(self.machines) != 1:
            return ""
        (machine,) = self.machines
        if self.language == "de":
            return f" ({machine})"
        bare = _NUMBERED_NAME.search(machine) or machine.casefold().startswith("the ")
        return f" at {machine}" if bare else f" at the {machine}"

    @property
    def source(self) -> str:
        """How a person calls the document."""
        return self.document if " " not in self.document else f"“{self.title}”"


def place_of(passage: Passage, language: str) -> Place:
    section, title = (_bare(text, passage.machines) for text in (passage.section, passage.title))
    topic = next((text for text in (section, title) if _says_something(text)), "")
    task = re.sub(_HOW, "", topic)
    form = _form(topic, task, language)
    asked = task if form == "task" else topic
    headed = bool(topic) and topic == section
    return Place(language, passage.machines, asked, form, passage.document, passage.title, headed)


def _bare(heading: str, machines: tuple[str, ...]) -> str:
    """A heading without its number and without the machine that it begins with."""
    text = _NUMBERING.sub("", heading.strip())
    for machine in machines:
        if text.casefold().startswith(machine.casefold()):
            text = text[len(machine) :].lstrip(" :,–—-")
    return text.rstrip(" :.")


def _says_something(text: str) -> bool:
    said = re.findall(r"[^\W\d_]+", text.casefold())
    return len(text) <= _LONGEST and any(word not in _SAYS_NOTHING and len(word) > 1 for word in said)


def _form(topic: str, task: str, language: str) -> Form:
    if topic.endswith("?"):
        return "question"
    if first_word(topic) in _WHEN:
        return "when"
    # One word alone, such as "Stop", may as well be what happened.
    told = language == "en" and english.is_imperative(task) and len(task.split()) > 1
    return "task" if told else "name"


def inside(text: str, language: str) -> str:
    """A heading as it stands in the middle of a sentence."""
    return german.lowered(text) if language == "de" else english.lowered(text)
