"""An answer out of tool results, by quoting: sentences that the tools made, and passages as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lineside.advice.text import bounded, clean
from lineside.assistant.attributes import is_quantity
from lineside.assistant.phrases import Say
from lineside.assistant.relevance import content, meant
from lineside.assistant.shown import Shown, ShownFact, ShownPassage
from lineside.assistant.understand import Topic, Understood
from lineside.assistant.words import tokens

LONGEST_ANSWER = 3_000
LONGEST_QUOTE = 420
MOST_QUOTES = 3
MOST_HEADS = 5
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+")
_NO_ANSWER: frozenset[str] = frozenset(("none", "nodata", "retired", "limits"))
"""Facts that say what there is not, or only what would be allowed."""


@dataclass(frozen=True)
class Composed:
    """`known` is False where the answer is that it is not known, or asks back."""

    text: str
    known: bool = True
    choices: tuple[str, ...] = ()


def compose(asked: Understood, results: Sequence[Shown], say: Say) -> Composed:
    """The answer to a question, topic by topic, from what the tools returned."""
    fixed = _fixed(asked, say)
    if fixed is not None:
        return fixed
    back = next((result for result in results if result.choices), None)
    if back is not None:
        return Composed(back.summary, known=False, choices=back.choices)
    parts = [part for topic in asked.topics for part in _of_topic(topic, asked, results, say)]
    text = _joined(parts)
    if text:
        return Composed(bounded(text, LONGEST_ANSWER), known=_is_known(asked, results))
    return _unknown(results, say)


def compose_any(results: Sequence[Shown], say: Say) -> Composed:
    """The answer where nobody knows what was asked, only what was found: every summary and the first passages."""
    back = next((result for result in results if result.choices), None)
    if back is not None:
        return Composed(back.summary, known=False, choices=back.choices)
    facts = [result.summary for result in results if result.ok and result.facts and not result.nothing]
    passages = [passage for result in results for passage in result.passages]
    parts = [*facts, *(_quote(passage, (), say) for passage in passages[:MOST_QUOTES])]
    return Composed(bounded(_joined(parts), LONGEST_ANSWER)) if parts else _unknown(results, say)


def _fixed(asked: Understood, say: Say) -> Composed | None:
    """Answers that need no tool."""
    if "help" in asked.topics:
        return Composed(say("answer.help"))
    if "order" in asked.topics:
        return Composed(say("answer.readonly"))
    if "future" in asked.topics:
        return Composed(say("answer.future"), known=False)
    if "propose" in asked.topics and (asked.value is None or not asked.attribute):
        return Composed(say("propose.refused", why=say("propose.what")), known=False)
    return None


def _unknown(results: Sequence[Shown], say: Say) -> Composed:
    why = " ".join(dict.fromkeys(result.nothing for result in results if result.nothing)) or say("answer.notfound")
    return Composed(say("answer.unknown", why=why), known=False)


def _is_known(asked: Understood, results: Sequence[Shown]) -> bool:
    found = any(result.passages or any(fact.about not in _NO_ANSWER for fact in result.facts) for result in results)
    if asked.topics == ("value",):
        return any(fact.about not in _NO_ANSWER for result in results for fact in result.facts) or any(
            result.passages for result in results
        )
    return found or any(result.tool == "alarms" and result.about("none") for result in results)


def _of_topic(topic: Topic, asked: Understood, results: Sequence[Shown], say: Say) -> list[str]:
    facts = [fact for result in results for fact in result.facts]
    if topic == "manual":
        return _manual(asked, results, say)
    if topic == "next":
        return _next(asked, results, say)
    if topic == "value":
        return _value(asked, results, say)
    if topic in ("cause", "since", "lost", "victims", "acknowledged", "alarms"):
        return _alarm(topic, asked, results, say)
    if topic == "state":
        return _state(asked, facts)
    if topic == "flow":
        return _flow(asked, facts)
    if topic == "advisory":
        return [*_texts(facts, "advisory", "none"), *_told_steps(results)]
    rows: dict[str, tuple[str, ...]] = {
        "machines": ("machines",),
        "time": ("time",),
        "propose": ("proposal", "refused"),
    }
    return _texts(facts, *rows.get(topic, ()))


# alarms

_ORDER: dict[str, tuple[str, ...]] = {
    "cause": ("held", "alarm", "panel", "victims"),
    "since": ("held", "alarm"),
    "lost": ("held", "lost", "alarm"),
    "victims": ("alarm", "victims"),
    "acknowledged": ("acknowledged", "overlay", "remark", "alarm"),
    "alarms": ("alarm", "panel", "lost", "acknowledged", "overlay"),
}


def _alarm(topic: Topic, asked: Understood, results: Sequence[Shown], say: Say) -> list[str]:
    facts = [fact for result in results if result.tool == "alarms" for fact in result.facts]
    groups = _by_alarm(facts)
    if not groups:
        return _without_alarm(topic, asked, results, say)
    chosen = _chosen(topic, asked, groups)
    texts = [text for group in chosen for text in _texts(group, *_ORDER[topic])]
    if topic == "alarms" and not asked.machine:
        texts = [*_texts(facts, "count"), *texts]
    if topic == "since" and asked.machine:
        texts += _standing(asked, results)
        texts += [text for group in chosen[:1] if _is_over(group) for text in _texts(group, "lost")]
    return texts


def _by_alarm(facts: Sequence[ShownFact]) -> list[list[ShownFact]]:
    """The facts of each alarm together, newest trouble first. A machine that was held up stands before its alarm."""
    groups: list[list[ShownFact]] = []
    opened = False
    for fact in facts:
        if fact.about in ("count", "none"):
            continue
        if fact.about == "held" or (fact.about == "alarm" and not opened):
            groups.append([])
        opened = fact.about == "held"
        if groups:
            groups[-1].append(fact)
    return groups


def _chosen(topic: Topic, asked: Understood, groups: list[list[ShownFact]]) -> list[list[ShownFact]]:
    """The alarms to speak of: all for a list; else the machine's own for when and how long, else the newest."""
    if topic == "alarms":
        return groups[:MOST_HEADS]
    if topic == "lost" and not asked.machine:
        return groups[:MOST_HEADS]
    own = [group for group in groups if asked.machines and _head(group) == asked.machines[0]]
    if topic in ("since", "lost", "acknowledged", "victims") and own:
        return own[:1]
    standing = [group for group in groups if not _is_over(group)]
    return (standing or groups)[: MOST_HEADS if standing and not asked.machine else 1]


