"""A contract for import-linter: modules that only their own room may import."""

from fnmatch import fnmatchcase

import grimp
from importlinter import Contract, ContractCheck, fields, output


class PrivateContract(Contract):
    """`modules`: patterns of whole names, in which `*` stands for anything; each match may be imported from its room
    alone, which is the package right below the root."""

    type_name = "private"

    modules = fields.SetField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Broken by every importer that stands outside."""
        outside = []
        for module in sorted(graph.modules):
            if not any(fnmatchcase(module, pattern) for pattern in self.modules):  # type: ignore[attr-defined]
                continue
            room = ".".join(module.split(".")[:2])
            for importer in sorted(graph.find_modules_that_directly_import(module)):
                if importer != room and not importer.startswith(f"{room}."):
                    outside.append(f"{importer} -> {module}")
        return ContractCheck(kept=not outside, metadata={"outside": outside})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import that should go."""
        for line in check.metadata["outside"]:
            output.print_error(line)
