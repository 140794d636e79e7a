"""Questions and answers from a model: asked for with a schema, read with care, and never paid for twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Protocol

import msgspec
from pydantic import ValidationError

from lineside.answering.models import ModelRow
from lineside.answering.writer import CutShort, Writer
from lineside.training_data.draft import Draft, Generator, Misfit
from lineside.training_data.pair import Chunk
from lineside.training_data.prompts import PROMPT_VERSION, generation_prompt

LONGEST_MISFIT: Final = 1_000
"""Characters of what a model wrote instead of a pair, so that a person sees what it was."""

Written = tuple[Draft | Misfit, ...]


@dataclass(frozen=True)
class WritingGenerator:
    """A `Generator` over any model that writes. Raises what the writer raises, but for `CutShort`: an answer that
    did not fit is asked for again with half as many pairs."""

    writer: Writer

    @property
    def name(self) -> str:
        return self.row.model or self.row.alias or self.row.name

    @property
    def row(self) -> ModelRow:
        return self.writer.row

    def generate(self, chunk: Chunk, wanted: int) -> Written:
        asked = wanted
        while asked > 0:
            try:
                return self._generate(chunk, asked)
            except CutShort as error:
                if asked == 1:
                    return (Misfit("", str(error)),)
                asked //= 2
        return ()

    def _generate(self, chunk: Chunk, wanted: int) -> Written:
        """What one answer holds; one that cannot be read at all is asked for once more."""
        text = ""
        for again in (False, True):
            prompt = generation_prompt(chunk, wanted, self.row, again=again)
            if prompt is None:
                return ()
            text = "".join(self.writer.write(prompt))
            if (found := _pairs(text)) is not None:
                return tuple(_draft(each) for each in found[:wanted])
        return (Misfit(_shown(text), "it is no JSON object with a list of pairs"),)


class Kept(Protocol):
    """Keeps bytes under a name: a folder in the plant, a bucket in the cloud."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, content: bytes) -> None: ...


@dataclass(frozen=True)
class KeptGenerator:
    """Asks for each chunk once, whatever stops the run in between. What is kept and cannot be read is asked anew."""

    generator: Generator
    kept: Kept
    prompt_version: str = PROMPT_VERSION

    @property
    def name(self) -> str:
        return self.generator.name

    def generate(self, chunk: Chunk, wanted: int) -> Written:
        key = self.key(chunk, wanted)
        if (content := self.kept.get(key)) is not None and (found := _unpacked(content)) is not None:
            return found
        written = self.generator.generate(chunk, wanted)
        self.kept.put(key, _packed(written))
        return written

    def key(self, chunk: Chunk, wanted: int) -> str:
        """Another one for another model, other instructions, other words of the source, or another number of pairs."""
        asked = msgspec.json.encode((self.name, self.prompt_version, chunk.chunk_id, wanted))
        return blake2b(asked, digest_size=16).hexdigest()


def _pairs(text: str) -> list[Any] | None:
    """The list of pairs in an answer, with or without a fence of code or words around it; None where there is none."""
    begin, end = text.find("{"), text.rfind("}")
    for candidate in (text, text[begin : end + 1]):
        try:
            data = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict) and isinstance(data.get("pairs"), list):
            return list(data["pairs"])
    return None


def _draft(data: Any) -> Draft | Misfit:
    try:
        return Draft.model_validate(data)
    except ValidationError as error:
        why = "; ".join(_sentence(dict(each)) for each in error.errors(include_url=False))
        return Misfit(_shown(json.dumps(data, ensure_ascii=False)), why)


def _shown(text: str) -> str:
    """Its beginning, in characters that can be written to a file."""
    return text[:LONGEST_MISFIT].encode(errors="replace").decode()


def _sentence(error: dict[str, Any]) -> str:
    place = ".".join(map(str, error["loc"]))
    message = f"{error['msg'][:1].lower()}{error['msg'][1:]}"
    return f"{place}: {message}" if place else message


def _packed(written: Written) -> bytes:
    rows = [
        {"wrote": each.wrote, "why": each.why} if isinstance(each, Misfit) else each.model_dump(mode="json")
        for each in written
    ]
    return msgspec.json.encode(rows)


def _unpacked(content: bytes) -> Written | None:
    try:
        rows = msgspec.json.decode(content, type=list[dict[str, Any]])
        return tuple(
            msgspec.convert(row, Misfit) if row.keys() == {"wrote", "why"} else Draft.model_validate(row)
            for row in rows
        )
    except (msgspec.DecodeError, msgspec.ValidationError, ValidationError):
        return None
