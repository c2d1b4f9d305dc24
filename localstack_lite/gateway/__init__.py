"""HTTP and WebSockets in front of Lambda: API Gateway's REST, HTTP and WebSocket APIs, function URLs, load balancers.

A `Site` is what a Host header means: the APIs that answer there. A `Visit` is one request on one route of one of
them. `Door`s stand before a route (`guards`: who may call it; `controls`: how much, and with what). A `Dialect` writes
a visit down as the event of its payload format and reads the function's result back as a `Response`; what is no Lambda
proxy is an `Integrate` (`integrations`, `templates`). `exchange` is the story that joins them, a generator that yields
the `Step`s it needs. `Gateway` (`serve`) drives that story with an `Invoke`; `sockets` is the same for connections that
stay open. Only `serve`, `sockets.desk` and what `integrations.outside` stands on wait for anything.

The gateway does not know that Lambda exists. All that can be computed once per project (matchers, constant parts of
events, CORS headers) is computed when `Sites` is built, so that a request only fills in what is its own.
"""
