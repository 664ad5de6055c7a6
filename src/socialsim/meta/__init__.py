"""Meta's Graph API with Facebook Login, as far as a Business or Creator account on Instagram needs it."""
