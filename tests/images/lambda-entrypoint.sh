#!/bin/sh
# Starts the runtime of this image for the handler that is named. AWS's images start an emulator of the Runtime API
# when nobody provides one; there is none in here, so that a test cannot talk to it by mistake.
if [ -z "$AWS_LAMBDA_RUNTIME_API" ]; then
    echo "AWS_LAMBDA_RUNTIME_API is not set, and this image holds no emulator" >&2
    exit 142
fi
if [ "$#" -ne 1 ]; then
    echo "one argument is needed: the handler" >&2
    exit 142
fi
_HANDLER="$1"
export _HANDLER
exec /var/runtime/bootstrap
