"""The plant's words for Amazon Transcribe: a custom vocabulary for each language, made from the site file.

`python -m cloud.vocabulary NAME [SITE_FILE]` makes or renews NAME-en, NAME-de and NAME-zh; it needs credentials. Then
set `transcribe_vocabulary` to NAME in cdk.json and deploy. Making it again after the site file has changed is harmless.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cloud.voice import LANGUAGES, vocabulary_name
from lineside.api.voice import vocabulary_of
from lineside.errors import LinesideError, Misconfigured, Unavailable
from lineside.site import read_site
from lineside.site.model import Site

DEFAULT_SITE_FILE: Final = Path("samples/site.yaml")
LONGEST_PHRASE: Final = 256
_ALLOWED = re.compile(r"^[A-Za-zÄÖÜäöüß.'-]+$")
"""Of the characters that Transcribe takes in both English and German; it takes no digits."""
_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def phrases(site: Site) -> tuple[str, ...]:
    """What people say, as Transcribe wants it: `Oven 2` -> `Oven-two`. Names that it cannot take are left out."""
    spelled = (_phrase(word) for word in vocabulary_of(site))
    return tuple(dict.fromkeys(phrase for phrase in spelled if _ALLOWED.match(phrase) and len(phrase) < LONGEST_PHRASE))


def renew(client: Any, name: str, site: Site) -> list[str]:
    """Make or renew the vocabulary of every language; their names. `client` is boto3's for transcribe.

    Raises `Misconfigured` where the site has no word that Transcribe takes, or where it refuses; `Unavailable` where it
    does not answer.
    """
    words = phrases(site)
    if not words:
        raise Misconfigured(f"the site {site.site} has no name that Amazon Transcribe could listen for")
    made = []
    for language, spoken in LANGUAGES.items():
        own = vocabulary_name(name, language)
        _put(client, VocabularyName=own, LanguageCode=spoken.heard_as, Phrases=list(words))
        made.append(own)
    return made


def _phrase(word: str) -> str:
    composed = unicodedata.normalize("NFC", word)
    spoken = "".join(
        f" {_DIGITS[int(character)]} " if character in "0123456789" else character for character in composed
    )
    return "-".join(part for part in re.split(r"[\s_/,:;()-]+", spoken) if part)


def _put(client: Any, **vocabulary: Any) -> None:
    try:
        try:
            client.create_vocabulary(**vocabulary)
        except client.exceptions.ConflictException:
            client.update_vocabulary(**vocabulary)
    except ClientError as error:
        raise Misconfigured(f"Amazon Transcribe refused {vocabulary['VocabularyName']}: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"Amazon Transcribe did not answer: {error}") from error


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(f"{__doc__}\n")
        return 0 if arguments else 2
    site_file = Path(arguments[1]) if len(arguments) > 1 else DEFAULT_SITE_FILE
    try:
        made = renew(boto3.client("transcribe"), arguments[0], read_site(site_file))
    except (LinesideError, BotoCoreError) as error:
        sys.stderr.write(f"cloud.vocabulary: {error}\n")
        return 1
    sys.stdout.write("".join(f"{name}\n" for name in made))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
