"""What other tools and other people are given: the JSON Schema of every file format, and the example to start from."""

from policykit.exports.example import NotMadeError, copy_example
from policykit.exports.schemas import LISTS, MAPPINGS, schemas, write_schemas

__all__ = ["LISTS", "MAPPINGS", "NotMadeError", "copy_example", "schemas", "write_schemas"]
