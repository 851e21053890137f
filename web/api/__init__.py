"""The API for other systems, `/api/v1/`: the services that the pages use, as JSON, by token."""
