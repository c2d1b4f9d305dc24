"""WebSocket APIs: connections as machines, their events, and `@connections`."""
