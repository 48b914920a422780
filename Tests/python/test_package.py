"""The Python package installs with its command, and holds all that is in its folder."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

import paths

PACKAGE = paths.ROOT / "scripts/python"


class Package(unittest.TestCase):
    def test_its_list_names_every_folder_of_code(self):
        project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
        folders = {
            str(path.parent.relative_to(PACKAGE)).replace("/", ".") for path in PACKAGE.glob("ganglion/**/__init__.py")
        }
        self.assertEqual(set(project["tool"]["setuptools"]["packages"]), folders)
        self.assertEqual(project["project"]["dependencies"], ["numpy>=1.24"])

    @unittest.skipUnless(importlib.util.find_spec("setuptools"), "setuptools is not installed")
    def test_it_installs_with_its_command(self):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "source", Path(folder) / "target"
            shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-deps",
                    "--no-build-isolation",
                    "--no-index",
                    "--target",
                    target,
                    source,
                ],
                check=True,
                capture_output=True,
            )
            environment = dict(os.environ, PYTHONPATH=str(target))
            result = subprocess.run(
                [target / "bin/ganglion-export", "--help"], capture_output=True, text=True, env=environment, cwd=folder
            )
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("ganglion-export policy.keras", result.stdout)

    def test_the_old_path_is_the_same_command(self):
        result = subprocess.run(
            [sys.executable, paths.ROOT / "scripts/export_ncps.py", "--help"], capture_output=True, text=True
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.startswith("usage: ganglion-export"))


if __name__ == "__main__":
    unittest.main()
