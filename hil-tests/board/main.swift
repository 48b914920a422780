import Glibc

// HILBoard CONFIGURATIONS RESULTS [WORD]
//   the scenarios whose name contains WORD, on an emulated bridge; CONFIGURATIONS is a folder
// HILBoard --board CONFIGURATION RESULTS GANGLION ENABLE-SENSE KILL-DRIVE
//   the scenarios of a real board with loop-back wires; CONFIGURATION is a file
let words = Array(CommandLine.arguments.dropFirst())
switch (words.first, words.count) {
case ("--board", 6):
  do throws(HILError) {
    let wires = try LoopBack(enableSense: words[4], killDrive: words[5])
    let places = LoopBackSuite.Places(ganglion: words[3], configuration: words[1], results: words[2])
    exit(LoopBackSuite(places: places, wires: wires).run() ? 0 : 1)
  } catch {
    Console.print("hil-tests: \(error)")
    exit(2)
  }
case (_, 2...3) where words[0] != "--board":
  let places = Bench.Places(configurations: words[0], results: words[1])
  exit(Suite.run(places, only: words.count > 2 ? words[2] : "") ? 0 : 1)
default:
  Console.print("usage: see hil-tests/run and docs/hil.md")
  exit(2)
}
