import os
import shutil


def handler(event, context):
    print("the handler runs")
    return {"shell": shutil.which("sh"), "function": context.function_name, "greeting": os.environ.get("GREETING")}
