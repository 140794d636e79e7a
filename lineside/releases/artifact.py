"""Whether a fine-tuned model can be imported, judged from its files' names, sizes and heads, before anything is paid.

Bedrock's Custom Model Import takes a prefix of plain files as transformers 4.51.3 wrote them, and says what it dislikes
only after its job has run. Source: "Import a customized model" and "Custom chat templates and tokenizers" in the
Bedrock user guide, read on 2026-11-21.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from lineside.errors import Malformed
from lineside.releases.weights import Weights, read_header

READ_ON: Final = "2026-11-21"
"""When the rows below were compared with the Bedrock user guide."""


class Architecture(NamedTuple):
    """What `architectures` of a `config.json` says, and what Bedrock does with it."""

    name: str
    family: str
    converse: bool = True
    """Whether `Converse` answers; the others answer `InvokeModel` alone."""
    images: bool = False


SUPPORTED_ARCHITECTURES: Final = (
    Architecture("LlamaForCausalLM", "Llama 2, 3, 3.1, 3.2 and 3.3"),
    Architecture("MllamaForConditionalGeneration", "Llama 3.2 with images", images=True),
    Architecture("MistralForCausalLM", "Mistral"),
    Architecture("MixtralForCausalLM", "Mixtral"),
    Architecture("T5ForConditionalGeneration", "Flan"),
    Architecture("GPTBigCodeForCausalLM", "GPTBigCode"),
    Architecture("Qwen2ForCausalLM", "Qwen 2 and 2.5", converse=False),
    Architecture("Qwen2VLForConditionalGeneration", "Qwen 2 VL", converse=False, images=True),
    Architecture("Qwen2_5_VLForConditionalGeneration", "Qwen 2.5 VL", converse=False, images=True),
    Architecture("Qwen3ForCausalLM", "Qwen 3", converse=False),
    Architecture("Qwen3MoeForCausalLM", "Qwen 3, mixture of experts", converse=False),
    Architecture("GptOssForCausalLM", "GPT-OSS (in us-east-1 alone)", converse=False),
)
ARCHITECTURES: Final = tuple(each.family for each in SUPPORTED_ARCHITECTURES)
"""What Custom Model Import takes, as a person would say it."""
MOST_BYTES: Final = 200 * 10**9
MOST_BYTES_WITH_IMAGES: Final = 100 * 10**9
HEAD_BYTES: Final = 32 * 2**20
"""How much of a `.safetensors` file is enough to read its header; other files are read whole."""


class BaseModel(NamedTuple):
    """Models whose name begins like this, the architecture they have, and the licence that a person must accept."""

    prefix: str
    architecture: str
    licence: str = ""


BASE_MODELS: Final = (
    BaseModel("meta-llama/Llama-3.2-11B-Vision", "MllamaForConditionalGeneration", "Llama 3.2 Community License"),
    BaseModel("meta-llama/Llama-3.2-90B-Vision", "MllamaForConditionalGeneration", "Llama 3.2 Community License"),
    BaseModel("meta-llama/Llama-4", "Llama4ForConditionalGeneration", "Llama 4 Community License"),
    BaseModel("meta-llama/Llama-3.2", "LlamaForCausalLM", "Llama 3.2 Community License"),
    BaseModel("meta-llama/Llama-3.3", "LlamaForCausalLM", "Llama 3.3 Community License"),
    BaseModel("meta-llama/Llama-3.1", "LlamaForCausalLM", "Llama 3.1 Community License"),
    BaseModel("meta-llama/Meta-Llama-3.1", "LlamaForCausalLM", "Llama 3.1 Community License"),
    BaseModel("meta-llama/Meta-Llama-3", "LlamaForCausalLM", "Meta Llama 3 Community License"),
    BaseModel("meta-llama/Llama-2", "LlamaForCausalLM", "Llama 2 Community License"),
    BaseModel("mistralai/Mistral-7B", "MistralForCausalLM"),
    BaseModel("mistralai/Mixtral", "MixtralForCausalLM"),
    BaseModel("google/flan-t5", "T5ForConditionalGeneration"),
    BaseModel("Qwen/Qwen3-Next", "Qwen3NextForCausalLM"),
    BaseModel("Qwen/Qwen3.", "Qwen3_5ForConditionalGeneration"),
    BaseModel("Qwen/Qwen3-", "Qwen3ForCausalLM"),
    BaseModel("Qwen/Qwen2.5-VL", "Qwen2_5_VLForConditionalGeneration"),
    BaseModel("Qwen/Qwen2-VL", "Qwen2VLForConditionalGeneration"),
    BaseModel("Qwen/Qwen2", "Qwen2ForCausalLM"),
    BaseModel("google/gemma", "GemmaForCausalLM", "Gemma Terms of Use"),
    BaseModel("openai/gpt-oss", "GptOssForCausalLM"),
)
"""The first row whose prefix fits is meant. A model that no row names is judged by its `config.json`."""

_ARCHIVES: Final = (".tar.gz", ".tgz", ".tar", ".zip")
_OTHER_WEIGHTS: Final = (".bin", ".pt", ".pth", ".gguf", ".h5", ".msgpack", ".onnx")
_NEEDED: Final = ("config.json", "tokenizer.json", "tokenizer_config.json")
_TEMPLATE_FILES: Final = ("chat_template.jinja", "chat_template.json")
_INDEX: Final = "model.safetensors.index.json"

Read = Callable[[str], bytes]
"""A file's bytes by its name; of a `.safetensors` file the first `HEAD_BYTES` are enough."""