def _head(group: Sequence[ShownFact]) -> str:
    return next((fact.machine for fact in group if fact.about == "alarm"), "")


def _is_over(group: Sequence[ShownFact]) -> bool:
    return not any(fact.about == "action" for fact in group)


def _without_alarm(topic: Topic, asked: Understood, results: Sequence[Shown], say: Say) -> list[str]:
    facts = [fact for result in results for fact in result.facts]
    passages = _manual(asked, results, say) if topic == "cause" else []
    if passages and not asked.machine:
        return passages
    return [*_texts(facts, "none"), *_texts(facts, "count"), *_standing(asked, results), *passages]


def _standing(asked: Understood, results: Sequence[Shown]) -> list[str]:
    facts = [fact for result in results if result.tool == "line_state" for fact in result.facts]
    mine = [fact for fact in facts if not asked.machines or fact.machine == asked.machines[0]]
    return _texts(mine, "standing", "waiting", "state")


# states, flow, values


def _state(asked: Understood, facts: Sequence[ShownFact]) -> list[str]:
    if asked.machine:
        states = ("standing", "waiting", "state")
        return _texts(facts, *(("heard", *states) if "heard" in asked.statistics else (*states, "heard")))
    return _texts(facts, "count", "standing") or _texts(facts, "state")


def _flow(asked: Understood, facts: Sequence[ShownFact]) -> list[str]:
    mine = [fact for fact in facts if not asked.machines or fact.machine == asked.machines[0]]
    return _texts(mine, *(("fed_by", "feeds") if asked.upstream else ("feeds", "fed_by")))


def _value(asked: Understood, results: Sequence[Shown], say: Say) -> list[str]:
    facts = [fact for result in results if result.tool == "telemetry" for fact in result.facts]
    wanted = [statistic for statistic in asked.statistics if statistic != "heard"]
    if "limits" in wanted and not asked.attribute:
        facts = [fact for fact in facts if fact.unit]
    topics = [*wanted, "nodata"] if wanted else ["now"]
    if "limits" in wanted or "trend" in wanted:
        topics = ["now", *topics]
    texts = [*_texts(facts, *topics, "quality")] or _texts(facts, "now", "nodata")
    passages = _manual(asked, results, say)
    measured = not passages or any(map(is_quantity, tokens(asked.attribute)))
    return [*texts, *(_texts(facts, "none") if measured else []), *passages]


# manuals


def _next(asked: Understood, results: Sequence[Shown], say: Say) -> list[str]:
    facts = [fact for result in results for fact in result.facts]
    heads = _texts(facts, "alarm")[:1]
    if steps := _told_steps(results):
        return [*heads, *_texts(facts, "check"), *steps]
    return [*heads, *_texts(facts, "action")[:1], *(_manual(asked, results, say) or _texts(facts, "none"))]


