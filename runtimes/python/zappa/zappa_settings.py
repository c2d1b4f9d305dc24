"""The module that Zappa's handler takes its settings from, made in memory: Zappa writes such a file into every package.

The names come as one JSON object from the variable `DEVSERVE_ZAPPA`, which is taken out of the environment: what it
holds may be secret, and the app would not have it on AWS. Names that are not given are not there, as in Zappa's file.
"""

import json as _json
import os as _os

_given = _os.environ.pop("DEVSERVE_ZAPPA", "")
if not _given:
    # A process that the app started on its own. Zappa's other modules know what to do without this one.
    raise ImportError("zappa_settings is made by devserve, for the function's own process")
_given = _json.loads(_given)
globals().update({name: value for name, value in _given.items() if not name.startswith("DEVSERVE_")})
#: What is devserve's own: whether to use the shim, where remote_env may be.
_devserve = {name: value for name, value in _given.items() if name.startswith("DEVSERVE_")}
del _given
