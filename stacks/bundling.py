"""Lambda code without Docker: uv fetches arm64 wheels, our own packages are copied beside them.

Functions whose `requirements.txt` are equal share one bundle. Versions come from the function's file, hashes from the
project's lock, so a bundle holds exactly what was tested. Most leave boto3 out, because the Lambda runtime brings it;
the ones that need a recent Bedrock, or that do not run in the runtime's own loop, bring their own.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aws_cdk import aws_lambda as lambda_

PYTHON_VERSION = "3.13"
# Lambda's python3.13 runs on Amazon Linux 2023 (glibc 2.34); numpy's arm64 wheels ask for 2.27 or newer.
PLATFORM = "aarch64-manylinux_2_28"
MAX_BUNDLE_MB = 240
"""Lambda refuses more than 250 MB unzipped, layers included; the rest is room for the Web Adapter's layer."""

PACKAGES = ("lineside", "cloud")
NOT_CODE = frozenset({".pyc", ".pyi"})

AWS_SERVICES = frozenset(
    {
        *("bedrock", "bedrock-agent", "bedrock-agent-runtime", "bedrock-runtime", "dynamodb", "iot-data"),
        *("iot-jobs-data", "lambda", "polly", "s3", "sagemaker", "sns", "sqs", "stepfunctions", "sts"),
        *("s3vectors", "ssm", "transcribe"),
    }
)
"""The services that a bundle with its own boto3 can talk to; botocore describes four hundred, in 25 MB."""

# What no function of ours loads: network file systems, Flight, headers, sources and tests. `libarrow_substrait` stays,
# because pyarrow's core library links it.
UNNEEDED = (
    "pyarrow/include",
    "pyarrow/includes",
    "pyarrow/src",
    "pyarrow/libarrow_flight.so*",
    "pyarrow/libarrow_python_flight.so*",
    "pyarrow/_flight.*",
    "pyarrow/libarrow_s3.so*",
    "pyarrow/_s3fs.*",
    "pyarrow/_pyarrow_cpp_tests.*",
    "pyarrow/libarrow_python.so",
    "pyarrow/libarrow_python.so.*.*.*",
    "pyarrow/libarrow_python_parquet_encryption.so",
    "pyarrow/libarrow_python_parquet_encryption.so.*.*.*",
    "boto3/examples",
    "**/tests",
    "**/*.pyx",
    "**/*.pxd",
    "**/*.pxi",
    "**/*.h",
    "**/*.lib",
    "bin",
    ".lock",
)


class BundlingFailed(Exception):
    """The code of a function could not be put together; the message says what a person can do about it."""


class CodeSource(Protocol):
    """Where a function's code comes from."""

    def code_of(self, verb_noun: str) -> lambda_.Code: ...


class NoCode:
    """Templates alone: the code's place is a parameter without a value, so such a template cannot be deployed."""

    def code_of(self, verb_noun: str) -> lambda_.Code:  # noqa: ARG002
        return lambda_.CfnParametersCode()


@dataclass(frozen=True)
class Bundles:
    """Builds bundles under `folder`, one per set of requirements, and keeps them until their content changes.

    `site_files` are copied in under their names, such as `plant/site.yaml`.
    """

    root: Path
    folder: Path
    site_files: Mapping[str, Path]

    def code_of(self, verb_noun: str) -> lambda_.Code:
        bundle = self.build(verb_noun)
        return lambda_.Code.from_asset(str(bundle), asset_hash=bundle.name)

    def build(self, verb_noun: str) -> Path:
        """The folder with everything that function needs, built unless it stands there already."""
        functions = functions_with_the_same_requirements(self.root, verb_noun)
        sources = dict(self._sources(functions))
        requirements = locked(self.root, verb_noun)
        bundle = self.folder / f"{functions[0]}-{_digest(requirements, sources)}"
        if not bundle.exists():
            for outdated in self.folder.glob(f"{functions[0]}-*"):
                shutil.rmtree(outdated)
            _build(bundle, requirements, sources)
        return bundle

    def _sources(self, functions: list[str]) -> Iterator[tuple[str, Path]]:
        for package in PACKAGES:
            yield from _files(self.root, self.root / package)
        for function in functions:
            yield from _files(self.root, self.root / "lambdas" / function)
        yield from self.site_files.items()


