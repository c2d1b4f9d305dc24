#!/bin/sh
# Starts a Python runtime under debugpy. Python runtimes call what AWS_LAMBDA_EXEC_WRAPPER names with their own command:
# the interpreter and its arguments. A wrapper of the function's own stays in between.
python="$1"
shift
export PYTHONPATH="/var/devserve/debugger${PYTHONPATH:+:$PYTHONPATH}"
set -- "$python" -X frozen_modules=off -m debugpy --listen "0.0.0.0:$DEVSERVE_DEBUG_PORT" --wait-for-client "$@"
if [ -n "$DEVSERVE_EXEC_WRAPPER" ]; then
    exec "$DEVSERVE_EXEC_WRAPPER" "$@"
fi
exec "$@"
