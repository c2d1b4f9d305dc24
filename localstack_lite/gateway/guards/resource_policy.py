"""The resource policy of a REST API, and what it means together with an authorizer. Pure.

Source: AWS docs, "How API Gateway resource policies affect authorization workflow". Alone, and beside tokens that the
gateway checks itself, it has to allow explicitly. Beside a Lambda authorizer it may deny before that is asked;
afterwards one of the two has to allow. Beside signatures the same, where the caller's own policies would have to allow:
nobody here knows those, so who signed is taken for allowed unless the resource policy denies.

A policy that cannot be read lets nobody through.
"""

from __future__ import annotations

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.guards.authorizer_event import method_arn
from localstack_lite.gateway.guards.policy import INVOKE, Judgement, Policy, Unreadable, Verdict, read_policy
from localstack_lite.gateway.guards.policy_request import asked_of, signer
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project


class ResourcePolicy:
    """Of one route; made when the project is taken over."""

    def __init__(self, project: Project, api: Api, route: Route, document: object) -> None:
        self._project = project
        self._api = api
        self._route = route
        self._policy: Policy | None = None
        self._why = ""
        own = f"arn:aws:execute-api:{project.region}:{project.account}:{api.id}"
        try:
            self._policy = read_policy(document, short=own, needs_principal=True)
        except Unreadable as unreadable:
            self._why = f"the resource policy cannot be read: {unreadable}"

    def judge(self, visit: Visit) -> Judgement:
        if self._policy is None:
            return Judgement(Verdict.DENY, (self._why,))
        return self._policy.judge(asked_of(visit, self._arn(visit)))

    def needs_allow(self, visit: Visit) -> Visit | Denial:
        """It has to allow: without an authorizer, and beside tokens that the gateway checks."""
        judged = self.judge(visit)
        return visit if judged.verdict is Verdict.ALLOW else self._denial(visit, judged)

    def needs_no_deny(self, visit: Visit) -> Visit | Denial:
        """It must not deny: before a Lambda authorizer, and after a signature."""
        judged = self.judge(visit)
        return self._denial(visit, judged) if judged.verdict is Verdict.DENY else visit

    def allows(self, visit: Visit) -> bool:
        return self.judge(visit).verdict is Verdict.ALLOW

    def _denial(self, visit: Visit, judged: Judgement) -> Denial:
        explicit = judged.verdict is Verdict.DENY
        said = "denies it" if explicit else "has no statement that allows it"
        why = "; ".join((f"the resource policy {said} (from {visit.request.client})", *judged.notes))
        text = f"User: {signer(visit) or 'anonymous'} is not authorized to perform: {INVOKE} on resource: "
        text += masked(self._arn(visit)) + (" with an explicit deny" if explicit else "")
        return Denial(ResponseType.ACCESS_DENIED, why, text)

    def _arn(self, visit: Visit) -> str:
        return method_arn(self._project, self._api, self._route, visit)


def resource_policy_of(project: Project, api: Api, route: Route) -> ResourcePolicy | None:
    """None: the API has none. Only REST APIs can have one."""
    if api.kind is not ApiKind.REST or api.policy is None:
        return None
    return ResourcePolicy(project, api, route, api.policy)


def masked(arn: str) -> str:
    """An ARN as API Gateway shows it to clients: of the account only the last four digits."""
    parts = arn.split(":", 5)
    return ":".join((*parts[:4], f"********{parts[4][-4:]}", *parts[5:]))
