package vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/** Writes the lines of `legacy.jsonl.gz`: message sets of magic 0 and 1. */
final class LegacyLines {
    private static final long TIME = 1_450_000_000_000L;
    private static final int BIG = 70_000;

    private final long seed;
    private final Output output;

    LegacyLines(long seed, Output output) {
        this.seed = seed;
        this.output = output;
    }

    void write() throws IOException {
        for (byte magic = 0; magic <= RecordBatch.MAGIC_VALUE_V1; magic++) {
            for (String codec : Codecs.LEGACY) {
                writeCodec(magic, codec);
            }
        }
    }

    private void writeCodec(byte magic, String codec) throws IOException {
        write(magic, codec, set(magic, codec, "one", 0, false));
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.writeBytes(set(magic, codec, "first", 0, false));
        two.writeBytes(set(magic, codec, "second", 100, false));
        write(magic, codec, two.toByteArray());
        if (magic == RecordBatch.MAGIC_VALUE_V1) {
            write(magic, codec, set(magic, codec, "log-time", 500, true));
        }
        if (codec.equals("lz4")) {
            write(magic, codec, set(magic, codec, "big", 7, false));
        }
    }

    private byte[] set(byte magic, String codec, String part, long offset, boolean isLogTime) {
        Random random = Output.random(seed, "legacy", magic, codec, part);
        BatchContents contents = new BatchContents(random);
        TimestampType type = isLogTime ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1024), magic,
                Codecs.named(codec), type, offset, isLogTime ? TIME + 5 : -1);
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            byte[] value = part.equals("big") && i == 0 ? contents.text(BIG) : contents.value();
            builder.append(TIME + random.nextInt(1_000_000), contents.key(), value);
        }
        return Codecs.bytes(builder.build().buffer());
    }

    private void write(byte magic, String codec, byte[] bytes) throws IOException {
        MemoryRecords set = MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("magic", magic).put("codec", codec);
        line.put("timestampType", set.batches().iterator().next().timestampType().name);
        ArrayNode shallow = line.putArray("shallow");
        ArrayNode records = line.putArray("records");
        for (MutableRecordBatch batch : set.batches()) {
            batch.ensureValid();
            shallow.addObject().put("baseOffset", batch.baseOffset())
                    .put("lastOffset", batch.lastOffset())
                    .put("maxTimestamp", batch.maxTimestamp()).put("crc", batch.checksum())
                    .put("sizeInBytes", batch.sizeInBytes());
            for (Record record : batch) {
                record.ensureValid();
                records.add(Verdict.json(record, false));
            }
        }
        line.put("hex", HexFormat.of().formatHex(bytes));
        output.write(line);
    }
}
