"""What a request has to keep to: rates, quotas, keys, models; how bodies and refusals are dressed. Pure."""
