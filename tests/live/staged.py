"""A project on its way to a stage: a copy of an example, the cloud behind a fault proxy, and the commands as typed.

    shop = staged(tmp_path, proxy, cloud)
    pushed = shop.sync()
    assert pushed.end["release"] == 1

Commands run as processes of their own, without a terminal, with dummy credentials and an empty home folder.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.live import cloud as clouds
from tests.live import starter
from tests.live.cloud import Cloud
from tests.live.commands import SOURCE, environment
from tests.live.deadline import eventually
from tests.live.fault_proxy import FaultProxy

EXAMPLES = SOURCE / "tests" / "examples"
STACK = "shop-dev"
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def facts(self) -> list[dict[str, Any]]:
        """All of stdout, each line a JSON object."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [fact for fact in self.facts if fact["type"] == kind]

    @property
    def end(self) -> dict[str, Any]:
        """The `sync` fact, which has to be the last."""
        last = self.facts[-1]
        assert last["type"] == "sync", last
        return last

    @property
    def plan(self) -> list[tuple[str, str]]:
        """Kinds and subjects of the planned steps."""
        plans = self.of("plan")
        assert len(plans) == 1, plans
        return [(step["kind"], step["subject"]) for step in plans[0]["steps"]]

    @property
    def said(self) -> str:
        """Both streams: for what is to be told anywhere."""
        return self.stdout + self.stderr

    def complaint(self, code: int) -> str:
        """The one line `devserve: WHERE: WHAT` with its hint below; fails unless all is as every failure is to be."""
        assert self.code == code, f"exit code {self.code}\n{self.stdout}\n{self.stderr}"
        assert "Traceback" not in self.said, self.said
        assert "internal error" not in self.said, self.said
        lines = [line for line in self.stderr.splitlines() if re.match(r"devserve: [^:]+.*: .+", line)]
        lines = [line for line in lines if ": warning: " not in line]
        assert len(lines) == 1, f"{len(lines)} complaints\n{self.stderr}"
        hints = [line for line in self.stderr.splitlines() if line.startswith("  hint: ")]
        assert hints, f"no hint\n{self.stderr}"
        return "\n".join([*lines, *hints])


@dataclass
class Running:
    """A command that still runs; its output goes to files."""

    process: starter.Forked
    out: Path
    err: Path

    @property
    def stdout(self) -> str:
        return self.out.read_text(encoding="utf-8", errors="replace")

    @property
    def stderr(self) -> str:
        return self.err.read_text(encoding="utf-8", errors="replace")

    def facts(self, kind: str = "") -> list[dict[str, Any]]:
        """So far; the last line may be half written."""
        text = self.stdout
        found = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
        return [fact for fact in found if not kind or fact["type"] == kind]

    def wait_for(self, kind: str, count: int = 1, seconds: float = 20.0) -> dict[str, Any]:
        """The nth such fact."""
        eventually(
            lambda: len(self.facts(kind)) >= count or self.process.poll() is not None,
            seconds=seconds,
            what=f"{count} facts {kind!r}, got {self.facts()}\n{self.stderr}",
        )
        found = self.facts(kind)
        assert len(found) >= count, f"it ended with {self.process.poll()}\n{self.stdout}\n{self.stderr}"
        return found[count - 1]

    def wait(self, seconds: float = SECONDS) -> Ended:
        code = self.process.wait(seconds)
        return Ended(code, self.stdout, self.stderr)

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait(10)


@dataclass
class Project:
    """`folder` is the project; `home` beside it the user's home folder."""

    folder: Path
    home: Path
    proxy: FaultProxy
    cloud: Cloud

    def environ(self, **more: str) -> dict[str, str]:
        return environment(uuid.uuid4().hex, self.home) | clouds.environ(USER="ann", LOGNAME="ann") | more

    def run(self, *arguments: str, environ: Mapping[str, str] | None = None, seconds: float = SECONDS) -> Ended:
        """Any command, in the project's folder."""
        return Ended(*starter.run(arguments, self.folder, self.environ() if environ is None else environ, seconds))

    @contextmanager
    def started(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Running]:
        """The same, running meanwhile; killed at the end when it still does."""
        name = uuid.uuid4().hex
        out, err = self.home / f"{name}.out", self.home / f"{name}.err"
        given = self.environ() if environ is None else environ
        process = starter.start(arguments, self.folder, given, out, err)
        try:
            yield Running(process, out, err)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)

    def sync(self, *options: str, **environ: str) -> Ended:
        """`devserve sync dev --yes --json`, which has to succeed. Calls before it are forgotten."""
        self.proxy.forget()
        ended = self.run("sync", "dev", "--yes", "--json", *options, environ=self.environ(**environ))
        assert ended.code == 0, f"exit code {ended.code}\n{ended.stdout[-3000:]}\n{ended.stderr}"
        assert ended.end["ok"] is True, ended.end
        return ended

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def names(self) -> dict[str, str]:
        """Physical ids of the stack's resources by logical id."""
        found: dict[str, str] = {}
        pages = self.cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK)
        for page in pages:
            for one in page["StackResourceSummaries"]:
                found[one["LogicalResourceId"]] = one.get("PhysicalResourceId", "")
        return found

    @cached_property
    def functions(self) -> dict[str, str]:
        """Physical names of the functions of the first stack there was."""
        return {name: self.names[name] for name in ("ListOrders", "PlaceOrder", "Report")}

    def configuration(self, function: str) -> dict[str, Any]:
        """Of a function by its logical id, asked of the cloud itself."""
        told: dict[str, Any] = self.cloud.client("lambda").get_function_configuration(FunctionName=self.names[function])
        return told

    def sha256(self, function: str) -> str:
        return str(self.configuration(function)["CodeSha256"])

    @property
    def stack_status(self) -> str:
        return str(self.cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])

    @property
    def buckets(self) -> list[str]:
        return [one["Name"] for one in self.cloud.client("s3").list_buckets()["Buckets"]]

    def objects(self, bucket: str) -> list[str]:
        return [one["Key"] for one in self.cloud.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]

    def pushed_code(self, function: str) -> bytes:
        """The newest zip of the function: what UpdateFunctionCode sent through the proxy, with the call or by S3."""
        import base64

        call = [one for one in self.proxy.of("UpdateFunctionCode") if self.names[function] in one.path][-1]
        said = json.loads(call.body)
        if "ZipFile" in said:
            return base64.b64decode(said["ZipFile"])
        read: bytes = self.cloud.client("s3").get_object(Bucket=said["S3Bucket"], Key=said["S3Key"])["Body"].read()
        return read


def staged(folder: Path, proxy: FaultProxy, cloud: Cloud, example: str = "shop") -> Project:
    """A copy of the example in `folder/project`, with the cloud's address in its stage."""
    project, home = folder / "project", folder / "home"
    shutil.copytree(EXAMPLES / example, project, ignore=shutil.ignore_patterns(".devserve", "__pycache__"))
    home.mkdir(exist_ok=True)
    point_at(project, proxy.address)
    return Project(project, home, proxy, cloud)


def point_at(project: Path, address: str) -> None:
    """`endpoint_url` for every stage of devserve.toml."""
    path = project / "devserve.toml"
    text = re.sub(r"(?m)^endpoint_url = .*\n", "", path.read_text(encoding="utf-8"))
    text = re.sub(r"(?m)^(\[stages\.[^\].]+\])$", rf'\1\nendpoint_url = "{address}"', text)
    path.write_text(text, encoding="utf-8")
