package vectors;

import java.util.List;
import vectors.RawRecord.Part;

/** Keys, values and headers whose lengths do not fit, and odd but harmless contents. */
final class FieldMutations {
    private static final byte[] NOTHING = {};
    private static final int[] NEGATIVES = {-1, -2, Integer.MIN_VALUE};
    private static final int[] LARGE = {100, Integer.MAX_VALUE};

    void addTo(BadBatchLines.Sink sink) {
        for (String codec : List.of("none", "gzip")) {
            addContent(sink, codec, "key-value", "key", Part.KEY_LENGTH, Part.KEY);
            addContent(sink, codec, "key-value", "value", Part.VALUE_LENGTH, Part.VALUE);
            addContent(sink, codec, "headers", "header key", Part.HEADER_NAME_LENGTH,
                    Part.HEADER_NAME);
            addContent(sink, codec, "headers", "header value", Part.HEADER_VALUE_LENGTH,
                    Part.HEADER_VALUE);
            addHeaders(sink, codec);
            addHeaderNames(sink, codec);
            addAttributes(sink, codec);
        }
    }

    private void addContent(BadBatchLines.Sink sink, String codec, String category, String name,
            Part lengthPart, Part part) {
        RawRecord sound = RawRecord.sound(1);
        int right = sound.part(part).length;
        for (int length : NEGATIVES) {
            byte[] varint = Bytes.varint(length);
            add(sink, category, name + " length " + length + " without bytes", codec,
                    sound.with(lengthPart, varint).with(part, NOTHING));
            add(sink, category, name + " length " + length + " before bytes", codec,
                    sound.with(lengthPart, varint));
        }
        for (int length : new int[] {0, right - 1, right + 1, LARGE[0], LARGE[1]}) {
            add(sink, category, name + " length " + length + " (right: " + right + ")", codec,
                    sound.with(lengthPart, Bytes.varint(length)));
        }
        add(sink, category, "empty " + name, codec,
                sound.with(lengthPart, Bytes.varint(0)).with(part, NOTHING));
    }

    private void addHeaders(BadBatchLines.Sink sink, String codec) {
        RawRecord sound = RawRecord.sound(1);
        for (int count : new int[] {0, 2, 3, 100, -1, -2, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            add(sink, "headers", "header count " + count + " (right: 1)", codec,
                    sound.with(Part.HEADER_COUNT, Bytes.varint(count)));
        }
        RawRecord bare = sound.with(Part.HEADER_NAME_LENGTH, NOTHING).with(Part.HEADER_NAME,
                NOTHING).with(Part.HEADER_VALUE_LENGTH, NOTHING).with(Part.HEADER_VALUE, NOTHING);
        for (int count : new int[] {0, 1, -1}) {
            add(sink, "headers", "header count " + count + " before nothing", codec,
                    bare.with(Part.HEADER_COUNT, Bytes.varint(count)));
        }
    }

    private void addHeaderNames(BadBatchLines.Sink sink, String codec) {
        for (String bad : List.of("ff", "c3", "c080", "eda080", "f4908080", "61ff62")) {
            byte[] name = Bytes.hex(bad);
            add(sink, "headers", "header key " + bad + ", which is not UTF-8", codec,
                    RawRecord.sound(1).with(Part.HEADER_NAME_LENGTH, Bytes.varint(name.length))
                            .with(Part.HEADER_NAME, name));
        }
    }

    private void addAttributes(BadBatchLines.Sink sink, String codec) {
        add(sink, "attributes", "record attributes 255", codec,
                RawRecord.sound(1).with(Part.ATTRIBUTES, new byte[] {-1}));
    }

    private static void add(BadBatchLines.Sink sink, String category, String text, String codec,
            RawRecord record) {
        RecordMutations.add(sink, category, text, codec, 1, record);
    }
}
