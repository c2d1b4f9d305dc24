import time


def handler(event, context):
    time.sleep(event["wait"])
    print("done waiting")
