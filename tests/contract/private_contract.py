"""A contract for import-linter: a module that only the package around it may import."""

import grimp
from importlinter import Contract, ContractCheck, fields, output


class PrivateContract(Contract):
    """`modules`: expressions such as `huntaze.*.store`; each match may be imported from its parent package alone."""

    type_name = "private"

    modules = fields.SetField(subfield=fields.ModuleExpressionField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Broken by every importer that stands outside."""
        outside = []
        for expression in self.modules:  # type: ignore[attr-defined]
            for module in sorted(graph.find_matching_modules(str(expression))):
                room = module.rpartition(".")[0]
                for importer in sorted(graph.find_modules_that_directly_import(module)):
                    if importer != room and not importer.startswith(f"{room}."):
                        outside.append(f"{importer} -> {module}")
        return ContractCheck(kept=not outside, metadata={"outside": outside})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import that should go."""
        for line in check.metadata["outside"]:
            output.print_error(line)
