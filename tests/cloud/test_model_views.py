"""What the console is told of the cloud's models."""

from cloud.model_views import model_views
from lineside.answering.models import parse_models
from lineside.answering.writer import FixedAliases
from lineside.errors import Unavailable

FILE = """
models:
  - {name: fine-tuned, provider: bedrock, alias: live}
  - {name: gpt-oss, provider: bedrock, model: "openai.gpt-oss-20b-1:0", roles: [router, answerer], tools: true}
  - {name: elsewhere, provider: ollama, model: m, url: "http://127.0.0.1:11434"}
  - {name: offline, provider: offline}
"""


def test_every_row_says_what_is_known_of_it_in_a_sentence():
    views = model_views(parse_models(FILE), FixedAliases({"live": "arn:aws:bedrock:::imported-model/a"}))

    assert [(one.name, one.state) for one in views] == [
        ("fine-tuned", "unknown"),
        ("gpt-oss", "unknown"),
        ("elsewhere", "unavailable"),
        ("offline", "ready"),
    ]
    assert views[0].model.endswith("imported-model/a")
    assert all(one.why.endswith(".") for one in views)


def test_an_alias_under_which_nothing_is_released_is_unavailable():
    released = model_views(parse_models(FILE), FixedAliases({}))[0]

    assert (released.state, released.why) == ("unavailable", "No model is released as live yet.")


def test_a_table_that_does_not_answer_leaves_the_other_rows_as_they_are():
    class Silent:
        def released(self, alias: str, conversation: str = "") -> None:
            raise Unavailable("the line table did not say")

    views = model_views(parse_models(FILE), Silent())

    assert [one.state for one in views] == ["unknown", "unknown", "unavailable", "ready"]
