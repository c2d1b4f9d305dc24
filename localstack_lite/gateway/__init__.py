"""HTTP in front of Lambda: API Gateway's REST and HTTP APIs and function URLs.

Five nouns. A `Site` is what a Host header means: the APIs that answer there. A `Visit` is one request on one route of
one of them. A `Dialect` writes a visit down as the event of its payload format and reads the function's result back
as a `Response`. `exchange` is the story that joins them, a generator that yields the `Call`s it needs. `Gateway`
(`serve`) drives that story with an `Invoke`, and is the only module here that waits for anything.

The gateway does not know that Lambda exists. All that can be computed once per project (matchers, constant parts of
events, CORS headers) is computed when `Sites` is built, so that a request only fills in what is its own.
"""