def requirements_of(root: Path, verb_noun: str) -> list[str]:
    """`name==version` lines of a function, sorted, without comments."""
    lines = (root / "lambdas" / verb_noun / "requirements.txt").read_text().splitlines()
    return sorted(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def functions_with_the_same_requirements(root: Path, verb_noun: str) -> list[str]:
    wanted = requirements_of(root, verb_noun)
    functions = sorted(path.parent.name for path in (root / "lambdas").glob("*/requirements.txt"))
    return [function for function in functions if requirements_of(root, function) == wanted]


def locked(root: Path, verb_noun: str) -> str:
    """The function's requirements as the project's lock spells them, hashes and all."""
    blocks = lock_blocks((root / "requirements.txt").read_text())
    missing = [line for line in requirements_of(root, verb_noun) if line not in blocks]
    if missing:
        raise BundlingFailed(f"lambdas/{verb_noun}/requirements.txt is not what requirements.txt locks: {missing}")
    return "\n".join(blocks[line] for line in requirements_of(root, verb_noun)) + "\n"


def lock_blocks(lock: str) -> dict[str, str]:
    """`name==version` -> its lines in a compiled requirements file."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock)
    return {match[0]: _unconditional(block) for block in blocks if (match := re.match(r"[\w.-]+==[^\s;]+", block))}


def _unconditional(block: str) -> str:
    """Without `; sys_platform == 'win32'` and the like: the function's own file says already that it needs this."""
    return re.sub(r" ;[^\\\n]*", " ", block, count=1)


def prune(folder: Path) -> None:
    """Delete what no function loads."""
    for pattern in UNNEEDED:
        for path in list(folder.glob(pattern)):
            _remove(path)
    for service in [path for path in folder.glob("botocore/data/*/") if path.name not in AWS_SERVICES]:
        _remove(service)


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def check_size(folder: Path) -> None:
    size = megabytes(folder)
    if size > MAX_BUNDLE_MB:
        raise BundlingFailed(f"a bundle of {size:.0f} MB is more than the {MAX_BUNDLE_MB} MB that Lambda can unpack")


def _build(bundle: Path, requirements: str, sources: Mapping[str, Path]) -> None:
    unfinished = bundle.with_suffix(".unfinished")
    unfinished.mkdir(parents=True)
    _install(unfinished, requirements)
    prune(unfinished)
    for name, source in sources.items():
        target = unfinished / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # With its mode: a start script must stay executable.
        shutil.copy(source, target)
    check_size(unfinished)
    unfinished.rename(bundle)


def _install(target: Path, requirements: str) -> None:
    command = [
        *(_uv(), "pip", "install", "--quiet", "--target", str(target), "--python", sys.executable),
        *("--python-platform", PLATFORM, "--python-version", PYTHON_VERSION, "--only-binary", ":all:"),
        *("--no-compile-bytecode", "--no-deps", "--require-hashes", "--requirement", "-"),
    ]
    done = subprocess.run(command, input=requirements, text=True, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise BundlingFailed(
            f"uv could not fetch the arm64 wheels; it needs PyPI, or a warm cache of its own:\n{done.stderr.strip()}"
        )


def _uv() -> str:
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if not found:
        raise BundlingFailed("uv is not installed; `make setup` puts it into .venv")
    return found


def _files(root: Path, package: Path) -> Iterator[tuple[str, Path]]:
    """Everything of a package: its code, its data, its start script."""
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix not in NOT_CODE:
            yield str(path.relative_to(root)), path


def _digest(requirements: str, sources: Mapping[str, Path]) -> str:
    digest = hashlib.sha256(f"{PLATFORM} {PYTHON_VERSION} {UNNEEDED} {sorted(AWS_SERVICES)}\n{requirements}".encode())
    for name, source in sorted(sources.items()):
        digest.update(f"{name}\n{source.stat().st_size}\n".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]
