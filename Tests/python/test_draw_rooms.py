"""scripts/draw-rooms sees what each file imports, and refuses what the manifest, the order and the page do not say."""

import importlib.machinery
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import paths

SCRIPT = paths.ROOT / "scripts/draw-rooms"


class MadeUp:
    """A package in a folder of its own: three rooms, each on the one before, and a page that says so."""

    def __init__(self, folder: str):
        self.root = Path(folder)
        self.targets = {"Low": [], "Middle": ["Low"], "High": ["Low", "Middle"]}
        self.more = ""
        self.order = "1. `Low`\n2. `Middle`\n3. `High`"
        for name, imports in self.targets.items():
            self.write(f"Sources/{name}/{name}.swift", "".join(f"import {other}\n" for other in imports) + "let x = 1\n")
            self.write(f"Sources/{name}/README.md", f"# {name}\n\nWhat is {name.lower()}, in\ntwo lines. And more.\n")
        self.write_page()

    def write(self, path: str, text: str):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))

    def write_page(self):
        self.write(
            "docs/how-it-works.md",
            f"Before.\n\n<!-- rooms: order -->\n{self.order}\n\nBetween `x`.\n<!-- rooms: begin -->\n<!-- rooms: end -->\nBehind.\n")

    def write_manifest(self):
        rows = [f'.target(name: "{name}", dependencies: {json.dumps(to)}),' for name, to in self.targets.items()]
        self.write("Package.swift", "let package = Package(name: \"p\", targets: [\n" + "\n".join(rows) + self.more + "\n])\n")

    def run(self, *arguments: str):
        self.write_manifest()
        return subprocess.run(
            [sys.executable, str(SCRIPT), *arguments, str(self.root)], capture_output=True, text=True, check=False)

    @property
    def page(self) -> str:
        return (self.root / "docs/how-it-works.md").read_text()


