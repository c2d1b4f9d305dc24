"""Recorded with `package` of osls 3.77."""

from tests.config.services import made_from, resources_of

ARN = {"Fn::GetAtt": ["ALambdaFunction", "Arn"]}


def text(*events):
    listed = "".join(f"\n      - {event}" for event in events)
    other = "  b: {handler: m.b, events: [{sns: topic-one}]}\n"
    return f"functions:\n  a:\n    handler: m.a\n    events:{listed}\n{other}"


def properties(name, *events):
    return resources_of(text(*events))[name]["Properties"]


def test_a_queue_is_an_event_source():
    plain = properties("AEventSourceMappingSQSQone", "sqs: arn:aws:sqs:eu-west-2:1:q-one")
    assert plain == {
        "BatchSize": 10,
        "EventSourceArn": "arn:aws:sqs:eu-west-2:1:q-one",
        "FunctionName": ARN,
        "Enabled": True,
    }
    said = (
        "{arn: !GetAtt Q.Arn, batchSize: 5, maximumBatchingWindow: 3, functionResponseType: ReportBatchItemFailures, "
    )
    said += "filterPatterns: [{a: [1]}], maximumConcurrency: 4, enabled: false}"
    assert properties("AEventSourceMappingSQSQ", f"sqs: {said}") == {
        "BatchSize": 5,
        "MaximumBatchingWindowInSeconds": 3,
        "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]},
        "FunctionName": ARN,
        "Enabled": False,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": '{"a":[1]}'}]},
        "ScalingConfig": {"MaximumConcurrency": 4},
    }


def test_the_short_form_may_be_a_reference():
    made = resources_of(text("sqs: !GetAtt Q.Arn", "sns: !Ref T", "stream: !GetAtt S.StreamArn"))
    assert made["AEventSourceMappingSQSQ"]["Properties"]["EventSourceArn"] == {"Fn::GetAtt": ["Q", "Arn"]}
    assert made["ASnsSubscriptionT"]["Properties"]["TopicArn"] == {"Ref": "T"}
    assert "AEventSourceMappingDynamodbS" in made


def test_a_stream_is_an_event_source():
    table = "stream: arn:aws:dynamodb:eu-west-2:1:table/t/stream/1"
    assert properties("AEventSourceMappingDynamodbT", table)["StartingPosition"] == "TRIM_HORIZON"
    said = "{type: kinesis, arn: {'Fn::GetAtt': [S, Arn]}, batchSize: 7, startingPosition: LATEST, "
    said += "maximumRetryAttempts: 2, destinations: {onFailure: arn:aws:sqs:eu-west-2:1:dlq}}"
    assert properties("AEventSourceMappingKinesisS", f"stream: {said}") == {
        "BatchSize": 7,
        "Enabled": True,
        "EventSourceArn": {"Fn::GetAtt": ["S", "Arn"]},
        "FunctionName": ARN,
        "StartingPosition": "LATEST",
        "MaximumRetryAttempts": 2,
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-2:1:dlq"}},
    }


def test_a_topic_by_name_is_made_for_all_that_name_it():
    made = resources_of(text("sns: topic-one"))["SNSTopicTopicone"]["Properties"]
    assert made["TopicName"] == "topic-one"
    assert [one["Endpoint"]["Fn::GetAtt"][0] for one in made["Subscription"]] == ["ALambdaFunction", "BLambdaFunction"]


def test_a_topic_that_is_there_is_subscribed_to():
    assert properties("ASnsSubscriptionT3", "sns: arn:aws:sns:eu-west-2:1:t3") == {
        "TopicArn": "arn:aws:sns:eu-west-2:1:t3",
        "Protocol": "lambda",
        "Endpoint": ARN,
    }
    filtered = "sns: {arn: !Ref T, topicName: topic2, filterPolicy: {a: [b]}}"
    assert properties("ASnsSubscriptionTopic2", filtered)["FilterPolicy"] == {"a": ["b"]}
    assert properties("ASnsSubscriptionT4", "sns: {topicName: t4, filterPolicy: {a: [b]}}")["TopicArn"] == {
        "Ref": "SNSTopicT4"
    }


def test_a_bucket_by_name_is_made_with_its_notifications():
    said = "s3: {bucket: photos, event: 's3:ObjectRemoved:*', rules: [{prefix: up/}, {suffix: .jpg}]}"
    made = resources_of(text("s3: photos", said))
    assert made["S3BucketPhotos"]["Properties"]["NotificationConfiguration"]["LambdaConfigurations"] == [
        {"Event": "s3:ObjectCreated:*", "Function": ARN},
        {
            "Event": "s3:ObjectRemoved:*",
            "Function": ARN,
            "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "up/"}, {"Name": "suffix", "Value": ".jpg"}]}},
        },
    ]
    assert made["S3BucketPhotos"]["DependsOn"] == ["ALambdaPermissionPhotosS3"]


def test_an_existing_bucket_is_known_here_and_never_made_in_the_cloud():
    said = text("s3: {bucket: there, existing: true}")
    assert "S3BucketThere" in resources_of(said)
    made = made_from(said, deploying=True)
    assert "S3BucketThere" not in made.document.values["Resources"]
    assert "existing bucket there" in made.problems[0].what


def test_logs_pools_and_topics_of_things_call_the_function():
    made = resources_of(
        text(
            "cloudwatchLog: /aws/lambda/x",
            "cloudwatchLog: {logGroup: g, filter: ERROR}",
            "cognitoUserPool: {pool: P, trigger: PreSignUp}",
            "cognitoUserPool: {pool: P, trigger: CustomEmailSender}",
            "iot: {sql: SELECT 1, enabled: false}",
        )
    )
    assert made["ALogsSubscriptionFilterCloudWatchLog2"]["Properties"]["FilterPattern"] == "ERROR"
    assert made["CognitoUserPoolP"]["Properties"]["LambdaConfig"] == {
        "PreSignUp": ARN,
        "CustomEmailSender": {"LambdaArn": ARN, "LambdaVersion": "V1_0"},
    }
    assert made["AIotTopicRule1"]["Properties"]["TopicRulePayload"]["RuleDisabled"] is True
