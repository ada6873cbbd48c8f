package vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/** Describes one batch of version 2 as a line of `batches.jsonl.gz`. */
final class BatchLine {
    static final int ATTRIBUTES_AT = 21;

    private BatchLine() {}

    static ObjectNode of(byte[] bytes) throws IOException {
        DefaultRecordBatch batch = only(bytes);
        batch.ensureValid();
        List<WireRecord> records = WireRecord.readAll(batch);
        checkReading(batch, records);
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("codec", batch.compressionType().name).put("levelless", true);
        putHeader(line, batch, bytes);
        line.put("recordCount", batch.countOrNull());
        if (batch.deleteHorizonMs().isPresent()) {
            line.put("deleteHorizonMs", batch.deleteHorizonMs().getAsLong());
        } else {
            line.putNull("deleteHorizonMs");
        }
        ArrayNode array = line.putArray("records");
        records.forEach(record -> array.add(record.json()));
        line.put("hex", HexFormat.of().formatHex(bytes));
        return line;
    }

    private static void putHeader(ObjectNode line, DefaultRecordBatch batch, byte[] bytes) {
        line.put("producerId", batch.producerId()).put("producerEpoch", batch.producerEpoch());
        line.put("baseSequence", batch.baseSequence());
        line.put("transactional", batch.isTransactional());
        line.put("control", batch.isControlBatch());
        line.put("partitionLeaderEpoch", batch.partitionLeaderEpoch());
        line.put("baseOffset", batch.baseOffset());
        line.put("timestampType", batch.timestampType().name);
        line.put("baseTimestamp", batch.baseTimestamp());
        line.put("maxTimestamp", batch.maxTimestamp());
        line.put("lastOffsetDelta", lastOffsetDelta(bytes));
        line.put("attributes", attributes(bytes));
        line.put("crc", batch.checksum());
    }

    static int lastOffsetDelta(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt(DefaultRecordBatch.LAST_OFFSET_DELTA_OFFSET);
    }

    static short attributes(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getShort(ATTRIBUTES_AT);
    }

    /** The batch that these bytes are, and nothing besides. */
    static DefaultRecordBatch only(byte[] bytes) {
        Iterator<MutableRecordBatch> batches =
                MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches().iterator();
        Check.that(batches.hasNext(), "there is no complete batch");
        MutableRecordBatch first = batches.next();
        Check.that(first.sizeInBytes() == bytes.length,
                "the batch takes " + first.sizeInBytes() + " bytes of " + bytes.length);
        Check.that(!batches.hasNext(), "there is a second batch");
        Check.that(first instanceof DefaultRecordBatch, "the batch is not of version 2");
        return (DefaultRecordBatch) first;
    }

    /** The reference's records are those of the wire. */
    private static void checkReading(DefaultRecordBatch batch, List<WireRecord> records) {
        Iterator<Record> read = batch.iterator();
        for (WireRecord wire : records) {
            Record record = read.next();
            Check.that(wire.attributes() == 0, "a record has attributes");
            Check.that(record.offset() == batch.baseOffset() + wire.offsetDelta(), "offset");
            Check.that(record.timestamp() == timestamp(batch, wire.timestampDelta()), "timestamp");
            Check.that(WireRecord.binary(Codecs.bytes(record.key()))
                    .equals(WireRecord.binary(wire.key())), "key");
            Check.that(WireRecord.binary(Codecs.bytes(record.value()))
                    .equals(WireRecord.binary(wire.value())), "value");
            Check.that(WireRecord.json(record.headers()).equals(wire.headers()), "headers");
        }
        Check.that(!read.hasNext(), "the reference reads more records than there are");
    }

    static long timestamp(DefaultRecordBatch batch, long delta) {
        return batch.timestampType() == TimestampType.LOG_APPEND_TIME ? batch.maxTimestamp()
                : batch.baseTimestamp() + delta;
    }
}
