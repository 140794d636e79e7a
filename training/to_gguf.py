"""The merged model for the plant: one GGUF file and a Modelfile, which `ollama create` reads.

`python -m training.to_gguf model --out plant`. It needs neither torch nor a network, and no more memory than the
largest tensor takes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind
from numpy.typing import NDArray

from lineside.errors import LinesideError, Malformed, Misconfigured
from lineside.releases.artifact import HEAD_BYTES
from lineside.releases.weights import Tensor, read_header
from training.console import say
from training.export import check_folder
from training.llama_gguf import (
    add_hyperparameters,
    add_tokenizer,
    refuse,
    rope_factors,
    tensor_names,
    turned,
)
from training.modelfile import modelfile

_HALF_LARGEST: Final = 65_504.0
_BLOCK: Final = 32


class Precision(NamedTuple):
    """How weights are written. Embeddings and the output layer are more sensitive than the rest."""

    kind: Kind
    embeddings: Kind
    file_type: gguf.LlamaFileType
    why: str


PRECISIONS: Final = {
    "f16": Precision(Kind.F16, Kind.F16, gguf.LlamaFileType.MOSTLY_F16, "whole, for the server to quantize"),
    "bf16": Precision(Kind.BF16, Kind.BF16, gguf.LlamaFileType.MOSTLY_BF16, "whole, bit for bit as it was trained"),
    "q8_0": Precision(Kind.Q8_0, Kind.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0, "8.5 bits a weight"),
    "q4_0": Precision(Kind.Q4_0, Kind.Q8_0, gguf.LlamaFileType.MOSTLY_Q4_0, "4.5 bits a weight, embeddings 8.5"),
}


def main(words: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(words)
    try:
        written = convert(arguments.model, arguments.out, arguments.precision, arguments.name)
    except LinesideError as error:
        say(f"to_gguf: {error}")
        return 2 if isinstance(error, Misconfigured | Malformed) else 1
    say(f"{written} has {written.stat().st_size / 10**9:.3f} GB; beside it lies its Modelfile")
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m training.to_gguf", description=__doc__)
    made.add_argument("model", type=Path, help="folder with the merged model")
    made.add_argument("--out", type=Path, required=True, help="folder for the GGUF file and the Modelfile")
    made.add_argument("--name", default="llama-lineside", help="name of the file and the model (default: %(default)s)")
    rows = "; ".join(f"{name}: {row.why}" for name, row in PRECISIONS.items())
    made.add_argument("--precision", choices=PRECISIONS, default="f16", help=f"{rows} (default: %(default)s)")
    return made


def convert(model: Path, out: Path, precision: str = "f16", name: str = "llama-lineside") -> Path:
    """Write the GGUF file and its Modelfile. Raises `Misconfigured` where the model is not one that import would take.

    Raises `Misconfigured`, too, for a value that float16 cannot hold: it would be infinite without a word.
    """
    problems = check_folder(model) if model.is_dir() else [f"There is no folder {model}."]
    if problems:
        raise Misconfigured(f"{model} cannot be converted: {' '.join(problems)}")
    configuration = _json(model / "config.json")
    refuse(configuration)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{name}.{precision}.gguf"
    unfinished = file.with_suffix(".part")
    try:
        _write(unfinished, model, configuration, PRECISIONS[precision], name)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.replace(file)
    (out / f"{name}.{precision}.Modelfile").write_text(modelfile(model, file.name), encoding="utf-8")
    return file


def _write(file: Path, model: Path, configuration: dict[str, Any], precision: Precision, name: str) -> None:
    writer = gguf.GGUFWriter(file, gguf.MODEL_ARCH_NAMES[gguf.MODEL_ARCH.LLAMA])
    try:
        writer.add_type("model")
        writer.add_name(name)
        writer.add_file_type(precision.file_type)
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        add_hyperparameters(writer, configuration)
        special = _json(model / "tokenizer_config.json")
        add_tokenizer(writer, _json(model / "tokenizer.json"), special, configuration["vocab_size"])
        planned = list(_planned(model, configuration, precision))
        for tensor in planned:
            writer.add_tensor_info(tensor.name, tensor.shape, np.dtype(tensor.item), tensor.bytes, tensor.kind)
        factors = rope_factors(configuration)
        if factors is not None:
            writer.add_tensor_info("rope_freqs.weight", factors.shape, factors.dtype, factors.nbytes)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for done, tensor in enumerate(planned, start=1):
            writer.write_tensor_data(_stored(tensor, configuration))
            if done % 50 == 0 or done == len(planned):
                say(f"{done}/{len(planned)} tensors")
        if factors is not None:
            writer.write_tensor_data(factors)
    finally:
        writer.close()


class _Planned(NamedTuple):
    """A tensor as it lies here, and as it will lie there."""

    name: str
    kind: Kind
    shape: tuple[int, ...]
    """In bytes for its last dimension, where it is quantized."""
    bytes: int
    item: str
    source: Path
    source_name: str
    held: Tensor


def _planned(model: Path, configuration: dict[str, Any], precision: Precision) -> Iterator[_Planned]:
    names = tensor_names(configuration["num_hidden_layers"])
    for file in sorted(model.glob("*.safetensors")):
        with file.open("rb") as opened:
            held = read_header(opened.read(HEAD_BYTES), file.stat().st_size)
        for source_name, tensor in sorted(held.items()):
            if source_name not in names:
                raise Misconfigured(f"the model has a tensor {source_name}, which a Llama does not have")
            kind = _kind(names[source_name], tensor.shape, precision)
            stored = _stored_shape(tensor.shape, kind)
            item = {Kind.F32: "float32", Kind.F16: "float16", Kind.BF16: "uint16"}.get(kind, "uint8")
            size = int(np.prod(stored)) * np.dtype(item).itemsize
            yield _Planned(names[source_name], kind, stored, size, item, file, source_name, tensor)


def _kind(name: str, shape: tuple[int, ...], precision: Precision) -> Kind:
    """Norms stay in float32; a row that is no multiple of a block stays in float16."""
    if len(shape) == 1:
        return Kind.F32
    kind = precision.embeddings if name.startswith(("token_embd", "output.")) else precision.kind
    return Kind.F16 if kind in (Kind.Q8_0, Kind.Q4_0) and shape[-1] % _BLOCK else kind


def _stored_shape(shape: tuple[int, ...], kind: Kind) -> tuple[int, ...]:
    if kind in (Kind.Q8_0, Kind.Q4_0):
        return tuple(gguf.quant_shape_to_byte_shape(shape, kind))
    return shape


def _stored(tensor: _Planned, configuration: dict[str, Any]) -> NDArray[Any]:
    raw = turned(tensor.source_name, _mapped(tensor.source, tensor.held), configuration)
    if tensor.held.dtype == "BF16" and tensor.kind == Kind.BF16:
        return np.ascontiguousarray(raw)
    values = as_float32(raw, tensor.held.dtype)
    if tensor.kind == Kind.F16 and np.abs(values).max(initial=0.0) > _HALF_LARGEST:
        raise Misconfigured(f"{tensor.source_name} holds a value that float16 cannot; convert with --precision bf16")
    made: NDArray[Any] = gguf.quants.quantize(np.ascontiguousarray(values), tensor.kind)
    return made.view(np.uint16) if tensor.kind == Kind.BF16 else made


def _mapped(file: Path, tensor: Tensor) -> NDArray[Any]:
    """The tensor's numbers where they lie in the file; bfloat16, which numpy does not know, as its bits."""
    kind = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}[tensor.dtype]
    return np.memmap(file, dtype=kind, mode="r", offset=tensor.start, shape=tensor.shape)


def as_float32(raw: NDArray[Any], dtype: str) -> NDArray[np.float32]:
    if dtype == "BF16":
        return (raw.astype(np.uint32) << 16).view(np.float32)
    return raw.astype(np.float32)


def _json(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main())
