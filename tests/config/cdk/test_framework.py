import pytest

from localstack_lite.config.cdk.framework import is_framework


def made_at(path: str, description: object = None) -> dict[str, object]:
    properties = {"Description": description} if description else {}
    return {"Type": "AWS::Lambda::Function", "Properties": properties, "Metadata": {"aws:cdk:path": path}}


@pytest.mark.parametrize(
    "path",
    [
        "Shop/Custom::S3AutoDeleteObjectsCustomResourceProvider/Handler",
        "Shop/Custom::CrossRegionExportWriterCustomResourceProvider/Handler",
        "Shop/Custom::VpcRestrictDefaultSGCustomResourceProvider/Handler",
        "Shop/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C/Resource",
        "Prod/Shop/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/Resource",
        "Shop/BucketNotificationsHandler050a0587b7544547bf325f094a3db834/Resource",
        "Shop/AWS679f53fac002430cb0da5b7982bd2287/Resource",
        "Shop/AWSCDK.TriggerCustomResourceProviderCustomResourceProvider/Handler",
        "Shop/@aws-cdk--aws-eks.KubectlProvider/Handler/Resource",
    ],
)
def test_the_functions_that_the_cdk_adds_are_known_by_their_path(path):
    assert is_framework("Any1234", made_at(path))


@pytest.mark.parametrize(
    "path",
    [
        "Shop/Orders/Resource",
        "Shop/LogRetention/Resource",
        "Shop/AWS/Resource",
        "Shop/Custom::MyThingCustomResourceProvider/Handler",
        "Shop/Custom::Seed8693BB64968944B69AAFB0CC9EB8756C/Resource",
        "Shop/Provider/onEvent/Resource",
        "Shop/CustomS3AutoDelete/Resource",
    ],
)
def test_what_looks_like_them_is_the_users(path):
    assert not is_framework("Any1234", made_at(path))


@pytest.mark.parametrize(
    "description",
    [
        "AWS CDK resource provider framework - onEvent (Shop/Provider)",
        {"Fn::Join": ["", ["AWS CDK resource provider framework - isComplete (", {"Ref": "AWS::StackName"}, ")"]]},
        'AWS CloudFormation handler for "Custom::S3BucketNotifications" resources (@aws-cdk/aws-s3)',
    ],
)
def test_the_description_that_the_cdk_gives_tells_too(description):
    assert is_framework("ProviderframeworkonEvent83C1D0A7", made_at("Shop/Provider/framework-onEvent", description))
    assert not is_framework("Orders", made_at("Shop/Orders/Resource", "AWS things and orders"))


def test_without_paths_the_logical_id_tells():
    resource = {"Type": "AWS::Lambda::Function", "Properties": {}}
    assert is_framework("LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A", resource)
    assert is_framework("CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F", resource)
    assert not is_framework("LogRetentionReport12345678", resource)
