#!/bin/sh
# What the Lambda Web Adapter starts in place of the runtime's own loop. `exec`, so that it can stop us.
export PYTHONPATH="${LAMBDA_TASK_ROOT}"
exec python3 -m lambdas.serve_api.handler
