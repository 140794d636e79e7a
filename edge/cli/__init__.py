"""The command line. It starts what was asked for, and turns errors into one clear sentence.

Loading the reader of command lines takes longer than normalizing 50,000 lines does, so the plain spellings of
`lineside normalize` are understood here; `--help`, mistakes and all other commands are left to `edge.cli.commands`.
"""

from __future__ import annotations

import sys

from lineside.errors import LinesideError, Malformed, Misconfigured

_INTERRUPTED = 130


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 a neighbour failed, 2 something a person must mend first."""
    try:
        _run(sys.argv[1:])
    except LinesideError as error:
        print(f"lineside: {_plain(str(error))}", file=sys.stderr)  # noqa: T201
        sys.exit(2 if isinstance(error, Misconfigured | Malformed) else 1)
    except OSError as error:  # a disk that is full, a file that may not be read: nobody below could mend it
        where = f"{error.filename}: " if error.filename else ""
        print(f"lineside: {where}{error.strerror or error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def _plain(text: str) -> str:
    """A sentence may hold what somebody else wrote, who must not steer this terminal by it."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def _run(arguments: list[str]) -> None:
    files = files_to_normalize(arguments)
    if files is None:
        from edge.cli.commands import app

        app()
    else:
        _normalize(files)


def _normalize(files: dict[str, str]) -> None:
    from pathlib import Path

    from edge.normalize import normalize_lines

    site, rejects = files.get("--site"), files.get("--rejects")
    try:
        normalize_lines(Path(site) if site is not None else None, Path(rejects) if rejects is not None else None)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:  # whoever read the lines has seen enough
        sys.stdout = None  # else it is flushed once more at exit
        sys.exit(1)


def files_to_normalize(arguments: list[str]) -> dict[str, str] | None:
    """Option -> file, where the command is `normalize` with nothing but files; None for everything else."""
    if arguments[:1] != ["normalize"]:
        return None
    files: dict[str, str] = {}
    words = iter(arguments[1:])
    for word in words:
        option, equals, value = word.partition("=")
        value = value if equals else next(words, "")
        if option not in ("--site", "--rejects") or not value or value.startswith("-"):
            return None
        files[option] = value
    return files
