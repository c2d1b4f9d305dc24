"""What Zappa adds to a package: its handler, the settings that the handler imports, a Django app. Pure.

Everything of Zappa's own is taken from the package that is installed for Lambda; the settings are the stage's. Nothing
in it says when or where it was made: what is the same is the same package. Source: Zappa 0.63.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

#: Files of the installed Zappa, by their names at the root of the package.
TAKEN = {"handler.py": "zappa/handler.py", "django_zappa_app.py": "zappa/ext/django_zappa.py"}
SETTINGS = "DEVSERVE_ZAPPA"
_OURS = "DEVSERVE_"


def written(told: str) -> dict[str, str]:
    """Texts by file name. `told` are the names of the settings module as JSON, with some of our own among them."""
    names: Mapping[str, object] = json.loads(told)
    kept = {name: value for name, value in names.items() if not name.startswith(_OURS)}
    lines = ["# The settings of this stage, for Zappa's handler.", *(f"{name} = {kept[name]!r}" for name in kept)]
    info = {"project": kept.get("PROJECT_NAME"), "stage": kept.get("API_STAGE"), "build_platform": "devserve"}
    return {"zappa_settings.py": "\n".join(lines) + "\n", "package_info.json": json.dumps(info, indent=4) + "\n"}


def wanted(told: str) -> dict[str, str]:
    """Files that are taken from the installed Zappa, by their names at the root."""
    names = json.loads(told)
    return {name: path for name, path in TAKEN.items() if name != "django_zappa_app.py" or names.get("DJANGO_SETTINGS")}
