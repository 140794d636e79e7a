"""What people were told last, with the steps that were quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lineside.advice.model import Advisory, SopStep
from lineside.advice.text import clean
from lineside.assistant.found import Found, Item
from lineside.assistant.tools.look import Look, locate
from lineside.manuals.passage import Passage

TOOL = "recent_advisories"
MOST = 5
READ = 40


def recent_advisories(look: Look, machine: str = "", count: int = 1) -> Found:
    """The newest advisories, of a machine or of the line; one per trouble, the newest wording of it."""
    device = ""
    if machine:
        located = locate(look, machine, TOOL)
        if isinstance(located, Found):
            return located
        device = located.id
    chosen = _newest(look, device)[: min(max(count, 1), MOST)]
    searched = (look.say("looked.advisories"),)
    if not chosen:
        text = look.say("advisory.none.of", machine=clean(device, 60)) if device else look.say("advisory.none")
        return Found(TOOL, text, (look.item("none", TOOL, text),), searched=searched)
    items = tuple(item for advisory in chosen for item in _of(look, advisory))
    passages = tuple(dict.fromkeys(_quoted(look, chosen)))
    return Found(TOOL, items[0].fact.text, items, passages=passages, searched=searched)


def _quoted(look: Look, advisories: Sequence[Advisory]) -> Iterator[Passage]:
    """The passages that the advisories' steps were quoted from, so that they can be opened."""
    if look.plant.shelf is None:
        return
    known = {
        (passage.document, passage.revision, passage.step, passage.text): passage
        for passage in look.plant.shelf.passages()
    }
    for step in (step for advisory in advisories for step in advisory.steps):
        passage = known.get((step.document, step.revision, step.number, step.text))
        if passage is not None:
            yield passage


def _newest(look: Look, device: str) -> list[Advisory]:
    by_alarm: dict[str, Advisory] = {}
    for line in look.lines():
        for advisory in look.plant.advisories.recent(look.plant.site.site, line.id, READ):
            concerned = {advisory.device, *(victim.device for victim in advisory.victims)}
            if advisory.drafted_us <= look.now_us and (not device or device in concerned):
                known = by_alarm.get(advisory.alarm_id)
                if known is None or advisory.drafted_us > known.drafted_us:
                    by_alarm[advisory.alarm_id] = advisory
    return sorted(by_alarm.values(), key=lambda advisory: -advisory.drafted_us)


def _of(look: Look, advisory: Advisory) -> list[Item]:
    say = look.say
    rows = [
        ("advisory", say("advisory.is", at=say.time(advisory.drafted_us), text=clean(advisory.what_happened, 400))),
        *(("check", say("advisory.check", text=clean(check, 200))) for check in advisory.check_first),
        *(("step", _step(look, step)) for step in advisory.steps),
        *(("note", say("advisory.note", text=clean(note, 200))) for note in advisory.compliance),
    ]
    return [
        look.item(topic, TOOL, text, machine=advisory.device, observed_us=advisory.drafted_us) for topic, text in rows
    ]


def _step(look: Look, step: SopStep) -> str:
    source = f"{step.document} rev {step.revision}" if step.revision else step.document
    if not step.reviewed:
        source += f" {look.say('manual.unreviewed')}"
    return look.say("advisory.step", number=step.number, text=step.text, document=source)
