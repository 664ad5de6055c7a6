"""A made-up platform where an artefact is prepared and a second call publishes it."""
