package vectors;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Varints and record lengths that are longer, larger or smaller than they should be. */
final class RecordMutations {
    private static final List<String> CODECS = List.of("none", "gzip");
    private static final Map<RawRecord.Part, Integer> VARINTS = new TreeMap<>(Map.of(
            RawRecord.Part.LENGTH, 5, RawRecord.Part.TIMESTAMP, 10, RawRecord.Part.OFFSET, 5,
            RawRecord.Part.KEY_LENGTH, 5, RawRecord.Part.VALUE_LENGTH, 5,
            RawRecord.Part.HEADER_COUNT, 5, RawRecord.Part.HEADER_NAME_LENGTH, 5,
            RawRecord.Part.HEADER_VALUE_LENGTH, 5));

    void addTo(BadBatchLines.Sink sink) {
        for (String codec : CODECS) {
            VARINTS.forEach((part, most) -> addVarints(sink, codec, part, most));
        }
        for (String codec : Codecs.ALL) {
            addLengths(sink, codec);
        }
    }

    private void addVarints(BadBatchLines.Sink sink, String codec, RawRecord.Part part, int most) {
        RawRecord sound = RawRecord.sound(1);
        byte[] varint = sound.part(part);
        for (int length : new int[] {2, most, most + 1}) {
            add(sink, "varint", part + " in " + length + " bytes", codec, 1,
                    sound.with(part, Bytes.padded(varint, length)));
        }
        byte[] junk = Bytes.padded(varint, most);
        junk[most - 1] = 0x70;
        add(sink, "varint", part + " with bits beyond its type", codec, 1, sound.with(part, junk));
        byte[] endless = new byte[most + 1];
        Arrays.fill(endless, (byte) 0xff);
        add(sink, "varint", part + " without an end", codec, 1, sound.with(part, endless));
    }

    private void addLengths(BadBatchLines.Sink sink, String codec) {
        for (int index : new int[] {0, 1, RawBatch.RECORDS - 1}) {
            RawRecord sound = RawRecord.sound(index);
            int right = sound.bytes().length - 1;
            int[] lengths = {right - 1, right + 1, 0, 6, 7, -1};
            for (int length : lengths) {
                addLength(sink, codec, index, length, right);
            }
        }
        addLength(sink, codec, 1, Integer.MAX_VALUE, 0);
        addLength(sink, codec, 1, Integer.MIN_VALUE, 0);
    }

    private void addLength(BadBatchLines.Sink sink, String codec, int index, int length,
            int right) {
        String text = "record length " + length + " of record " + index
                + (right == 0 ? "" : " (right: " + right + ")");
        add(sink, "record-length", text, codec, index,
                RawRecord.sound(index).with(RawRecord.Part.LENGTH, Bytes.varint(length)));
    }

    /** A batch in which the record takes the place of the sound one. */
    static void add(BadBatchLines.Sink sink, String category, String text, String codec,
            int index, RawRecord record) {
        sink.add(category, text, codec, true,
                RawBatch.of(codec, RawBatch.plainWith(index, record)));
    }
}
