"""Every module of the application stands in a contract that says which names there may be."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: One module each, above or below all packages; the contract ``features`` names them too.
SINGLE = {"cli", "extensions", "feature", "features", "prepare_installation", "supervisor"}


def _contracts() -> dict[str, dict]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {one["id"]: one for one in settings["tool"]["importlinter"]["contracts"]}


def _names(contract: dict) -> set[str]:
    """The names that a contract allows in its containers."""
    return {
        name.strip("() ")
        for layer in contract["layers"]
        for part in layer.split("|")
        for name in part.split(":")
    }


def _children(package: Path) -> set[str]:
    modules = {file.stem for file in package.glob("*.py")} - {"__init__"}
    return modules | {init.parent.name for init in package.glob("*/__init__.py")}


def _containers(contract: dict, packages: dict[str, Path]) -> set[str]:
    """The packages whose names it holds; a wildcard is every package but those it leaves out."""
    if contract["type"] != "packages":
        return set(contract["containers"])
    assert contract["containers"] == ["app.*"]
    return {name for name in packages if name.count(".") == 1} - {
        f"app.{name}" for name in contract["but"]
    }


def test_no_module_stands_outside_of_the_contracts():
    contracts = _contracts()
    packages = {
        f"app.{init.parent.name}": init.parent for init in ROOT.glob("app/*/__init__.py")
    } | {"app.api.v1": ROOT / "app/api/v1"}
    assert len(packages) > 30
    allowed = {
        container: _names(contract)
        for contract in contracts.values()
        if contract.get("exhaustive") and contract["id"] != "features"
        for container in _containers(contract, packages)
    }
    outside = {
        f"{name}.{child}"
        for name, folder in packages.items()
        for child in _children(folder) - allowed.get(name, set())
    }
    assert outside == set()


def test_every_package_has_a_place_among_the_others():
    features = _contracts()["features"]
    placed = _names(features) | set(features["exhaustive_ignores"])
    assert _children(ROOT / "app") - placed == set()
    assert set(features["exhaustive_ignores"]) <= SINGLE


def test_the_contract_of_features_has_no_exceptions():
    inside = _contracts()["inside"]
    assert inside["exhaustive"] is True
    assert "exhaustive_ignores" not in inside
    assert not {"utils", "helpers", "views", "common"} & _names(inside)
