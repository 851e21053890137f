"""Runs migrations on the connection that `models.migrate` passes in."""

from alembic import context

from models.base import SCHEMA
from models.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