def base_model_problem(base_model: str, *, accept_licence: bool, architecture: str = "") -> str | None:
    """Why this base model cannot be used, in one sentence. `architecture`: what its `config.json` says, if known."""
    row = next((row for row in BASE_MODELS if base_model.startswith(row.prefix)), None)
    found = architecture or (row.architecture if row else "")
    if found and supported(found) is None:
        return (
            f"{base_model} is a {found}, which Custom Model Import does not take; it takes {', '.join(ARCHITECTURES)}."
        )
    if row and row.licence and not accept_licence:
        return f"Read the {row.licence} of {base_model}, then accept it with accept_licence: true."
    return None


def can_be_imported(base_model: str) -> bool:
    """Whether import takes this base model, as far as its name tells; its `config.json` is asked before training."""
    return base_model_problem(base_model, accept_licence=True) is None


def supported(architecture: str) -> Architecture | None:
    return next((each for each in SUPPORTED_ARCHITECTURES if each.name == architecture), None)


def check_artifact(files: Mapping[str, int], read: Read) -> list[str]:
    """Everything that would make an import fail or the imported model speak nonsense, a sentence each; [] is good.

    `files`: every file under the prefix, named from there, and its size in bytes.
    """
    if not files:
        return ["The artifact is empty."]
    problems = [*_layout(files)]
    configuration = _object(files, read, "config.json", problems)
    tokenizer_configuration = _object(files, read, "tokenizer_config.json", problems)
    tokenizer = _object(files, read, "tokenizer.json", problems)
    weights = _weights(files, read, problems)
    problems += _sizes(files, configuration)
    problems += _template(files, tokenizer_configuration)
    problems += _configured(configuration)
    problems += _vocabulary(configuration, tokenizer)
    problems += _tensors(weights, configuration)
    problems += _indexed(files, read, weights)
    return problems


def _layout(files: Mapping[str, int]) -> Iterator[str]:
    for name in sorted(files):
        if name.endswith(_ARCHIVES):
            yield f"{name} is an archive, and import takes plain files alone."
        elif "/" in name:
            yield f"{name} lies in a folder, and import takes the files of one level."
        elif name.endswith(_OTHER_WEIGHTS):
            yield f"{name} is no safetensors file; leave it out."
        elif name.startswith("adapter_"):
            yield f"{name} is a LoRA adapter; merge it into the model and leave it out."
    yield from (f"{name} is missing." for name in _NEEDED if not files.get(name))
    if not _weight_files(files):
        yield "There are no weights: no .safetensors file."


def _weight_files(files: Mapping[str, int]) -> list[str]:
    return sorted(
        name for name in files if name.endswith(".safetensors") and "/" not in name and not name.startswith("adapter_")
    )


def _object(files: Mapping[str, int], read: Read, name: str, problems: list[str]) -> dict[str, Any]:
    """A JSON object of the artifact; {} where it is missing or none, which is then among the problems."""
    if not files.get(name):
        return {}
    try:
        found = json.loads(read(name))
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    problems.append(f"{name} is not a JSON object.")
    return {}


def _weights(files: Mapping[str, int], read: Read, problems: list[str]) -> dict[str, Weights]:
    """What each file of weights holds."""
    found = {}
    for name in _weight_files(files):
        try:
            found[name] = read_header(read(name), files[name])
        except Malformed as error:
            problems.append(f"{name} {error}.")
    return found


def _sizes(files: Mapping[str, int], configuration: dict[str, Any]) -> Iterator[str]:
    images = any((row := supported(str(name))) and row.images for name in _architectures(configuration))
    most = MOST_BYTES_WITH_IMAGES if images else MOST_BYTES
    total = sum(files[name] for name in _weight_files(files))
    if total >= most:
        yield f"The weights are {total / 10**9:.0f} GB, and import takes less than {most / 10**9:.0f} GB."


