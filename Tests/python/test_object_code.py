"""scripts/check-object-code finds what it is for: planted in a case of a switch, behind a protocol's witness, and behind a pointer
that nobody has named."""

import platform
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import paths

SOURCE = """
var words: [[Int]] = []
protocol Part { static func run(_ state: UnsafeMutablePointer<Int>) }
struct Sound: Part { static func run(_ state: UnsafeMutablePointer<Int>) { state.pointee &+= 7 } }
struct Planted: Part { static func run(_ state: UnsafeMutablePointer<Int>) { words.append([state.pointee]) } }

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
@inline(never) func throughPointer(_ kind: any Part.Type, _ state: UnsafeMutablePointer<Int>) { kind.run(state) }

let state = UnsafeMutablePointer<Int>.allocate(capacity: 8)
state.initialize(repeating: CommandLine.arguments.count, count: 8)
for kind in 0..<8 {
  soundSwitch(kind &+ state[7], state)
  plantedSwitch(kind &+ state[7], state)
  throughPointer(kind & 1 == 0 ? Sound.self : Planted.self, state)
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
            [str(paths.ROOT / "scripts" / "check-object-code"), str(self.program), "--root", root], capture_output=True, text=True)
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

    def test_a_witness_is_a_root_that_can_be_named(self):
        self.assertEqual(self.check(r"witness for static Part\.run\(_:\) in conformance Sound$")[0], 0)
        status, words = self.check(r"witness for static Part\.run\(_:\) in conformance Planted$")
        self.assertEqual(status, 1)
        self.assertIn("may call swift_", words)

    def test_a_root_that_is_not_there_is_a_failure(self):
        status, words = self.check(r"^noSuchFunction\(")
        self.assertEqual(status, 1)
        self.assertIn("the check would be empty", words)


if __name__ == "__main__":
    unittest.main()
