SHELF = {"apples": 12, "pears": 0}


def count(event, context):
    return SHELF.get(event["item"], 0)
