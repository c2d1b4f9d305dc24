"""Whether a change of a property makes CloudFormation replace the resource. Pure.

From the resource reference of CloudFormation ("Update requires"), for the types that serverless projects are made of.
AWS's own change set says it for sure before anything is done.
"""

from __future__ import annotations

from collections.abc import Iterable

_ALL = frozenset({"*"})


def _some(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Properties that replace, by type; `*`: any.
_REPLACING: dict[str, frozenset[str]] = {
    "AWS::ApiGateway::ApiKey": _some("CustomerId GenerateDistinctId Name Value"),
    "AWS::ApiGateway::Authorizer": _some("RestApiId"),
    "AWS::ApiGateway::BasePathMapping": _some("BasePath DomainName"),
    "AWS::ApiGateway::Deployment": _some("DeploymentCanarySettings RestApiId"),
    "AWS::ApiGateway::DomainName": _some("DomainName"),
    "AWS::ApiGateway::GatewayResponse": _some("ResponseType RestApiId"),
    "AWS::ApiGateway::Method": _some("HttpMethod ResourceId RestApiId"),
    "AWS::ApiGateway::Model": _some("ContentType Name RestApiId"),
    "AWS::ApiGateway::RequestValidator": _some("Name RestApiId"),
    "AWS::ApiGateway::Resource": _some("ParentId PathPart RestApiId"),
    "AWS::ApiGateway::RestApi": frozenset(),
    "AWS::ApiGateway::Stage": _some("RestApiId StageName"),
    "AWS::ApiGateway::UsagePlan": frozenset(),
    "AWS::ApiGateway::UsagePlanKey": _ALL,
    "AWS::ApiGatewayV2::Api": _some("ProtocolType"),
    "AWS::ApiGatewayV2::ApiMapping": _some("DomainName"),
    "AWS::ApiGatewayV2::Authorizer": _some("ApiId"),
    "AWS::ApiGatewayV2::Deployment": _some("ApiId"),
    "AWS::ApiGatewayV2::DomainName": _some("DomainName"),
    "AWS::ApiGatewayV2::Integration": _some("ApiId"),
    "AWS::ApiGatewayV2::Route": _some("ApiId"),
    "AWS::ApiGatewayV2::Stage": _some("ApiId StageName"),
    "AWS::CloudFormation::Stack": frozenset(),
    "AWS::CloudWatch::Alarm": _some("AlarmName"),
    "AWS::Cognito::UserPool": _some("AliasAttributes UsernameAttributes UsernameConfiguration"),
    "AWS::Cognito::UserPoolClient": _some("GenerateSecret UserPoolId"),
    "AWS::DynamoDB::Table": _some("ImportSourceSpecification KeySchema LocalSecondaryIndexes TableName"),
    "AWS::Events::EventBus": _some("Name"),
    "AWS::Events::Rule": _some("EventBusName Name"),
    "AWS::IAM::ManagedPolicy": _some("Description ManagedPolicyName Path"),
    "AWS::IAM::Policy": frozenset(),
    "AWS::IAM::Role": _some("Path RoleName"),
    "AWS::Kinesis::Stream": _some("Name"),
    "AWS::Lambda::Alias": _some("FunctionName Name"),
    "AWS::Lambda::EventInvokeConfig": _some("FunctionName Qualifier"),
    "AWS::Lambda::EventSourceMapping": _some(
        "AmazonManagedKafkaEventSourceConfig EventSourceArn SelfManagedEventSource SelfManagedKafkaEventSourceConfig "
        "StartingPosition StartingPositionTimestamp"
    ),
    "AWS::Lambda::Function": _some("FunctionName PackageType TenancyConfig"),
    "AWS::Lambda::LayerVersion": _ALL,
    "AWS::Lambda::LayerVersionPermission": _ALL,
    "AWS::Lambda::Permission": _ALL,
    "AWS::Lambda::Url": _some("Qualifier TargetFunctionArn"),
    "AWS::Lambda::Version": _some("CodeSha256 Description FunctionName"),
    "AWS::Logs::LogGroup": _some("LogGroupClass LogGroupName"),
    "AWS::Logs::SubscriptionFilter": _some("FilterName LogGroupName"),
    "AWS::S3::Bucket": _some("BucketName"),
    "AWS::S3::BucketPolicy": _some("Bucket"),
    "AWS::SNS::Subscription": _some("Endpoint Protocol TopicArn"),
    "AWS::SNS::Topic": _some("FifoTopic TopicName"),
    "AWS::SNS::TopicPolicy": frozenset(),
    "AWS::SQS::Queue": _some("FifoQueue QueueName"),
    "AWS::SQS::QueuePolicy": frozenset(),
    "AWS::SSM::Parameter": _some("Name"),
    "AWS::Scheduler::Schedule": _some("Name"),
    "AWS::Scheduler::ScheduleGroup": _some("Name"),
    "AWS::SecretsManager::Secret": _some("Name"),
    "AWS::StepFunctions::StateMachine": _some("StateMachineName StateMachineType"),
}


def replacement(type: str, properties: Iterable[str]) -> str:
    """`no`, `maybe` or `yes`. `properties` are names of top-level properties that change."""
    replacing = _REPLACING.get(type)
    if replacing is None:
        return "maybe"
    return "yes" if "*" in replacing or not replacing.isdisjoint(properties) else "no"
