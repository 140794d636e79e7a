"""Prints the token with which gated weights are downloaded, from AWS Secrets Manager.

For a training job's start alone: the token is fetched inside the container, so that no description of the job shows it.
boto3 is the container's own.
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Exit status: 0 printed, 2 no secret is named, or it holds no text."""
    name = os.environ.get("LINESIDE_TOKEN_SECRET", "")
    if not name:
        sys.stderr.write("LINESIDE_TOKEN_SECRET names no secret\n")
        return 2
    import boto3

    token = boto3.client("secretsmanager").get_secret_value(SecretId=name).get("SecretString", "").strip()
    if not token:
        sys.stderr.write(f"the secret {name} holds no token\n")
        return 2
    sys.stdout.write(token)
    return 0


if __name__ == "__main__":
    sys.exit(main())
