import Foundation
import Testing
import VehicleFixtures

@testable import ganglion

@Suite("The program in a world that gives it little")
struct ProcessTests {
  @Test(
    "A limit that is too low is an error with words, where it is and how to raise it",
    arguments: [
      ("ulimit -s 64; exec $quad", "the limit of the stack: 64 KiB", "ulimit -s"),
      ("ulimit -s 256; exec $quad", "the limit of the stack: 256 KiB", "ulimit -s"),
      (
        "ulimit -n 4; exec $ganglion run $configuration --episodes 8", "the limit of open files: 4",
        "ulimit -n"
      ),
      ("ulimit -n 5; exec $ganglion check $configuration", "the limit of open files: 5", "ulimit -n"),
    ])
  func limits(_ script: String, _ words: String, _ remedy: String) throws {
    try withFolder { folder in
      let outcome = try Program.bash(script, in: folder)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains(words) && outcome.errors.contains(remedy), "\(outcome.errors)")
      let json = try Program.bash(script + " --json", in: folder)
      #expect(json.status == 2)
      let error = try #require(try json.json["error"] as? [String: Any])
      #expect("\(error["place"] ?? "")".hasPrefix("the limit of"))
    }
  }

  @Test("No address space ends with words, whether the loader's or ours, and never with a trap")
  func addressSpace() throws {
    try withFolder { folder in
      for kilobytes in [40_000, 70_000, 80_000, 100_000, 120_000, 140_000, 200_000] {
        let outcome = try Program.bash(
          "ulimit -v \(kilobytes); exec $ganglion run $configuration --controller classical --episodes 2",
          in: folder)
        #expect([0, 2, 127].contains(outcome.status), "\(kilobytes): \(outcome.status) \(outcome.errors)")
        #expect(
          outcome.status == 0 || outcome.errors.contains("error") || outcome.errors.contains("ulimit -v"))
      }
    }
  }

  @Test(
    "A stream that is closed or full is an error with words, and no file takes its number",
    arguments: [
      ("$quad >&-", 2, "cannot write the result to standard output: Bad file descriptor"),
      ("$quad > /dev/full", 2, "cannot write the result to standard output: No space left on device"),
      ("$ganglion help > /dev/full", 2, "No space left on device"),
      ("$quad --json > /dev/full", 2, "No space left on device"),
      ("$quad <&-", 0, ""),
      ("$quad 2>&-", 0, ""),
      ("$quad <&- >&- 2>&-", 2, ""),
      ("$quad | true; exit ${PIPESTATUS[0]}", 2, "Broken pipe"),
      (
        "$quad >&- <&- 2>$folder/words; [ $? = 2 ] && grep -q 'cannot write the result' $folder/words", 0, ""
      ),
    ])
  func streams(_ script: String, _ status: Int32, _ words: String) throws {
    try withFolder { folder in
      let outcome = try Program.bash(script, in: folder)
      #expect(outcome.status == status, "\(outcome.errors)")
      #expect(words.isEmpty || outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  @Test("With standard output closed the log is whole: the result does not go into it")
  func logBesideAClosedStream() throws {
    try withFolder { folder in
      let outcome = try Program.bash(
        """
        $ganglion run $configuration --controller classical --log $folder/a.mcap >&- 2>/dev/null
        $ganglion log verify $folder/a.mcap
        """, in: folder)
      #expect(outcome.status == 0)
      #expect(outcome.output.contains(": sound, "), "\(outcome.output)")
    }
  }

  @Test("Without HOME and any other variable a flight is a flight")
  func noHome() throws {
    try withFolder { folder in
      let outcome = try Program.bash("exec env -i $quad", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }

  @Test(
    "What is no regular file is refused at once, as configuration, calibration and model",
    .timeLimit(.minutes(1)))
  func otherKindsOfFiles() throws {
    try withFolder { folder in
      try #require(mkfifo("\(folder)/fifo", 0o600) == 0)
      for file in ["\(folder)/fifo", folder, "/dev/zero", "/dev/null"] {
        for script in [
          "$ganglion run \(file) --no-log", "$ganglion check \(file)", "$ganglion calibrate \(file)",
          "$ganglion bench loop \(file)", "$quad --model \(file)", "$ganglion inspect \(file)",
          "$ganglion embed \(file)", "$ganglion quantize \(file) --to float16",
          "$ganglion bench load \(file)",
          "$ganglion log info \(file)", "$ganglion replay \(file)",
        ] {
          let outcome = try Program.bash(script, in: folder)
          #expect(outcome.status == 2, "\(script): \(outcome.status) \(outcome.errors)")
          #expect(outcome.errors.contains("regular file"), "\(script): \(outcome.errors)")
        }
      }
      // As a calibration: by the configuration, and as the file that is to be kept up.
      let text = try String(contentsOfFile: shippedConfiguration, encoding: .utf8)
        .replacing("sensors: {", with: "sensors: { calibration: \"\(folder)/fifo\",")
        .replacing(
          "models/",
          with: URL(fileURLWithPath: shippedConfiguration).deletingLastPathComponent().path + "/models/")
      try text.write(toFile: "\(folder)/with.json5", atomically: true, encoding: .utf8)
      for script in [
        "$ganglion run $folder/with.json5 --no-log", "$ganglion check $folder/with.json5",
        "$ganglion calibrate $configuration gyro --output $folder/fifo",
      ] {
        let outcome = try Program.bash(script, in: folder)
        #expect(outcome.status != 0 && outcome.status < 3, "\(script): \(outcome.status)")
        #expect(outcome.errors.contains("regular file"), "\(script): \(outcome.errors)")
      }
    }
  }

  @Test("An empty model file is refused, and does not count as none")
  func emptyModel() throws {
    try withFolder { folder in
      let outcome = try Program.bash(": > $folder/empty; exec $quad --model $folder/empty", in: folder)
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("\(folder)/empty: is an empty file"), "\(outcome.errors)")
    }
  }

  @Test("A link to a model is a model")
  func linkedModel() throws {
    try withFolder { folder in
      let outcome = try Program.bash(
        "ln -s $(dirname $configuration)/models/quadrotor-ncp19-int8.safetensors $folder/l; exec $quad --model $folder/l",
        in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }
}

@Suite("A simulated run that a signal ends")
struct InterruptionTests {
  private let long = """
    sed 's/duration_s: 20/duration_s: 3000/' $configuration \
      | sed "s|models/|$(dirname $configuration)/models/|" > $folder/long.json5
    """

  @Test(
    "The log is finished, the summary printed, and the exit status is the signal's",
    arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
  func single(_ signal: String, _ status: Int32) throws {
    try withFolder { folder in
      let outcome = try Program.bash(
        """
        \(long)
        $ganglion run $folder/long.json5 --controller classical --fault imu:wrong-identity@0s --log $folder/a.mcap & process=$!
        while [ ! -s $folder/a.mcap ] && kill -0 $process; do sleep 0.1; done
        kill -\(signal) $process; wait $process; status=$?
        $ganglion log verify $folder/a.mcap; $ganglion replay $folder/a.mcap
        exit $status
        """, in: folder)
      #expect(outcome.status == status, "\(outcome.errors)")
      #expect(outcome.output.contains("interrupted by SIG\(signal)"), "\(outcome.output)")
      #expect(outcome.output.contains(": sound, "))
      #expect(outcome.output.contains(" ticks: identical"))
    }
  }

  @Test("Many flights end the same way: those that were whole are counted, and the logs of all are whole")
  func episodes() throws {
    try withFolder { folder in
      let outcome = try Program.bash(
        """
        \(long)
        $ganglion run $folder/long.json5 --controller classical --fault imu:wrong-identity@0s --episodes 8 --logs $folder/logs --json \
          > $folder/json & process=$!
        while [ -z "$(ls $folder/logs/*.mcap 2>/dev/null)" ]; do sleep 0.1; done
        sleep 0.3; kill -INT $process; wait $process; status=$?
        for log in $folder/logs/*.mcap; do $ganglion log verify $log >/dev/null || exit 9; done
        cat $folder/json; exit $status
        """, in: folder)
      #expect(outcome.status == 130, "\(outcome.errors)")
      let json = try outcome.json
      #expect(json["interrupted"] as? String == "SIGINT")
      #expect(json["episodes_asked"] as? Int == 8)
      #expect(json["episodes"] as? Int ?? 8 < 8)
    }
  }

  @Test("A second signal ends at once")
  func twice() throws {
    try withFolder { folder in
      // A full pipe that nobody reads, so that the first signal is not followed by an end.
      let outcome = try Program.bash(
        """
        \(long)
        mkfifo $folder/out; exec 3<>$folder/out; head -c 65536 /dev/zero >&3
        $ganglion run $folder/long.json5 --controller classical --fault imu:wrong-identity@0s --no-log >&3 & process=$!
        sleep 1; kill -INT $process; sleep 1; kill -0 $process || exit 9
        kill -INT $process
        (sleep 20; kill -KILL $process) 2>/dev/null & wait $process
        """, in: folder)
      #expect(outcome.status == 130)
    }
  }
}
