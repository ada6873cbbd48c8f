package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteUtils;

/** A record as it stands in a batch: its deltas, not what a reader makes of them. */
record WireRecord(int attributes, int offsetDelta, long timestampDelta, byte[] key, byte[] value,
        ArrayNode headers) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** The records of a sound batch, read without the reference's own record reader. */
    static List<WireRecord> readAll(DefaultRecordBatch batch) throws IOException {
        byte[] plain;
        try (InputStream in = batch.recordInputStream(BufferSupplier.NO_CACHING)) {
            plain = in.readAllBytes();
        }
        ByteBuffer buffer = ByteBuffer.wrap(plain);
        List<WireRecord> records = new ArrayList<>();
        while (buffer.hasRemaining()) {
            int length = ByteUtils.readVarint(buffer);
            int end = buffer.position() + length;
            records.add(read(buffer));
            Check.that(buffer.position() == end, "a record's length differs from its content");
        }
        return records;
    }

    private static WireRecord read(ByteBuffer buffer) {
        int attributes = buffer.get();
        long timestampDelta = ByteUtils.readVarlong(buffer);
        int offsetDelta = ByteUtils.readVarint(buffer);
        byte[] key = take(buffer);
        byte[] value = take(buffer);
        ArrayNode headers = JSON.arrayNode();
        int count = ByteUtils.readVarint(buffer);
        for (int i = 0; i < count; i++) {
            String name = new String(take(buffer), StandardCharsets.UTF_8);
            headers.addArray().add(name).add(binary(take(buffer)));
        }
        return new WireRecord(attributes, offsetDelta, timestampDelta, key, value, headers);
    }

    private static byte[] take(ByteBuffer buffer) {
        int length = ByteUtils.readVarint(buffer);
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    ObjectNode json() {
        ObjectNode node = JSON.objectNode();
        node.put("offsetDelta", offsetDelta).put("timestampDelta", timestampDelta);
        node.set("key", binary(key));
        node.set("value", binary(value));
        node.set("headers", headers);
        return node;
    }

    /** Headers as they stand in a line: pairs of a name and a value that may be null. */
    static ArrayNode json(Header[] headers) {
        ArrayNode array = JSON.arrayNode();
        for (Header header : headers) {
            array.addArray().add(header.key()).add(binary(header.value()));
        }
        return array;
    }

    static JsonNode binary(byte[] bytes) {
        return bytes == null ? JSON.nullNode()
                : JSON.textNode(Base64.getEncoder().encodeToString(bytes));
    }
}
