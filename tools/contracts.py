"""A kind of contract for import-linter; ``pyproject.toml`` names it."""

from __future__ import annotations

import grimp
from importlinter.contracts.layers import LayersContract
from importlinter.domain import fields
from importlinter.domain.contract import ContractCheck
from importlinter.domain.imports import ModuleExpression


class PackagesContract(LayersContract):
    """Layers inside every package of the application, but those that are named in ``but``.

    So a package that is added stands under the contract, and one that is deleted has no line here.
    """

    but = fields.SetField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Find the packages, and check them as layers are checked."""
        parents = [expression.expression.removesuffix(".*") for expression in self.containers]
        self.containers = [
            ModuleExpression(name)
            for parent in parents
            for name in sorted(graph.find_children(parent))
            if graph.find_children(name) and name.removeprefix(f"{parent}.") not in self.but
        ]
        return super().check(graph, verbose)
