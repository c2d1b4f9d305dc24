"""Opens a CDK app's output: the I/O around `cdk.assembly` and `cdk.app`.

No user code and no CDK runs here: what is served is what `cdk synth` wrote, read again whenever it writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localstack_lite.config.cdk.assembly import MANIFEST as MANIFEST
from localstack_lite.config.cdk.assembly import SYNTH, is_manifest, open_assembly
from localstack_lite.errors import UserError

if TYPE_CHECKING:
    from localstack_lite.config.cdk.app import Templates
    from localstack_lite.config.cdk.template import Use

SETTINGS = "cdk.json"
OUTPUT = "cdk.out"
#: In the text of every template whose assets the CDK noted.
ASSET_MARK = "aws:asset:path"
#: How far above an output folder its app is looked for.
_MOST_LEVELS = 3


def is_output(folder: Path) -> bool:
    """Whether the folder is a cloud assembly: its manifest, or the marker that the CDK puts beside it."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return False
    if (folder / OUTPUT).is_file():
        return True
    try:
        return is_manifest(_json(manifest))
    except UserError:
        return False


def output_of(app: Path) -> Path:
    """The output folder of the app in this folder: what its cdk.json says, else `cdk.out`."""
    settings = app / SETTINGS
    named = _json(settings).get("output") if settings.is_file() else None
    return (app / (named if isinstance(named, str) and named else OUTPUT)).resolve()


def app_of(output: Path) -> Path:
    """The folder of the app that an output belongs to: where cdk.json is, else around `cdk.out`, else itself."""
    above = whole_of(output)
    for folder in above.parents[:_MOST_LEVELS]:
        if (folder / SETTINGS).is_file():
            return folder
    return above.parent if above.name == OUTPUT else output


def whole_of(output: Path) -> Path:
    """The output around the assembly of a stage, where the assets are; else itself."""
    while (output / OUTPUT).is_file() and (output.parent / OUTPUT).is_file():
        output = output.parent
    return output


def open_app(app: Path, output: Path, only: Path | None) -> Templates:
    """A UserError when the app was not synthesised or its output is broken."""
    if not (output / MANIFEST).is_file():
        shown = output.relative_to(app).as_posix() if output.is_relative_to(app) else str(output)
        if not output.is_dir():
            raise UserError(str(app / SETTINGS), f"the app is not synthesised: there is no {shown}/", SYNTH)
        raise UserError(str(output), f"the app is not synthesised: there is no {shown}/{MANIFEST}", SYNTH)
    from localstack_lite.config.cdk.app import gather

    return gather(open_assembly(output, _json), only, _json, Path.is_file)


def homes_of(used: tuple[Use, ...], app: Path, output: Path) -> dict[Path, Path]:
    """Which folders of the app the code in the output is a copy of, where that can be found out."""
    from localstack_lite.config.cdk import homes as cdk_homes

    copies = {use.asset.place for use in used if use.runs and not use.bundled}
    return cdk_homes.homes([place for place in copies if place.is_relative_to(output) and place.is_dir()], app, output)


def missing_of(used: tuple[Use, ...]) -> dict[str, Path]:
    return {use.logical_id: use.asset.place for use in used if not use.asset.place.exists()}


def inputs_of(templates: Templates, app: Path) -> tuple[Path, ...]:
    """What `cdk synth` writes, and cdk.json, which says where."""
    read = (file for stack in templates.by_stack.values() for file in stack)
    return (*templates.assembly.files, *read, app / SETTINGS)


def local(values: Mapping[str, Any], file: Path, *, deploying: bool = False) -> Mapping[str, Any]:
    """A synthesised template that stands alone, as `cdk synth > template.yaml` makes it: its assets lie beside it or in
    `cdk.out`. For deploying, its functions get no names of ours and the CDK's own stay."""
    from localstack_lite.config.cdk.names import function_names
    from localstack_lite.config.cdk.template import localised, uses

    folders = (file.parent, file.parent / OUTPUT)
    folder = next((f for f in folders if any(use.asset.place.exists() for use in uses(values, f, {}))), folders[0])
    names = {} if deploying else function_names([("", values)])
    return localised(values, folder, {}, names, {}, deploying=deploying)


def _json(file: Path) -> Mapping[str, Any]:
    try:
        values = json.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UserError(str(file), "is not there", f"{SYNTH} again") from None
    except OSError as error:
        raise UserError(str(file), error.strerror or "cannot be read", "look at its permissions") from None
    except json.JSONDecodeError as error:
        raise UserError(f"{file}:{error.lineno}", f"not valid JSON: {error.msg}", f"{SYNTH} again") from None
    except (UnicodeDecodeError, RecursionError):
        raise UserError(str(file), "not readable JSON", f"{SYNTH} again") from None
    if not isinstance(values, dict):
        raise UserError(str(file), "not a JSON object", f"{SYNTH} again")
    return values
