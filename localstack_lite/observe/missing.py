"""A Python module that is not there: whether it has to be installed, and how in the environment that ran. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

_MISSING = re.compile(r"No module named '([A-Za-z_][\w.]*)'")
#: Modules whose package has another name, of those that people need most.
_PACKAGES = {
    "PIL": "pillow",
    "allauth": "django-allauth",
    "bs4": "beautifulsoup4",
    "corsheaders": "django-cors-headers",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "debug_toolbar": "django-debug-toolbar",
    "dotenv": "python-dotenv",
    "environ": "django-environ",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "multipart": "python-multipart",
    "rest_framework": "djangorestframework",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
#: Files by which a tool that installs is known, and how it is asked to. The first that is there counts.
_TOOLS = {
    "uv.lock": "uv add {}",
    "poetry.lock": "poetry add {}",
    "Pipfile": "pipenv install {}",
    "pdm.lock": "pdm add {}",
}
#: Where the environment is made of the project's own list: in a container, and where functions are built.
LISTED = "{} is in no list of requirements that the function was made with: add it to requirements.txt"

Advise = Callable[[str, str], str]
"""A function's logical id and the module that it did not find to a hint, empty when there is none."""


def unadvised(_function: str, _module: str) -> str:
    """Of whom nobody knows where functions run."""
    return ""


def module_in(message: str) -> str:
    """The module that could not be found, by the message of an import error; empty when it tells of none."""
    found = _MISSING.search(message)
    return found[1] if found else ""


def package_of(module: str) -> str:
    """What is to be installed for it, as far as is known."""
    top = module.partition(".")[0]
    return _PACKAGES.get(top, top)


def hint(module: str, there: Collection[str], python: str, reason: str, *, own: bool) -> str:
    """`there` are the names in the project's folder and in that of the code, `python` the interpreter that ran and
    `reason` where it is from; `own` when that is devserve's, because the project has no environment."""
    top = module.partition(".")[0]
    if top in there or f"{top}.py" in there:
        return (
            f"{top} is in the project, and has no {module.partition('.')[2] or 'such module'} in it"
            if ("." in module)
            else f"{top} is in the project, but not where modules are searched for"
        )
    package = package_of(module)
    tool = next((line for name, line in _TOOLS.items() if name in there), "")
    if own:
        make = "python -m venv .venv && .venv/bin/pip install"
        listed = "-r requirements.txt" if "requirements.txt" in there else package
        make = tool.format(package) if tool else f"{make} {listed}"
        return f"no environment of the project was found, so {python} ran it ({reason}): {make}"
    install = tool.format(package) if tool else f"{python} -m pip install {package}"
    return f"{package} is not installed for {python} ({reason}): {install}"
