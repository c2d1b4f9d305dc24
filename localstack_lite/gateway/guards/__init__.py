"""Who may call a route: authorizers, tokens, signatures, policies, assumed identities. Pure."""
