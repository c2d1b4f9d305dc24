"""The handler: one instance for the process, one branch for an event."""

import collections
import json
import logging
import os
import sys
import time
import traceback

from devserve_zappa_shim import answers, asgi, functions, requests, start, wsgi

logger = logging.getLogger("zappa.handler")
logger.setLevel(logging.INFO)

_SOCKETS = ("CONNECT", "DISCONNECT", "MESSAGE")
_UNCAUGHT = (
    "An uncaught exception happened while servicing this request. "
    "You can investigate this with the `zappa tail` command."
)


class LambdaHandler:
    """`app` and its type are found when the first one is made; later ones are the same."""

    _only = None
    settings = None
    session = None
    app_type = None
    app = None
    trailing_slash = False

    def __new__(cls, settings_name="zappa_settings", session=None):  # noqa: ARG004
        if LambdaHandler._only is None:
            print("Instancing..")
            LambdaHandler._only = object.__new__(cls)
        return LambdaHandler._only

    def __init__(self, settings_name="zappa_settings", session=None):
        if self.settings is None:
            import importlib

            self.session = session
            self.settings = importlib.import_module(settings_name)
            start.begin(self)
            self.app, self.app_type, self.trailing_slash = start.app(self.settings)
            self.text_types = answers.TEXT_TYPES + tuple(
                getattr(self.settings, "ADDITIONAL_TEXT_MIMETYPES", None) or ()
            )

    def load_remote_settings(self, bucket, file):
        start.load_remote(self.settings, self._session(), bucket, file)

    def _session(self):
        if self.session is not None:
            return self.session
        import boto3

        return boto3.Session()

    run_function = staticmethod(functions.run)

    @classmethod
    def lambda_handler(cls, event, context):
        handler = global_handler or cls()
        try:
            return handler.handler(event, context)
        except Exception as error:
            # The project's own exception handler can keep Lambda from trying again by answering with something true.
            if not handler.process_exception(error, event, context):
                raise

    def process_exception(self, error, event, context):
        name = self.settings.EXCEPTION_HANDLER
        if not name:
            return False
        try:
            return functions.find(name)(error, event, context)
        except Exception as another:
            logger.error("Failed to process exception via custom handler.")
            print(another)
            return False

    def handler(self, event, context):
        settings = self.settings
        if settings.DEBUG:
            logger.debug("Zappa Event: %s", event)
        # They stay when a later event has others, as on AWS.
        os.environ.update(event.get("stageVariables") or {})
        if event.get("version") == "2.0":
            return self._served(self._http_v2, event, context)
        if event.get("httpMethod"):
            return self._served(self._http_v1, event, context)
        if event.get("requestContext", {}).get("eventType") in _SOCKETS:
            os.environ["REQUEST_DOMAIN_NAME"] = event["requestContext"]["domainName"]
            return {"statusCode": 200}  # without zappa.websocket nothing can have been registered
        if event.get("detail-type") == "Scheduled Event":
            return self._scheduled(event, context)
        if event.get("command"):
            result = self._call(event["command"], event, context)
            print(f"Result of {event['command']}:")
            print(result)
            return result
        if event.get("raw_command"):
            exec(event["raw_command"])
            return None
        if event.get("manage"):
            return self._manage(event["manage"])
        if event.get("Records"):
            return self._records(event, context)
        return self._trigger(event, context)

    def _served(self, serve, event, context):
        try:
            return serve(event, context)
        except Exception as error:
            print(error)
            shown = traceback.format_exception(*sys.exc_info())
            self.process_exception(error, event, context)
            told = {"message": _UNCAUGHT}
            if self.settings.DEBUG:
                told["traceback"] = shown
            return collections.OrderedDict(statusCode=500, body=json.dumps(str(told), sort_keys=True, indent=4))

    def _http_v2(self, event, context):
        stage = event.get("requestContext", {}).get("stage")
        path = event.get("rawPath", "")
        front = f"/{stage}"
        in_front = stage and (path == front or path.startswith(f"{front}/"))
        return answers.version_2(self._asked(event, context, front if in_front else ""), self)

    def _http_v1(self, event, context):
        balancer = bool((event.get("requestContext") or {}).get("elb"))
        front = ""
        if balancer:
            event["pathParameters"] = ""
        else:
            host = (event.get("headers") or {}).get("Host")
            logger.debug("host found: [%s]", host)
            if "amazonaws.com" in host if host else not self.settings.DOMAIN:
                front = f"/{self.settings.API_STAGE}"
            if host and "lambda-url" in host and (event.get("headers") or {}).get("cloudfront-host"):
                event["headers"]["host"] = event["headers"]["cloudfront-host"]
        return answers.version_1(self._asked(event, context, front), event, self, balancer)

    def _asked(self, event, context, front):
        """The app's answer, logged as Zappa logs it."""
        began = time.perf_counter()
        request = requests.read(event, self.settings, front)
        run = asgi.run if self.app_type == "asgi" else wsgi.run
        answer = run(self.app, request, event, context, self.trailing_slash)
        answer.log = lambda: wsgi.log(request, answer, int((time.perf_counter() - began) * 1_000_000))
        return answer

    def _call(self, name, event, context):
        return self.run_function(functions.find(name), event, context)

    def _scheduled(self, event, context):
        name = functions.scheduled(event)
        if "." in name and name.rpartition(".")[2] != "keep_warm_callback":
            return self._call(name, event, context)
        return None

    def _manage(self, line):
        from django.core import management

        start.django_app(self.settings.DJANGO_SETTINGS)
        management.call_command(*line.split(" "))
        return {}

    def _records(self, event, context):
        result = None
        names = functions.for_record(event["Records"][0], self.settings.AWS_EVENT_MAPPING)
        if not names:
            logger.error("Cannot find a function to process the triggered event.")
        for name in names:
            result = self._call(name, event, context)
            logger.debug(result)
        return result

    def _trigger(self, event, context):
        settings = self.settings
        if event.get("bot"):
            name, otherwise = functions.for_bot(event, settings.AWS_BOT_EVENT_MAPPING), None
        elif event.get("type") == "TOKEN":
            name = getattr(settings, "AUTHORIZER_FUNCTION", None)
            if not name:
                logger.error("Cannot find a function to process the authorization request.")
                raise Exception("Unauthorized")
            return self._call(name, event, context)
        elif event.get("triggerSource"):
            name, otherwise = settings.COGNITO_TRIGGER_MAPPING.get(event["triggerSource"]), event
        elif event.get("awslogs"):
            name, otherwise = f"{settings.APP_MODULE}.{settings.APP_FUNCTION}", None
        else:
            return None
        if not name:
            logger.error("Cannot find a function to process the triggered event.")
            return otherwise
        return self._call(name, event, context)


def lambda_handler(event, context):
    return LambdaHandler.lambda_handler(event, context)


def keep_warm_callback(event, context):  # noqa: ARG001
    lambda_handler({}, context)


global_handler = None
