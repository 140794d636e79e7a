"""JSON as RFC 8259 has it, and no more: what two readers could understand in two ways is refused.

Python's own reader takes NaN and Infinity, lets the last of two equal keys win, and reads as deep as its stack goes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Final

from lineside.errors import Malformed

MAX_DEPTH: Final = 16
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def read_json(raw: bytes, what: str, *, with_nan: bool = False) -> Any:
    """The value in these bytes. Raises `Malformed`, with a sentence that begins with `what`.

    `with_nan` takes NaN and Infinity too, for a reader that looks at every number itself.
    """
    try:
        return _checked_depth((_decode_with_nan if with_nan else _decode)(raw.decode("utf-8")), what)
    except UnicodeDecodeError as error:
        raise Malformed(f"{what} is not UTF-8: byte {error.start + 1} cannot be read") from None
    except RecursionError:
        raise Malformed(f"{what} is nested more than {MAX_DEPTH} deep") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise Malformed(f"{what} is not JSON: {error.msg[0].lower()}{error.msg[1:]} ({where})") from None
    except ValueError as error:  # a constant of another language, a key twice, a number of thousands of digits
        raise Malformed(f"{what} is not JSON: {str(error)[:200]}") from None


def depth_of(text: str) -> int:
    """How deep the brackets of a text stand in each other, or more where that is harmless.

    It does not hang on who asks, as the depth at which Python's own reader gives up does.
    """
    brackets = text.count("[") + text.count("{")
    if brackets <= MAX_DEPTH:
        return brackets
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        opened = found.group()[0]
        depth += (opened in "[{") - (opened in "]}")
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ValueError(f"the key {twice[:64]!r} stands in it twice")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number in it")


_decode: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant).decode
_decode_with_nan: Final = json.JSONDecoder(object_pairs_hook=_object).decode


def _checked_depth(value: Any, what: str) -> Any:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _members(outer) if isinstance(inner, dict | list)]
        if not level:
            return value
    raise Malformed(f"{what} is nested more than {MAX_DEPTH} deep")


def _members(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
