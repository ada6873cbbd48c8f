package vectors;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Batches that brokers write for each other: ends of transactions and what KRaft keeps. */
record ControlBatch(byte[] bytes, ObjectNode marker) {
    private static final int MARKERS = 10;

    static List<ControlBatch> all(Random random) {
        List<ControlBatch> all = new ArrayList<>();
        for (int i = 0; i < MARKERS; i++) {
            all.add(marker(random, i % 2 == 0 ? ControlRecordType.COMMIT
                    : ControlRecordType.ABORT));
        }
        all.addAll(raft(random));
        return all;
    }

    private static ControlBatch marker(Random random, ControlRecordType type) {
        int coordinatorEpoch = random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(100_000);
        MemoryRecords records = MemoryRecords.withEndTransactionMarker(
                random.nextLong() >>> 2 + random.nextInt(40),
                BatchFrame.TIME + random.nextInt(1_000_000_000), random.nextInt(100),
                random.nextLong() >>> 1 + random.nextInt(40),
                (short) random.nextInt(Short.MAX_VALUE + 1),
                new EndTransactionMarker(type, coordinatorEpoch));
        ControlBatch batch = of(type, records);
        batch.marker.put("coordinatorEpoch", coordinatorEpoch);
        return batch;
    }

    private static List<ControlBatch> raft(Random random) {
        long offset = random.nextInt(1_000_000);
        long time = BatchFrame.TIME + random.nextInt(1_000_000_000);
        int epoch = random.nextInt(1000);
        return List.of(
                of(ControlRecordType.LEADER_CHANGE, MemoryRecords.withLeaderChangeMessage(offset,
                        time, epoch, room(), leaderChange())),
                of(ControlRecordType.SNAPSHOT_HEADER, MemoryRecords.withSnapshotHeaderRecord(
                        offset, time, epoch, room(),
                        new SnapshotHeaderRecord().setLastContainedLogTimestamp(time))),
                of(ControlRecordType.SNAPSHOT_FOOTER, MemoryRecords.withSnapshotFooterRecord(
                        offset, time, epoch, room(), new SnapshotFooterRecord())),
                of(ControlRecordType.KRAFT_VERSION, MemoryRecords.withKRaftVersionRecord(offset,
                        time, epoch, room(), new KRaftVersionRecord().setKRaftVersion((short) 1))),
                of(ControlRecordType.KRAFT_VOTERS, MemoryRecords.withVotersRecord(offset, time,
                        epoch, room(), voters(random))));
    }

    private static LeaderChangeMessage leaderChange() {
        return new LeaderChangeMessage().setLeaderId(1).setVoters(List.of(
                new LeaderChangeMessage.Voter().setVoterId(1),
                new LeaderChangeMessage.Voter().setVoterId(2)));
    }

    private static VotersRecord voters(Random random) {
        return new VotersRecord().setVoters(List.of(new VotersRecord.Voter().setVoterId(7)
                .setVoterDirectoryId(new Uuid(random.nextLong(), random.nextLong()))));
    }

    private static ByteBuffer room() {
        return ByteBuffer.allocate(1024);
    }

    private static ControlBatch of(ControlRecordType type, MemoryRecords records) {
        ObjectNode marker = JsonNodeFactory.instance.objectNode().put("type", type.name());
        return new ControlBatch(Codecs.bytes(records.buffer()), marker);
    }
}
