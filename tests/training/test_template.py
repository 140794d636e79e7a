"""One rendering of a conversation: what is trained is what Bedrock and the plant's server render."""

from __future__ import annotations

import pytest

from lineside.errors import Misconfigured
from training.modelfile import renderer
from training.template import PINNED_DATE, as_go_template, exported_template, pinned

DATED = """\
{%- if not date_string is defined %}
    {%- set date_string = strftime_now("%d %b %Y") %}
{%- endif %}
{{- bos_token + "[system]Today is " + date_string + ". " }}
{%- if messages[0].role == 'system' %}{{ messages[0].content | trim }}{% set messages = messages[1:] %}{% endif %}
{{- "[end]" }}
{%- for message in messages %}
    {%- if message.role == 'assistant' %}
        {{- "[assistant]" }}{% generation %}{{ message.content }}[end]{%- endgeneration %}
    {%- else %}
        {{- "[user]" + message.content + "[end]" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ "[assistant]" }}{% endif %}"""
ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What does E-217 mean?"}]


def rendered(template: str, conversation: list[dict[str, str]]) -> str:
    return renderer({"chat_template": template, "bos_token": "<bos>", "eos_token": "[end]"})(conversation)


def filled(template: str, system: str, prompt: str) -> str:
    """What Ollama makes of it before the model answers."""
    first, rest = template.removeprefix("{{ if .System }}").split("{{ else }}")
    second, tail = rest.split("{{ end }}")
    assert tail == "{{ .Response }}[end]"
    return (first if system else second).replace("{{ .System }}", system).replace("{{ .Prompt }}", prompt)


def test_the_date_is_the_same_every_day():
    text = rendered(exported_template(DATED), ASKED)

    assert text == f"<bos>[system]Today is {PINNED_DATE}. Be brief.[end][user]What does E-217 mean?[end][assistant]"


def test_a_template_without_a_date_stays_as_it_is():
    assert pinned("{{ messages }}") == "{{ messages }}"
    assert pinned(pinned(DATED)) == pinned(DATED)


@pytest.mark.parametrize(
    "marks", [("{% generation %}", "{% endgeneration %}"), ("{%- generation -%}", "{%- endgeneration -%}")]
)
def test_marks_of_training_leave_and_the_rendering_stays(marks: tuple[str, str]):
    begin, end = marks
    written = "a\n  " + begin + "\n  {{ messages[0].content }}\n  " + end + "\nb"
    known = written.replace(begin, begin.replace("generation", "if true")).replace(
        end, end.replace("endgeneration", "endif")
    )

    exported = exported_template(written)

    assert "generation" not in exported
    assert rendered(exported, ASKED) == rendered(known, ASKED)


@pytest.mark.parametrize("system", ["Be brief.", ""])
def test_ollama_renders_what_was_trained(system: str):
    render = renderer({"chat_template": exported_template(DATED), "bos_token": "<bos>", "eos_token": "[end]"})
    conversation = ASKED if system else ASKED[1:]

    go = as_go_template(render, "<bos>", "[end]")

    assert "<bos>" + filled(go, system, ASKED[1]["content"]) == render(conversation)


def test_a_template_that_takes_no_system_text_is_refused():
    with pytest.raises(Misconfigured, match="no system text here"):
        rendered("{{ raise_exception('no system text here') }}", ASKED)
