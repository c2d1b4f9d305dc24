import pytest

from localstack_lite.config.behaviour import Behaviour, read_behaviour
from tests.config.samples import stack_of

QUEUE = "arn:aws:sqs:us-east-1:123456789012:dead"


def read_one(properties, runtime="python3.13"):
    stack = stack_of(f"""\
        Resources:
          F: {{Type: AWS::Lambda::Function, Properties: {properties}}}
        """)
    (resource,) = stack.of_type("AWS::Lambda::Function")
    return read_behaviour(resource, runtime), [problem.what for problem in stack.found]


MANAGED = "CapacityProviderConfig: {LambdaManagedInstancesCapacityProviderConfig: {CapacityProviderArn: x"


@pytest.mark.parametrize(
    ("properties", "behaviour"),
    [
        ("{}", Behaviour()),
        (f"{{DeadLetterConfig: {{TargetArn: '{QUEUE}'}}}}", Behaviour(dead_letter=QUEUE)),
        ("{SnapStart: {ApplyOn: PublishedVersions}}", Behaviour(snap_start=True)),
        ("{SnapStart: {ApplyOn: None}}", Behaviour()),
        ("{TenancyConfig: {TenantIsolationMode: PER_TENANT}}", Behaviour(tenancy=True)),
        ("{RecursiveLoop: Allow}", Behaviour(recursive_loop="Allow")),
        (f"{{{MANAGED}}}}}}}", Behaviour(managed=True, max_concurrency=16)),
        (f"{{{MANAGED}, PerExecutionEnvironmentMaxConcurrency: 4}}}}}}", Behaviour(managed=True, max_concurrency=4)),
    ],
)
def test_each_property_is_read(properties, behaviour):
    assert read_one(properties) == (behaviour, [])


@pytest.mark.parametrize(("runtime", "at_once"), [("nodejs22.x", 64), ("java21", 32), ("python3.13", 16)])
def test_a_managed_instance_takes_as_many_at_once_as_its_runtime_does(runtime, at_once):
    behaviour, _ = read_one(f"{{{MANAGED}}}}}}}", runtime)
    assert behaviour.max_concurrency == at_once


@pytest.mark.parametrize(
    ("properties", "what"),
    [
        ("{DeadLetterConfig: {TargetArn: 'arn:aws:lambda:x'}}", "neither a queue nor a topic"),
        ("{RecursiveLoop: Sometimes}", "'Sometimes' is unknown; Terminate is used"),
        ("{SnapStart: {ApplyOn: All}}", "'All' is unknown; None is used"),
    ],
)
def test_what_aws_refuses_is_told_and_its_default_taken(properties, what):
    behaviour, (told,) = read_one(properties)
    assert behaviour == Behaviour()
    assert what in told


def test_tenants_and_snapshots_do_not_go_together():
    both = "{SnapStart: {ApplyOn: PublishedVersions}, TenancyConfig: {TenantIsolationMode: PER_TENANT}}"
    behaviour, (told,) = read_one(both)
    assert (behaviour.tenancy, behaviour.snap_start) == (True, False)
    assert "no SnapStart with tenant isolation" in told
