"""Writes to APIs and state machines: a new body or definition, and its deployment."""

from __future__ import annotations

from typing import Any

from localstack_lite.ports import Moved
from localstack_lite.sync.calls import Ask, Calls, telling
from localstack_lite.sync.steps import UpdateApi, UpdateStateMachine


class ApiCalls:
    """Shared by threads."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def update_api(self, step: UpdateApi, moved: Moved) -> None:
        moved(step.kind, step.id, "updating")
        if step.http:
            self._http(step, moved)
        else:
            self._rest(step, moved)

    def _rest(self, step: UpdateApi, moved: Moved) -> None:
        body = {"restApiId": step.name, "mode": "overwrite", "failOnWarnings": False, "body": step.body.encode()}
        self._write("apigateway", "PutRestApi", step, body, moved)
        for stage in step.stages:
            self._write("apigateway", "CreateDeployment", step, {"restApiId": step.name, "stageName": stage}, moved)

    def _http(self, step: UpdateApi, moved: Moved) -> None:
        self._write("apigatewayv2", "ReimportApi", step, {"ApiId": step.name, "Body": step.body}, moved)
        if not step.stages:
            return
        answer = self._calls.make(Ask("apigatewayv2", "GetStages", step.id, {"ApiId": step.name}))
        # A stage with AutoDeploy has it by now, and refuses to be deployed to.
        alone = {str(one.get("StageName")) for one in answer.get("Items") or () if one.get("AutoDeploy")}
        for stage in step.stages:
            if stage not in alone:
                wanted = {"ApiId": step.name, "StageName": stage}
                self._write("apigatewayv2", "CreateDeployment", step, wanted, moved)

    def _write(self, service: str, operation: str, step: UpdateApi, wanted: dict[str, Any], moved: Moved) -> None:
        """All of them may be made twice: the body is the same, and one deployment more of it changes nothing."""
        waits = telling(moved, step.kind, step.id)
        self._calls.make(Ask(service, operation, step.id, wanted, True, waits=waits))

    def update_state_machine(self, step: UpdateStateMachine) -> None:
        wanted = {"stateMachineArn": step.name, "definition": step.definition}
        self._calls.make(Ask("stepfunctions", "UpdateStateMachine", step.id, wanted, True))
