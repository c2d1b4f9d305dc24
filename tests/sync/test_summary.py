from __future__ import annotations

from localstack_lite.sync.steps import Change, PublishVersion, UpdateApi, UpdateConfig, UpdateLayer, UploadCode
from localstack_lite.sync.summary import risky, touched
from tests.sync.scripted_cloud import package


def test_what_was_changed_is_named_once_however_it_was_changed() -> None:
    steps = (
        UploadCode("Orders", "shop-Orders", "sha", ""),
        UpdateConfig("Orders", "shop-Orders", {}, ""),
        PublishVersion("Users", "shop-Users", ""),
        UpdateLayer("Deps", "shop-deps", "", package("Deps", "1")),
        UpdateApi("Web", "a1", "{}", ""),
    )
    changes = (
        Change("Mails", "AWS::Lambda::Function", "add"),
        Change("Orders", "AWS::Lambda::Function", "modify"),
        Change("Old", "AWS::Lambda::Function", "remove"),
        Change("More", "AWS::Lambda::LayerVersion", "add"),
        Change("Rest", "AWS::ApiGateway::RestApi", "modify"),
        Change("Table", "AWS::DynamoDB::Table", "add"),
    )
    assert touched(steps, changes) == (("Mails", "Orders", "Users"), ("Deps", "More"), ("Rest", "Web"))


def test_only_what_may_lose_something_is_risky() -> None:
    table = Change("Table", "AWS::DynamoDB::Table", "modify", "yes", ("KeySchema",))
    perhaps = Change("Topic", "AWS::SNS::Topic", "modify", "maybe")
    gone = Change("Queue", "AWS::SQS::Queue", "remove")
    harmless = (
        Change("Api1", "AWS::ApiGateway::Deployment", "remove"),
        Change("Version1", "AWS::Lambda::Version", "remove"),
        Change("Orders", "AWS::Lambda::Function", "modify"),
        Change("New", "AWS::DynamoDB::Table", "add"),
    )
    assert risky((table, perhaps, gone, *harmless)) == (table, perhaps, gone)
