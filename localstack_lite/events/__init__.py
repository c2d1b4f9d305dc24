"""Events that do not come from a person at a browser.

* `samples` knows the sample events that devserve ships: one JSON file for each kind of caller.
* `edit` changes a value deep inside an event, for `devserve events generate --set`.
"""
