package vectors;

import java.util.Random;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/** What stands in a batch's header, chosen by chance. */
record BatchFrame(long baseOffset, long logAppendTime, long deleteHorizon, long producerId,
        short producerEpoch, int baseSequence, boolean transactional, int leaderEpoch) {
    private static final long NONE = RecordBatch.NO_TIMESTAMP;
    static final long TIME = 1_600_000_000_000L;

    static BatchFrame choose(Random random, BatchShape shape) {
        boolean isProduced = shape == BatchShape.SEQUENCE_WRAP || random.nextBoolean();
        boolean isLogTime = shape == BatchShape.LOG_APPEND_TIME || random.nextInt(12) == 0;
        boolean hasHorizon = shape == BatchShape.DELETE_HORIZON || random.nextInt(14) == 0;
        long time = TIME + random.nextInt(2_000_000_000);
        return new BatchFrame(offset(random), isLogTime ? time : NONE, hasHorizon ? time : NONE,
                isProduced ? random.nextLong() >>> 1 + random.nextInt(60) : -1,
                (short) (isProduced ? random.nextInt(Short.MAX_VALUE + 1) : -1),
                isProduced ? sequence(random, shape) : -1,
                isProduced && random.nextBoolean(), leaderEpoch(random));
    }

    private static int sequence(Random random, BatchShape shape) {
        if (shape == BatchShape.SEQUENCE_WRAP) {
            return Integer.MAX_VALUE - random.nextInt(3);
        }
        return random.nextInt(3) == 0 ? 0 : random.nextInt(Integer.MAX_VALUE);
    }

    private static long offset(Random random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> 0;
            // Far enough from the end for any delta.
            case 2 -> Long.MAX_VALUE - (1L << 32);
            case 3 -> random.nextLong() >>> 20;
            default -> random.nextInt(Integer.MAX_VALUE);
        };
    }

    private static int leaderEpoch(Random random) {
        int[] epochs = {-1, -1, 0, random.nextInt(100), Integer.MAX_VALUE};
        return epochs[random.nextInt(epochs.length)];
    }

    MemoryRecordsBuilder builder(String codec) {
        TimestampType type = logAppendTime == NONE ? TimestampType.CREATE_TIME
                : TimestampType.LOG_APPEND_TIME;
        return new MemoryRecordsBuilder(new ByteBufferOutputStream(1024),
                RecordBatch.MAGIC_VALUE_V2, Codecs.named(codec), type, baseOffset, logAppendTime,
                producerId, producerEpoch, baseSequence, transactional, false, leaderEpoch,
                Integer.MAX_VALUE, deleteHorizon);
    }
}
