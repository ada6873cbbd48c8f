package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/** Compares a line with what the reference reads in its bytes. */
final class BatchCheck {
    private final JsonNode line;
    private final byte[] bytes;
    private final DefaultRecordBatch batch;

    BatchCheck(JsonNode line) {
        this.line = line;
        bytes = HexFormat.of().parseHex(field("hex").textValue());
        batch = BatchLine.only(bytes);
    }

    void run() throws IOException {
        batch.ensureValid();
        checkHeader();
        checkProducer();
        checkWire();
        checkStreamed();
        checkSkipped();
        if (isProducible()) {
            checkProduced();
        }
    }

    private void checkHeader() {
        equal("crc", batch.checksum());
        equal("codec", batch.compressionType().name);
        equal("partitionLeaderEpoch", batch.partitionLeaderEpoch());
        equal("baseOffset", batch.baseOffset());
        equal("lastOffsetDelta", BatchLine.lastOffsetDelta(bytes));
        same("last offset", batch.lastOffset(),
                batch.baseOffset() + field("lastOffsetDelta").longValue());
        equal("timestampType", batch.timestampType().name);
        equal("baseTimestamp", batch.baseTimestamp());
        equal("maxTimestamp", batch.maxTimestamp());
        equal("attributes", BatchLine.attributes(bytes));
        equal("recordCount", batch.countOrNull());
        boolean hasHorizon = batch.deleteHorizonMs().isPresent();
        equal("deleteHorizonMs", hasHorizon ? batch.deleteHorizonMs().getAsLong() : null);
    }

    private void checkProducer() {
        equal("producerId", batch.producerId());
        equal("producerEpoch", batch.producerEpoch());
        equal("baseSequence", batch.baseSequence());
        equal("transactional", batch.isTransactional());
        equal("control", batch.isControlBatch());
    }

    /** The deltas, which the reference's records no longer show. */
    private void checkWire() throws IOException {
        List<WireRecord> records = WireRecord.readAll(batch);
        same("records on the wire", records.size(), field("records").size());
        for (int i = 0; i < records.size(); i++) {
            WireRecord wire = records.get(i);
            JsonNode expected = expected(i);
            same("attributes of record " + i, wire.attributes(), 0);
            same("offset delta of record " + i, wire.offsetDelta(),
                    expected.get("offsetDelta").longValue());
            same("timestamp delta of record " + i, wire.timestampDelta(),
                    expected.get("timestampDelta").longValue());
            same("headers on the wire of record " + i, wire.headers(), expected.get("headers"));
        }
    }

    private void checkStreamed() {
        int index = 0;
        try (BufferSupplier buffers = BufferSupplier.create();
                CloseableIterator<Record> records = batch.streamingIterator(buffers)) {
            for (; records.hasNext(); index++) {
                checkRecord(index, records.next());
            }
        }
        same("records streamed", index, field("records").size());
    }

    private void checkRecord(int index, Record record) {
        record.ensureValid();
        String name = " of record " + index;
        JsonNode expected = expected(index);
        checkPlace(index, record);
        same("key" + name, WireRecord.binary(Codecs.bytes(record.key())), expected.get("key"));
        same("value" + name, WireRecord.binary(Codecs.bytes(record.value())),
                expected.get("value"));
        same("headers" + name, WireRecord.json(record.headers()), expected.get("headers"));
    }

    private void checkPlace(int index, Record record) {
        JsonNode expected = expected(index);
        same("offset of record " + index, record.offset(),
                batch.baseOffset() + expected.get("offsetDelta").longValue());
        same("timestamp of record " + index, record.timestamp(),
                BatchLine.timestamp(batch, expected.get("timestampDelta").longValue()));
    }

    /** A broker's validation reads compressed batches so; others it reads as consumers do. */
    private void checkSkipped() {
        int index = 0;
        try (BufferSupplier buffers = BufferSupplier.create();
                CloseableIterator<Record> records = batch.skipKeyValueIterator(buffers)) {
            for (; records.hasNext(); index++) {
                Record record = records.next();
                record.ensureValid();
                checkPlace(index, record);
            }
        }
        same("records skipped over", index, field("records").size());
    }

    /** What a broker alone writes is not held to what it asks of producers. */
    private boolean isProducible() {
        return !batch.isControlBatch() && batch.deleteHorizonMs().isEmpty()
                && !field("timestampType").textValue().equals("LogAppendTime");
    }

    private void checkProduced() {
        long count = batch.countOrNull();
        Check.that(count > 0, "a broker refuses a batch without records");
        same("offsets by the header", batch.lastOffset() - batch.baseOffset() + 1, count);
        long offset = batch.baseOffset();
        for (Iterator<Record> records = batch.iterator(); records.hasNext(); offset++) {
            same("sequential offset", records.next().offset(), offset);
        }
        Check.that(!batch.hasProducerId() || batch.baseSequence() >= 0,
                "a producer id without a sequence");
    }

    private JsonNode expected(int index) {
        JsonNode record = field("records").get(index);
        Check.that(record != null, "the reference reads a record " + index + " more");
        return record;
    }

    private JsonNode field(String name) {
        JsonNode value = line.get(name);
        Check.that(value != null, "the line has no " + name);
        return value;
    }

    /** Numbers are compared by their text, whatever type of number JSON gave them. */
    private void equal(String name, Object found) {
        same(name, String.valueOf(found), field(name).asText());
    }

    private static void same(String what, Object found, Object expected) {
        boolean isSame = found instanceof Number a && expected instanceof Number b
                ? a.longValue() == b.longValue() : found.equals(expected);
        Check.that(isSame, what + ": the reference has " + shortened(found) + ", the line "
                + shortened(expected));
    }

    private static String shortened(Object value) {
        String text = value.toString();
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
