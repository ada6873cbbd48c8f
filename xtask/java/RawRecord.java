package vectors;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;

/** A record in parts, each of which may be replaced by bytes that do not fit the others. */
final class RawRecord {
    /** What a record consists of, in its order. */
    enum Part {
        LENGTH, ATTRIBUTES, TIMESTAMP, OFFSET, KEY_LENGTH, KEY, VALUE_LENGTH, VALUE, HEADER_COUNT,
        HEADER_NAME_LENGTH, HEADER_NAME, HEADER_VALUE_LENGTH, HEADER_VALUE
    }

    private final EnumMap<Part, byte[]> parts;

    private RawRecord(EnumMap<Part, byte[]> parts) {
        this.parts = parts;
    }

    /** The record at this place of its batch, with a key, a value and a header. */
    static RawRecord sound(int index) {
        EnumMap<Part, byte[]> parts = new EnumMap<>(Part.class);
        parts.put(Part.ATTRIBUTES, new byte[1]);
        parts.put(Part.TIMESTAMP, Bytes.varlong(index * 3L));
        parts.put(Part.OFFSET, Bytes.varint(index));
        put(parts, Part.KEY_LENGTH, Part.KEY, "key");
        put(parts, Part.VALUE_LENGTH, Part.VALUE, "some value " + index);
        parts.put(Part.HEADER_COUNT, Bytes.varint(1));
        put(parts, Part.HEADER_NAME_LENGTH, Part.HEADER_NAME, "h1");
        put(parts, Part.HEADER_VALUE_LENGTH, Part.HEADER_VALUE, "hv");
        return new RawRecord(parts);
    }

    private static void put(EnumMap<Part, byte[]> parts, Part length, Part content, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        parts.put(length, Bytes.varint(bytes.length));
        parts.put(content, bytes);
    }

    RawRecord with(Part part, byte[] bytes) {
        EnumMap<Part, byte[]> copy = new EnumMap<>(parts);
        copy.put(part, bytes);
        return new RawRecord(copy);
    }

    byte[] part(Part part) {
        return part == Part.LENGTH ? Bytes.varint(body().length) : parts.get(part);
    }

    private byte[] body() {
        byte[] body = new byte[0];
        for (Part part : Part.values()) {
            if (part != Part.LENGTH) {
                body = Bytes.join(body, parts.get(part));
            }
        }
        return body;
    }

    byte[] bytes() {
        byte[] length = parts.get(Part.LENGTH);
        return Bytes.join(length == null ? part(Part.LENGTH) : length, body());
    }
}
