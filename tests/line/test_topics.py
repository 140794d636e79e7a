from __future__ import annotations

import pytest

from lineside.errors import Malformed
from lineside.line.topics import Topic, parse_topic


@pytest.mark.parametrize("prefix", ["", "$aws/rules/telemetry_to_lake/"])
def test_a_topic_says_where_a_message_comes_from(prefix: str):
    assert parse_topic(f"{prefix}dt/lineside/bakery-north/line-1/oven") == Topic("bakery-north", "line-1", "oven")


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "dt/lineside/bakery-north/line-1",
        "dt/lineside/bakery-north/line-1/oven/more",
        "dt/lineside/bakery-north//oven",
        "cmd/lineside/bakery-north/line-1/oven/request",
        "dt/lineside/bakery north/line-1/oven",
        "dt/lineside/../line-1/oven",
        "dt/lineside/bakery-north/line-1/oven\n",
        "$aws/rules/dt/lineside/bakery-north/line-1/oven/x",
    ],
)
def test_what_is_no_telemetry_topic_is_malformed(topic: str):
    with pytest.raises(Malformed, match="no telemetry topic"):
        parse_topic(topic)
