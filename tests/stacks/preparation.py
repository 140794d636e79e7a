"""The stack of the data preparation as `make synth` writes it."""

from __future__ import annotations

from tests.stacks.synth import Template, synthesised


def preparation() -> Template:
    return synthesised().data_preparation
