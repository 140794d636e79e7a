"""A function says at start everything that its environment lacks."""

import pytest
from pydantic import PositiveInt

from cloud.settings import EnvironmentSettings, Text
from lineside.errors import Misconfigured


class Settings(EnvironmentSettings):
    bucket_name: Text
    queue_url: Text
    batch_limit: PositiveInt = 100


def test_settings_are_read_from_the_variables_of_their_names():
    settings = Settings.read({"BUCKET_NAME": "lake", "QUEUE_URL": "https://queue", "BATCH_LIMIT": "7", "HOME": "/"})

    assert settings == Settings(bucket_name="lake", queue_url="https://queue", batch_limit=7)


def test_every_mistake_is_told_at_once():
    with pytest.raises(Misconfigured) as told:
        Settings.read({"QUEUE_URL": " ", "BATCH_LIMIT": "many"})

    assert [mistake.split(":")[0] for mistake in told.value.mistakes] == ["BUCKET_NAME", "QUEUE_URL", "BATCH_LIMIT"]


def test_a_value_is_never_repeated_because_it_may_be_a_secret():
    with pytest.raises(Misconfigured) as told:
        Settings.read({"BUCKET_NAME": "lake", "QUEUE_URL": "url", "BATCH_LIMIT": "hunter2"})

    assert "hunter2" not in str(told.value)
