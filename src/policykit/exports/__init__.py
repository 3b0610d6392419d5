"""What other tools read: today the JSON Schema of every file format."""

from policykit.exports.schemas import schemas, write_schemas

__all__ = ["schemas", "write_schemas"]
