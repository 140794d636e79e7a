"""The objects of one run of the data preparation, below `training/<run>/`: what a step leaves for the next one.

    items.json                     the files to read, one reference each
    read/<item>.jsonl              what one file holds, as `library_file` packs documents
    plan.json                      what is in force, and how the questions are asked
    asked.json                     the documents to ask about, one `Source` each
    documents/<id>/chunks.json     a document's chunks, and how many questions each is asked for
    documents/<id>/drafts/<n>.json what the generator wrote of chunk n
    documents/<id>/made.json       its checked pairs, or why there are none
    report.json                    the dataset's report

Every step may run again: it writes the same objects, or better ones.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from cloud.library_file import pack, unpack
from lineside.errors import Malformed
from lineside.lake.objects import ObjectStore
from lineside.manuals.library import Document, Library
from lineside.training_data.draft import Draft, Misfit
from lineside.training_data.pair import Chunk
from lineside.training_data.report import Made, Source

TRAINING: Final = "training/"
T = TypeVar("T")
R = TypeVar("R")


class Item(msgspec.Struct, frozen=True):
    """A file to read: `key` of an upload, or the `document_id` of a document that travels with the deployment."""

    item: str
    """Names its objects; unlike that of any other item and any document of the library."""
    name: str
    key: str = ""
    beside: str = ""
    """The key of the `.yaml` that describes an upload."""
    document_id: str = ""


class Plan(msgspec.Struct, frozen=True):
    """Decided over the whole list of documents, before anything is asked of a model."""

    today: date
    settings: dict[str, Any]
    in_force: tuple[str, ...]


class Asking(msgspec.Struct, frozen=True):
    """One document and what is asked about it: as many questions of each chunk as `wanted` says."""

    source: Source
    problem: str
    chunks: tuple[Chunk, ...]
    wanted: tuple[int, ...]


class Written(msgspec.Struct, frozen=True):
    """What a generator wrote of one chunk. `problem` says why it wrote nothing, where asking again is of no use."""

    chunk_id: str
    made_by: str
    drafts: tuple[dict[str, Any], ...] = ()
    problem: str = ""

    @classmethod
    def of(cls, chunk: Chunk, made_by: str, drafts: Iterable[Draft | Misfit]) -> Written:
        return cls(chunk.chunk_id, made_by, tuple(map(_plain, drafts)))

    def as_drafts(self) -> tuple[Draft | Misfit, ...]:
        return tuple(map(_draft, self.drafts))


class TrainingRun:
    """Reads and writes them. Raises `Malformed` where an earlier step left nothing."""

    def __init__(self, objects: ObjectStore, run: str) -> None:
        self._objects, self.name = objects, run

    def key(self, name: str) -> str:
        return f"{TRAINING}{self.name}/{name}"

    @property
    def items_key(self) -> str:
        """What the state machine reads its list of files from."""
        return self.key("items.json")

    @property
    def asked_key(self) -> str:
        """What the state machine reads its list of documents from."""
        return self.key("asked.json")

    def put_items(self, items: Iterable[Item]) -> None:
        self._put("items.json", builtins.list(items))

    def put_read(self, item: str, documents: Iterable[Document]) -> None:
        self._objects.put(self.key(f"read/{item}.jsonl"), pack(Library(tuple(documents)), Path()))

    def library(self) -> Library:
        """What was read of every item, in the order of the list."""
        items = self._get("items.json", builtins.list[Item])
        return Library(tuple(document for each in self._each(self._read, items) for document in each))

    def put_plan(self, plan: Plan, asked: Iterable[Asking]) -> None:
        """The plan last: where it stands, everything that it speaks of does."""
        asked = builtins.list(asked)
        self._each(lambda each: self._put(f"documents/{each.source.document_id}/chunks.json", each), asked)
        self._put("asked.json", [each.source for each in asked])
        self._put("plan.json", plan)

    def plan(self) -> Plan:
        return self._get("plan.json", Plan)

    def asking(self, document_id: str) -> Asking:
        return self._get(f"documents/{document_id}/chunks.json", Asking)

    def put_written(self, document_id: str, number: int, written: Written) -> None:
        self._put(f"documents/{document_id}/drafts/{number}.json", written)

    def written(self, document_id: str, asking: Asking) -> builtins.list[Written | None]:
        """What was written of each chunk; None where nothing was, or something was of another chunk."""

        def one(number: int) -> Written | None:
            name = f"documents/{document_id}/drafts/{number}.json"
            try:
                found = msgspec.json.decode(self._objects.get(self.key(name)), type=Written)
            except KeyError:
                return None
            return found if found.chunk_id == asking.chunks[number].chunk_id else None

        return self._each(one, range(len(asking.chunks)))

    def put_made(self, document_id: str, made: Made) -> None:
        self._put(f"documents/{document_id}/made.json", made)

    def made(self) -> builtins.list[Made]:
        """What became of each document that was asked about, in the order of the library."""
        asked = self._get("asked.json", builtins.list[Source])
        return self._each(lambda each: self._get(f"documents/{each.document_id}/made.json", Made), asked)

    def put_report(self, report: bytes) -> str:
        """Its key."""
        key = self.key("report.json")
        self._objects.put(key, report)
        return key

    def _read(self, item: Item) -> tuple[Document, ...]:
        packed = self._bytes(f"read/{item.item}.jsonl")
        return unpack(packed, Path()).documents

    def _each(self, one: Callable[[T], R], many: Iterable[T]) -> builtins.list[R]:
        """Requests take tens of milliseconds each, and a library has hundreds of documents."""
        with ThreadPoolExecutor(self._objects.at_once) as pool:
            return builtins.list(pool.map(one, many))

    def _put(self, name: str, value: object) -> None:
        self._objects.put(self.key(name), msgspec.json.encode(value))

    def _get(self, name: str, kind: type[T]) -> T:
        return msgspec.json.decode(self._bytes(name), type=kind)

    def _bytes(self, name: str) -> bytes:
        try:
            return self._objects.get(self.key(name))
        except KeyError:
            raise Malformed(f"there is no {self.key(name)}; start the run again from its beginning") from None


def _plain(draft: Draft | Misfit) -> dict[str, Any]:
    return draft.model_dump(mode="json") if isinstance(draft, Draft) else msgspec.to_builtins(draft)


def _draft(plain: dict[str, Any]) -> Draft | Misfit:
    return msgspec.convert(plain, Misfit) if "wrote" in plain else Draft.model_validate(plain)