def _template(files: Mapping[str, int], tokenizer_configuration: dict[str, Any]) -> Iterator[str]:
    template = tokenizer_configuration.get("chat_template")
    places = [name for name in _TEMPLATE_FILES if name in files]
    if template:
        places.append("tokenizer_config.json")
    if not places and "tokenizer_config.json" in files:
        yield "There is no chat template, and import applies none of its own."
    if len(places) > 1:
        yield f"The chat template stands in {' and in '.join(places)}; it may stand in one place only."
    if template and not isinstance(template, str):
        yield "The chat template of tokenizer_config.json is not one text."
    if isinstance(template, str) and "generation %}" in template.replace("-%}", "%}"):
        yield "The chat template holds {% generation %}, which is for training alone."
    if tokenizer_configuration.get("tokenizer_class") == "TokenizersBackend":
        yield "tokenizer_config.json names the class TokenizersBackend, which transformers 4.51.3 does not know."
    if isinstance(tokenizer_configuration.get("extra_special_tokens"), list):
        yield "tokenizer_config.json lists extra_special_tokens, which transformers 4.51.3 cannot read as a list."


def _architectures(configuration: dict[str, Any]) -> list[Any]:
    found = configuration.get("architectures")
    return found if isinstance(found, list) else []


def _configured(configuration: dict[str, Any]) -> Iterator[str]:
    if not configuration:
        return
    names = _architectures(configuration)
    if len(names) != 1:
        yield "config.json does not name one architecture."
    elif supported(str(names[0])) is None:
        yield f"Custom Model Import does not take the architecture {names[0]}."
    if "quantization_config" in configuration:
        yield "The weights are quantized, and import takes full ones alone."
    if "auto_map" in configuration:
        yield "config.json asks for code of its own, which import does not run."
    if "rope_parameters" in configuration and "rope_theta" not in configuration:
        yield "config.json has rope_parameters and no rope_theta, so transformers 4.51.3 would turn positions wrongly."
    if "torch_dtype" not in configuration:
        yield "config.json has no torch_dtype, by which transformers 4.51.3 knows the weights' precision."


def _vocabulary(configuration: dict[str, Any], tokenizer: dict[str, Any]) -> Iterator[str]:
    if not tokenizer:
        return
    highest = max(_token_ids(tokenizer), default=None)
    size = configuration.get("vocab_size")
    if highest is None:
        yield "tokenizer.json has no vocabulary."
    elif isinstance(size, int) and highest >= size:
        yield f"tokenizer.json knows a token {highest}, and the model only {size} tokens."


def _token_ids(tokenizer: dict[str, Any]) -> Iterator[int]:
    model = tokenizer.get("model")
    vocabulary = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(vocabulary, dict):
        yield from (each for each in vocabulary.values() if isinstance(each, int))
    elif isinstance(vocabulary, list):
        yield from range(len(vocabulary))
    added = tokenizer.get("added_tokens")
    for token in added if isinstance(added, list) else []:
        if isinstance(token, dict) and isinstance(token.get("id"), int):
            yield token["id"]


def _tensors(weights: dict[str, Weights], configuration: dict[str, Any]) -> Iterator[str]:
    shapes = {name: each.shape for held in weights.values() for name, each in held.items()}
    if any("lora_" in name for name in shapes):
        yield "The weights hold LoRA matrices; merge them into the model."
    odd = sorted({each.dtype for held in weights.values() for each in held.values() if not each.is_full})
    if odd:
        yield f"The weights hold {', '.join(odd)}, and import takes float32, float16 and bfloat16 alone."
    if not shapes or configuration.get("model_type") not in ("llama", "mistral", "qwen2", "qwen3"):
        return
    yield from _complete(shapes, configuration)


def _complete(shapes: dict[str, tuple[int, ...]], configuration: dict[str, Any]) -> Iterator[str]:
    """Whether a decoder of the Llama kind has all of its parts."""
    embedding = shapes.get("model.embed_tokens.weight")
    expected = (configuration.get("vocab_size"), configuration.get("hidden_size"))
    if embedding is None:
        yield "The weights have no model.embed_tokens.weight."
    elif embedding != expected:
        yield f"The embedding is {_times(embedding)}, and config.json says {_times(expected)}."
    layers = {name.split(".")[2] for name in shapes if name.startswith("model.layers.")}
    if len(layers) != configuration.get("num_hidden_layers"):
        yield f"The weights have {len(layers)} layers, and config.json says {configuration.get('num_hidden_layers')}."
    if not configuration.get("tie_word_embeddings") and "lm_head.weight" not in shapes:
        yield "The weights have no lm_head.weight, and config.json does not tie it to the embedding."


def _times(shape: tuple[Any, ...]) -> str:
    return " x ".join(str(each) for each in shape)


def _indexed(files: Mapping[str, int], read: Read, weights: dict[str, Weights]) -> Iterator[str]:
    if _INDEX not in files:
        if len(_weight_files(files)) > 1:
            yield f"The weights are in several files, and {_INDEX} is missing."
        return
    unread: list[str] = []
    index = _object(files, read, _INDEX, unread)
    yield from unread
    held = {tensor: name for name, tensors in weights.items() for tensor in tensors}
    if not unread and index.get("weight_map") != held:
        yield f"{_INDEX} does not say where the tensors are."
