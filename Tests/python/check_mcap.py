"""Reads an MCAP log of Ganglion in full with other people's software and says what is in it.

    check_mcap.py LOG         prints a JSON object; exit status 1 when something is wrong

Every checksum is validated, every message decoded, by the seeking reader (through the summary) and once more
front to back, as a reader of a cut file would.
"""

import hashlib
import json
import sys

from mcap.reader import NonSeekingReader, make_reader
from mcap.stream_reader import StreamReader
from mcap_ros2.decoder import DecoderFactory


def check(path):
    topics = {}
    with open(path, "rb") as stream:
        reader = make_reader(stream, validate_crcs=True, decoder_factories=[DecoderFactory()])
        summary = reader.get_summary()
        ticks = []
        events = []
        previous = 0
        for schema, channel, message, decoded in reader.iter_decoded_messages():
            assert message.log_time >= previous, "messages out of order"
            previous = message.log_time
            topics[channel.topic] = topics.get(channel.topic, 0) + 1
            if channel.topic == "/ganglion/tick":
                ticks.append(
                    [getattr(decoded, name) for name in decoded.__slots__])
            elif channel.topic == "/events":
                events.append(decoded.msg)
            elif channel.topic == "/imu":
                assert schema.name == "sensor_msgs/msg/Imu"
                imu = decoded
        attachments = {a.name: hashlib.sha256(a.data).hexdigest() for a in reader.iter_attachments()}
        metadata = {m.name: m.metadata for m in reader.iter_metadata()}

    statistics = summary.statistics
    assert statistics.message_count == sum(topics.values()), "the statistics count other messages"
    by_id = {c.id: c.topic for c in summary.channels.values()}
    counted = {by_id[i]: n for i, n in statistics.channel_message_counts.items() if n}
    assert counted == topics, f"statistics {counted} differ from messages {topics}"
    assert statistics.chunk_count == len(summary.chunk_indexes)

    with open(path, "rb") as stream:
        reader = NonSeekingReader(stream, validate_crcs=True, decoder_factories=[DecoderFactory()])
        again = sum(1 for _ in reader.iter_decoded_messages())
        assert again == statistics.message_count, "front to back finds other messages"
    with open(path, "rb") as stream:
        records = sum(1 for _ in StreamReader(stream, validate_crcs=True, emit_chunks=False).records)

    own = metadata["ganglion"]
    for name, key in (("configuration.json5", "configuration_sha256"), ("model.safetensors", "model_sha256")):
        if name in attachments:
            assert attachments[name] == own[key], f"{name} does not fit its digest"
    return {
        "topics": topics, "ticks": len(ticks), "first": ticks[0] if ticks else None,
        "last": ticks[-1] if ticks else None, "events": events, "attachments": attachments,
        "metadata": own, "records": records, "chunks": statistics.chunk_count,
        "imu": [imu.angular_velocity.x, imu.linear_acceleration.z, imu.header.frame_id],
    }


if __name__ == "__main__":
    print(json.dumps(check(sys.argv[1])))
