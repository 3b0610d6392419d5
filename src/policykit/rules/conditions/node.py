"""Node: what every condition has. A test is one class with three faces and nothing else."""

from abc import ABC, abstractmethod

from sqlglot import exp

from policykit.model.scalars import Record
from policykit.rules.clauses import Clause
from policykit.rules.logic import Truth
from policykit.rules.setting import Place, Row


class Node(Record, ABC):
    """One condition on a row; `test` says which."""

    test: str

    @abstractmethod
    def words(self, place: Place) -> Clause:
        """What the condition says, in English."""

    @abstractmethod
    def holds(self, row: Row, place: Place) -> Truth:
        """Whether it holds for a row: the reference meaning."""

    @abstractmethod
    def sql(self, place: Place) -> exp.Expr:
        """The same as an SQL expression that is TRUE, FALSE or NULL."""
