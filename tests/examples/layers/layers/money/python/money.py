from decimal import Decimal


def price(cents):
    return str(Decimal(cents) / 100)