class DrawRooms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.package = MadeUp(folder.name)

    def expect_refusal(self, *words: str):
        """Both ways fail with `words`, and the page is left alone."""
        page = self.package.page
        for arguments in (["--check"], []):
            done = self.package.run(*arguments)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)
        self.assertEqual(self.package.page, page)

    def expect_drawn(self):
        done = self.package.run()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = self.package.run("--check")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_draws_the_arrows_that_do_not_follow_from_others(self):
        self.expect_drawn()
        page = self.package.page
        self.assertIn("flowchart TD\n  High --> Middle\n  Middle --> Low\n```\n", page)
        self.assertNotIn("High --> Low", page)

    def test_the_table_has_every_room_with_its_first_sentence_and_all_imports(self):
        self.expect_drawn()
        page = self.package.page
        self.assertIn("| [`Low`](../Sources/Low/README.md) | What is low, in two lines. | nothing |\n", page)
        self.assertIn("| [`High`](../Sources/High/README.md) | What is high, in two lines. | `Low`, `Middle` |\n", page)

    def test_leaves_the_rest_of_the_page_alone(self):
        self.expect_drawn()
        self.assertTrue(self.package.page.startswith("Before.\n\n<!-- rooms: order -->\n1. `Low`\n"))
        self.assertTrue(self.package.page.endswith("<!-- rooms: end -->\nBehind.\n"))

    def test_a_room_without_any_arrow_is_in_the_graph(self):
        self.package.targets["Alone"] = []
        self.package.order = self.package.order.replace("`Low`", "`Low`, `Alone`")
        self.package.write("Sources/Alone/README.md", "# Alone\n\nAlone.\n")
        self.package.write("Sources/Alone/a.swift", "let x = 1\n")
        self.package.write_page()
        self.expect_drawn()
        self.assertIn("  Middle --> Low\n  Alone\n", self.package.page)

    def test_a_changed_page_is_refused_with_the_line(self):
        self.expect_drawn()
        path = self.package.root / "docs/how-it-works.md"
        path.write_text(self.package.page.replace("  Middle --> Low\n", "  Low --> Middle\n"))
        done = self.package.run("--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("it has\n      Low --> Middle\nand should have\n      Middle --> Low\n", done.stderr)
        self.expect_drawn()

    def test_a_changed_first_sentence_is_a_changed_page(self):
        self.expect_drawn()
        self.package.write("Sources/Low/README.md", "# Low\n\nAnother sentence.\n")
        done = self.package.run("--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("| Another sentence. |", done.stderr)

    def test_an_undeclared_import_is_refused(self):
        self.package.targets["High"] = ["Middle"]
        self.expect_refusal("Sources/High/High.swift imports Low, which Package.swift does not give to the target High")

    def test_an_unused_dependency_is_refused(self):
        self.package.write("Sources/High/High.swift", "import Middle\n")
        self.expect_refusal("the target High declares Low, which none of its files imports")

    def test_an_import_against_the_order_is_refused(self):
        self.package.order = "1. `Low`\n2. `High`\n3. `Middle`"
        self.package.write_page()
        self.expect_refusal("Sources/High/High.swift imports Middle, against the order", "High is in layer 2, Middle in 3")

    def test_an_import_within_a_layer_is_refused(self):
        self.package.order = "1. `Low`\n2. words: `Middle`,\n   `High`"
        self.package.write_page()
        self.expect_refusal("imports Middle, against the order", "High is in layer 2, Middle in 2")

    def test_a_circle_is_refused_with_its_rooms(self):
        self.package.targets["Low"] = ["High"]
        self.package.write("Sources/Low/Low.swift", "import High\n")
        self.expect_refusal(
            "in a circle: Low -> High -> Low", "Sources/Low/Low.swift imports High, against the order")

    def test_a_room_that_the_order_does_not_have_once_is_refused(self):
        self.package.order = "1. `Low`, `Gone`\n2. `Middle`\n3. `Middle`"
        self.package.write_page()
        self.expect_refusal("lists Gone in the order", "lists Middle 2 times", "lists High 0 times")

    def test_a_room_without_a_readme_is_refused(self):
        (self.package.root / "Sources/Low/README.md").unlink()
        self.package.write("Sources/Middle/README.md", "# Middle\n\nno end of a sentence\n")
        self.package.write("Sources/High/README.md", "# Higher\n\nA sentence.\n")
        self.expect_refusal(
            "Sources/Low/README.md is missing", "Sources/Middle/README.md does not begin", "Sources/High/README.md does not begin")

    def test_a_folder_without_a_target_is_refused(self):
        self.package.write("Sources/Left/a.swift", "let x = 1\n")
        self.expect_refusal("Sources/Left belongs to no target")

    def test_a_page_without_markers_is_refused(self):
        for marker in ("order", "begin", "end"):
            with self.subTest(marker):
                self.package.write_page()
                page = self.package.root / "docs/how-it-works.md"
                page.write_text(page.read_text().replace(f"<!-- rooms: {marker} -->", ""))
                self.expect_refusal(f"<!-- rooms: {marker} -->")

    def test_dependencies_that_are_no_list_of_names_are_refused(self):
        self.package.more = '\n.target(name: "Other", dependencies: shared, path: "Sources/Other"),'
        self.expect_refusal("the dependencies of Other are not a list of names")
        self.package.more = '\n.target(name: "Other", dependencies: ["Low", .product(name: "a", package: "b")]),'
        self.expect_refusal("the dependencies of Other are not a list of names")

    def test_every_form_of_import_is_seen(self):
        for line in (
            "@testable import Middle", "public import Middle", "@_spi(Inner) @preconcurrency internal import Middle",
            "import struct Middle.Thing", "#if os(Linux)\n  import Middle\n#endif", "/* a /* b */ c */ import Middle",
            "let y = 1 /* a */\nimport Middle // why",
        ):
            with self.subTest(line):
                self.package.write("Sources/High/High.swift", f"import Low\n{line}\n")
                self.assertEqual(self.package.run().returncode, 0)

    def test_what_only_looks_like_an_import_is_none(self):
        for line in (
            "// import Middle", "/*\nimport Middle\n*/", "/* a /* b */\nimport Middle\n*/", 'let s = """\nimport Middle\n"""',
            'let s = #"""\n"""\nimport Middle\n"""#', "import Middleware", 'let s = "\\"/*"\n// */ import Middle',
            "func important() {}\nlet imports = Middle",
        ):
            with self.subTest(line):
                self.package.write("Sources/High/High.swift", f"import Low\n{line}\n")
                self.assertIn("declares Middle, which none", self.package.run("--check").stderr)

    def test_a_text_that_holds_the_beginning_of_a_comment_hides_no_import(self):
        self.package.write("Sources/High/High.swift", 'import Low\nlet a = "/*", b = #"//"#, c = "\\"//"\nimport Middle\n')
        self.expect_drawn()

    def add_c_rooms(self, source: str):
        """A header of the system behind a module map, and C that includes it."""
        self.package.more = textwrap.dedent("""
            // .target(name: "Ghost", dependencies: ["Low"]),
            .systemLibrary(name: "CSystem", pkgConfig: "system", providers: [.apt(["system-dev"])]),
            .target(name: "CThing", dependencies: ["CSystem"], cSettings: [.define("A", to: "(")]),
            .testTarget(name: "LowTests", dependencies: ["Low", "High"]),
            .executableTarget(name: "Elsewhere", dependencies: ["High"], path: "other/elsewhere"),""")
        self.package.order = self.package.order.replace("`Low`", "`Low`, `CSystem`").replace("`Middle`", "`Middle`, `CThing`")
        self.package.write("Sources/CSystem/module.modulemap", 'module CSystem [system] { header "shim.h" link "system" }\n')
        self.package.write("Sources/CSystem/shim.h", "// Hands on.\n#include <system.h>\n")
        self.package.write("Sources/CThing/include/thing.h", "#include <stdint.h>\nint thing(void);\n")
        self.package.write("Sources/CThing/thing.c", '#include "thing.h"\n' + source)
        for name in ("CSystem", "CThing"):
            self.package.write(f"Sources/{name}/README.md", f"# {name}\n\nA header.\n")
        self.package.write_page()

    def test_an_include_of_a_room_s_header_is_an_arrow(self):
        self.add_c_rooms("#include <system.h>\n")
        self.expect_drawn()
        self.assertIn("  CThing --> CSystem\n", self.package.page)
        self.assertNotIn("Elsewhere", self.package.page)
        self.assertNotIn("LowTests", self.package.page)

    def test_c_that_does_not_include_what_its_target_declares_is_refused(self):
        self.add_c_rooms("// #include <system.h>\n#include <stdint.h>\n")
        self.expect_refusal("the target CThing declares CSystem, which none of its files imports")


@unittest.skipUnless(shutil.which("swift"), "swift is not installed")
class Manifest(unittest.TestCase):
    def test_targets_are_read_as_the_package_manager_reads_them(self):
        loader = importlib.machinery.SourceFileLoader("draw_rooms", str(SCRIPT))
        spec = importlib.util.spec_from_loader("draw_rooms", loader)
        module = importlib.util.module_from_spec(spec)
        was, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            loader.exec_module(module)
        finally:
            sys.dont_write_bytecode = was
        with tempfile.TemporaryDirectory() as scratch:
            dumped = subprocess.run(
                ["swift", "package", "--package-path", str(paths.ROOT), "--scratch-path", scratch, "dump-package"],
                capture_output=True, text=True, check=True)
        targets = json.loads(dumped.stdout)["targets"]
        rooms, names = module.rooms_of(paths.ROOT)
        self.assertEqual(names, {target["name"] for target in targets})
        inside = [target for target in targets if "path" not in target and target["type"] != "test"]
        self.assertEqual(
            {name: room.declared for name, room in rooms.items()},
            {target["name"]: [name["byName"][0] for name in target["dependencies"]] for target in inside})


if __name__ == "__main__":
    unittest.main()
