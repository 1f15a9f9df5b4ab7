"""What we declare in the Entra tenant: the organisation's own app, Desktop sign-in, consent, Anthropic's app."""
