package vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

/** What the reference says to bytes, and what it has yielded before it refuses them. */
final class Verdict {
    private static final String ACCEPTED = "accepted";

    private final boolean skips;
    private final ArrayNode records = JsonNodeFactory.instance.arrayNode();
    private String name = ACCEPTED;
    private String message;
    private int batches;
    private int count;
    private int bytes;

    private Verdict(boolean skips) {
        this.skips = skips;
    }

    /** Adds to a line how a consumer and how a broker's validation reads these bytes. */
    static void describe(byte[] bytes, ObjectNode line) {
        Verdict read = judge(bytes, false);
        line.put("javaVerdict", read.name).put("javaMessage", read.message);
        line.put("acceptedBatches", read.batches).put("acceptedRecords", read.count);
        line.put("acceptedBytes", read.bytes);
        line.put("javaSkipVerdict", judge(bytes, true).name);
        line.set("records", read.records);
    }

    /** Errors too are verdicts: the reference lets some out for what it reads. */
    private static Verdict judge(byte[] bytes, boolean skips) {
        Verdict verdict = new Verdict(skips);
        try {
            verdict.read(MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)));
        } catch (Exception | OutOfMemoryError | StackOverflowError | LinkageError e) {
            verdict.refuse(e);
        } catch (Error e) {
            Check.that(e.getClass().getName().endsWith("SnappyError"), e.toString());
            verdict.refuse(e);
        }
        return verdict;
    }

    private void refuse(Throwable refusal) {
        name = refusal.getClass().getName();
        message = refusal.getMessage();
    }

    private void read(MemoryRecords set) {
        for (MutableRecordBatch batch : set.batches()) {
            batch.ensureValid();
            try (BufferSupplier buffers = BufferSupplier.create();
                    CloseableIterator<Record> iterator = skips
                            ? batch.skipKeyValueIterator(buffers)
                            : batch.streamingIterator(buffers)) {
                while (iterator.hasNext()) {
                    touch(iterator.next());
                }
            }
            batches++;
            bytes += batch.sizeInBytes();
        }
    }

    private void touch(Record record) {
        record.ensureValid();
        if (!skips) {
            records.add(json(record, true));
        }
        count++;
    }

    /** A record as its reader sees it. */
    static ObjectNode json(Record record, boolean withHeaders) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("offset", record.offset()).put("timestamp", record.timestamp());
        node.set("key", WireRecord.binary(Codecs.bytes(record.key())));
        node.set("value", WireRecord.binary(Codecs.bytes(record.value())));
        if (withHeaders) {
            node.set("headers", WireRecord.json(record.headers()));
        }
        return node;
    }
}
