import os

AT_INIT = str(os.environ.get("_X_AMZN_TRACE_ID"))


def handler(event, context):
    return {"trace_id_outside_handler": AT_INIT, "trace_id_inside_handler": os.environ.get("_X_AMZN_TRACE_ID")}
