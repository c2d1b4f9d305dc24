"""What people should know about running a Zappa stage here. Pure: what there is on the disk comes in as callables.

Each matter is said once, as a warning; nothing of it stops anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from localstack_lite.config.zappa.keys import Given

_PROJECT = re.compile(r"[a-zA-Z0-9_-]{1,80}")
#: Settings of what this version has no counterpart for.
_NOT_HERE = (
    "efs_config",
    "vpc_config",
)


def remark(given: Given, missing: Callable[[str], str], near: Callable[[str], str]) -> None:
    """`missing` gives the file that a module would be in, empty when it is there or installed; `near` a hint."""
    stage = f"stage {given.stage}"
    _what_runs(given, stage, missing, near)
    if (name := given.text("project_name")) and not _PROJECT.fullmatch(name):
        what = f"{stage}: project_name is {name!r}, which Zappa refuses to deploy"
        given.tell("project_name", what, "up to 80 letters, digits, _ and -")
    if given.yes("slim_handler", False):
        given.tell("slim_handler", f"{stage}: slim_handler: the same code runs here, from its folder")
    if own := [key for key in ("prebuild_script", "callbacks") if given.values.get(key)]:
        given.tell(own[0], f"{stage}: not run here: {' and '.join(own)}", "run it yourself where the app needs it")
    absent = [key for key in _NOT_HERE if given.values.get(key)]
    if absent:
        given.tell(absent[0], f"{stage}: has no effect here: {', '.join(absent)}", "it is as before on AWS")
    if given.text("app_type") not in ("", "asgi", "wsgi"):
        given.tell(
            "app_type", f"{stage}: app_type is {given.text('app_type')!r}, which Zappa does not know", "asgi or wsgi"
        )
    if given.listed("additional_text_mimetypes") and not given.yes("binary_support", True):
        what = f"{stage}: Zappa refuses additional_text_mimetypes without binary_support"
        given.tell("additional_text_mimetypes", what, "take one of them out")


def _what_runs(given: Given, stage: str, missing: Callable[[str], str], near: Callable[[str], str]) -> None:
    app, django = given.text("app_function"), given.text("django_settings")
    if not (app or django or given.text("lambda_handler")):
        if given.yes("use_apigateway", True) and given.yes("apigateway_enabled", True):
            what = f"{stage}: no app: neither app_function nor django_settings"
            given.tell("app_function", what, "requests fail; events and commands work")
        return
    if app.endswith(".py"):
        what = f"{stage}: app_function is {app}, which is a file"
        given.tell("app_function", what, f"write {app.removesuffix('.py').replace('/', '.')}.app, with the app's name")
        return
    modules = {"app_function": app.rpartition(".")[0], "django_settings": django}
    for key, module in modules.items():
        if module and (file := missing(module)):
            given.tell(key, f"{stage}: {key} is {given.text(key)}, but there is no {file}", near(file))
