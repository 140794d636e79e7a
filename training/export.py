"""The merged model as plain files in the layout of transformers 4.51.3, which is what Custom Model Import reads.

Newer versions write `rope_parameters`, `dtype`, a template in a file of its own and a tokenizer class of their own;
4.51.3 would pass the first over without a word and turn every position wrongly. Newer versions read this layout, too.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, Final

from lineside.errors import LinesideError
from lineside.releases.artifact import HEAD_BYTES, check_artifact
from training.template import exported_template

MANIFEST: Final = "manifest.json"
LAYOUT: Final = "4.51.3"
_NEWER: Final = ("backend", "extra_special_tokens", "is_local", "local_files_only")
_SPECIAL: Final = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")


class Unfit(LinesideError):
    """What was written could not be imported. Nobody should pay for trying."""


def export(model: Any, tokenizer: Any, out: Path, shard_gigabytes: float) -> None:
    """Write the model to `out`, which is emptied first. Raises `Unfit` where import would refuse it."""
    _empty(out)
    template = exported_template(tokenizer.chat_template)
    model.save_pretrained(out, max_shard_size=int(shard_gigabytes * 10**9))
    tokenizer.save_pretrained(out)
    (out / "chat_template.jinja").unlink(missing_ok=True)
    for file in out.glob("*.safetensors"):
        file.chmod(0o644)
    _rewrite(out / "config.json", older_configuration)
    _rewrite(out / "tokenizer_config.json", lambda found: older_tokenizer(found, tokenizer, template))
    _write(out / "special_tokens_map.json", _special_tokens(tokenizer))
    problems = check_folder(out)
    if problems:
        raise Unfit(f"the model in {out} could not be imported: {' '.join(problems)}")


def check_folder(folder: Path) -> list[str]:
    """What `check_artifact` says of a folder here."""
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}

    def read(name: str) -> bytes:
        with (folder / name).open("rb") as file:
            return file.read(HEAD_BYTES if name.endswith(".safetensors") else -1)

    return check_artifact(files, read)


def older_configuration(found: dict[str, Any]) -> dict[str, Any]:
    """`config.json` in the words of 4.51.3."""
    made = dict(found)
    rope = made.pop("rope_parameters", None)
    if rope:
        rope = dict(rope)
        made["rope_theta"] = rope.pop("rope_theta")
        made["rope_scaling"] = None if rope.get("rope_type", "default") == "default" else rope
    dtype = made.pop("dtype", None)
    if dtype:
        made["torch_dtype"] = dtype
    made["transformers_version"] = LAYOUT
    return dict(sorted(made.items()))


def older_tokenizer(found: dict[str, Any], tokenizer: Any, template: str) -> dict[str, Any]:
    """`tokenizer_config.json` in the words of 4.51.3, with the template inside."""
    made = {name: value for name, value in found.items() if name not in _NEWER}
    made["tokenizer_class"] = "PreTrainedTokenizerFast"
    made["chat_template"] = template
    made["added_tokens_decoder"] = {
        str(number): {
            "content": token.content,
            "lstrip": token.lstrip,
            "normalized": token.normalized,
            "rstrip": token.rstrip,
            "single_word": token.single_word,
            "special": token.special,
        }
        for number, token in sorted(tokenizer.added_tokens_decoder.items())
    }
    more = _more_special(found)
    return made | ({"additional_special_tokens": more} if more else {})


def write_manifest(out: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """`manifest.json`: what the model was made from, and the hash of every file beside it."""
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(out.iterdir())
        if path.name != MANIFEST
    }
    manifest = {**facts, "layout": f"transformers {LAYOUT}", "files": files}
    _write(out / MANIFEST, manifest)
    return manifest


def _special_tokens(tokenizer: Any) -> dict[str, Any]:
    made = {name: str(value) for name in _SPECIAL if (value := getattr(tokenizer, name, None))}
    more = [str(each) for each in getattr(tokenizer, "extra_special_tokens", [])]
    return made | ({"additional_special_tokens": more} if more else {})


def _more_special(found: dict[str, Any]) -> list[str]:
    more = found.get("extra_special_tokens") or []
    return [str(each) for each in (more.values() if isinstance(more, dict) else more)]


def _empty(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for each in out.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def _rewrite(file: Path, change: Any) -> None:
    _write(file, change(json.loads(file.read_text(encoding="utf-8"))))


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
