"""Compares the account of a recording with what pyulog finds in it."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import paths
from paths import DATA, ROOT

if paths.have("pyulog"):
    from pyulog import ULog

    from count_ulog_rows import rows

    class KeepingULog(ULog):
        """Keeps the rows of a topic that is subscribed to again; pyulog itself forgets those before."""

        def _load_file(self, *arguments):
            self._subscriptions = KeepingSubscriptions()
            super()._load_file(*arguments)

    class KeepingSubscriptions(dict):
        def __setitem__(self, number, subscription):
            known = self.get(number)
            if known is None or (known.message_name, known.multi_id) != (
                subscription.message_name, subscription.multi_id
            ):
                super().__setitem__(number, subscription)


GANGLION = os.environ.get("GANGLION", str(ROOT / ".build/release/ganglion"))


@unittest.skipUnless(paths.have("pyulog"), "needs pyulog")
@unittest.skipUnless(DATA, "needs GANGLION_DATA")
@unittest.skipUnless(os.access(GANGLION, os.X_OK), f"needs {GANGLION}; scripts/test builds it")
class RecordingsInPython(unittest.TestCase):
    def test_every_recording_has_the_rows_that_pyulog_finds(self):
        files = sorted(Path(DATA).rglob("*.ulg"))
        self.assertGreater(len(files), 0)
        for path in files:
            with self.subTest(path=path.name), tempfile.TemporaryDirectory() as folder:
                replay = subprocess.run(
                    [GANGLION, "replay", "--config", str(ROOT / "firmware-configs/quadrotor-hold.json5"), str(path),
                     "--log", f"{folder}/log.mcap", "--json"], capture_output=True, check=True)
                account = json.loads(replay.stdout)["account"]
                expected = rows(path, KeepingULog)
                compared = 0
                for topic in account["topics"]:
                    left_out = sum(loss["count"] for loss in topic["left_out"])
                    self.assertEqual(topic["used"] + left_out, topic["rows"], topic)
                    # Formats that stand behind the first data are no formats to pyulog.
                    if (topic["name"], topic["instance"]) in expected:
                        self.assertEqual(topic["rows"], expected[topic["name"], topic["instance"]], topic)
                        compared += 1
                self.assertGreater(compared, 0)


if __name__ == "__main__":
    unittest.main()
