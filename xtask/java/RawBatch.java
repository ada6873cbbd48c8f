package vectors;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Batches of three records around content that need not be sound. */
final class RawBatch {
    static final int RECORDS = 3;
    static final int HEADER = DefaultRecordBatch.RECORD_BATCH_OVERHEAD;
    private static final long OFFSET = 100;
    private static final long TIME = 1_700_000_000_000L;

    private RawBatch() {}

    static byte[] sound(String codec) {
        return of(codec, plain());
    }

    /** The records of a sound batch. */
    static byte[] plain() {
        return plainWith(-1, null);
    }

    /** The records of a batch of which one is another one. */
    static byte[] plainWith(int index, RawRecord other) {
        byte[] plain = new byte[0];
        for (int i = 0; i < RECORDS; i++) {
            plain = Bytes.join(plain, (i == index ? other : RawRecord.sound(i)).bytes());
        }
        return plain;
    }

    /** A batch of these bytes, compressed by the reference. */
    static byte[] of(String codec, byte[] plain) {
        return framed(codec, Codecs.compress(codec, plain));
    }

    /** A batch of a payload as it is; all of its header is right. */
    static byte[] framed(String codec, byte[] payload) {
        int size = HEADER + payload.length;
        ByteBuffer buffer = ByteBuffer.allocate(size);
        DefaultRecordBatch.writeHeader(buffer, OFFSET, RECORDS - 1, size,
                RecordBatch.MAGIC_VALUE_V2, Codecs.named(codec).type(), TimestampType.CREATE_TIME,
                TIME, TIME + 6, -1, (short) -1, -1, false, false, false, 3, RECORDS);
        buffer.position(HEADER);
        buffer.put(payload);
        return Bytes.withCrc(buffer.array());
    }

    static byte[] payload(String codec) {
        return Codecs.compress(codec, plain());
    }
}