def _told_steps(results: Sequence[Shown]) -> list[str]:
    """The steps of the advisories with the passages that they were quoted from, and what must be kept to."""
    told = [result for result in results if result.tool == "recent_advisories"]
    numbers = {clean(passage.text, 60): passage.n for result in told for passage in result.passages}
    facts = [fact for result in told for fact in result.facts]
    return [*(_cited(text, numbers) for text in _texts(facts, "step")), *_texts(facts, "note")]


def _cited(text: str, numbers: dict[str, int]) -> str:
    found = next((number for begin, number in numbers.items() if begin[:40] and begin[:40] in text), 0)
    return f"{text} [{found}]" if found else text


def _manual(asked: Understood, results: Sequence[Shown], say: Say) -> list[str]:
    found = [result for result in results if result.tool == "search_manuals"]
    retired = [text for result in found for text in _texts(result.facts, "retired")]
    passages = [passage for result in found for passage in result.passages]
    if not passages:
        return retired
    wanted = content(asked.text)
    procedure = _procedure(passages)
    if len(procedure) > 1:
        before = [_quote(passage, wanted, say) for passage in passages[:1] if not passage.step]
        return [*retired, *before, _title(procedure[0], say), *(_step(passage) for passage in procedure)]
    return [*retired, *(_quote(passage, wanted, say) for passage in passages[:MOST_QUOTES])]


def _procedure(passages: Sequence[ShownPassage]) -> list[ShownPassage]:
    """The steps of one document and revision that the passages begin with, perhaps after a paragraph about them."""
    first = next((passage for passage in passages[:2] if passage.step), None)
    if first is None or (first.document, first.machines) != (passages[0].document, passages[0].machines):
        return []
    return [
        p
        for p in passages
        if p.step and (p.document, p.revision, p.machines) == (first.document, first.revision, first.machines)
    ]


def _title(passage: ShownPassage, say: Say) -> str:
    unreviewed = f" {say('manual.unreviewed')}" if passage.unreviewed else ""
    return f"{passage.title or passage.document} ({_source(passage)}){unreviewed}:"


def _step(passage: ShownPassage) -> str:
    text = clean(passage.text, LONGEST_QUOTE)
    numbered = text if re.match(rf"{re.escape(passage.step)}[.):\s]", text) else f"{passage.step}. {text}"
    return f"{numbered} [{passage.n}]"


def _quote(passage: ShownPassage, wanted: Sequence[str], say: Say) -> str:
    unreviewed = f" {say('manual.unreviewed')}" if passage.unreviewed else ""
    return f"{_source(passage)}: “{_excerpt(passage.text, wanted)}” [{passage.n}]{unreviewed}"


def _source(passage: ShownPassage) -> str:
    parts = [passage.document]
    if passage.revision:
        parts.append(f"rev {passage.revision}")
    if passage.page:
        parts.append(f"p. {passage.page}")
    return clean(" ".join(parts), 120)


def _excerpt(text: str, wanted: Sequence[str]) -> str:
    """A short passage whole; of a long one the sentences that speak of what was asked, in their order."""
    whole = " ".join(text.split())
    if len(whole) <= LONGEST_QUOTE or not wanted:
        return bounded(whole, LONGEST_QUOTE)
    sentences = _SENTENCE.split(whole)
    scores = [len(set(wanted) & {meant(word) for word in tokens(sentence)}) for sentence in sentences]
    best = max(range(len(sentences)), key=lambda at: (scores[at], -at))
    first = last = best
    while last + 1 < len(sentences) and len(" ".join(sentences[first : last + 2])) <= LONGEST_QUOTE:
        last += 1
    while first and len(" ".join(sentences[first - 1 : last + 1])) <= LONGEST_QUOTE:
        first -= 1
    return bounded(" ".join(sentences[first : last + 1]), LONGEST_QUOTE)


def _texts(facts: Iterable[ShownFact], *topics: str) -> list[str]:
    listed = list(facts)
    return [fact.text for topic in topics for fact in listed if fact.about == topic]


def _joined(parts: Sequence[str]) -> str:
    """Sentences after one another; steps and quotations on lines of their own."""
    said = list(dict.fromkeys(part for part in parts if part))
    text = ""
    for part in said:
        own_line = part.endswith("]") or part.endswith(":") or "[" in part
        text += ("\n" if own_line or text.endswith("]") else " ") + part if text else part
    return text
