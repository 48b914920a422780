"""scripts/check-object-code finds what it is for: planted in a case of a switch, in a block, and behind a pointer that nobody has
named."""

import importlib.util
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path

import paths

SCRIPT = paths.ROOT / "scripts" / "check-object-code"

SOURCE = """
var words: [[Int]] = []

// As a program's blocks are: a step that is the block's own, behind a witness that comes from an extension.
protocol Steppable {
  mutating func step(_ frame: UnsafeMutablePointer<Int>)
  static func run(_ state: UnsafeMutableRawPointer, _ frame: UnsafeMutablePointer<Int>)
}
extension Steppable {
  static func run(_ state: UnsafeMutableRawPointer, _ frame: UnsafeMutablePointer<Int>) {
    state.assumingMemoryBound(to: Self.self).pointee.step(frame)
  }
}
struct SoundBlock: Steppable {
  var count = 0
  mutating func step(_ frame: UnsafeMutablePointer<Int>) { count &+= frame[1]; frame[2] = count }
}
struct PlantedBlock: Steppable {
  var count = 0
  mutating func step(_ frame: UnsafeMutablePointer<Int>) {
    count &+= frame[1]
    if count & 1023 == 1023 { words.append([count, frame[2]]) }
  }
}

@inline(never) func soundSwitch(_ kind: Int, _ state: UnsafeMutablePointer<Int>) {
  switch kind {
  case 0: state.pointee &+= 3
  case 1: state.pointee &*= state[1]
  case 2: state.pointee ^= state[2] &+ 5
  case 3: state[3] = state[1] &- state[2]
  case 4: state[4] = state[3] &* state[3]
  case 5: state[5] = ~state[0]
  default: state[6] &+= 1
  }
}
@inline(never) func plantedSwitch(_ kind: Int, _ state: UnsafeMutablePointer<Int>) {
  switch kind {
  case 0: state.pointee &+= 3
  case 1: state.pointee &*= state[1]
  case 2: state.pointee ^= state[2] &+ 5
  case 3: state[3] = state[1] &- state[2]
  case 4: words.append([state[4], state[3]])
  case 5: state[5] = ~state[0]
  default: state[6] &+= 1
  }
}
@inline(never) func throughPointer(
  _ kind: any Steppable.Type, _ block: UnsafeMutableRawPointer, _ frame: UnsafeMutablePointer<Int>
) { kind.run(block, frame) }

let state = UnsafeMutablePointer<Int>.allocate(capacity: 8)
state.initialize(repeating: CommandLine.arguments.count, count: 8)
let block = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16)
block.initializeMemory(as: Int.self, repeating: 0, count: 8)
for kind in 0..<8 {
  soundSwitch(kind &+ state[7], state)
  plantedSwitch(kind &+ state[7], state)
  throughPointer(kind & 1 == 0 ? SoundBlock.self : PlantedBlock.self, block, state)
}
print(words.count, state[0])
"""


@unittest.skipUnless(platform.machine() == "x86_64", "the check reads x86-64")
@unittest.skipUnless(shutil.which("swiftc") and shutil.which("objdump"), "swiftc and objdump are not installed")
class ObjectCode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        source = Path(cls.folder.name) / "main.swift"
        source.write_text(SOURCE)
        cls.program = Path(cls.folder.name) / "planted"
        subprocess.run(["swiftc", "-O", "-module-name", "Planted", str(source), "-o", str(cls.program)], check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def check(self, root):
        run = subprocess.run(
            [str(SCRIPT), str(self.program), "--root", root], capture_output=True, text=True)
        return run.returncode, run.stdout

    def test_the_switch_is_a_jump_through_a_table(self):
        text = subprocess.run(["objdump", "-d", str(self.program)], check=True, capture_output=True, text=True).stdout
        for name in ("soundSwitch", "plantedSwitch"):
            body = text[text.index(f"{name}") :].split("\n\n")[0]
            self.assertRegex(body, r"jmp +\*%r")

    def test_a_switch_that_only_counts_is_sound(self):
        status, words = self.check(r"^soundSwitch\(")
        self.assertEqual((status, words.count("none allocates")), (0, 1), words)

    def test_an_allocation_in_a_case_of_a_switch_is_found(self):
        status, words = self.check(r"^plantedSwitch\(")
        self.assertEqual(status, 1)
        self.assertRegex(words, r"may call swift_(alloc|retain|release|beginAccess|isUnique)\w* .*<- plantedSwitch")

    def test_a_call_through_a_pointer_that_nobody_named_is_found(self):
        status, words = self.check(r"^throughPointer\(")
        self.assertEqual(status, 1)
        self.assertIn("calls through a pointer, and the list KNOWN does not say where to (1): throughPointer", words)

    def test_an_allocation_in_a_block_is_found(self):
        loader = SourceFileLoader("check_object_code", str(SCRIPT))
        check = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_object_code", loader))
        sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
        loader.exec_module(check)
        sys.dont_write_bytecode = before
        # The roots of the real program, by which each block is found.
        (blocks,) = check.ROOTS["one step of each block"]
        status, words = self.check(blocks)
        self.assertEqual(status, 1)
        self.assertRegex(words, r"may call swift_\w+ <- .*in conformance PlantedBlock")
        self.assertNotIn("SoundBlock", words)
        self.assertEqual(self.check(blocks.replace(r"\w+$", "SoundBlock$"))[0], 0)

    def test_a_root_that_is_not_there_is_a_failure(self):
        status, words = self.check(r"^noSuchFunction\(")
        self.assertEqual(status, 1)
        self.assertIn("the check would be empty", words)


if __name__ == "__main__":
    unittest.main()
