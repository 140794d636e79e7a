"""The chat template: one rendering for training, for Bedrock, and for the plant's server.

Llama 3.2 writes today's date into every prompt. A model trained in November would then be asked in words that it never
saw, and the same dataset and seed would give another model tomorrow; so the date is pinned to the template's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

PINNED_DATE: Final = "26 Jul 2024"
"""What Llama's template says where it knows no date."""
_PIN: Final = '{%- set date_string = "' + PINNED_DATE + '" %}'
_MARKS: Final = re.compile(r"\{%(-?)\s*(?:end)?generation\s*(-?)%\}")

Render = Callable[[list[dict[str, str]]], str]
"""A conversation -> the text that the model continues, with the assistant's heading at its end."""


def exported_template(template: str) -> str:
    """The same template for a server: with a fixed date, and without the marks that only training reads."""
    return without_generation_marks(pinned(template))


def pinned(template: str) -> str:
    if "strftime_now" not in template or template.startswith(_PIN):
        return template
    return _PIN + template


def without_generation_marks(template: str) -> str:
    """`{% generation %}` is an extension of transformers. A tag stays in its place, for tags trim the lines around."""
    return _MARKS.sub(r"{%\1 set learned = true \2%}", template)


def as_go_template(render: Render, bos_token: str, end_of_turn: str) -> str:
    """The same rendering in the template language of Ollama, for a system text and one question.

    It is drawn from the rendering itself, so it cannot differ from what was trained. Ollama's tokenizer adds the token
    of the beginning, so it is left out.
    """
    asked = {"role": "user", "content": "{{ .Prompt }}"}
    with_system = render([{"role": "system", "content": "{{ .System }}"}, asked])
    alone = render([asked])
    both = [text.removeprefix(bos_token) for text in (with_system, alone)]
    return "{{ if .System }}" + both[0] + "{{ else }}" + both[1] + "{{ end }}{{ .Response }}" + end_of_turn
