import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.zappa.module import settings_module, takes_several
from tests.config.zappa_samples import given_of

EVENTS = [
    {"function": "jobs.first", "event_source": {"arn": "arn:aws:sqs:eu-west-2:1:orders"}},
    {"function": "jobs.second", "event_source": {"arn": "arn:aws:sqs:eu-west-2:1:orders"}},
    {"function": "jobs.timed", "expression": "rate(1 hour)"},
]


def module(version="0.63.0", overrides=None, region="eu-west-2", **settings):
    return settings_module(given_of(**settings), "shop", region, version, overrides or {})


def test_a_bare_app_has_zappas_defaults():
    assert module(app_function="shop.web.app") == {
        "APP_MODULE": "shop.web",
        "APP_FUNCTION": "app",
        "EXCEPTION_HANDLER": None,
        "DEBUG": True,
        "LOG_LEVEL": "DEBUG",
        "BINARY_SUPPORT": True,
        "CONTEXT_HEADER_MAPPINGS": {},
        "DOMAIN": None,
        "BASE_PATH": None,
        "ENVIRONMENT_VARIABLES": {},
        "API_STAGE": "dev",
        "PROJECT_NAME": "shop",
        "SETTINGS_FILE": None,
        "DJANGO_SETTINGS": None,
        "AWS_EVENT_MAPPING": {},
        "AWS_BOT_EVENT_MAPPING": {},
        "COGNITO_TRIGGER_MAPPING": {},
        "ASYNC_RESPONSE_TABLE": "",
        "ADDITIONAL_TEXT_MIMETYPES": [],
    }


def test_settings_of_the_app_are_handed_on_as_they_are():
    made = module(
        django_settings="shop.settings",
        app_type="asgi",
        websocket_handler_module="shop.sockets",
        exception_handler="shop.errors.report",
        debug=False,
        log_level="INFO",
        binary_support=False,
        context_header_mappings={"X-User": "identity.user"},
        domain="shop.example.com",
        base_path="api",
        settings_file="settings.py",
        authorizer={"function": "shop.auth.check"},
        async_response_table="answers",
        additional_text_mimetypes=["application/vnd.api+json"],
    )
    assert "APP_MODULE" not in made
    wanted = {
        "DJANGO_SETTINGS": "shop.settings",
        "APP_TYPE": "asgi",
        "WEBSOCKET_HANDLER_MODULE": "shop.sockets",
        "EXCEPTION_HANDLER": "shop.errors.report",
        "DEBUG": False,
        "LOG_LEVEL": "INFO",
        "BINARY_SUPPORT": False,
        "CONTEXT_HEADER_MAPPINGS": {"X-User": "identity.user"},
        "DOMAIN": "shop.example.com",
        "BASE_PATH": "api",
        "SETTINGS_FILE": "settings.py",
        "AUTHORIZER_FUNCTION": "shop.auth.check",
        "ASYNC_RESPONSE_TABLE": "answers",
        "ADDITIONAL_TEXT_MIMETYPES": ["application/vnd.api+json"],
    }
    assert {name: made[name] for name in wanted} == wanted


def test_the_region_stands_among_the_variables_when_the_settings_name_one():
    assert module(aws_region="eu-west-1")["ENVIRONMENT_VARIABLES"] == {"AWS_REGION": "eu-west-2"}
    own = {"AWS_REGION": "mine"}
    assert module(aws_region="eu-west-1", environment_variables=own)["ENVIRONMENT_VARIABLES"] == own


def test_variables_from_beside_the_settings_win():
    made = module(environment_variables={"A": "1", "B": "2"}, overrides={"B": "3", "C": "4"})
    assert made["ENVIRONMENT_VARIABLES"] == {"A": "1", "B": "3", "C": "4"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"remote_env": "s3://b/k.json"}, "s3://b/k.json"),
        ({"remote_env_bucket": "b", "remote_env_file": "k.json"}, "s3://b/k.json"),
        ({"remote_env": "s3://b/k", "remote_env_bucket": "x", "remote_env_file": "y"}, "s3://b/k"),
        ({"remote_env_bucket": "b"}, None),
    ],
)
def test_remote_variables_are_passed_on(settings, expected):
    assert module(**settings).get("REMOTE_ENV") == expected


def test_an_arn_has_one_function_before_063_and_all_of_them_since():
    arn = "arn:aws:sqs:eu-west-2:1:orders"
    assert module("0.62.1", events=EVENTS)["AWS_EVENT_MAPPING"] == {arn: "jobs.second"}
    assert module("0.63.0", events=EVENTS)["AWS_EVENT_MAPPING"] == {arn: ["jobs.first", "jobs.second"]}


@pytest.mark.parametrize(
    ("version", "several"),
    [("0.62.1", False), ("0.9", False), ("0.63.0", True), ("0.63.0rc1", True), ("1.0", True), ("", True)],
)
def test_which_zappa_calls_several(version, several):
    assert takes_several(version) is several


def test_bots_and_cognito_are_mapped_when_they_say_everything():
    bots = [
        {"function": "bot.answer", "event_source": {"intent": "Order", "invocation_source": "DialogCodeHook"}},
        {"function": "bot.lost", "event_source": {"intent": "Order"}},
    ]
    triggers = [{"source": "PreSignUp_SignUp", "function": "users.check"}, {"source": "PostConfirmation"}]
    made = module(bot_events=bots, cognito={"user_pool": "pool", "triggers": triggers})
    assert made["AWS_BOT_EVENT_MAPPING"] == {"Order:DialogCodeHook": "bot.answer"}
    assert made["COGNITO_TRIGGER_MAPPING"] == {"PreSignUp_SignUp": "users.check"}


def test_a_slim_handler_runs_the_same_code():
    made = module(slim_handler=True, include=["lib.so"])
    assert not {"ARCHIVE_PATH", "SLIM_HANDLER", "INCLUDE"} & made.keys()


@pytest.mark.parametrize("app", ["app", ".app", "app."])
def test_an_app_names_its_module(app):
    with pytest.raises(Refusal, match="names no module"):
        module(app_function=app)
