"""Extensions and the telemetry that they subscribe to."""
