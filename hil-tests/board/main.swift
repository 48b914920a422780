import Glibc

// HILBoard CONFIGURATIONS RESULTS [WORD]: runs the scenarios whose name contains WORD on an emulated bridge.
let words = CommandLine.arguments
guard words.count == 3 || words.count == 4 else {
  Console.print("usage: HILBoard CONFIGURATIONS RESULTS [WORD]")
  exit(2)
}
let places = Bench.Places(configurations: words[1], results: words[2])
exit(Suite.run(places, only: words.count > 3 ? words[3] : "") ? 0 : 1)
