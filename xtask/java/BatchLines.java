package vectors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Writes the lines of `batches.jsonl.gz`: batches of version 2, one a line. */
final class BatchLines {
    private static final int PER_CODEC = 40;
    private static final int EMPTY = 4;

    private final long seed;
    private final Output output;

    BatchLines(long seed, Output output) {
        this.seed = seed;
        this.output = output;
    }

    void write() throws IOException {
        for (String codec : Codecs.ALL) {
            for (int i = 0; i < PER_CODEC; i++) {
                Random random = Output.random(seed, "batches", codec, i);
                output.write(BatchLine.of(BatchMaker.make(random, BatchShape.of(i), codec)));
            }
        }
        for (ControlBatch batch : ControlBatch.all(Output.random(seed, "batches", "control"))) {
            ObjectNode line = BatchLine.of(batch.bytes());
            line.set("marker", batch.marker());
            output.write(line);
        }
        for (int i = 0; i < EMPTY; i++) {
            output.write(BatchLine.of(empty(Output.random(seed, "batches", "empty", i), i)));
        }
    }

    /** What compaction leaves of a batch whose records are all gone. */
    private static byte[] empty(Random random, int index) {
        ByteBuffer buffer = ByteBuffer.allocate(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        long offset = random.nextInt(Integer.MAX_VALUE);
        boolean isProduced = index > 0;
        DefaultRecordBatch.writeEmptyHeader(buffer, RecordBatch.MAGIC_VALUE_V2,
                isProduced ? random.nextLong() >>> 20 : -1,
                (short) (isProduced ? random.nextInt(100) : -1),
                isProduced && index < 3 ? random.nextInt(1000) : -1, offset,
                offset + random.nextInt(200), random.nextInt(50),
                index == 2 ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                BatchFrame.TIME + random.nextInt(1_000_000), index > 1, index == 3);
        return buffer.array();
    }
}
