"""A Python prompt in the environment, with the app imported; for a plain handler with `context` and `invoke(event)`."""

import os
import sys
import time

from devserve_manage import project


def run(task, code):
    """`code` is what to run instead of asking, None for a prompt."""
    names = namespace(task)
    sys.argv = [""]
    if code is not None:
        exec(compile(code, "<stdin>", "exec"), names)
        return 0
    import code as prompt

    _completion(names)
    prompt.interact(banner=_banner(task, names), local=names, exitmsg="")
    return 0


def namespace(task):
    names = {"__name__": "__console__", "__doc__": None}
    if task.get("app"):
        names["app"] = project.load(task["app"])
        return names
    module_name, _, function = task["handler"].rpartition(".")
    module = project.module(module_name.replace("/", "."))
    names[module.__name__.rpartition(".")[2]] = module
    handler = getattr(module, function, None)
    context = Context()

    def invoke(event=None):
        """Call the handler with this event ({} when there is none) and a fresh context."""
        return handler({} if event is None else event, Context())

    names.update(handler=handler, context=context, invoke=invoke)
    return names


class Context:
    """A stand-in for Lambda's context object. Time runs from when it was made, over the function's usual 3 seconds
    times a hundred: nobody is in a hurry at a prompt."""

    client_context = None
    identity = None
    tenant_id = None

    def __init__(self):
        import uuid

        get = os.environ.get
        self._end = time.time() + 300
        self.aws_request_id = str(uuid.uuid4())
        self.function_name = get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.function_version = get("AWS_LAMBDA_FUNCTION_VERSION", "")
        self.memory_limit_in_mb = get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
        self.log_group_name = get("AWS_LAMBDA_LOG_GROUP_NAME", "")
        self.log_stream_name = get("AWS_LAMBDA_LOG_STREAM_NAME", "")
        self.invoked_function_arn = "arn:aws:lambda:{}:123456789012:function:{}".format(
            get("AWS_REGION", "us-east-1"), self.function_name
        )

    def get_remaining_time_in_millis(self):
        return max(0, int((self._end - time.time()) * 1000))


def _completion(names):
    """Editing and completion by the tab key, where Python has readline."""
    try:
        import readline
        import rlcompleter
    except ImportError:
        return
    readline.set_completer(rlcompleter.Completer(names).complete)
    bindings = "bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete"
    readline.parse_and_bind(bindings)


def _banner(task, names):
    shown = [name for name in names if not name.startswith("__")]
    known = ", ".join("invoke(event)" if name == "invoke" else name for name in shown)
    version = "{}.{}.{}".format(*sys.version_info[:3])
    function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", task["handler"])
    return "devserve shell: Python {} in the environment of {}. There is {}.".format(version, function, known)
